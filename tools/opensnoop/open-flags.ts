// O_… names to what the kernel side filters by (uapi/asm-generic/fcntl.h; arm64 differs in four).
import { arch } from 'node:os'
import { completing, type WordParser } from '../../core/index.js'

const differing =
  arch() === 'arm64'
    ? { O_DIRECT: 0o200000, O_LARGEFILE: 0o400000, O_DIRECTORY: 0o40000, O_NOFOLLOW: 0o100000 }
    : { O_DIRECT: 0o40000, O_LARGEFILE: 0o100000, O_DIRECTORY: 0o200000, O_NOFOLLOW: 0o400000 }

const bits: Record<string, number> = {
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_NDELAY: 0o4000,
  O_DSYNC: 0o10000,
  // Without the bit that is O_DSYNC, which alone would do otherwise.
  O_SYNC: 0o4000000,
  O_RSYNC: 0o4000000,
  O_ASYNC: 0o20000,
  O_NOATIME: 0o1000000,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
  O_TMPFILE: 0o20000000,
  ...differing,
}
const accessModes: Record<string, number> = { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2 }

/** One O_… name: flag bits (any of them counts), or an access mode as 1 << mode. */
export interface OpenFlag {
  bits: number
  accessModes: number
}

const names = [...Object.keys(accessModes), ...Object.keys(bits)]

/** Parses `O_CREAT`, in capitals or not, with or without the `O_`. */
export const parseOpenFlag: WordParser<OpenFlag> = completing(names, (word) => {
  const name = `O_${word.toUpperCase().replace(/^O_/, '')}`
  const mode = accessModes[name]
  if (mode !== undefined) return { bits: 0, accessModes: 1 << mode }
  const flag = bits[name]
  if (flag !== undefined) return { bits: flag, accessModes: 0 }
  throw new TypeError(`a flag of open(2): ${names.join(', ')}`)
})
