// biosnoop on a real kernel: as many I/Os and sectors as /proc/diskstats, whose they are, through every way of hooking.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isPreemptible } from '../../core/bpf/skips.js'
import { countDisks, type DiskCounts, makeNullDisk, partition } from '../../core/testing/disks.js'
import { hasFunction } from '../../core/testing/functions.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { biosnoop } from './biosnoop.js'

type Row = NonNullable<(typeof biosnoop)['row']>

/** The disks that the guest has for tests. */
const [VIRTIO, NVME] = ['vda', 'nvme0n1']
const SECTOR = 512

/** In which of the kernel's counts an I/O is. */
const kinds: Partial<Record<string, keyof DiskCounts>> = {
  read: 'reads',
  driver_read: 'reads',
  flush: 'flushes',
  discard: 'discards',
}

/** I/Os and sectors of the rows, as the kernel counts them. */
function countsOf(rows: readonly Row[]): { counts: DiskCounts; sectors: DiskCounts } {
  const counts = { reads: 0, writes: 0, discards: 0, flushes: 0 }
  const sectors = { ...counts }
  for (const { op, bytes } of rows) {
    const kind = kinds[op] ?? 'writes'
    counts[kind]++
    sectors[kind] += bytes / SECTOR
  }
  return { counts, sectors }
}

/** Traces disks while the workloads run, each on one; what is seen is compared with the kernel's counts. */
async function trace(args: readonly string[], loads: Readonly<Record<string, readonly string[]>>) {
  const disks = Object.keys(loads)
  const held = await Promise.all(
    Object.entries(loads).map(([disk, load]) => holdWorkload('blocks', [...load, `/dev/${disk}`])),
  )
  const tool = await startTool('biosnoop', ['--json', ...args])
  const figures = await countDisks(disks, async () => {
    for (const { status } of await Promise.all(held.map((one) => one.run()))) assert.is(status, 0)
  })
  const { status, stdout, stderr } = await tool.stop()
  const rows = parseRows<Row>(stdout)
  assert.is(status, 0)
  const { events, lost } = parseClosing(stderr)
  assert.is(events, rows.length)
  // Where the kernel preempts inside a program it skips it for others: the tool says so, and never counts too many.
  const skips = stderr.includes('some calls may be missed and not counted')
  assert.ok(skips ? isPreemptible() : lost === 0, `${lost} lost`)
  const of = (disk: string): Row[] => rows.filter((row) => row.disk === disk)
  for (const disk of disks) {
    const made = { counts: figures.counts[disk] as DiskCounts, sectors: figures.sectors[disk] as DiskCounts }
    const seen = countsOf(of(disk))
    if (!skips) assert.equal({ [disk]: seen }, { [disk]: made })
    for (const kind of Object.keys(made.counts) as (keyof DiskCounts)[]) {
      const [some, all] = [seen.counts[kind], made.counts[kind]]
      assert.ok(some <= all && some >= all / 2, `${disk}: ${some} of ${all} ${kind}`)
    }
  }
  for (const row of rows) assert.ok(row.ms >= 0 && (row.queued ?? 0) >= 0, JSON.stringify(row))
  return { of, skips, merged: figures.merged }
}

/** Whose rows these are: those of the workload's processes, which have other numbers than their parent. */
function expectMakers(rows: readonly Row[], jobs: number, skips = false): void {
  const known = rows.filter(({ pid }) => pid !== null)
  // Where a program is skipped, nobody is known; flushes are nobody's.
  if (!skips) assert.equal(known.length, rows.filter(({ op }) => op !== 'flush').length)
  for (const row of known) assert.is(row.comm, 'blocks', JSON.stringify(row))
  assert.is(new Set(known.map(({ pid }) => pid)).size, jobs)
  assert.ok(known.every(({ uid, pid, tid }) => uid === 0 && pid === tid))
}

execFileSync('modprobe', ['nvme'])
while (!existsSync(`/sys/block/${NVME}`)) await sleep(100)

for (const variant of ['tp_btf', 'raw_tp', 'kprobe']) {
  if (variant === 'kprobe' && !hasFunction('blk_mq_end_request_batch')) {
    skipped('this kernel ends no requests in batches, and no tracepoint of it can be preempted')
    continue
  }
  const force = ['--hook', `requests=${variant}`, '--hook', `makers=${variant}`]
  /** In full where the tool would choose it. */
  const inFull = variant === (isPreemptible() ? 'kprobe' : 'tp_btf')

  suite(`biosnoop through ${variant}`, (test) => {
    test('two disks at once, one of which ends requests in batches: which I/Os, where, and whose', async () => {
      const { of, skips, merged } = await trace(force, {
        [VIRTIO]: ['--reads', '211', '--writes', '101', '--syncs', '31', '--durable', '17'],
        [NVME]: ['--reads', '53', '--writes', '37', '--discards', '5', '--syncs', '3', '--jobs', '4'],
      })
      expectMakers(of(VIRTIO), 1, skips)
      expectMakers(of(NVME), 4, skips)
      if (skips) return
      const reads = of(VIRTIO).filter(({ op }) => op === 'read')
      const writes = of(VIRTIO).filter(({ op }) => op === 'write')
      const flushes = of(VIRTIO).filter(({ op }) => op === 'flush')
      const data = writes.filter(({ bytes }) => bytes > 0)
      assert.is(reads.length, 211)
      // A flush that waits for its turn is a write without data.
      assert.is(writes.length + (merged[VIRTIO]?.writes ?? 0), 101 + 31 + 2 * 17)
      assert.is(data.length, 101 + 17)
      for (const { bytes, sector } of [...reads, ...data]) assert.equal([bytes, sector % 8], [4096, 0])
      assert.is(new Set([...reads, ...data].map(({ sector }) => sector)).size, 211 + 101 + 17)
      assert.ok(flushes.length > 0)
      for (const { pid, bytes, sector } of flushes) assert.equal([pid, bytes, sector], [null, 0, 0])
      for (const { type, flags } of writes) assert.ok(type.startsWith('W') && flags.endsWith('Write'))
    })

    if (!inFull) return

    test('filters by process: all of theirs and nobody else’s', async () => {
      const [mine, other] = await Promise.all(
        [
          ['--reads', '107'],
          ['--writes', '101'],
        ].map((load) => holdWorkload('blocks', [...load, `/dev/${VIRTIO}`])),
      )
      assert.ok(mine && other)
      const tool = await startTool('biosnoop', ['--json', ...force, '--ppid', String(mine.pid)])
      await Promise.all([mine.run(), other.run()])
      const rows = parseRows<Row>((await tool.stop()).stdout)
      assert.is(rows.length, 107)
      assert.ok(rows.every(({ op, comm, disk }) => op === 'read' && comm === 'blocks' && disk === VIRTIO))
    })

    test('a partition; large I/Os that are split; in sequence or not', async () => {
      const disk = await makeNullDisk({ memory_backed: 1 })
      writeFileSync(`/sys/block/${disk}/queue/max_sectors_kb`, '64')
      const [first, second] = await partition(disk)
      const loads = [
        await holdWorkload('blocks', ['--reads', '53', `/dev/${first}`]),
        await holdWorkload('blocks', ['--writes', '31', `/dev/${second}`]),
        await holdWorkload('blocks', ['--reads', '16', '--size', '1048576', `/dev/${second}`]),
      ]
      const tool = await startTool('biosnoop', ['--json', ...force, '-P', '-d', second])
      const { counts, sectors } = await countDisks([second], async () => {
        for (const load of loads) await load.run()
      })
      const rows = parseRows<Row>((await tool.stop()).stdout)
      assert.equal(countsOf(rows), { counts: counts[second], sectors: sectors[second] })
      assert.is(sectors[second]?.reads, (16 << 20) / SECTOR)
      expectMakers(rows, 2)
      const begin = Number(readFileSync(`/sys/class/block/${second}/start`, 'utf8'))
      const writes = rows.filter(({ op }) => op === 'write')
      assert.equal(
        writes.map(({ sector, pattern }) => [sector, pattern]),
        writes.map((_, index) => [begin + index * 8, index === 0 ? 'random' : 'sequential']),
      )
      assert.ok(rows.length - writes.length >= 256, `${rows.length - writes.length} reads`)
      assert.ok(rows.every(({ bytes }) => bytes <= 65_536))
    })

    test('latency and the time in an I/O scheduler', async () => {
      execFileSync('modprobe', ['mq-deadline'])
      const disk = await makeNullDisk({
        memory_backed: 1,
        irqmode: 2,
        completion_nsec: 2_000_000,
        hw_queue_depth: 1,
      })
      writeFileSync(`/sys/block/${disk}/queue/scheduler`, 'mq-deadline')
      const { of } = await trace([...force, '-d', disk], { [disk]: ['--reads', '53', '--jobs', '4'] })
      const rows = of(disk)
      const sum = (value: (row: Row) => number | null): number =>
        rows.reduce((all, row) => all + (value(row) ?? 0), 0)
      assert.ok(rows.every(({ ms }) => ms >= 2))
      // Three others are before each.
      assert.ok(sum(({ queued }) => queued) > sum(({ ms }) => ms), 'the wait is less than the latency')
    })
  })
}
