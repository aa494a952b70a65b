#!/usr/bin/env node
// fsslower: which operations on a file system's files took long.
import { defineEvents, main, oneOf, option } from '../../core/index.js'
import {
  type FileSystem,
  fileSystems,
  type Given,
  loadedFileSystems,
  slowerOf,
  slowerOptions,
} from './family.js'

/** Which one is traced: the only one that there is, where none is named. */
function chosen({ type }: Given & { type: FileSystem | undefined }): FileSystem | undefined {
  if (type !== undefined) return type
  const loaded = loadedFileSystems()
  return loaded.length === 1 ? loaded[0] : undefined
}

export const fsslower = defineEvents({
  name: 'fsslower',
  summary: 'Trace slow file operations of a file system: reads, writes, opens and fsyncs.',
  symptoms: [
    'which files are slow to read or write',
    'is it the disk or the file system that is slow',
    'fsync takes long',
  ],
  examples: [
    ['-t xfs', 'operations on XFS that took 10 milliseconds and more'],
    ['-t ext4 100 -F', 'on ext4, 100 milliseconds and more, with absolute paths'],
    ['-t btrfs 0 -p 181', 'everything that process 181 does on Btrfs'],
    ['-t nfs --filter \'op == "getattr"\'', 'stat and its kin on NFS'],
  ],
  ...slowerOf(chosen),
  options: {
    type: option.value({
      alias: 't',
      placeholder: 'TYPE',
      describe: 'The file system; without it the one that the kernel has, if it has only one of these',
      of: oneOf(...fileSystems),
      group: 'Which events:',
    }),
    ...slowerOptions,
  },
})

void main(import.meta.url, fsslower)
