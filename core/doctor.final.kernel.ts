// snoopkit doctor on a real kernel: what it says must be what the tools do. Among the last, since it turns ftrace off and on.
import { readFileSync, writeFileSync } from 'node:fs'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import { settingPaths } from './bpf/settings.js'
import { loadFileSystems } from './testing/disks.js'
import { assert, suite } from './testing/suite.js'
import { type Ended, parseClosing, parseRows, runProgram, runTool, startTool } from './testing/tool.js'
import { watch } from './testing/watch.js'
import { holdWorkload, quickFile } from './testing/workload.js'
import type { Check } from './umbrella/checks.js'
import type { ToolReport } from './umbrella/reports.js'
import { toolNames } from './umbrella/tools.js'

const UID = 4242
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
const inMounts = (script: string): string[] => ['unshare', '-m', 'sh', '-c', `${script}; exec "$@"`, 'sh']

interface Diagnosis {
  ended: Ended
  check(name: string): Check
  tools: ToolReport[]
}

async function diagnose(before: readonly string[] = [], only: readonly string[] = []): Promise<Diagnosis> {
  const ended = await runTool('snoopkit', ['doctor', '--json', ...only], { before })
  const { checks, tools } = JSON.parse(ended.stdout) as { checks: Check[]; tools: ToolReport[] }
  const check = (name: string): Check => {
    const found = checks.find((one) => one.check === name)
    if (found === undefined) throw new Error(`no check ${name}`)
    return found
  }
  return { ended, check, tools }
}

const variantsOf = (tools: readonly ToolReport[]): ToolReport['hooks'][number]['variants'][number][] =>
  tools.flatMap(({ hooks }) => hooks.flatMap(({ variants }) => variants))

suite('doctor', (test) => {
  test('root: every tool works, through the hooks that --dry-run finds, and nothing is left', async () => {
    await loadFileSystems()
    const programs = async (): Promise<string> => (await runProgram(['bpftool', 'prog', 'list'])).stdout
    const before = await programs()
    const { ended, check, tools } = await diagnose()
    assert.is(await programs(), before)
    assert.is(ended.status, 0)
    assert.is(ended.stderr, '')
    assert.equal(
      tools.map(({ tool }) => tool),
      toolNames(),
    )
    for (const name of ['kernel', 'type information', 'lockdown', 'capabilities', 'tracefs', 'ftrace'])
      assert.is(check(name).state, 'ok', name)
    for (const { tool, works, why, hooks } of tools) {
      // Of several file systems it must be told which.
      if (tool === 'fsslower') {
        assert.match(why ?? '', /^--type takes which file system/)
        continue
      }
      assert.is(works, true, `${tool}: ${why}`)
      assert.equal(
        hooks.filter(({ variant }) => variant === null).map(({ hook }) => hook),
        [],
        tool,
      )
    }
    // One of them: what all take costs a minute more.
    const { stdout } = await runTool('opensnoop', ['--dry-run', '--json'])
    const plan = parseRows<{ hook: string; variant: string | null }>(stdout)
    const hooks = tools.find(({ tool }) => tool === 'opensnoop')?.hooks ?? []
    assert.equal(
      // What follows is hooked only where something is followed.
      hooks.map(({ hook, variant }) => [hook, variant]).filter(([hook]) => hook !== 'follow'),
      plan.map(({ hook, variant }) => [hook, variant]),
    )
  })

  test('tracefs not mounted: what that costs, and the command that mends it', async () => {
    const { ended, check, tools } = await diagnose(
      inMounts(
        'umount /sys/kernel/debug/tracing 2>/dev/null; umount /sys/kernel/tracing; umount /sys/kernel/debug',
      ),
      ['opensnoop'],
    )
    assert.is(ended.status, 0)
    const { state, costs, mend } = check('tracefs')
    assert.is(state, 'missing')
    assert.is(costs, 'ways of hooking by tracepoint')
    assert.is(mend, 'run: mount -t tracefs tracefs /sys/kernel/tracing')
    const tracepoints = variantsOf(tools).filter(({ variant }) => variant === 'tracepoint')
    assert.ok(tracepoints.length > 0 && tracepoints.every(({ works }) => !works))
    assert.ok(tools.every(({ works }) => works === true))
  })

  test('no BTF: no tool works, and why', async () => {
    const { ended, check, tools } = await diagnose(inMounts('mount -t tmpfs none /sys/kernel/btf'))
    assert.is(ended.status, 3)
    assert.is(check('type information').state, 'missing')
    for (const { tool, works, why } of tools) {
      assert.is(works, false, tool)
      assert.match(why ?? '', /there is no \/sys\/kernel\/btf\/vmlinux/)
    }
  })

  test('nobody: what cannot be told is not told', async () => {
    const [{ ended, check, tools }, { stdout }] = await Promise.all([
      diagnose(NOBODY),
      runTool('snoopkit', ['doctor'], { before: NOBODY }),
    ])
    assert.is(ended.status, 3)
    assert.is(check('capabilities').state, 'missing')
    assert.match(check('capabilities').mend ?? '', /^run: sudo /)
    assert.is(check('kernel').state, 'unknown')
    assert.ok(tools.every(({ works }) => works === null))
    assert.match(stdout, /^capabilities +MISSING +it takes root/m)
    assert.match(stdout, /work here cannot be told: it takes root/)
  })

  test('ftrace and kprobes switched off: said, and it costs what is said', async () => {
    const variants = ['fexit', 'kprobe']
    /** What each sees of seven opens, or why it is refused. */
    const saw = async (): Promise<(number | string)[]> => {
      const load = await holdWorkload('opens', ['7', quickFile()], { uid: UID })
      const watched = await Promise.all(
        variants.map((variant) =>
          watch(opensnoop, ['-u', String(UID), '--hook', `open=${variant}`]).catch(String),
        ),
      )
      await load.run()
      return await Promise.all(
        watched.map(async (one) => (typeof one === 'string' ? one : (await one.stop()).length)),
      )
    }
    assert.equal(await saw(), [7, 7])
    const paths = [settingPaths.ftrace, settingPaths.kprobes]
    for (const path of paths) writeFileSync(path, '0')
    try {
      const { check } = await diagnose([], ['biolatency'])
      const [ftrace, kprobes] = [check('ftrace'), check('kprobes')]
      assert.equal([ftrace.state, kprobes.state], ['missing', 'missing'])
      assert.equal(
        [ftrace.costs, kprobes.costs],
        ['ways of hooking by fentry and fexit', 'ways of hooking by kprobe'],
      )
      assert.match(ftrace.mend ?? '', /^run: sysctl -w kernel.ftrace_enabled=1$/)
      assert.match(kprobes.mend ?? '', /^run: echo 1 >/)
      const [byFexit, byKprobe] = await saw()
      assert.match(String(byFexit), /ftrace is switched off .*kernel\.ftrace_enabled=1/)
      assert.is(byKprobe, 0)
      const { stderr } = await runTool('opensnoop', ['-d', '0.1', '-u', String(UID)])
      assert.match(stderr, /^opensnoop: nothing is seen through kprobe: \/\S+ is 0; run: /m)
    } finally {
      for (const path of paths) writeFileSync(path, '1')
    }
    assert.equal(await saw(), [7, 7])
    assert.is(readFileSync(settingPaths.ftrace, 'utf8'), '1\n', 'the kernel has not given it up')
  })
})

suite('snoopkit TOOL', (test) => {
  test('traces as the tool does, with its exit statuses', async () => {
    const load = await holdWorkload('opens', ['7', quickFile()], { uid: UID })
    const tool = await startTool('snoopkit', ['opensnoop', '--json', '-u', String(UID)])
    await load.run()
    const { status, stdout, stderr } = await tool.stop()
    assert.is(status, 0)
    assert.is(parseRows(stdout).length, 7)
    assert.equal(parseClosing(stderr), { events: 7, lost: 0 })
    const [refused, { status: own }] = await Promise.all([
      runTool('snoopkit', ['opensnoop', '-d', '1'], { before: NOBODY }),
      runTool('snoopkit', ['opensnoop', '--exec', 'sh', '-c', 'exit 7']),
    ])
    assert.is(own, 7)
    assert.is(refused.status, 3)
    assert.match(refused.stderr, /^opensnoop: cannot trace here: it takes root.*opensnoop\.js -d 1\n$/)
  })
})
