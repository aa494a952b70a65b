#!/usr/bin/env node
// nfsslower: fsslower for NFS.
import { defineEvents, main } from '../../core/index.js'
import { slowerOf, slowerOptions } from '../fsslower/family.js'

export const nfsslower = defineEvents({
  name: 'nfsslower',
  summary: 'Trace slow file operations on NFS: reads, writes, opens, fsyncs and getattrs.',
  symptoms: ['files on an NFS mount are slow', 'slow files on NFS'],
  examples: [
    ['', 'operations that took 10 milliseconds and more'],
    ['100 -F', '100 milliseconds and more, with absolute paths'],
    ['0 -p 181', 'everything that process 181 does there'],
    ["--filter 'op == \"fsync\"' --fail-if 'ms > 500' -d 600", 'exit with 1 if a sync took half a second'],
  ],
  ...slowerOf(() => 'nfs'),
  options: slowerOptions,
})

void main(import.meta.url, nfsslower)
