import { parseCommandLine } from '../../core/cli/parse.js'
import { parseDisk } from '../../core/enrich/disk.js'
import { describeFlags } from '../../core/show/io-flags.js'
import { type MapEntry, renderReports } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { biolatency } from './biolatency.js'

const SLOTS = 304
const SYNC = 1
const EMPTY = 1 << 9

/** The slot of hist_slot() in bpf-src/lib/hist.bpf.h. */
function slotOf(value: number): number {
  if (value < 8) return value
  const shift = Math.floor(Math.log2(value)) - 3
  return (shift + 1) * 8 + (Math.floor(value / 2 ** shift) % 8)
}

/** What the kernel side holds of these latencies in nanoseconds; `unit`: of the slots. */
function entry(key: Record<string, unknown>, latencies: readonly number[], unit = 1000): MapEntry {
  const slots = Array.from({ length: SLOTS }, () => 0)
  for (const latency of latencies) {
    const slot = slotOf(Math.floor(latency / unit))
    slots[slot] = (slots[slot] ?? 0) + 1
  }
  return {
    key,
    value: { sum: latencies.reduce((sum, one) => sum + one, 0), slots },
    min: Math.min(...latencies),
    max: Math.max(...latencies),
  }
}

const disks = [
  entry({ disk: 'sdb', op: 'write', flags: SYNC }, [8_000_000, 9_000_000, 8_500_000]),
  entry({ disk: 'sda', op: 'read', flags: 0 }, [400, 150_000, 170_000]),
]

suite('biolatency', (test) => {
  test('text: one histogram, the zero by itself', () => {
    const { last, seen } = renderReports(biolatency, [
      { latencies: [entry({}, [400, 150_000, 170_000, 999])] },
    ])
    assert.is(
      last,
      [
        '',
        '     usecs               : count     distribution',
        '         0 -> 0          : 2        |****************************************|',
        ...[
          [1, 1],
          [2, 3],
          [4, 7],
          [8, 15],
          [16, 31],
          [32, 63],
          [64, 127],
        ].map(
          ([low, high]) =>
            `${String(low).padStart(10)} -> ${String(high).padEnd(10)} : 0        |${' '.repeat(40)}|`,
        ),
        '       128 -> 255        : 2        |****************************************|',
        '     count 4, avg 80.3, p50 0.4, p90 170, p99 170, p99.9 170, max 170 usecs',
        '',
      ].join('\n'),
    )
    assert.is(seen, 4)
  })

  test('-D and -F: by name, in order', () => {
    const { last } = renderReports(biolatency, [{ latencies: disks }], { disks: true, flags: true })
    const labels = last.split('\n').filter((line) => / = /.test(line))
    assert.equal(labels, ['disk = sda', 'flags = Read', 'disk = sdb', 'flags = Sync-Write'])
  })

  test('-m and -e', () => {
    const latencies = [entry({}, [8_000_000, 9_000_000, 8_500_000], 1_000_000)]
    const { last } = renderReports(biolatency, [{ latencies }], { milliseconds: true, extension: true })
    assert.match(last, /^     msecs               : count     distribution$/m)
    assert.match(last, /^         8 -> 15         : 3        \|\*{40}\|$/m)
    assert.match(last, /^avg = 8 msecs, total: 25 msecs, count: 3$/m)
  })

  test('JSON: the second report has what came since the first', () => {
    const before = disks.map(({ key, value }) => ({ key, value }))
    const more = [
      before[0] as MapEntry,
      entry({ disk: 'sda', op: 'read', flags: 0 }, [400, 150_000, 170_000, 2_000_000]),
    ]
    const { last } = renderReports(biolatency, [{ latencies: before }, { latencies: more }], {
      json: true,
      disks: true,
    })
    const rows = last
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.is(rows.length, 1)
    const { time, unit, disk, count, sum, p50, buckets } = rows[0] ?? {}
    assert.equal(
      { time, unit, disk, count, sum, p50, buckets },
      {
        time: '1970-01-01T00:00:02.000Z',
        unit: 'usecs',
        disk: 'sda',
        count: 1,
        sum: 2000,
        p50: 2000,
        buckets: [[1024, 2047, 1]],
      },
    )
    assert.not.ok('flags' in (rows[0] ?? {}))
  })

  test('a disk with a hostile name breaks no line', () => {
    const latencies = [entry({ disk: 'a\nb\u001b[2J' }, [1000])]
    const { last } = renderReports(biolatency, [{ latencies }], { disks: true })
    assert.match(last, 'disk = a\\nb\\x1b[2J\n')
  })

  test('bcc’s words for flags', () => {
    const words = (op: Parameters<typeof describeFlags>[0]['op'], flags: number): string =>
      describeFlags({ op, flags })
    assert.is(words('read', 0), 'Read')
    assert.is(words('write', SYNC), 'Sync-Write')
    assert.is(words('read', (1 << 1) | (1 << 3)), 'Priority-Metadata-Read')
    assert.is(words('write', (1 << 7) | (1 << 3) | (1 << 1)), 'Background-Priority-Metadata-Write')
    assert.is(words('write', SYNC | (1 << 2)), 'ForcedUnitAccess-Sync-Write')
    assert.is(words('write', SYNC | EMPTY), 'Empty-Sync-Write')
    assert.is(words('write_zeroes', 1 << 4), 'NoMerge-WriteZeros')
    assert.is(words('flush', 0), 'Flush')
  })

  test('bcc’s flags, short and long', async () => {
    const parse = async (...words: string[]): Promise<Record<string, unknown>> => {
      const request = await parseCommandLine(biolatency, words, '')
      return 'run' in request ? request.run : {}
    }
    const short = await parse('-T', '-Q', '-m', '-D', '-F', '-e', '-j', '1', '10')
    const long = await parse(
      '--timestamp',
      '--queued',
      '--milliseconds',
      '--disks',
      '--flags',
      '--extension',
      '--json',
      '1',
      '10',
    )
    assert.equal(short, long)
    const { timestamp, queued, milliseconds, disks: each, flags, extension, json, interval, count } = short
    assert.equal(
      [timestamp, queued, milliseconds, each, flags, extension, json, interval, count],
      [true, true, true, true, true, true, true, 1, 10],
    )
    for (const words of [
      ['-d', 'nosuch'],
      ['-d', '/etc/passwd'],
      ['-d', ''],
      ['--disk', '..'],
      ['-p', '1'],
    ]) {
      const failure = await parse(...words).catch((error: unknown) => error)
      assert.instance(failure, Error)
    }
  })

  test('a disk is no file, no character device, and not its own folder', () => {
    for (const word of ['/dev/null', '.', '..', '../..', '/', 'null', ''])
      assert.throws(() => parseDisk(word))
  })
})
