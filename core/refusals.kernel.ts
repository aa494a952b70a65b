// Where tracing is not allowed or not possible: one clear message and the right exit status; and what must not matter.
import { assert, suite } from './testing/suite.js'
import { runProgram, runTool, startTool } from './testing/tool.js'
import { holdWorkload, quickFile } from './testing/workload.js'

const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
/** RLIMIT_MEMLOCK fixed at 8 MiB. */
const LIMITED = ['prlimit', '--memlock=8388608:8388608']

/** In a mount namespace of its own, after these shell commands. */
const inMounts = (script: string): string[] => ['unshare', '-m', 'sh', '-c', `${script}; exec "$@"`, 'sh']

/** Traces four known opens and expects to see them. */
async function expectTracing(before: readonly string[], args: readonly string[] = []): Promise<void> {
  const load = await holdWorkload('opens', ['5', quickFile()], { uid: 4242 })
  const tool = await startTool('opensnoop', ['--json', '-u', '4242', ...args], { before })
  await load.run()
  const { status, stdout } = await tool.stop()
  assert.is(status, 0)
  assert.is(stdout.split('\n').length - 1, 5)
}

/** Expects exit status 3, nothing on stdout and one line on stderr, which it returns. */
async function expectRefusal(before: readonly string[], args: readonly string[] = []): Promise<string> {
  const { status, stdout, stderr } = await runTool('opensnoop', ['-d', '1', ...args], { before })
  assert.is(status, 3, stderr)
  assert.is(stdout, '')
  assert.match(stderr, /^opensnoop: cannot trace here: [^\n]+\n$/)
  return stderr
}

suite('refusals', (test) => {
  test('not root', async () => {
    const message = await expectRefusal(['setpriv', ...NOBODY])
    assert.match(
      message,
      /it takes root, or CAP_BPF and CAP_PERFMON, which this process does not hold .*; run: sudo /,
    )
  })

  test('root without CAP_BPF', async () => {
    assert.match(await expectRefusal(['setpriv', '--bounding-set=-cap_39,-sys_admin']), /or CAP_BPF, which/)
  })

  test('no BTF', async () => {
    assert.match(
      await expectRefusal(inMounts('mount -t tmpfs none /sys/kernel/btf')),
      /there is no \/sys\/kernel\/btf\/vmlinux/,
    )
  })

  test('a user namespace', async () => {
    assert.match(await expectRefusal(['unshare', '--user', '--map-root-user']), /user namespace/)
  })

  test('tracefs not mounted, and a way of hooking forced that needs it', async () => {
    const noTracefs = inMounts(
      'umount /sys/kernel/debug/tracing 2>/dev/null; umount /sys/kernel/tracing; umount /sys/kernel/debug',
    )
    assert.match(await expectRefusal(noTracefs, ['--hook', 'open=tracepoint']), /mount -t tracefs tracefs/)
  })

  test('--verbose shows what libbpf says', async () => {
    const { stderr } = await runTool('opensnoop', ['-d', '1', '--verbose'], {
      before: ['setpriv', ...NOBODY],
    })
    assert.match(stderr, /libbpf: /)
  })
})

suite('what must not matter', (test) => {
  test('tracefs not mounted', async () => {
    await expectTracing(
      inMounts(
        'umount /sys/kernel/debug/tracing 2>/dev/null; umount /sys/kernel/tracing; umount /sys/kernel/debug',
      ),
    )
  })

  test('kprobes without tracefs', async () => {
    const before = inMounts(
      'umount /sys/kernel/debug/tracing 2>/dev/null; umount /sys/kernel/tracing; umount /sys/kernel/debug',
    )
    await expectTracing(before, ['--hook', 'kprobe'])
  })

  test('RLIMIT_MEMLOCK fixed at 8 MiB, without CAP_SYS_RESOURCE', async () => {
    await expectTracing([...LIMITED, 'setpriv', '--bounding-set=-sys_resource'])
  })

  test('CAP_BPF and CAP_PERFMON without root', async () => {
    const caps = '+cap_39,+cap_38'
    await expectTracing([...LIMITED, 'setpriv', ...NOBODY, `--inh-caps=${caps}`, `--ambient-caps=${caps}`])
  })
})

suite('usage errors', (test) => {
  const cases: [args: string[], message: RegExp][] = [
    [['--nosuch'], /unknown option --nosuch; --help lists what is accepted/],
    [['-p', 'abc'], /--pid takes a process ID \(a whole number above 0\), not "abc"/],
    [['-d', '-1'], /--duration takes a number of seconds above 0/],
    [['-p', '4194304'], /--pid takes the ID of a running process, not "4194304"/],
    [['--hook', 'nosuch'], /--hook nosuch: this tool has open=fexit/],
  ]
  for (const [args, message] of cases) {
    test(args.join(' '), async () => {
      const { status, stdout, stderr } = await runTool('opensnoop', args)
      assert.is(status, 2)
      assert.is(stdout, '')
      assert.match(stderr, message)
      assert.is(stderr.split('\n').length, 2, 'one line')
    })
  }

  test('the guest is what it says', async () => {
    assert.is((await runProgram(['id', '-u'])).stdout, '0\n')
  })
})
