import { parseCommandLine } from '../../core/cli/parse.js'
import { UsageError } from '../../core/errors.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { execsnoop } from './execsnoop.js'

const layout = eventLayout(execsnoop)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    pid: 884360,
    tid: 884360,
    ppid: 874065,
    uid: 1000,
    cpu: 3,
    comm: 'ls',
    pcomm: 'bash',
    file: '/usr/bin/ls',
    args: ['ls', '--color=auto'],
    ...values,
  })

const success = record({})
const failure = record({ ret: -2, comm: 'bash', file: '/bin/lss', args: ['lss', '-l'], time: 1_750_000_000 })
const line = (options: Record<string, unknown>, values: Record<string, unknown>): string =>
  renderRecords(execsnoop, [record(values)], options).split('\n')[1] ?? ''

/** What --name and --line keep, of these records. */
async function kept(words: string[], events: { comm?: string; args?: string[] }[]): Promise<boolean[]> {
  const request = await parseCommandLine(execsnoop, words, '')
  const keep = execsnoop.keep?.('run' in request ? request.run : {})
  return events.map((event) => keep?.({ comm: 'ls', file: '/usr/bin/ls', args: ['ls'], ...event }) ?? true)
}

suite('execsnoop', (test) => {
  test("bcc's default columns", () => {
    assert.is(
      renderRecords(execsnoop, [success, failure]),
      [
        'COMM             PID     PPID    RET ARGS',
        'ls               884360  874065    0 /usr/bin/ls --color=auto',
        'bash             884360  874065   -2 /bin/lss -l',
        '',
      ].join('\n'),
    )
  })

  test('more columns, when asked for', () => {
    const text = renderRecords(execsnoop, [success, failure], {
      time: true,
      timestamp: true,
      printUid: true,
      printPcomm: true,
      printCpu: true,
    })
    assert.is(
      text.replaceAll(/^\d\d:\d\d:01/gm, 'hh:mm:01'),
      [
        'TIME     TIME(s)  UID    COMM             PID     PCOMM            PPID    CPU RET ARGS',
        'hh:mm:01 0.000    1000   ls               884360  bash             874065  3     0 /usr/bin/ls --color=auto',
        'hh:mm:01 0.250    1000   bash             884360  bash             874065  3    -2 /bin/lss -l',
        '',
      ].join('\n'),
    )
  })

  test('the executable and the working directory', () => {
    const paths = { hasExe: true, exe: '/usr/bin/ls', hasCwd: true, cwd: '/srv' }
    assert.is(
      line({ fullPath: true }, { ...paths, cwdCut: true }),
      'ls               884360  874065    0 /usr/bin/ls              …/srv            /usr/bin/ls --color=auto',
    )
    assert.ok(line({ fullPath: true }, {}).includes(' 0 -                        -                /usr'))
  })

  test('JSON has every column, the arguments as a list, and the errno by name', () => {
    assert.equal(JSON.parse(renderRecords(execsnoop, [failure], { json: true })), {
      time: '1970-01-01T00:00:01.750000000Z',
      timestamp: 0,
      uid: 1000,
      comm: 'bash',
      pid: 884360,
      tid: 884360,
      pcomm: 'bash',
      ppid: 874065,
      cpu: 3,
      ret: -2,
      error: 'ENOENT',
      file: '/bin/lss',
      exe: null,
      cwd: null,
      cut: 0,
      more: false,
      container: null,
      args: ['lss', '-l'],
    })
  })

  test('hostile arguments break neither row nor JSON, and an empty one counts', () => {
    const args = ['ls', 'a\n\x1b]0;b\udcff', '', 'c"d', '']
    assert.ok(line({}, { args }).endsWith(' /usr/bin/ls a\\n\\x1b]0;b\\xff  c"d '))
    assert.ok(line({ quote: true }, { args }).endsWith('"/usr/bin/ls" "a\\n\\x1b]0;b\\xff" "" "c\\"d" ""'))
    const row = JSON.parse(renderRecords(execsnoop, [record({ args })], { json: true })) as {
      args: string[]
      argsBytes: string[]
    }
    assert.equal(row.args, ['ls', 'a\n\x1b]0;b\ufffd', '', 'c"d', ''])
    assert.equal(
      row.argsBytes.map((word) => Buffer.from(word, 'base64').toString('latin1')),
      ['ls', 'a\n\x1b]0;b\xff', '', 'c"d', ''],
    )
  })

  test('more than 64 KiB of arguments', () => {
    const args = ['ls', ...Array.from({ length: 400 }, (_, i) => String(i).padEnd(300, '.'))]
    assert.ok(line({}, { args }).endsWith(args.slice(1).join(' ')))
  })

  test('no arguments at all', () => assert.ok(line({}, { args: [], file: '' }).endsWith('   0 ')))

  test('what is cut is marked and says how much', () => {
    assert.ok(line({}, { cut: 1234 }).endsWith('--color=auto ... (1234 more bytes)'))
    assert.ok(line({ quote: true }, { more: true }).endsWith('"--color=auto" ...'))
    assert.ok(line({ maxArgs: 2 }, {}).endsWith(' /usr/bin/ls --color=auto'))
    assert.ok(line({ maxArgs: 1 }, {}).endsWith(' /usr/bin/ls ...'))
  })

  test('--name and --line are regular expressions', async () => {
    assert.equal(await kept(['-n', '^l'], [{}, { comm: 'false' }]), [true, false])
    assert.equal(
      await kept(
        ['--line', 'ls -[al] x$'],
        [{ args: ['ls', '-l', 'x'] }, { args: ['ls', '-l', 'xy'] }, { args: ['ls', '-r', 'x'] }],
      ),
      [true, false, false],
    )
    assert.equal(await kept([], [{}]), [true])
  })

  test('a bad regular expression gets one line', async () => {
    try {
      await parseCommandLine(execsnoop, ['-n', '('], '')
      assert.unreachable()
    } catch (error) {
      assert.ok(error instanceof UsageError)
      assert.match(error.message, /^--name takes a regular expression \(unterminated group\), not "\("$/)
    }
  })

  test("the tool's letters win over the shared ones", async () => {
    const request = await parseCommandLine(execsnoop, ['-TtxqUCM', '--max-args', '3', '-P', '7'], '')
    const { tid, quiet, time, timestamp, fails, quote, ppid, maxArgs } = 'run' in request ? request.run : {}
    assert.equal(
      { tid, quiet, time, timestamp, fails, quote, ppid, maxArgs },
      {
        tid: { only: [], not: [] },
        quiet: false,
        time: true,
        timestamp: true,
        fails: true,
        quote: true,
        ppid: { only: [7], not: [] },
        maxArgs: 3,
      },
    )
  })

  test('failed execs are hooked only when asked for', () => {
    const failed = execsnoop.hooks.find(({ name }) => name === 'failed')
    assert.equal(
      [{ fails: false }, { fails: true }].map((options) => failed?.when?.(options)),
      [false, true],
    )
  })
})
