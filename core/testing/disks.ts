// Disks of every kind in the guest, and how many I/Os the kernel says they have completed.
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runProgram } from './tool.js'

/** I/Os completed, as /proc/diskstats tells them apart. */
export interface DiskCounts {
  reads: number
  writes: number
  discards: number
  flushes: number
}

interface DiskLine extends DiskCounts {
  /** Joined to another one before they were issued. */
  merged: DiskCounts
  /** Of the I/Os completed; a flush has none. */
  sectors: DiskCounts
  inFlight: number
  milliseconds: number
}

/** https://docs.kernel.org/admin-guide/iostats.html */
function readDiskStats(): ReadonlyMap<string, DiskLine> {
  const lines = readFileSync('/proc/diskstats', 'utf8').trim().split('\n')
  return new Map(
    lines.map((line) => {
      const [, , name = '', ...fields] = line.trim().split(/\s+/)
      const number = (field: number): number => Number(fields[field - 1])
      return [
        name,
        {
          reads: number(1),
          writes: number(5),
          discards: number(12),
          flushes: number(16),
          merged: { reads: number(2), writes: number(6), discards: number(13), flushes: 0 },
          sectors: { reads: number(3), writes: number(7), discards: number(14), flushes: 0 },
          inFlight: number(9),
          milliseconds: number(4) + number(8) + number(15) + number(17),
        },
      ]
    }),
  )
}

function subtract(after: DiskCounts, before: DiskCounts): DiskCounts {
  return {
    reads: after.reads - before.reads,
    writes: after.writes - before.writes,
    discards: after.discards - before.discards,
    flushes: after.flushes - before.flushes,
  }
}

/** What the kernel says of the disks, by their names. */
export interface DiskFigures<T> {
  result: T
  counts: Record<string, DiskCounts>
  /** Those that were joined to another one, and are not in `counts` by themselves. */
  merged: Record<string, DiskCounts>
  sectors: Record<string, DiskCounts>
  milliseconds: Record<string, number>
}

/** What the disks complete while `body` runs, and until nothing is under way any more. */
export async function countDisks<T>(
  disks: readonly string[],
  body: () => Promise<T>,
): Promise<DiskFigures<T>> {
  const before = readDiskStats()
  const result = await body()
  const lineOf = (stats: ReadonlyMap<string, DiskLine>, disk: string): DiskLine => {
    const line = stats.get(disk)
    if (line === undefined) throw new Error(`/proc/diskstats has no ${disk}`)
    return line
  }
  while (disks.some((disk) => lineOf(readDiskStats(), disk).inFlight > 0)) await sleep(20)
  const after = readDiskStats()
  const each = <V>(value: (after: DiskLine, before: DiskLine) => V): Record<string, V> =>
    Object.fromEntries(disks.map((disk) => [disk, value(lineOf(after, disk), lineOf(before, disk))]))
  return {
    result,
    counts: each(subtract),
    merged: each((now, then) => subtract(now.merged, then.merged)),
    sectors: each((now, then) => subtract(now.sectors, then.sectors)),
    milliseconds: each((now, then) => now.milliseconds - then.milliseconds),
  }
}

async function run(...command: string[]): Promise<string> {
  const { status, stdout, stderr } = await runProgram(command)
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const CONFIG = '/sys/kernel/config'

/** A null_blk disk with these attributes (docs.kernel.org/block/null_blk.html); returns its name. */
export async function makeNullDisk(attributes: Readonly<Record<string, number>>): Promise<string> {
  await run('modprobe', 'null_blk', 'nr_devices=0')
  if (!existsSync(`${CONFIG}/nullb`)) await run('mount', '-t', 'configfs', 'none', CONFIG)
  let number = 0
  while (existsSync(`${CONFIG}/nullb/nulltest${number}`)) number++
  const name = `nulltest${number}`
  const folder = `${CONFIG}/nullb/${name}`
  mkdirSync(folder)
  for (const [attribute, value] of Object.entries({ size: 64, ...attributes, power: 1 }))
    writeFileSync(`${folder}/${attribute}`, String(value))
  // Before 5.19 disks are numbered.
  return existsSync(`/sys/block/${name}`) ? name : `nullb${readFileSync(`${folder}/index`, 'utf8').trim()}`
}

/** A loop disk on a file in memory of `size` bytes (64 MiB); `bytes` of them are left of the file once it is set up. */
export async function makeLoopDisk(
  options: { direct?: boolean; bytes?: number; size?: number } = {},
): Promise<string> {
  await run('modprobe', 'loop')
  const file = join(mkdtempSync(join(options.direct ? '/mnt' : tmpdir(), 'loop-')), 'file')
  writeFileSync(file, '')
  truncateSync(file, options.size ?? 64 << 20)
  const path = await run('losetup', '-f', '--show', `--direct-io=${options.direct ? 'on' : 'off'}`, file)
  if (options.bytes !== undefined) truncateSync(file, options.bytes)
  return path.replace('/dev/', '')
}

/** A device mapper disk of this table; returns the kernel's name for it. */
export async function makeMapperDisk(name: string, table: readonly string[]): Promise<string> {
  await run('modprobe', 'dm_mod')
  await run('dmsetup', 'create', '--noudevsync', '--noudevrules', name, '--table', table.join('\n'))
  await run('dmsetup', 'mknodes')
  return `dm-${await run('dmsetup', 'info', '-c', '--noheadings', '-o', 'minor', name)}`
}

/** Takes a device mapper disk away. */
export async function removeMapperDisk(name: string): Promise<void> {
  await run('dmsetup', 'remove', '--noudevsync', '--noudevrules', '--retry', name)
}

/** Two partitions of about equal size; returns their names. */
export async function partition(disk: string): Promise<[string, string]> {
  await run(
    'sh',
    '-c',
    `printf 'size=16M\\nsize=16M\\n' | sfdisk --quiet --label gpt --wipe always /dev/${disk}`,
  )
  const infix = /\d$/.test(disk) ? 'p' : ''
  const names = [`${disk}${infix}1`, `${disk}${infix}2`] as const
  for (let tries = 0; tries < 100 && !names.every((name) => existsSync(`/dev/${name}`)); tries++)
    await sleep(50)
  return [...names]
}

/** How each is made; of XFS without what 5.10 takes for an experiment. */
const make = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f', '-m', 'bigtime=0,inobtcount=0'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
} as const

/** A new filesystem on the disk (of 64 MiB, but for ext4 of 300 MiB and more), mounted; returns where. */
export async function mountNew(type: keyof typeof make, device: string): Promise<string> {
  await run('modprobe', type)
  await run(...make[type], device)
  const folder = mkdtempSync(join(tmpdir(), `${type}-`))
  await run('mount', '-t', type, device, folder)
  return folder
}

/** A new ext4 filesystem on the disk, mounted; returns where. */
export async function mountExt4(device: string): Promise<string> {
  return await mountNew('ext4', device)
}

/** Loads the file systems that tools are for: where they are not there, nor are their functions. */
export async function loadFileSystems(): Promise<void> {
  await run('modprobe', '-a', 'btrfs', 'ext4', 'nfs', 'nfsv4', 'xfs')
}

/** A folder in memory, served and mounted by NFS 4.2 over the loopback; returns where. */
export async function mountNfs(): Promise<string> {
  const [served, folder] = ['served-', 'nfs-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [
    string,
    string,
  ]
  mkdirSync('/var/lib/nfs/v4recovery', { recursive: true })
  await run('modprobe', 'nfsd')
  await run('mount', '-t', 'nfsd', 'nfsd', '/proc/fs/nfsd')
  await run('exportfs', '-o', 'rw,fsid=0,no_root_squash,no_subtree_check', `127.0.0.1:${served}`)
  await run('rpc.mountd', '-N', '2', '-N', '3')
  await run('rpc.nfsd', '-N', '3', '-G', '10', '-L', '10', '1')
  // Nobody comes back from before it was started: opens need not wait for them. 7.2 refuses to be told so.
  await runProgram(['sh', '-c', 'echo Y >/proc/fs/nfsd/v4_end_grace'])
  await run('mount', '-t', 'nfs4', '-o', 'vers=4.2', '127.0.0.1:/', folder)
  return folder
}

/**
 * Unmounts it, and waits until nothing has it mounted any more: whoever made a mount namespace meanwhile, as other tests do, has a
 * copy, and the last writes come when that is gone.
 */
export async function unmount(folder: string): Promise<void> {
  const device = await run('findmnt', '--noheadings', '--output', 'SOURCE', '--mountpoint', folder)
  await run('umount', folder)
  while (device.startsWith('/dev/') && isClaimed(device)) await sleep(20)
}

/** Whether a file system has the disk (open(2), O_EXCL). */
function isClaimed(device: string): boolean {
  try {
    closeSync(openSync(device, constants.O_RDONLY | constants.O_EXCL))
    return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return true
    throw error
  }
}
