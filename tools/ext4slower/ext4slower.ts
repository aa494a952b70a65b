#!/usr/bin/env node
// ext4slower: fsslower for ext4.
import { defineEvents, main } from '../../core/index.js'
import { slowerOf, slowerOptions } from '../fsslower/family.js'

export const ext4slower = defineEvents({
  name: 'ext4slower',
  summary: 'Trace slow file operations on ext4: reads, writes, opens and fsyncs.',
  symptoms: ['a server on ext4 stalls now and then', 'slow files on ext4'],
  examples: [
    ['', 'operations that took 10 milliseconds and more'],
    ['100 -F', '100 milliseconds and more, with absolute paths'],
    ['0 -p 181', 'everything that process 181 does there'],
    ["--filter 'op == \"fsync\"' --fail-if 'ms > 500' -d 600", 'exit with 1 if a sync took half a second'],
  ],
  ...slowerOf(() => 'ext4'),
  options: slowerOptions,
})

void main(import.meta.url, ext4slower)
