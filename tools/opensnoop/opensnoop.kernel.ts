// opensnoop on a real kernel: known opens in, exactly these out, through every way of hooking.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSince } from '../../core/bpf/skips.js'
import { exit } from '../../core/errors.js'
import { expectAccount, hasFewReturnProbes, promiseOf } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, runTool, startTool } from '../../core/testing/tool.js'
import { startTrace } from '../../core/testing/watch.js'
import { holdWorkload, quickFile } from '../../core/testing/workload.js'
import { opensnoop } from './opensnoop.js'

type Row = NonNullable<(typeof opensnoop)['row']>

/** Nobody else's: what this user opens is the workloads' alone. */
const UID = 4242
const FILE = quickFile()
const [FAST, SLOW] = [10_007, 1_009]

const variants = [...new Set(opensnoop.hooks.flatMap((hook) => hook.variants.map(({ name }) => name)))]
/** Since 5.18, where CONFIG_FPROBE is on: of Debian's kernels 6.12 and later. */
const hasMulti = readFileSync('/proc/kallsyms', 'utf8').includes(' register_fprobe_ips\n')

/** Every way to open that the workload knows; `compat` is what 32-bit programs do. arm64 has neither open nor creat. */
const ways = [
  ...(process.arch === 'x64' ? ['open', 'creat', 'compat'] : []),
  'openat',
  'openat2',
  'fail',
  'by_handle',
  'io_uring',
  'io_uring-async',
  'io_uring-direct',
  'io_uring-sqpoll',
]

const vias: Record<string, string> = { by_handle: 'by_handle' }
const viaOf = (way: string): string => (way.startsWith('io_uring') ? 'io_uring' : (vias[way] ?? 'syscall'))

for (const variant of variants) {
  if (variant === 'kprobe_multi' && !hasMulti) continue
  const promise = promiseOf(opensnoop.hooks, variant)
  const runsShort = variant === 'kprobe' && hasFewReturnProbes
  suite(`opensnoop through ${variant} (${promise} here)`, (test) => {
    test('two processes at full speed: every open reported or counted as lost', async () => {
      const [fast, slow] = await Promise.all([
        holdWorkload('opens', [String(FAST), FILE], { uid: UID }),
        holdWorkload('opens', [String(SLOW), FILE], { uid: UID }),
      ])
      const tool = await startTool('opensnoop', ['--json', '-u', String(UID), '--hook', variant])
      await Promise.all([fast.run(), slow.run()])
      const { status, stdout, stderr } = await tool.stop()
      const rows = parseRows<Row>(stdout)
      const { events, lost } = parseClosing(stderr)
      assert.is(status, 0)
      assert.is(rows.length, events)
      expectAccount(promise, events, lost, FAST + SLOW)
      if (promise === 'lossless') {
        // How much the default buffer holds back depends on what else keeps this machine busy.
        assert.ok(lost <= (FAST + SLOW) * (runsShort ? 1 / 2 : 1 / 100), `${lost} lost`)
        const of = (pid: number): number => rows.filter((row) => row.pid === pid).length
        assert.ok(of(fast.pid) <= FAST && of(slow.pid) <= SLOW)
        assert.is(of(fast.pid) + of(slow.pid), events)
      }
      for (const row of rows) {
        const { pid, tid, uid, comm, fd, err, error, flags, mode, via, path, cut } = row
        assert.equal(
          { tid, uid, comm, fd, err, error, flags, mode, via, path, cut },
          {
            tid: pid,
            uid: UID,
            comm: 'opens',
            fd: 3,
            err: 0,
            error: null,
            flags: 0,
            mode: 0,
            via: 'syscall',
            path: FILE,
            cut: false,
          },
        )
      }
      const times = rows.filter(({ pid }) => pid === fast.pid).map(({ time }) => time)
      assert.equal(times, times.toSorted(), 'the events of one thread come in their order')
    })

    test('with -p only that process', async () => {
      const [wanted, other] = await Promise.all([
        holdWorkload('opens', [String(FAST), FILE]),
        holdWorkload('opens', [String(SLOW), FILE]),
      ])
      const tracing = await startTrace<Row>(opensnoop, ['-p', String(wanted.pid), '--hook', variant])
      await Promise.all([wanted.run(), other.run()])
      const { rows, lost } = await tracing.stop()
      expectAccount(promise, rows.length, lost, FAST)
      if (promise === 'lossless') assert.ok(lost <= (runsShort ? FAST / 2 : 0), `${lost} lost`)
      assert.is(rows.filter(({ pid }) => pid !== wanted.pid).length, 0)
    })

    test('a buffer that is far too small: seen + lost = made, and --strict tells', async () => {
      const load = await holdWorkload('opens', ['--threads', '3', String(FAST), FILE], { uid: UID })
      const tool = await startTool('opensnoop', ['-u', String(UID), '-b', '1', '--strict', '--hook', variant])
      await load.run()
      const { status, stdout, stderr } = await tool.stop()
      const { events, lost } = parseClosing(stderr)
      assert.is(stdout.split('\n').length - 2, events)
      expectAccount(promise, events, lost, 3 * FAST)
      assert.ok(lost > 0, 'one page cannot hold it')
      assert.is(status, 4)
    })

    test('every way to open', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'opensnoop-'))
      const blind = opensnoop.hooks
        .flatMap(({ variants: all }) => all)
        .find(({ name }) => name === variant)?.blind
      try {
        const loads = await Promise.all(
          ways.map(async (way) => {
            const path = join(folder, way)
            if (way !== 'fail') writeFileSync(path, '')
            return { way, path, load: await holdWorkload('opens', ['--via', way, '13', path]) }
          }),
        )
        const tracing = await startTrace<Row>(opensnoop, ['-n', 'opens', '--hook', variant])
        const made: { way: string; path: string; status: number }[] = []
        for (const { way, path, load } of loads) made.push({ way, path, status: (await load.run()).status })
        const { rows } = await tracing.stop()
        for (const { way, path, status } of made) {
          const seen = rows.filter((row) => row.path === path && row.via === viaOf(way))
          if (status === 77) throw new Error(`the workload cannot ${way} here`)
          const expected = way === 'compat' && blind !== undefined ? 0 : 13
          assert.is(seen.length, expected, `${way}: ${seen.length} of ${expected}`)
          assert.ok(
            seen.every(
              ({ comm, tid, pid }) => comm === 'opens' && (tid === pid || way === 'io_uring-sqpoll'),
            ),
            `${way}: ${seen[0]?.comm}`,
          )
          const worked = seen.filter(
            ({ fd, err }) => (way === 'io_uring-direct' ? fd === -1 : fd >= 3) && err === 0,
          )
          const failed = seen.filter(({ fd, err, error }) => fd === -1 && err === 2 && error === 'ENOENT')
          assert.is(
            way === 'fail' ? failed.length : worked.length,
            expected,
            `${way}: ${JSON.stringify(seen[0])}`,
          )
        }
      } finally {
        removeFolder(folder)
      }
    })

    test('-F gives the absolute path', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'opensnoop-'))
      try {
        const load = await holdWorkload('dirfd', [folder])
        const tracing = await startTrace<Row>(opensnoop, ['-F', '-p', String(load.pid), '--hook', variant])
        const { status, lines } = await load.run()
        assert.is(status, 0)
        const { rows } = await tracing.stop()
        assert.is(rows.length, lines.length)
        for (const line of lines) {
          const [name, result, , expected = ''] = line.split('\t')
          const found = rows.some(
            (row) => (row.fd >= 0 ? row.fd : -row.err) === Number(result) && isPath(row, expected),
          )
          assert.ok(found, `${name} (${result}): no row with ${expected}`)
        }
      } finally {
        removeFolder(folder)
      }
    })
  })
}

suite('opensnoop as it chooses', (test) => {
  if (!hasMulti)
    test('a way that the kernel does not have is refused', async () => {
      const { status, stderr } = await runTool('opensnoop', ['--hook', 'kprobe_multi'])
      assert.is(status, exit.cannotTrace)
      assert.match(stderr, /cannot (load|attach) openat_multi.* on Linux /)
    })

  test('more processes than CPUs, which take them from each other: every open', async () => {
    const loads = await Promise.all(
      Array.from({ length: 5 }, () => holdWorkload('opens', [String(FAST), FILE], { uid: UID })),
    )
    const tool = await startTool('opensnoop', ['-u', String(UID)])
    await Promise.all(loads.map((load) => load.run()))
    assert.equal(parseClosing((await tool.stop()).stderr), { events: 5 * FAST, lost: 0 })
  })
})

const WAITING = 24

/** Opens of FIFOs that wait until all are under way: how many of them were seen, and how many opens were lost. */
async function openSlowly(...args: string[]): Promise<{ seen: number; lost: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'fifos-'))
  const fifos = Array.from({ length: WAITING }, (_, index) => join(folder, String(index)))
  execFileSync('mkfifo', fifos)
  const tool = await startTool('opensnoop', ['--json', '-n', 'cat', ...args])
  const readers = fifos.map((fifo) => spawn('cat', [fifo], { stdio: 'ignore' }))
  const ended = readers.map((reader) => once(reader, 'exit'))
  while (!readers.every(({ pid }) => opens(pid))) await sleep(50)
  for (const fifo of fifos) closeSync(openSync(fifo, 'w'))
  await Promise.all(ended)
  const { stdout, stderr } = await tool.stop()
  const seen = parseRows<Row>(stdout).filter(({ path }) => fifos.includes(path)).length
  removeFolder(folder)
  return { seen, lost: parseClosing(stderr).lost }
}

/** Whether a process waits in openat(), by its number on x86 and arm64. */
function opens(pid: number | undefined): boolean {
  const [comm, call] = ['comm', 'syscall'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'))
  return comm === 'cat\n' && /^(257|56) /.test(call ?? '')
}

suite('opensnoop and opens that wait', (test) => {
  test('all at once, as it chooses', async () => assert.equal(await openSlowly(), { seen: WAITING, lost: 0 }))

  if (hasMulti)
    test('probes of many functions, which before 6.14 have few instances, and count what they miss', async () => {
      const { seen, lost } = await openSlowly('--hook', 'open=kprobe_multi')
      if (isSince(release(), [6, 14])) assert.equal([seen, lost], [WAITING, 0])
      else assert.ok(seen < WAITING && seen + lost >= WAITING, `${seen} seen, ${lost} lost`)
    })
})

/** Whether the row's path is the expected one, which is the directory and the name simply joined. */
function isPath({ path, cut }: Row, expected: string): boolean {
  const [shown, whole] = [path.replace(/^\(unreachable\)/, ''), posix.normalize(expected)]
  if (!cut) return posix.normalize(shown) === whole
  const kept = posix.normalize(shown.replace(/^…|…$/g, ''))
  return path.endsWith('…') ? whole.startsWith(kept) : kept.length > 200 && whole.endsWith(kept)
}

/** Deeper than Node's own rmSync can go. */
function removeFolder(folder: string): void {
  execFileSync('rm', ['-rf', folder])
}
