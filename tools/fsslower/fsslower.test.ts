import { parseCommandLine } from '../../core/cli/parse.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { ext4slower } from '../ext4slower/ext4slower.js'
import { nfsslower } from '../nfsslower/nfsslower.js'
import { fileSystems } from './family.js'
import { fsslower } from './fsslower.js'

const layout = eventLayout(fsslower)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    latency: 21_456_789,
    offset: 1_048_576,
    pid: 1201,
    tid: 1202,
    uid: 1000,
    comm: 'mysqld',
    ret: 16_384,
    op: 'write',
    fileSystem: fileSystems.indexOf('xfs'),
    path: '/ibdata1',
    pathCut: true,
    ...values,
  })

const written = record({})
const synced = record({ op: 'fsync', ret: 0, offset: 0, latency: 310_000_000 })
const failed = record({ op: 'read', ret: -5, offset: 512 })

async function constant(tool: typeof ext4slower, name: string, ...words: string[]): Promise<unknown> {
  const request = await parseCommandLine(tool, words, '')
  return tool.rodata[name]?.('run' in request ? request.run : {})
}

suite('fsslower', (test) => {
  test("the peers' columns", () => {
    const zone = process.env['TZ']
    process.env['TZ'] = 'UTC'
    assert.is(
      renderRecords(fsslower, [written, synced, failed]),
      [
        'TIME     COMM           PID     T BYTES   OFF_KB   LAT(ms) FILENAME',
        '00:00:01 mysqld         1201    W 16384   1024       21.46 ibdata1',
        '00:00:01 mysqld         1201    S 0       0         310.00 ibdata1',
        '00:00:01 mysqld         1201    R 0       0          21.46 ibdata1',
        '',
      ].join('\n'),
    )
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  test('-F, and what is missing of a path; the root of a file system has no name', () => {
    const fileOf = (values: Record<string, unknown>): unknown =>
      (JSON.parse(renderRecords(fsslower, [record(values)], { json: true })) as { file: string }).file
    assert.is(
      fileOf({ pathWhole: true, pathCut: false, path: '/var/lib/mysql/ibdata1' }),
      '/var/lib/mysql/ibdata1',
    )
    assert.is(fileOf({ pathWhole: true, path: '/deep/ibdata1' }), '…/deep/ibdata1')
    assert.is(fileOf({ pathWhole: true, pathCut: false, pathOutside: true }), '(unreachable)/ibdata1')
    assert.is(fileOf({ path: '' }), '/')
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(fsslower, [failed], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      uid: 1000,
      comm: 'mysqld',
      pid: 1201,
      tid: 1202,
      op: 'read',
      bytes: 0,
      offset: 512,
      ms: 21.456789,
      error: 'EIO',
      fs: 'xfs',
      container: null,
      file: 'ibdata1',
    })
  })

  test('a minimum by place and by name, 10 milliseconds unless it is said', async () => {
    assert.is(await constant(ext4slower, 'min_latency'), 10_000_000)
    assert.is(await constant(ext4slower, 'min_latency', '0'), 0)
    assert.is(await constant(ext4slower, 'min_latency', '-m', '0.5'), 500_000)
  })

  test('each command has its own functions', async () => {
    assert.equal(fsslower.targets?.['read_fexit']?.({ type: 'btrfs' }), ['btrfs_file_read_iter'])
    assert.equal(ext4slower.targets?.['open_kprobe']?.({}), ['ext4_file_open'])
    assert.equal(nfsslower.targets?.['open_kprobe']?.({}), ['nfs4_file_open', 'nfs_file_open'])
    const getattr = (tool: typeof ext4slower): unknown =>
      tool.hooks.find(({ name }) => name === 'getattr')?.when?.({})
    assert.equal([getattr(nfsslower), getattr(ext4slower)], [true, false])
    assert.is(await constant(ext4slower, 'file_system'), fileSystems.indexOf('ext4'))
    const failure = await parseCommandLine(fsslower, ['-t', 'vfat'], '').catch((error: unknown) => error)
    assert.match(String(failure), '--type takes one of btrfs, ext4, nfs, xfs, not "vfat"')
  })
})
