import { parseCommandLine } from '../../core/cli/parse.js'
import { blktraceFlags, describeFlags } from '../../core/show/io-flags.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { biosnoop } from './biosnoop.js'

const layout = eventLayout(biosnoop)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    latency: 1_234_567,
    queued: 98_765,
    knowsQueued: true,
    cgroup: 0,
    pid: 1201,
    tid: 1202,
    uid: 1000,
    comm: 'postgres',
    sector: 2048,
    bytes: 8192,
    flags: 1,
    op: 'write',
    pattern: 'unknown',
    disk: 'nvme0n1',
    ...values,
  })
/** What the kernel side sends where nobody is known. */
const nobody = { pid: 0, tid: 0, uid: 0, comm: '' }

suite('biosnoop', (test) => {
  test("bcc's columns", () => {
    const lines = renderRecords(biosnoop, [
      record({}),
      record({ time: 1_502_000_001, op: 'read', flags: 1 << 6, comm: 'a\nb', latency: 999, disk: 'vda' }),
      record({ time: 1_503_000_000, op: 'flush', flags: 0, sector: 0, bytes: 0, ...nobody }),
    ]).split('\n')
    assert.equal(lines, [
      'TIME(s)     COMM           PID     DISK      T    SECTOR     BYTES   LAT(ms)',
      '0.000000    postgres       1201    nvme0n1   WS   2048       8192      1.235',
      '0.002000    a\\nb           1201    vda       RA   2048       8192      0.001',
      '0.003000    -              -       nvme0n1   F    0          0         1.235',
      '',
    ])
  })

  test('-Q, -P and -U', () => {
    const options = { queue: true, pattern: true, printUid: true }
    const lines = renderRecords(
      biosnoop,
      [
        record({ pattern: 'sequential' }),
        record({ pattern: 'random', knowsQueued: false, queued: 0 }),
        record({ op: 'flush', ...nobody }),
      ],
      options,
    ).split('\n')
    assert.equal(lines, [
      'TIME(s)     UID    COMM           PID     DISK      T    SECTOR     BYTES   P QUE(ms) LAT(ms)',
      '0.000000    1000   postgres       1201    nvme0n1   WS   2048       8192    S   0.099   1.235',
      '0.000000    1000   postgres       1201    nvme0n1   WS   2048       8192    R       -   1.235',
      '0.000000    -      -              -       nvme0n1   FS   2048       8192    -   0.099   1.235',
      '',
    ])
  })

  test('JSON', () => {
    const row = {
      time: '1970-01-01T00:00:01.500000000Z',
      uid: 1000,
      comm: 'postgres',
      pid: 1201,
      tid: 1202,
      disk: 'nvme0n1',
      op: 'write',
      type: 'WS',
      flags: 'Sync-Write',
      sector: 2048,
      bytes: 8192,
      pattern: null,
      queued: 0.098765,
      container: null,
      ms: 1.234567,
    }
    assert.equal(JSON.parse(renderRecords(biosnoop, [record({})], { json: true })), row)
    const unknown = record({ ...nobody, pattern: 'random', knowsQueued: false })
    assert.equal(JSON.parse(renderRecords(biosnoop, [unknown], { json: true })), {
      ...row,
      uid: null,
      comm: null,
      pid: null,
      tid: null,
      pattern: 'random',
      queued: null,
    })
  })

  test('blktrace’s letters and bcc’s words', () => {
    const both = (op: Parameters<typeof describeFlags>[0]['op'], flags: number): [string, string] => [
      blktraceFlags({ op, flags }),
      describeFlags({ op, flags }),
    ]
    assert.equal(both('read', 0), ['R', 'Read'])
    assert.equal(both('write', 0b111), ['WFSM', 'ForcedUnitAccess-Metadata-Sync-Write'])
    assert.equal(both('discard', 1), ['DS', 'Sync-Discard'])
    assert.equal(both('other', 0), ['N', 'Unknown'])
  })

  test('the letters of bcc and libbpf-tools, and a duration by its place', async () => {
    const parse = async (...words: string[]): Promise<Record<string, unknown>> => {
      const request = await parseCommandLine(biosnoop, words, '')
      return 'run' in request ? request.run : {}
    }
    const { queue, pattern, duration } = await parse('-Q', '-P', '10')
    assert.equal([queue, pattern, duration], [true, true, 10])
    assert.equal(await parse('-Q', '-P', '10'), await parse('--queue', '--pattern', '10'))
    for (const words of [['-d', 'nosuch'], ['--disk', '/dev/null'], ['x']]) {
      const failure = await parse(...words).catch((error: unknown) => error)
      assert.instance(failure, Error)
    }
  })
})
