// Every tool × every form of output × every condition: recorded once on a real kernel, then replayed in each way.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { biolatency } from '../tools/biolatency/biolatency.js'
import { biosnoop } from '../tools/biosnoop/biosnoop.js'
import { execsnoop } from '../tools/execsnoop/execsnoop.js'
import { exitsnoop } from '../tools/exitsnoop/exitsnoop.js'
import { killsnoop } from '../tools/killsnoop/killsnoop.js'
import { maxBacklog } from '../tools/max_backlog/max_backlog.js'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import { runqlat } from '../tools/runqlat/runqlat.js'
import { runqslower } from '../tools/runqslower/runqslower.js'
import { solisten } from '../tools/solisten/solisten.js'
import { syscount } from '../tools/syscount/syscount.js'
import { tcpaccept } from '../tools/tcpaccept/tcpaccept.js'
import { tcpconnect } from '../tools/tcpconnect/tcpconnect.js'
import { tcpconnlat } from '../tools/tcpconnlat/tcpconnlat.js'
import { tcpdrop } from '../tools/tcpdrop/tcpdrop.js'
import { tcplife } from '../tools/tcplife/tcplife.js'
import { tcpretrans } from '../tools/tcpretrans/tcpretrans.js'
import { tcpsynbl } from '../tools/tcpsynbl/tcpsynbl.js'
import { writesnoop } from '../tools/writesnoop/writesnoop.js'
import { exit } from './errors.js'
import { replayed } from './testing/replayed.js'
import { assert, suite } from './testing/suite.js'
import { parseClosing, parseRows, startTool } from './testing/tool.js'
import { holdWorkload, quickFile } from './testing/workload.js'
import type { Tool } from './tool.js'

type Row = Record<string, unknown>

interface Case {
  tool: Tool
  /** Besides --json and --record. */
  args: readonly string[]
  workload: readonly [name: string, ...args: string[]]
  /** Meets some rows but not all, or all of one. */
  condition: string
  /** A field that --fields leaves alone, and one that text shows by itself. */
  field: string
  sort?: string
}

const UID = 4242
const backlog = ['backlog', '--netns', '--clients', '50'] as const
const tcp = ['tcp', '--netns', '--connects', '7', '--refused', '3'] as const
const cases: Case[] = [
  {
    tool: opensnoop,
    args: ['-u', String(UID)],
    workload: ['opens', '53', quickFile()],
    condition: 'fd == 3',
    field: 'path',
  },
  {
    tool: execsnoop,
    args: ['-u', String(UID)],
    workload: ['execs', '--words', '3', '--bytes', '9', '11'],
    condition: 'ret == 0 and args ~ "exit"',
    field: 'args',
  },
  {
    tool: exitsnoop,
    args: ['-u', String(UID)],
    workload: ['exits', '--via', 'signal', '7'],
    condition: 'signal == KILL or signal == SIGKILL',
    field: 'signal',
  },
  {
    tool: killsnoop,
    args: ['-u', String(UID)],
    workload: ['kills', '7'],
    condition: 'comm == kills',
    field: 'signal',
  },
  {
    tool: solisten,
    args: [],
    workload: [...tcp, '--late'],
    condition: 'comm == tcp',
    field: 'backlog',
  },
  { tool: tcpaccept, args: [], workload: tcp, condition: 'comm == tcp', field: 'rport' },
  { tool: tcpconnect, args: ['-x'], workload: tcp, condition: 'comm == tcp', field: 'raddr' },
  { tool: tcpconnlat, args: [], workload: tcp, condition: 'err > 0', field: 'ms' },
  {
    tool: tcpretrans,
    args: [],
    // A SYN that is lost seven times ends the connect: at 60 % one in 36 does.
    workload: ['tcp', '--netns', '--connects', '20', '--drop', '20'],
    condition: 'rport > 0',
    field: 'state',
  },
  { tool: tcplife, args: [], workload: tcp, condition: 'rport > 0', field: 'sent' },
  { tool: tcpdrop, args: [], workload: tcp, condition: 'dport > 0', field: 'location' },
  {
    tool: writesnoop,
    args: ['--comm', 'files', '--contents', '9'],
    workload: ['files', '3', quickFile(), 'write', 'writev', 'full'],
    condition: 'bytes > 101',
    field: 'contents',
  },
  {
    tool: runqslower,
    args: ['-u', String(UID), '1'],
    workload: ['turns', '--via', 'busy', '300'],
    condition: 'comm == turns',
    field: 'prevComm',
  },
  {
    tool: runqlat,
    args: ['-u', String(UID), '-P', '1'],
    workload: ['turns', '--via', 'busy', '300'],
    condition: 'count > 0',
    field: 'p99',
    sort: '-count',
  },
  {
    tool: syscount,
    args: ['-u', String(UID), '-L', '1'],
    workload: ['calls', '101'],
    condition: 'syscall == getppid',
    field: 'us',
    sort: '-count',
  },
  { tool: maxBacklog, args: [], workload: backlog, condition: 'times > 0', field: 'laddr' },
  {
    tool: biolatency,
    args: ['-D', '1'],
    workload: ['blocks', '--reads', '101', '/dev/vda'],
    condition: 'disk == vda and p50 > 0',
    field: 'count',
    sort: '-count',
  },
  {
    tool: biosnoop,
    args: ['-d', 'vda'],
    workload: ['blocks', '--reads', '101', '/dev/vda'],
    condition: 'bytes > 0 and op == read',
    field: 'ms',
  },
  { tool: tcpsynbl, args: ['1'], workload: backlog, condition: 'limit == 4', field: 'count', sort: 'limit' },
  {
    tool: tcpsynbl,
    args: ['--sockets', '1'],
    workload: backlog,
    condition: 'overflows > 0 and queueMax > limit',
    field: 'laddr',
    sort: '-overflows',
  },
]

/** Rows of each interval; those of the whole span are told apart by `total`. */
const ofIntervals = (rows: readonly Row[]): Row[] => rows.filter((row) => row['total'] !== true)

const folder = mkdtempSync(join(tmpdir(), 'combinations-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

for (const { tool, args, workload, condition, field, sort } of cases) {
  suite(`combinations: ${tool.name} ${args.join(' ')}`, (test) => {
    const file = join(folder, `${tool.name}${args.join('')}`)
    let rows: Row[] = []
    let account = { events: 0, lost: 0 }

    test('recorded', async () => {
      const [name, ...words] = workload
      const load = await holdWorkload(name, words, args.includes(String(UID)) ? { uid: UID } : {})
      const running = await startTool(tool.name, ['--json', '--record', file, ...args])
      assert.is((await load.run()).status, 0)
      const { status, stdout, stderr } = await running.stop()
      assert.is(status, 0)
      rows = parseRows<Row>(stdout)
      account = parseClosing(stderr)
      assert.ok(ofIntervals(rows).length > 0 && account.events > 0)
    })

    test('--json: the same rows again', async () => {
      const { status, stdout, said } = await replayed(tool, file, ['--json'])
      assert.is(status, 0)
      assert.equal(parseRows<Row>(stdout), rows)
      assert.equal(parseClosing(`${said.join('\n')}\n`), account)
    })

    test('text: as many lines, none of them raw', async () => {
      const { status, stdout } = await replayed(tool, file)
      assert.is(status, 0)
      assert.ok(stdout.length > 0)
      // eslint-disable-next-line no-control-regex
      assert.not.match(stdout.replaceAll('\n', ''), /[\x00-\x1f\x7f]/)
      if (tool.shape === 'events') assert.is(stdout.split('\n').length - 2, rows.length)
    })

    test('--csv: a line of names, then a line a row', async () => {
      const lines = (await replayed(tool, file, ['--csv'])).stdout.split('\n')
      const row = ofIntervals(rows)[0] ?? {}
      // JSON leaves out what a row has no part in, such as a pod.
      assert.equal(
        lines[0]?.split(',').filter((name) => name in row),
        Object.keys(row),
      )
      assert.is(lines.length - 2, ofIntervals(rows).length)
    })

    test('--fields, --filter', async () => {
      const { stdout } = await replayed(tool, file, ['--csv', '--fields', field, '--filter', condition])
      const [head, ...lines] = stdout.trimEnd().split('\n')
      assert.is(head, field)
      assert.ok(lines.length > 0 && lines.length <= ofIntervals(rows).length)
      const none = await replayed(tool, file, ['--json', '--filter', `not (${condition})`, '--fields', field])
      const both = lines.length + ofIntervals(parseRows(none.stdout)).length
      // Those of the whole span cannot be told apart without the field.
      assert.ok(both >= ofIntervals(rows).length)
    })

    for (const form of [[], ['--json'], ['--csv']]) {
      const run = (...words: string[]) => replayed(tool, file, [...form, ...words])

      test(`${form.join()} --fail-if: status and evidence`, async () => {
        const { status, said } = await run('--fail-if', condition)
        assert.is(status, exit.failIf)
        const [, evidence = ''] = /was met .*, first by (.*)/.exec(said.join('\n')) ?? []
        assert.ok(field in (JSON.parse(evidence) as Row))
        assert.is((await run('--fail-if', 'time == nothing')).status, exit.done)
      })

      test(`${form.join()} --until: the row that meets it is the last`, async () => {
        const { status, stdout } = await run('--until', condition)
        assert.is(status, 0)
        assert.ok(stdout.length > 0 && stdout.length <= (await run()).stdout.length)
        assert.match((await run('--until', 'time == nothing')).said.join('\n'), /was not met/)
      })

      if (tool.shape === 'events') {
        test(`${form.join()} --count`, async () => {
          const { stdout } = await run('--count', '1')
          assert.is(stdout.split('\n').length - 1, form.includes('--json') ? 1 : 2)
        })

        test(`${form.join()} --sort, --rows`, async () => {
          const last = (await run()).stdout.trimEnd().split('\n').at(-1)
          const { status, stdout, said } = await run('--sort', '-time', '--rows', '1')
          assert.is(status, 0)
          assert.is(stdout.trimEnd().split('\n').at(-1), last)
          assert.is(stdout.split('\n').length - 1, form.includes('--json') ? 1 : 2)
          if (rows.length > 1) assert.match(said.join('\n'), /the first 1 of \d+ rows; --rows N shows more/)
        })
      } else
        test(`${form.join()} --sort, --rows`, async () => {
          const { status, stdout } = await run('--sort', sort ?? '', '--rows', '1')
          assert.is(status, 0)
          assert.ok(stdout.length > 0 && stdout.length <= (await run()).stdout.length)
        })
    }

    const wrong: [words: string[], message: RegExp][] = [
      [['--fields', 'nosuch'], /--fields: there is no field nosuch; there are /],
      [['--filter', 'nosuch == 1'], /there is no field "nosuch"; there are /],
      [['--filter', `${field} ==`], /--filter ".* ==": expected expression/],
      [['--fail-if', '1'], /1 is no condition/],
      [['--json', '--csv'], /exclude each other/],
      [['--record', '/tmp/other'], /--record needs a kernel/],
    ]
    for (const [words, message] of wrong)
      test(`wrong: ${words.join(' ')}`, async () => {
        const failure = await replayed(tool, file, words).then(String, String)
        assert.match(failure, /^UsageError: /)
        assert.match(failure, message)
      })
  })
}
