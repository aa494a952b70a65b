// --cgroup on a real kernel: only what is in the cgroup or below it, through every way of hooking.
import { execsnoop } from '../tools/execsnoop/execsnoop.js'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import type { EventsTool } from './shape/events.js'
import { leaveCgroups, TestCgroup } from './testing/cgroup.js'
import { assert, skipped, suite } from './testing/suite.js'
import { parseClosing, parseRows, runTool, startTool } from './testing/tool.js'
import { refusal, stopAll, watchAll, watch, type WatchedRow } from './testing/watch.js'
import { type HeldWorkload, holdWorkload, quickFile, quickProgram } from './testing/workload.js'

const FILE = quickFile()
const PROGRAM = quickProgram('execs')
const [OPENS, FEW, EXECS] = [211, 7, 13]

/** What a place runs: the workload, how often it does what it does, and which rows are its doing. */
interface Kind {
  load: readonly [name: string, ...args: string[]]
  times: number
  is: (row: WatchedRow) => boolean
}

const opens = (way: string, times: number): Kind => ({
  load: ['opens', '--via', way, String(times), FILE],
  times,
  is: ({ via }) => (way === 'openat' ? via === 'syscall' : via !== 'syscall'),
})

const execs = (path: string): Kind => ({
  load: ['execs', '--path', path, String(EXECS)],
  times: EXECS,
  is: () => true,
})

/** Where the processes of each kind are: three places, one that is entered, and one that is left, once it traces. */
const places = ['inside', 'below', 'beside', 'movedIn', 'movedOut'] as const
type Place = (typeof places)[number]
const wantedPlaces: ReadonlySet<Place> = new Set(['inside', 'below', 'movedIn'])

/** Traces one of each kind in each place, in every way given at the same time; each must see what is wanted and no more. */
async function traceAll(
  runs: readonly (readonly [tool: EventsTool, words: readonly string[], by: 'pid' | 'ppid', kinds: Kind[]])[],
): Promise<void> {
  const cgroups = ['wanted', 'wanted/below', 'wanted-not'].map((name) => new TestCgroup(name))
  const [wanted, below, beside] = cgroups as [TestCgroup, TestCgroup, TestCgroup]
  const kinds = [...new Set(runs.flatMap(([, , , own]) => own))]
  const held: { kind: Kind; place: Place; load: HeldWorkload }[] = await Promise.all(
    kinds.flatMap((kind) =>
      places.map(async (place) => {
        const [name, ...args] = kind.load
        return { kind, place, load: await holdWorkload(name, args) }
      }),
    ),
  )
  const at = (place: Place): number[] => held.filter((one) => one.place === place).map(({ load }) => load.pid)
  try {
    at('inside').forEach((pid) => wanted.enter(pid))
    at('below').forEach((pid) => below.enter(pid))
    at('beside').forEach((pid) => beside.enter(pid))
    at('movedOut').forEach((pid) => wanted.enter(pid))
    const watched = await watchAll(
      runs.map(([tool, words]) => [tool, ['--cgroup', wanted.name, ...words]] as const),
    )
    at('movedIn').forEach((pid) => wanted.enter(pid))
    at('movedOut').forEach((pid) => leaveCgroups(pid))
    for (const { load } of held) assert.is((await load.run()).status, 0)
    const rows = await stopAll(watched)
    runs.forEach(([, words, by, own], index) => {
      const seen = rows[index] ?? []
      for (const { kind, place, load } of held.filter((one) => own.includes(one.kind))) {
        const times = seen.filter((row) => row[by] === load.pid && kind.is(row)).length
        const expected = wantedPlaces.has(place) ? kind.times : 0
        assert.is(times, expected, `${words.join(' ')}: ${place}, ${kind.load.join(' ')}`)
      }
      const wantedPids = new Set([...wantedPlaces].flatMap(at))
      assert.ok(
        seen.every((row) => wantedPids.has(row[by] as number)),
        'nothing of others',
      )
    })
  } finally {
    await Promise.all(held.map(({ load }) => load.run()))
    for (const cgroup of cgroups.toReversed()) cgroup.remove()
  }
}

suite('--cgroup', (test) => {
  test('opensnoop, through every way of hooking', async () => {
    const [plain, handles] = [opens('openat', OPENS), opens('by_handle', FEW)]
    const [workers, poller] = [opens('io_uring-async', FEW), opens('io_uring-sqpoll', FEW)]
    await traceAll([
      [opensnoop, ['--hook', 'fexit'], 'pid', [plain, handles, workers, poller]],
      [opensnoop, ['--hook', 'kprobe'], 'pid', [plain, handles, workers, poller]],
      [opensnoop, ['--hook', 'tracepoint'], 'pid', [plain, handles, workers, poller]],
      [opensnoop, ['--hook', 'raw_tp'], 'pid', [plain, handles, workers, poller]],
    ])
  })

  test('execsnoop, through every way of hooking', async () => {
    const [working, failing] = [execs(PROGRAM), execs('/no/such')]
    await traceAll([
      [execsnoop, ['--hook', 'exec=tp_btf'], 'ppid', [working]],
      [execsnoop, ['--hook', 'raw_tp', '-x'], 'ppid', [working, failing]],
    ])
  })

  test('execsnoop, failed=fexit', async () => {
    const words = ['-x', '--hook', 'failed=fexit']
    try {
      await (await watch(execsnoop, words)).stop()
    } catch (error) {
      const { stderr } = await runTool('execsnoop', [...words, '--dry-run', '--verbose'])
      if (!stderr.includes('arg0 type FWD is not a struct')) throw error
      return skipped('the BTF of this kernel does not know pt_regs here')
    }
    await traceAll([[execsnoop, words, 'ppid', [execs('/no/such')]]])
  })
})

suite('--cgroup: which one', (test) => {
  /** In a mount namespace of its own, after these shell commands. */
  const inMounts = (script: string): string[] => ['unshare', '-m', 'sh', '-c', `${script}; exec "$@"`, 'sh']

  test('an absolute path, one below the mount, a short one, and the root', async () => {
    const cgroup = new TestCgroup('wanted')
    try {
      const load = await holdWorkload('opens', ['3', FILE])
      cgroup.enter(load.pid)
      const watched = await watchAll(
        [['--cgroup', cgroup.path], [`--cgroup=/${cgroup.name}`], ['-c', cgroup.name], ['-c', '/']].map(
          (words) => [opensnoop, [...words, '--comm', 'opens']] as const,
        ),
      )
      await load.run()
      for (const rows of await stopAll(watched)) assert.is(rows.length, 3)
    } finally {
      cgroup.remove()
    }
  })

  test('refused', async () => {
    const words: [word: string, message: RegExp][] = [
      ['no/such', /takes a cgroup that exists below \/sys\/fs\/cgroup, not "no\/such"$/],
      ['/etc', /takes a cgroup: a directory below \/sys\/fs\/cgroup, not "\/etc"$/],
      ['cgroup.procs', /takes a cgroup: a directory below \/sys\/fs\/cgroup, not "cgroup.procs"$/],
      ['', /takes a cgroup that exists below \/sys\/fs\/cgroup, not ""$/],
    ]
    for (const [word, message] of words) assert.match(await refusal(opensnoop, ['--cgroup', word]), message)
    const none = inMounts('umount /sys/fs/cgroup')
    const runs: [word: string, before: readonly string[], message: string][] = [
      ['\x1b[2J', [], 'a cgroup that exists below /sys/fs/cgroup, not "\\u001b[2J"'],
      ['x', none, 'a cgroup (none are mounted here: mount -t cgroup2 none /sys/fs/cgroup), not "x"'],
    ]
    for (const [word, before, message] of runs)
      assert.equal(await runTool('opensnoop', ['--cgroup', word], { before }), {
        status: 2,
        stdout: '',
        stderr: `opensnoop: --cgroup takes ${message}\n`,
      })
  })

  test('one that is removed while it is traced', async () => {
    const cgroup = new TestCgroup('short-lived')
    const tool = await startTool('opensnoop', ['--json', '-c', cgroup.name])
    cgroup.remove()
    await (await holdWorkload('opens', ['3', FILE])).run()
    const { status, stderr } = await tool.stop()
    assert.is(status, 0)
    assert.equal(parseClosing(stderr), { events: 0, lost: 0 })
  })

  test('without the option a system without cgroups mounted is traced', async () => {
    const load = await holdWorkload('opens', ['5', FILE])
    const before = inMounts('umount /sys/fs/cgroup')
    const tool = await startTool('opensnoop', ['--json', '-p', String(load.pid)], { before })
    await load.run()
    assert.is(parseRows((await tool.stop()).stdout).length, 5)
  })
})
