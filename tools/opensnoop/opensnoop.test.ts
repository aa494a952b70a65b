import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { opensnoop } from './opensnoop.js'

const layout = eventLayout(opensnoop)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    pid: 1576,
    tid: 1577,
    uid: 1000,
    comm: 'snmpd',
    path: '/proc/net/dev',
    ...values,
  })

const success = record({ ret: 9, flags: 0o2000000 })
const failure = record({
  ret: -6,
  comm: 'run',
  path: '/dev/tty',
  flags: 0o101,
  mode: 0o644,
  time: 1_750_000_000,
})

suite('opensnoop', (test) => {
  test("bcc's default columns", () => {
    assert.is(
      renderRecords(opensnoop, [success, failure]),
      [
        'PID    COMM               FD ERR PATH',
        '1576   snmpd               9   0 /proc/net/dev',
        '1576   run                -1   6 /dev/tty',
        '',
      ].join('\n'),
    )
  })

  test('more columns, when asked for', () => {
    assert.is(
      renderRecords(opensnoop, [success, failure], {
        timestamp: true,
        printUid: true,
        tid: { only: [1577], not: [] },
        extendedFields: true,
      }),
      [
        'TIME(s)        UID    TID    COMM               FD ERR FLAGS    MODE PATH',
        '0.000000000    1000   1577   snmpd               9   0 02000000 0000 /proc/net/dev',
        '0.250000000    1000   1577   run                -1   6 00000101 0644 /dev/tty',
        '',
      ].join('\n'),
    )
  })

  test('JSON has every column and the errno by name', () => {
    assert.equal(JSON.parse(renderRecords(opensnoop, [failure], { json: true })), {
      time: '1970-01-01T00:00:01.750000000Z',
      uid: 1000,
      pid: 1576,
      tid: 1577,
      comm: 'run',
      fd: -1,
      err: 6,
      error: 'ENXIO',
      flags: 0o101,
      mode: 0o644,
      via: 'syscall',
      cut: false,
      container: null,
      path: '/dev/tty',
    })
  })

  test('a hostile name breaks neither row nor JSON', () => {
    const hostile = record({ ret: 3, path: 'a\n\x1b]0;b\udcff' })
    assert.ok(renderRecords(opensnoop, [hostile]).endsWith(' a\\n\\x1b]0;b\\xff\n'))
    const row = JSON.parse(renderRecords(opensnoop, [hostile], { json: true })) as {
      path: string
      pathBytes: string
    }
    assert.is(row.path, 'a\n\x1b]0;b\ufffd')
    assert.equal([...Buffer.from(row.pathBytes, 'base64')], [0x61, 0x0a, 0x1b, 0x5d, 0x30, 0x3b, 0x62, 0xff])
  })

  test('the directory a name is relative to is put before it', () => {
    const relative = record({ ret: 3, path: 'b/c', dir: '/srv/a', dirIs: 'base' })
    const whole = record({ ret: 3, path: '', dir: '/srv/file', dirIs: 'file', via: 'by_handle' })
    const lines = renderRecords(opensnoop, [relative, whole]).split('\n')
    assert.ok(lines[1]?.endsWith(' /srv/a/b/c'))
    assert.ok(lines[2]?.endsWith(' /srv/file'))
  })

  test('what is cut or cannot be reached is marked', () => {
    const cut = record({ ret: 3, path: 'c', dir: '/a/b', dirIs: 'base', dirCut: true })
    const far = record({ ret: 3, path: 'c', dir: '/a', dirIs: 'base', dirOutside: true })
    const long = record({ ret: -36, path: '/a/bc', pathCut: true })
    const root = record({ ret: 3, path: 'etc', dir: '/', dirIs: 'base' })
    const paths = renderRecords(opensnoop, [cut, far, long, root])
    assert.equal(
      paths
        .split('\n')
        .slice(1, 5)
        .map((line) => line.split(' ').at(-1)),
      ['…/a/b/c', '(unreachable)/a/c', '/a/bc…', '/etc'],
    )
  })

  test("a slot in io_uring's own table is no file descriptor", () => {
    assert.ok(
      renderRecords(opensnoop, [record({ ret: 5, direct: true, via: 'io_uring' })]).includes('  -1   0 '),
    )
  })
})
