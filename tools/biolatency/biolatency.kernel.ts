// biolatency on a real kernel: as many as /proc/diskstats, for every kind of disk, through every way of hooking.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  countDisks,
  type DiskCounts,
  makeLoopDisk,
  makeMapperDisk,
  makeNullDisk,
  mountExt4,
  partition,
  removeMapperDisk,
  unmount,
} from '../../core/testing/disks.js'
import { isPreemptible } from '../../core/bpf/skips.js'
import { hasFunction } from '../../core/testing/functions.js'
import { promiseOf } from '../../core/testing/promise.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { parseRows, runTool, startTool } from '../../core/testing/tool.js'
import { startTrace } from '../../core/testing/watch.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { biolatency } from './biolatency.js'

/** The disks that the guest has for tests. */
const [VIRTIO, NVME] = ['vda', 'nvme0n1']
const NONE: DiskCounts = { reads: 0, writes: 0, discards: 0, flushes: 0 }

interface Report {
  time: string
  unit: string
  disk?: string
  flags?: string
  count: number
  sum: number
  min: number
  max: number
  p50: number
  p90: number
  p99: number
  p999: number
  buckets: [low: number, high: number, count: number][]
}

const variantsOf = (hook: string): string[] =>
  biolatency.hooks
    .filter(({ name }) => name === hook)
    .flatMap(({ variants }) => variants.map(({ name }) => name))

/** In which of the kernel's counts an I/O of these flags is. */
function classOf(flags: string): keyof DiskCounts {
  if (flags.endsWith('Read')) return 'reads'
  if (flags.endsWith('Flush')) return 'flushes'
  return flags.endsWith('Discard') ? 'discards' : 'writes'
}

function countsOf(reports: readonly Report[], disk?: string): DiskCounts {
  const own = reports.filter((report) => report.disk === disk)
  const counts = { ...NONE }
  for (const { flags = '', count } of own) counts[classOf(flags)] += count
  return counts
}

const total = (reports: readonly Report[]): number => reports.reduce((sum, { count }) => sum + count, 0)

/** What must hold of every histogram; while values arrive a report may have the sum of one more or one less. */
function check(report: Report): void {
  const { count, sum, min, max, p50, p90, p99, p999, buckets } = report
  const text = JSON.stringify(report)
  assert.is(
    buckets.reduce((all, [, , one]) => all + one, 0),
    count,
  )
  assert.ok(count > 0 && min <= p50 && p50 <= p90 && p90 <= p99 && p99 <= p999 && p999 <= max, text)
  assert.ok(sum >= min * (count - 1) && sum <= max * (count + 1), text)
  for (const [low, high] of buckets)
    assert.ok(low <= max && high + 1 > min && (low === high) === high <= 1, text)
}

/** I/Os to a device: `reads=3`, …; nothing else happens on it. */
async function blocks(device: string, ...args: string[]): Promise<() => Promise<void>> {
  const load = await holdWorkload('blocks', [...args, device.startsWith('/') ? device : `/dev/${device}`])
  return async () => assert.is((await load.run()).status, 0)
}

/** Where the kernel preempts inside a program it skips it for others: the tool says so, and never counts too many. */
function nearly(seen: DiskCounts, made: DiskCounts): void {
  for (const kind of Object.keys(made) as (keyof DiskCounts)[])
    assert.ok(
      seen[kind] <= made[kind] && seen[kind] >= made[kind] / 2,
      `${seen[kind]} of ${made[kind]} ${kind}`,
    )
}

/** Traces with these flags while the loads run; every disk's counts are compared with the kernel's. */
async function compare(
  [hook, variant]: readonly [string, string],
  args: readonly string[],
  disks: readonly string[],
  loads: readonly (() => Promise<void>)[],
): Promise<{ reports: Report[]; counts: Record<string, DiskCounts>; merged: Record<string, DiskCounts> }> {
  const words = ['-D', '-F', '--hook', `${hook}=${variant}`, ...args]
  const tracing = await startTrace<Report>(biolatency, words)
  const { counts, merged } = await countDisks(
    disks,
    async () => await Promise.all(loads.map((load) => load())),
  )
  const { rows: reports, seen, lost } = await tracing.stop()
  reports.forEach(check)
  assert.is(seen, total(reports))
  const own = biolatency.hooks.filter(({ name }) => name === hook)
  if (promiseOf(own, variant) === 'uncounted') {
    for (const disk of disks) nearly(countsOf(reports, disk), counts[disk] as DiskCounts)
  } else {
    assert.is(lost, 0)
    for (const disk of disks) assert.equal({ [disk]: countsOf(reports, disk) }, { [disk]: counts[disk] })
  }
  return { reports, counts, merged }
}

for (const variant of variantsOf('requests')) {
  const way = ['requests', variant] as const
  if (variant === 'kprobe' && !hasFunction('blk_mq_end_request_batch')) {
    skipped('this kernel ends no requests in batches, and no tracepoint of it can be preempted')
    continue
  }
  /** In full where the tool would choose it. */
  const inFull = isPreemptible() === (variant === 'kprobe')

  suite(`biolatency: requests through ${variant}`, (test) => {
    test('a virtio disk: reads, writes, flushes, and a command that is neither', async () => {
      const load = await blocks(
        VIRTIO,
        '--reads',
        '1009',
        '--writes',
        '503',
        '--syncs',
        '101',
        '--durable',
        '53',
      )
      const serial = async (): Promise<void> => {
        readFileSync(`/sys/block/${VIRTIO}/serial`)
      }
      const { counts, merged } = await compare(way, ['-d', VIRTIO], [VIRTIO], [load, serial])
      const { reads = 0, writes = 0, flushes = 0 } = counts[VIRTIO] ?? {}
      // The serial number's read is counted by 5.10, and not by 6.1.
      assert.ok(reads === 1009 || reads === 1010, `${reads} reads`)
      // A flush that waits for its turn is a write to the kernel, and flushes may be joined.
      assert.is(writes + (merged[VIRTIO]?.writes ?? 0), 503 + 101 + 2 * 53)
      assert.ok(flushes > 0 && flushes <= 101 + 2 * 53, `${flushes} flushes`)
    })

    test('two null disks at once, four processes each: they do not mix', async () => {
      const [a, b] = [
        await makeNullDisk({ memory_backed: 1, discard: 1, submit_queues: 2 }),
        await makeNullDisk({ memory_backed: 1, submit_queues: 1, irqmode: 1 }),
      ]
      const loads = [
        await blocks(a, '--reads', '2503', '--discards', '101', '--jobs', '4'),
        await blocks(b, '--writes', '2503', '--jobs', '4'),
      ]
      const { counts, merged } = await compare(way, [], [a, b], loads)
      // Processes that happen to be side by side may have their I/Os merged.
      const made = (disk: string, kind: keyof DiskCounts): number =>
        (counts[disk]?.[kind] ?? 0) + (merged[disk]?.[kind] ?? 0)
      assert.equal([made(a, 'reads'), made(a, 'writes'), made(a, 'discards')], [10_012, 0, 404])
      assert.equal([made(b, 'reads'), made(b, 'writes'), made(b, 'discards')], [0, 10_012, 0])
    })

    test('a loop disk, with another disk below it', async () => {
      const disk = await makeLoopDisk()
      const load = await blocks(
        disk,
        '--reads',
        '503',
        '--writes',
        '503',
        '--syncs',
        '53',
        '--discards',
        '31',
      )
      const { reports } = await compare(way, [], [disk], [load])
      assert.equal([...new Set(reports.map((report) => report.disk))], [disk])
    })

    test('an NVMe disk, which ends requests in batches', async () => {
      execFileSync('modprobe', ['nvme'])
      while (!existsSync(`/sys/block/${NVME}`)) await sleep(100)
      const load = await blocks(
        NVME,
        ...['--reads', '503', '--writes', '503', '--syncs', '53', '--durable', '31', '--jobs', '4'],
      )
      const { counts } = await compare(way, ['-d', NVME], [NVME], [load])
      assert.ok((counts[NVME]?.reads ?? 0) >= 4 * 503)
    })

    if (!inFull) return
    const force = ['--hook', way.join('=')]

    test('a null disk with a write cache and FUA', async () => {
      const disk = await makeNullDisk({ memory_backed: 1, cache_size: 4, irqmode: 2 })
      const load = await blocks(disk, '--writes', '53', '--syncs', '211', '--durable', '101', '--jobs', '2')
      const { reports, merged } = await compare(way, [], [disk], [load])
      const count = (flags: string): number => total(reports.filter((report) => report.flags === flags))
      const plain = count('Idle-Sync-Write')
      assert.ok(plain <= 106 && plain + (merged[disk]?.writes ?? 0) >= 106, `${plain} plain writes`)
      assert.ok(count('Flush') > 0)
      assert.ok(count('Empty-Sync-Write') >= 422)
    })

    test('requests that complete in parts, come back, and fail in the end', async () => {
      const lower = await makeNullDisk({ memory_backed: 1, size: 128 })
      const folder = await mountExt4(`/dev/${lower}`)
      try {
        execFileSync('mount', ['--bind', folder, '/mnt'])
        // Reads of 64 KiB across the end of the file get 4 KiB first.
        const disk = await makeLoopDisk({ direct: true, bytes: (1 << 20) + 4096 })
        const load = await blocks(disk, '--reads', '101', '--size', '65536')
        const { counts } = await compare(way, ['-d', disk], [disk], [load])
        assert.ok((counts[disk]?.reads ?? 0) >= 101)
        execFileSync('losetup', ['-d', `/dev/${disk}`])
      } finally {
        execFileSync('umount', ['/mnt'])
        await unmount(folder)
      }
    })

    test('a partition', async () => {
      const disk = await makeNullDisk({ memory_backed: 1 })
      const [first, second] = await partition(disk)
      const loads = [await blocks(first, '--reads', '211'), await blocks(second, '--writes', '307')]
      const tools = await Promise.all(
        [disk, first, `/dev/${second}`].map((name) =>
          startTrace<Report>(biolatency, [...force, '-F', '-d', name]),
        ),
      )
      const { counts } = await countDisks([disk, first, second], async () => {
        for (const load of loads) await load()
      })
      const seen = await Promise.all(tools.map(async (tool) => countsOf((await tool.stop()).rows)))
      assert.equal(seen, [counts[disk], counts[first], counts[second]])
      assert.equal(seen.slice(1), [
        { ...NONE, reads: 211 },
        { ...NONE, writes: 307 },
      ])
    })

    test('a disk whose statistics are turned off', async () => {
      const disk = await makeNullDisk({ memory_backed: 1 })
      writeFileSync(`/sys/block/${disk}/queue/iostats`, '0')
      const tracing = await startTrace<Report>(biolatency, [...force, '-d', disk])
      await (
        await blocks(disk, '--reads', '307')
      )()
      assert.is(total((await tracing.stop()).rows), 307)
    })

    test('a report a second loses nothing and counts nothing twice', async () => {
      const disk = await makeNullDisk({ memory_backed: 1, submit_queues: 2 })
      const load = await blocks(disk, '--reads', '5003', '--jobs', '2', '--pause', '100')
      const { reports } = await compare(way, ['-d', disk, '0.5'], [disk], [load])
      assert.ok(new Set(reports.map(({ time }) => time)).size >= 3)
      assert.is(total(reports), 10_006)
    })

    test('the time is right, in both units', async () => {
      const disk = await makeNullDisk({ memory_backed: 1, irqmode: 2, completion_nsec: 20_000_000 })
      const tools = await Promise.all(
        [[], ['-m']].map((more) => startTrace<Report>(biolatency, [...force, '-d', disk, ...more])),
      )
      await (
        await blocks(disk, '--reads', '31')
      )()
      const [usecs, msecs] = await Promise.all(
        tools.map(async (tool) => (await tool.stop()).rows[0] as Report),
      )
      assert.equal([usecs?.unit, msecs?.unit], ['usecs', 'msecs'])
      assert.equal([usecs?.count, msecs?.count], [31, 31])
      for (const [report, unit] of [
        [usecs, 1000],
        [msecs, 1],
      ] as const) {
        const { min = 0, p50 = 0 } = report ?? {}
        assert.ok(min >= 20 * unit && p50 >= 20 * unit && p50 < 40 * unit, JSON.stringify(report))
      }
      assert.ok(Math.abs((usecs?.sum ?? 0) / (msecs?.sum ?? 1) / 1000 - 1) < 0.05)
    })

    test('-Q: also the time in an I/O scheduler, as much as the kernel says', async () => {
      execFileSync('modprobe', ['mq-deadline'])
      const disk = await makeNullDisk({
        memory_backed: 1,
        irqmode: 2,
        completion_nsec: 2_000_000,
        hw_queue_depth: 1,
      })
      writeFileSync(`/sys/block/${disk}/queue/scheduler`, 'mq-deadline')
      const tools = await Promise.all(
        [[], ['-Q']].map((more) => startTrace<Report>(biolatency, [...force, '-d', disk, ...more])),
      )
      const load = await blocks(disk, '--reads', '53', '--jobs', '4')
      // The scheduler may merge what is side by side.
      const { milliseconds, counts } = await countDisks([disk], load)
      const { reads = 0 } = counts[disk] ?? {}
      const [device, queued] = await Promise.all(
        tools.map(async (tool) => (await tool.stop()).rows[0] as Report),
      )
      assert.equal([device?.count, queued?.count], [reads, reads])
      const [deviceMs, queuedMs] = [(device?.sum ?? 0) / 1000, (queued?.sum ?? 0) / 1000]
      assert.ok(deviceMs >= 2 * reads && queuedMs > 2 * deviceMs, `${deviceMs} ${queuedMs}`)
      const kernelMs = milliseconds[disk] ?? 0
      // The kernel stops its clock after it has woken up who waits.
      assert.ok(queuedMs <= kernelMs + 1 && queuedMs > kernelMs / 2, `${queuedMs} ${kernelMs}`)
    })
  })
}

for (const variant of variantsOf('bios')) {
  const way = ['bios', variant] as const
  if (variant === 'kprobe_queue' && !hasFunction('submit_bio_noacct_nocheck')) {
    skipped('this kernel has no submit_bio_noacct_nocheck(), and no tracepoint of it can be preempted')
    continue
  }

  suite(`biolatency: disks without requests, through ${variant}`, (test) => {
    test('dm-linear over two disks, each counted by itself', async () => {
      const [below, other] = [await makeLoopDisk(), await makeNullDisk({ memory_backed: 1, cache_size: 4 })]
      const name = await makeMapperDisk('linear', [
        `0 65536 linear /dev/${below} 0`,
        `65536 65536 linear /dev/${other} 0`,
      ])
      try {
        const device = '/dev/mapper/linear'
        const load = await blocks(
          device,
          '--reads',
          '211',
          '--writes',
          '101',
          '--syncs',
          '53',
          '--durable',
          '31',
        )
        await compare(way, [], [name, below, other], [load])
        if (variant === 'raw_tp') return
        // Across the border between the two it is two I/Os.
        const large = await blocks(device, '--reads', '5', '--writes', '5', '--size', String(24 << 20))
        await compare(way, ['-d', device], [name], [large])
        // Zeros are a chain of bios, of which 5.10 tells the end of one. Others then come to lie in their places.
        const elsewhere = await blocks(other, '--reads', '5', '--size', String(24 << 20))
        const zeros = async (): Promise<void> => {
          execFileSync('blkdiscard', ['--zeroout', '--length', String(16 << 20), device])
          await elsewhere()
        }
        await compare(way, [], [name, below, other], [zeros])
        // Journals: flushes in front of data.
        const files = async (): Promise<void> => {
          const folder = await mountExt4(device)
          for (let index = 0; index < 7; index++) {
            writeFileSync(`${folder}/${index}`, 'x'.repeat(70_000))
            execFileSync('sync')
          }
          await unmount(folder)
        }
        await compare(way, [], [name, below, other], [files])
      } finally {
        await removeMapperDisk('linear')
      }
    })

    test('dm-crypt on a virtio disk', async () => {
      execFileSync('modprobe', ['dm_crypt'])
      const key = '000102030405060708090a0b0c0d0e0f'
      const name = await makeMapperDisk('crypt', [
        `0 131072 crypt aes-cbc-essiv:sha256 ${key} 0 /dev/${VIRTIO} 0`,
      ])
      try {
        const load = await blocks(
          '/dev/mapper/crypt',
          '--reads',
          '101',
          '--writes',
          '101',
          '--syncs',
          '31',
          '--durable',
          '31',
          '--jobs',
          '2',
        )
        await compare(way, [], [name, VIRTIO], [load])
        if (variant === 'raw_tp') return
        const large = await blocks(
          '/dev/mapper/crypt',
          '--reads',
          '3',
          '--writes',
          '3',
          '--size',
          String(4 << 20),
        )
        await compare(way, ['-d', name], [name], [large])
      } finally {
        await removeMapperDisk('crypt')
      }
    })
  })
}

suite('biolatency: output', (test) => {
  test('text: bcc’s histogram, with figures', async () => {
    const disk = await makeNullDisk({ memory_backed: 1, irqmode: 2, completion_nsec: 5_000_000 })
    const tool = await startTool('biolatency', ['-D', '-F', '-e', '-T', '-d', disk])
    await (
      await blocks(disk, '--reads', '53', '--writes', '31')
    )()
    const { stdout } = await tool.stop()
    assert.match(stdout, /^\n\d\d:\d\d:\d\d\n/)
    // What else is among the flags depends on the kernel.
    for (const [operation, count] of [
      ['Read', 53],
      ['Write', 31],
    ] as const) {
      const head = `\\ndisk = ${disk}\\nflags = (\\S+-)?${operation}\\n {5}usecs {15}: count {5}distribution\\n {9}0 -> 0 {10}: 0 `
      assert.match(stdout, new RegExp(head), stdout)
      assert.match(stdout, new RegExp(`^avg = \\d+ usecs, total: \\d+ usecs, count: ${count}$`, 'm'))
    }
  })

  test('nothing happened: a count of 0', async () => {
    const disk = await makeNullDisk({})
    const { stdout } = await runTool('biolatency', ['-d', disk, '-j', '0.1', '2'])
    assert.equal(
      parseRows<Report>(stdout).map(({ count, p50, buckets }) => [count, p50, buckets]),
      [
        [0, null, []],
        [0, null, []],
      ],
    )
  })

  test('a disk that is not there', async () => {
    const { status, stderr } = await runTool('biolatency', ['-d', 'nosuch'])
    assert.is(status, 2)
    assert.match(stderr, 'biolatency: --disk takes a disk or partition')
  })

  test('--dry-run', async () => {
    const plan = async (...args: string[]): Promise<string[]> =>
      parseRows<{ hook: string; variant: string }>(
        (await runTool('biolatency', ['--dry-run', '--json', ...args])).stdout,
      ).map(({ hook, variant }) => `${hook}=${variant}`)
    const [requests, bios] = isPreemptible() ? ['kprobe', 'kprobe_queue'] : ['tp_btf', 'fentry']
    assert.equal(await plan(), [`requests=${requests}`])
    assert.equal(await plan('-D'), [`requests=${requests}`, `bios=${bios}`])
    assert.equal(await plan('-d', VIRTIO), [`requests=${requests}`])
  })
})
