// execsnoop on a real kernel: known execs in, exactly these out, through every way of hooking.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, runTool, startTool } from '../../core/testing/tool.js'
import { startTrace } from '../../core/testing/watch.js'
import { type HeldWorkload, holdWorkload, quickProgram } from '../../core/testing/workload.js'
import { execsnoop } from './execsnoop.js'

type Row = NonNullable<(typeof execsnoop)['row']>

/** Nobody else's: what this user executes is the workloads' alone. */
const UID = 4242
/** An exec takes some 10 ms in a guest without hardware acceleration. */
const counts = { tp_btf: 5_003, raw_tp: 1_009 } as const
const OTHERS = 211
/** Ends at once. */
const PROGRAM = quickProgram('execs')

/** What the workload passes with `--words N --bytes M`. */
const made = (words: number, bytes: number): string[] => [
  'execs',
  'exit',
  ...Array.from({ length: words }, (_, i) =>
    Array.from({ length: bytes }, (__, j) => String.fromCharCode(33 + ((7 * i + j) % 90))).join(''),
  ),
]

/** And with `--hostile`: bytes that are no UTF-8 are surrogates. */
const HOSTILE = ['execs', 'exit', 'a\nb', '\x1b[31mred', '\udcff\udcfe', '', 'say "hi"']

const hold = (args: string[]): Promise<HeldWorkload> =>
  holdWorkload('execs', ['--path', PROGRAM, ...args], { uid: UID })
const numbersOf = (lines: string[]): Record<string, number> =>
  Object.fromEntries(
    (lines[0] ?? '').split(' ').map((part) => [part.split('=')[0] ?? '', Number(part.split('=')[1])]),
  )

/** The rows of one run over these workloads, with what each workload said. */
async function trace(
  args: string[],
  workloads: string[][],
): Promise<{ rows: Row[]; lost: number; said: Record<string, number>[] }> {
  const loads = await Promise.all(workloads.map(hold))
  const tracing = await startTrace<Row>(execsnoop, ['-u', String(UID), ...args])
  const said = []
  for (const load of loads) {
    const { status, lines } = await load.run()
    assert.is(status, 0)
    said.push(numbersOf(lines))
  }
  const { rows, seen, lost } = await tracing.stop()
  assert.is(rows.length, seen)
  return { rows, lost, said }
}

for (const variant of ['tp_btf', 'raw_tp'] as const) {
  const count = counts[variant]
  const hook = ['--hook', `exec=${variant}`]
  suite(`execsnoop through ${variant}`, (test) => {
    test('at full speed: every exec reported or counted as lost', async () => {
      const [one, two] = await Promise.all([hold([String(count)]), hold([String(OTHERS)])])
      const tool = await startTool('execsnoop', ['--json', '-u', String(UID), ...hook])
      await Promise.all([one.run(), two.run()])
      const { status, stdout, stderr } = await tool.stop()
      const rows = parseRows<Row>(stdout)
      const { events, lost } = parseClosing(stderr)
      assert.is(status, 0)
      assert.is(rows.length, events)
      assert.is(events + lost, count + OTHERS)
      if (lost > 0) console.log(`  ${lost} of ${events + lost} lost`)
      for (const { pid, tid, ppid, pcomm, comm, ret, error, file, args, cut, more, uid } of rows) {
        assert.ok(ppid === one.pid || ppid === two.pid)
        assert.equal(
          { tid, pcomm, comm, ret, error, file, args, cut, more, uid },
          {
            tid: pid,
            pcomm: 'execs',
            comm: 'execs',
            ret: 0,
            error: null,
            file: PROGRAM,
            args: ['execs', 'exit'],
            cut: 0,
            more: false,
            uid: UID,
          },
        )
      }
    })

    test('long arguments, byte for byte, and what is cut says how much', async () => {
      const blocks = [
        [2, 5_000],
        [400, 300],
        [1, 131_000],
        [9, 900],
        [3, 9_000],
        [90, 600],
      ] as const
      const { rows } = await trace(hook, [
        ...blocks.map(([words, bytes]) => ['--words', String(words), '--bytes', String(bytes), '1']),
        ['--words', '20', '--bytes', '10000', '1'],
      ])
      assert.is(rows.length, blocks.length + 1)
      blocks.forEach(([words, bytes], i) => {
        assert.is(rows[i]?.cut, 0)
        assert.is(rows[i]?.args.join('\0'), made(words, bytes).join('\0'))
      })
      const whole = `${made(20, 10_000).join('\0')}\0`
      const last = rows.at(-1) as Row
      const shown = last.args.join('\0')
      assert.is(shown, whole.slice(0, shown.length))
      assert.is(shown.length + last.cut, whole.length)
      assert.ok(shown.length >= 128 << 10)
    })

    test('every way to execute, and hostile arguments', async () => {
      const { rows, said } = await trace(hook, [
        ['--hostile', '1'],
        ['--via', 'execveat', '7'],
        ['--via', 'fexecve', '7'],
        ['--via', 'thread', '7'],
      ])
      assert.is(rows.length, 22)
      assert.equal(rows[0]?.args, HOSTILE)
      assert.ok(rows.slice(8, 15).every(({ file }) => file.startsWith('/dev/fd/')))
      assert.ok(rows.slice(15).every(({ pid, tid }) => tid > pid))
      said.forEach(({ child }, i) => assert.is(rows[7 * i]?.pid, child))
    })

    test('a parent that is gone at once', async () => {
      const { rows, said } = await trace(hook, [['--via', 'orphan', '53']])
      assert.is(rows.length, 53)
      assert.ok(rows.every(({ pcomm }) => pcomm === 'shortlived'))
      // Nobody waits for it: an earlier one may end its exec later.
      const last = rows.find(({ pid }) => pid === said[0]?.['child'])
      assert.is(last?.ppid, said[0]?.['parent'])
    })

    test('-F: executable and working directory; -P: one parent', async () => {
      const cwd = mkdtempSync(join(tmpdir(), 'execsnoop-'))
      try {
        const load = await holdWorkload('execs', ['--path', PROGRAM, '3'], { cwd })
        const other = await holdWorkload('execs', ['--path', PROGRAM, '5'])
        const tracing = await startTrace<Row>(execsnoop, ['-F', '-P', String(load.pid), ...hook])
        await other.run()
        await load.run()
        const { rows } = await tracing.stop()
        assert.is(rows.length, 3)
        for (const row of rows) {
          assert.is(row.cwd, cwd)
          assert.is(row.exe, PROGRAM)
        }
      } finally {
        rmSync(cwd, { recursive: true })
      }
    })

    test('a buffer that is far too small: seen + lost = made', async () => {
      const { rows, lost } = await trace(['-b', '1', ...hook], [['--words', '5', '--bytes', '100', '307']])
      assert.is(rows.length + lost, 307)
    })
  })
}

/** On 5.10 pt_regs is a mere forward declaration in the BTF of execveat's function: the verifier then refuses its use. */
async function hasUnknownRegisters(hook: readonly string[]): Promise<boolean> {
  const { status, stderr } = await runTool('execsnoop', ['--dry-run', '--verbose', ...hook])
  return status === 3 && stderr.includes('arg0 type FWD is not a struct')
}

for (const variant of ['fexit', 'raw_tp']) {
  const hook = ['-x', '-F', '--hook', `failed=${variant}`]
  suite(`execsnoop -x through ${variant}`, (test) => {
    test('failed execs with their errno and arguments, beside those that work', async () => {
      if (await hasUnknownRegisters(hook)) return skipped('the BTF of this kernel does not know pt_regs here')
      const missing = ['--path', '/no/such']
      // As 32-bit programs do it, which the workload knows on x86 alone.
      const compat = process.arch === 'x64' ? ['--via', 'compat'] : []
      const { rows } = await trace(hook, [
        [...missing, '--hostile', '3'],
        ['--path', '/etc/passwd', '--via', 'execveat', '3'],
        [...missing, '--words', '300', '--bytes', '9', '1'],
        [...missing, '--words', '3', '--bytes', '3000', '1'],
        [...missing, ...compat, '--words', '2', '--bytes', '5', '3'],
        ['2'],
      ])
      assert.equal(
        rows.map(({ ret, error, file }) => [ret, error, file].join(' ')),
        [
          ...Array.from({ length: 3 }, () => '-2 ENOENT /no/such'),
          ...Array.from({ length: 3 }, () => '-13 EACCES /etc/passwd'),
          ...Array.from({ length: 5 }, () => '-2 ENOENT /no/such'),
          ...Array.from({ length: 2 }, () => `0  ${PROGRAM}`),
        ],
      )
      assert.ok(rows.slice(0, 11).every(({ comm, exe }) => comm === 'execs' && exe === null))
      assert.ok(rows.every(({ cwd }) => cwd?.startsWith('/')))
      assert.equal(rows[0]?.args, HOSTILE)
      assert.equal([rows[6]?.args, rows[6]?.more], [made(300, 9), false])
      const cut = rows[7]
      assert.ok(cut?.more)
      assert.equal(cut?.args, made(3, 3000).slice(0, cut.args.length))
      assert.equal(rows[8]?.args, made(2, 5))
    })

    test('not without -x', async () => {
      const { rows } = await trace([], [['--path', '/no/such', '3'], ['2']])
      assert.is(rows.length, 2)
    })
  })
}
