// A disk as one names it, to the numbers by which the kernel side knows it.
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { WordParser } from '../cli/options.js'

export interface Disk {
  /** Numbers as the kernel has them, of the whole disk. */
  disk: number
  /** 0: all of the disk. */
  partition: number
  /** Its driver makes no requests: device mapper, md, … */
  takesBios: boolean
}

/** Parses `sda`, `sda1`, `/dev/sda`, `/dev/mapper/root`, `mapper/root`. */
export const parseDisk: WordParser<Disk> = (word) => {
  const device = word.startsWith('/')
    ? deviceOfNode(word)
    : (deviceOfName(word) ?? deviceOfNode(`/dev/${word}`))
  if (device === undefined)
    throw new TypeError('a disk or partition as in /proc/diskstats, or the path of its device')
  const folder = `/sys/dev/block/${device}`
  const isPartition = existsSync(`${folder}/partition`)
  const whole = isPartition ? `${folder}/..` : folder
  const takesBios = !existsSync(`${whole}/mq`)
  // Their bios do not say on every kernel which partition they are for.
  if (isPartition && takesBios)
    throw new TypeError('a whole disk where its driver makes no requests (device mapper, md, …)')
  return {
    disk: numberOf(read(`${whole}/dev`) ?? device),
    partition: isPartition ? numberOf(device) : 0,
    takesBios,
  }
}

/** `MAJOR:MINOR` of a name; sysfs writes `!` for the `/` in some. */
function deviceOfName(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return undefined
  return read(`/sys/class/block/${name.replaceAll('/', '!')}/dev`)
}

/** Of a device's file, as makedev(3) has it. */
function deviceOfNode(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined || !stat.isBlockDevice()) return undefined
  const { rdev } = stat
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}

/** MKDEV() of the kernel. */
function numberOf(device: string): number {
  const [major = 0, minor = 0] = device.split(':').map(Number)
  return major * 2 ** 20 + minor
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
