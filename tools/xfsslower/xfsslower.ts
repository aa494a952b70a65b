#!/usr/bin/env node
// xfsslower: fsslower for XFS.
import { defineEvents, main } from '../../core/index.js'
import { slowerOf, slowerOptions } from '../fsslower/family.js'

export const xfsslower = defineEvents({
  name: 'xfsslower',
  summary: 'Trace slow file operations on XFS: reads, writes, opens and fsyncs.',
  symptoms: ['a server on XFS stalls now and then', 'slow files on XFS'],
  examples: [
    ['', 'operations that took 10 milliseconds and more'],
    ['100 -F', '100 milliseconds and more, with absolute paths'],
    ['0 -p 181', 'everything that process 181 does there'],
    ["--filter 'op == \"fsync\"' --fail-if 'ms > 500' -d 600", 'exit with 1 if a sync took half a second'],
  ],
  ...slowerOf(() => 'xfs'),
  options: slowerOptions,
})

void main(import.meta.url, xfsslower)
