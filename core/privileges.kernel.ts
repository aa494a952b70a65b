// Least privilege on a real kernel: what each tool works with, what is left of it once it traces, and how to get it.
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Capability } from './bpf/capabilities.js'
import { perfSetting } from './bpf/settings.js'
import { type Privileges, privilegesOf, setOf } from './testing/privileges.js'
import { assert, suite } from './testing/suite.js'
import {
  type Ended,
  entryOf,
  parseClosing,
  parseRows,
  RunningTool,
  runProgram,
  runTool,
  startTool,
} from './testing/tool.js'
import { holdWorkload, quickFile } from './testing/workload.js'

const NOBODY = 65534
const TRACING = ['CAP_BPF', 'CAP_PERFMON'] as const
const LOOKING = ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE'] as const
/** Maps that are open can be read without since 5.19 (c8644cd0efe7). */
const READING: readonly Capability[] = release().startsWith('5.10.') ? ['CAP_BPF'] : []

const none: Omit<Privileges, 'uids' | 'gids' | 'groups' | 'permitted' | 'effective' | 'bounding'> = {
  inheritable: setOf([]),
  ambient: setOf([]),
  noNewPrivileges: '1',
}
const ids = (id: number): string => Array.from({ length: 4 }, () => id).join(' ')

/** A process of nobody that holds these and can get no others. What maps take of RLIMIT_MEMLOCK on 5.10 it may have. */
function withOnly(...names: Capability[]): string[] {
  const caps = names.map((name) => `+${name.slice('CAP_'.length).toLowerCase()}`)
  const set = caps.join(',')
  return [
    ...['prlimit', '--memlock=unlimited', 'setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY)],
    ...[
      '--clear-groups',
      `--inh-caps=-all,${set}`,
      `--ambient-caps=-all,${set}`,
      `--bounding-set=-all,${set}`,
    ],
  ]
}

/** Expects that the tool, which traces, has kept these capabilities and no others. */
function expectKept(tool: RunningTool, names: readonly Capability[], uid = 0): void {
  const { uids, gids, permitted, effective, groups, bounding, ...rest } = privilegesOf(tool.pid)
  assert.equal({ uids, gids }, { uids: ids(uid), gids: ids(uid) })
  assert.equal({ permitted, effective }, { permitted: setOf(names), effective: setOf(names) })
  assert.equal(rest, none)
  if (uid === 0) assert.is(bounding, setOf([]))
  else assert.ok(['', String(uid)].includes(groups), groups)
}

/** Traces some opens of a user and counts them, while `check` looks at the tool. */
async function traceOpens(
  args: readonly string[],
  check: (tool: RunningTool) => void,
  before: readonly string[] = [],
): Promise<Ended> {
  const load = await holdWorkload('opens', ['53', quickFile()], { uid: 4242 })
  const tool = await startTool('opensnoop', ['-u', '4242', ...args], { before })
  check(tool)
  await load.run()
  const ended = await tool.stop()
  assert.is(ended.status, 0, ended.stderr)
  assert.equal(parseClosing(ended.stderr), { events: 53, lost: 0 })
  return ended
}

/** Starts a tool, looks at what it has kept, and ends it. */
async function expectKeptBy(
  name: string,
  args: readonly string[],
  names: readonly Capability[],
  before: readonly string[] = [],
  uid = 0,
): Promise<Ended> {
  const tool = await startTool(name, args, { before })
  expectKept(tool, names, uid)
  const ended = await tool.stop()
  assert.is(ended.status, 0, ended.stderr)
  return ended
}

/** Whose listener tcpsynbl names: that of a process of another user, in a network namespace of its own. */
async function expectOwner(
  args: readonly string[],
  uid: number,
  before: readonly string[] = [],
): Promise<void> {
  const load = await holdWorkload('backlog', [
    '--netns',
    '--clients',
    '3',
    '--backlog',
    '8',
    '--linger',
    '60',
  ])
  try {
    const tool = await startTool('tcpsynbl', ['--sockets', '--json', ...args], { before })
    expectKept(tool, [...LOOKING, ...READING], uid)
    void load.run()
    while (!/socket_drops=.*\n/.test(load.said)) await sleep(20)
    const { stdout, stderr } = await tool.stop()
    const pids = parseRows<{ pid: number | null }>(stdout).map(({ pid }) => pid)
    assert.ok(pids.includes(load.pid), `${stdout}${stderr}`)
  } finally {
    process.kill(load.pid)
  }
}

suite('as root, once it traces', (test) => {
  test('opensnoop keeps nothing but what reading takes', async () => {
    await traceOpens([], (tool) => expectKept(tool, READING))
  })

  test('max_backlog keeps what finding whose socket it is takes', async () => {
    await expectKeptBy('max_backlog', [], [...LOOKING, ...READING])
  })
})

suite('--user', (test) => {
  test('goes on as that user, and still reads maps at the end', async () => {
    const check = (tool: RunningTool): void => expectKept(tool, READING, NOBODY)
    await traceOpens(['--user', 'nobody', '--hook', 'open=kprobe'], check)
  })

  test('finds whose socket it is', async () => {
    await expectOwner(['--user', String(NOBODY)], NOBODY)
  })

  test('the command of --exec keeps all that it was given, and ends with the tracer whoever it is', async () => {
    const script = 'grep ^Cap /proc/self/status >&2; exec setpriv --reuid 4242 sleep 600'
    const args = ['--user', 'nobody', '-d', '3', '--verbose', '--exec', 'sh', '-c', script]
    const tool = new RunningTool('opensnoop', args)
    await tool.started
    expectKept(tool, ['CAP_KILL', ...READING], NOBODY)
    const command = Number(readFileSync(`/proc/${tool.pid}/task/${tool.pid}/children`, 'utf8'))
    const { status, stderr } = await tool.ended
    assert.is(status, 0, stderr)
    for (const line of readFileSync('/proc/self/status', 'utf8').match(/^Cap.*$/gm) ?? [])
      assert.ok(stderr.includes(line), stderr)
    await sleep(100)
    assert.throws(() => process.kill(command, 0), /ESRCH/)
  })

  test('nobody that is known, and without the right to', async () => {
    const { status, stderr, stdout } = await runTool('opensnoop', ['--user', 'no-such'])
    assert.is(status, 2)
    assert.is(stdout, '')
    assert.is(stderr, 'opensnoop: --user takes a user in /etc/passwd, by name or number, not "no-such"\n')
    const refused = await runTool('opensnoop', ['--user', 'nobody'], { before: withOnly(...TRACING) })
    assert.is(refused.status, 3)
    assert.match(refused.stderr, /--user takes root, or CAP_SETGID and CAP_SETUID, .*; run: sudo /)
  })
})

suite('without root', (test) => {
  test('CAP_BPF and CAP_PERFMON suffice', async () => {
    await traceOpens([], (tool) => expectKept(tool, READING, NOBODY), withOnly(...TRACING))
    for (const [tool, ...args] of [['execsnoop', '-x'], ['biolatency']] as const)
      await expectKeptBy(tool, args, READING, withOnly(...TRACING), NOBODY)
  })

  test('CAP_BPF and CAP_PERFMON suffice for tcpsynbl, where it takes kprobes with perf_event_paranoid of 2', async () => {
    // 6.1 has trampolines for six arguments only, and tcp_v4_syn_recv_sock() has seven.
    await withParanoia(2, async () => {
      await expectKeptBy('tcpsynbl', [], READING, withOnly(...TRACING), NOBODY)
    })
  })

  test('for kprobes and tracepoints more is needed: what, and how to give it', async () => {
    const force = async (hook: string, ...names: Capability[]): Promise<Ended> =>
      await runTool('opensnoop', ['--dry-run', '--hook', `open=${hook}`], {
        before: withOnly(...TRACING, ...names),
      })
    await withParanoia(3, async () => {
      const { status, stderr } = await force('kprobe')
      assert.is(status, 3)
      assert.match(
        stderr,
        /take CAP_SYS_ADMIN here .*paranoid is 3\), .*run: sysctl -w kernel\.perf_event_paranoid=2; or: sudo /,
      )
    })
    await withParanoia(2, async () => {
      const { status, stderr } = await force('tracepoint')
      assert.is(status, 3)
      assert.match(stderr, /reads tracefs .* takes CAP_DAC_READ_SEARCH, .*; run: sudo /)
      assert.is((await force('tracepoint', 'CAP_DAC_READ_SEARCH')).status, 0)
    })
  })

  test('whose socket it is takes more, and the tool says so', async () => {
    // Some kernels have functions that kprobes alone can hook.
    await withParanoia(2, async () => {
      const { stderr } = await expectKeptBy('max_backlog', [], READING, withOnly(...TRACING), NOBODY)
      assert.match(
        stderr,
        /may stay unknown: that takes CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE, not held here/,
      )
      await expectOwner([], NOBODY, withOnly(...TRACING, ...LOOKING))
    })
  })
})

suite('where sudo hides node and the tool, as it does nvm', (test) => {
  test('the message has a command line that works, whatever is in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nvm '))
    chmodSync(folder, 0o755)
    const sudoers = '/etc/sudoers.d/snoopkit-test'
    writeFileSync(join(folder, 'node'), '')
    symlinkSync(entryOf('opensnoop'), join(folder, 'opensnoop'))
    writeFileSync(sudoers, 'Defaults secure_path="/nowhere"\nnobody ALL=(ALL) NOPASSWD: ALL\n')
    chmodSync(sudoers, 0o440)
    await succeed(['mount', '--bind', process.execPath, join(folder, 'node')])
    try {
      const asNobody = async (...words: string[]): Promise<Ended> =>
        await runProgram(['env', `PATH=${folder}:/usr/bin:/bin`, ...withUser, ...words])
      for (const hidden of ['node', 'opensnoop'])
        assert.match((await asNobody('sudo', hidden)).stderr, /command not found/)
      const condition = `comm == "it's $HOME !1"`
      const { status, stderr } = await asNobody('opensnoop', '-d', '1', '--until', condition)
      assert.is(status, 3)
      const line = /; run: (sudo .*)\n$/.exec(stderr)?.[1] ?? ''
      const rerun = await asNobody('sh', '-c', line)
      assert.is(rerun.status, 0, rerun.stderr)
      assert.ok(rerun.stderr.includes(`--until ${JSON.stringify(condition)} was not met`), rerun.stderr)
    } finally {
      await succeed(['umount', join(folder, 'node')])
      rmSync(folder, { recursive: true })
      rmSync(sudoers)
    }
  })
})

/** A person with a password database entry and no privileges. */
const withUser = ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups']

async function succeed(command: readonly string[]): Promise<void> {
  const { status, stderr } = await runProgram(command)
  assert.is(status, 0, stderr)
}

async function withParanoia(level: number, body: () => Promise<void>): Promise<void> {
  const before = readFileSync(perfSetting.path, 'utf8')
  writeFileSync(perfSetting.path, String(level))
  try {
    await body()
  } finally {
    writeFileSync(perfSetting.path, before)
  }
}
