import type { Facts } from '../bpf/facts.js'
import { assert, suite } from '../testing/suite.js'
import { type Check, checksOf, type Machine } from './checks.js'

const facts: Facts = {
  release: '6.1.0',
  capabilities: 0x1ffffffffffn,
  inUserNamespace: false,
  hasBtf: true,
  hasRingBuffer: true,
  hasTracefs: true,
  isTracefsClosed: false,
  perfParanoia: 2,
  chargesMemlock: false,
  ftraceIsOff: false,
  lockdown: 'none',
  refusesKernelReads: false,
  isFiltered: false,
}
const allOptions = [
  ...['BPF_SYSCALL', 'BPF_EVENTS', 'PERF_EVENTS', 'DEBUG_INFO_BTF', 'BPF_JIT', 'FUNCTION_TRACER'],
  ...['DYNAMIC_FTRACE', 'KPROBES', 'KPROBE_EVENTS', 'FTRACE_SYSCALLS'],
]
const configWithout = (...names: string[]): string =>
  allOptions
    .map((name) => (names.includes(name) ? `# CONFIG_${name} is not set\n` : `CONFIG_${name}=y\n`))
    .join('')
const healthy: Machine = {
  facts,
  settings: { unprivilegedBpf: '2', jit: '1', ftrace: '1', kprobes: '1' },
  config: configWithout(),
  skips: { kernel: '6.1.0', preemptible: false, countsKprobes: true },
  architecture: 'x64',
  libbpf: 'v1.1',
}

const checks = (machine: Partial<Machine>): Check[] =>
  checksOf({ ...healthy, ...machine }, 'sudo snoopkit doctor')
const named = (name: string, machine: Partial<Machine>): Check => {
  const found = checks(machine).find(({ check }) => check === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}
const withFacts = (changed: Partial<Facts>): Partial<Machine> => ({ facts: { ...facts, ...changed } })

suite('checks', (test) => {
  test('a healthy machine: all is well, and nothing is to be mended', () => {
    for (const { check, state, costs, mend } of checks({})) {
      assert.is(state, 'ok', check)
      assert.is(costs, null)
      assert.is(mend, null)
    }
  })

  const missing: [name: string, machine: Partial<Machine>, costs: RegExp, mend: RegExp][] = [
    ['kernel', withFacts({ hasRingBuffer: false }), /^every tool$/, /newer kernel/],
    ['type information', withFacts({ hasBtf: false }), /^every tool$/, /CONFIG_DEBUG_INFO_BTF=y/],
    ['lockdown', withFacts({ lockdown: 'confidentiality' }), /^every tool$/, /lockdown=integrity/],
    [
      'lockdown',
      withFacts({ lockdown: undefined, refusesKernelReads: true }),
      /^every tool$/,
      /lockdown=integrity/,
    ],
    ['capabilities', withFacts({ capabilities: 0n }), /^every tool$/, /^run: sudo snoopkit doctor$/],
    ['user namespace', withFacts({ inUserNamespace: true }), /^every tool$/, /on the host/],
    ['tracefs', withFacts({ hasTracefs: false }), /tracepoint/, /^run: mount -t tracefs/],
    [
      'ftrace',
      { settings: { ...healthy.settings, ftrace: '0' } },
      /fentry and fexit/,
      /^run: sysctl -w kernel\.ftrace/,
    ],
    [
      'kprobes',
      { settings: { ...healthy.settings, kprobes: '0' } },
      /kprobe/,
      /^run: echo 1 >\/sys\/kernel\/debug/,
    ],
    ['configuration', { config: configWithout('KPROBES') }, /kprobe/, /CONFIG_KPROBES=y/],
    ['configuration', { config: configWithout('FTRACE_SYSCALLS') }, /tracepoint/, /CONFIG_FTRACE_SYSCALLS=y/],
  ]
  for (const [name, machine, costs, mend] of missing)
    test(`${name}: ${JSON.stringify(machine, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).slice(0, 60)}`, () => {
      const found = named(name, machine)
      assert.is(found.state, 'missing')
      assert.match(found.costs ?? '', costs)
      assert.match(found.mend ?? '', mend)
    })

  test('what lacks by what goes without it, each by itself', () => {
    const found = checks({ config: configWithout('KPROBES', 'DYNAMIC_FTRACE', 'BPF_EVENTS') })
    assert.is(found.filter(({ check, state }) => check === 'configuration' && state === 'missing').length, 3)
  })

  test('a module counts as there', () =>
    assert.is(
      named('configuration', { config: configWithout().replace('KPROBES=y', 'KPROBES=m') }).state,
      'ok',
    ))

  test('without the capabilities nothing is claimed that takes them', () => {
    const blind = withFacts({
      capabilities: 0n,
      hasRingBuffer: false,
      hasTracefs: false,
      lockdown: undefined,
    })
    for (const name of ['kernel', 'lockdown', 'tracefs']) assert.is(named(name, blind).state, 'unknown', name)
    assert.is(named('capabilities', blind).state, 'missing')
    const { settings } = {
      settings: { unprivilegedBpf: undefined, jit: undefined, ftrace: undefined, kprobes: undefined },
    }
    for (const name of ['BPF JIT', 'ftrace', 'kprobes', 'unprivileged BPF'])
      assert.is(named(name, { settings }).state, 'unknown', name)
    assert.is(named('configuration', { config: undefined }).state, 'unknown')
  })

  test('without the JIT everything works, slower', () => {
    const { state, costs, mend } = named('BPF JIT', { settings: { ...healthy.settings, jit: '0' } })
    assert.is(state, 'note')
    assert.match(costs ?? '', /speed/)
    assert.match(mend ?? '', /^run: sysctl -w net\.core\.bpf_jit_enable=1$/)
  })

  test('a seccomp filter is a note: the tools show what it refuses', () => {
    const { state, mend } = named('seccomp', withFacts({ isFiltered: true }))
    assert.is(state, 'note')
    assert.match(mend ?? '', /seccomp profile/)
  })
})
