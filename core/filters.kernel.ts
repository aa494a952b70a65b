// The filters by process on a real kernel: many beside one workload, in opensnoop and execsnoop, through several ways of
// hooking.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { execsnoop } from '../tools/execsnoop/execsnoop.js'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import type { EventsTool } from './shape/events.js'
import { TestCgroup } from './testing/cgroup.js'
import { TestHierarchy } from './testing/hierarchy.js'
import { assert, suite } from './testing/suite.js'
import { parseClosing, parseRows, startTool } from './testing/tool.js'
import { refusal, stopAll, watchAll, type WatchedRow } from './testing/watch.js'
import { type HeldWorkload, holdWorkload, quickFile, quickProgram } from './testing/workload.js'

const FILE = quickFile()
const PROGRAM = quickProgram('execs')
const [OPENS, EXECS] = [17, 5]
const ID = (digit: string): string => digit.repeat(64)

/** Whom the filters tell apart: the user, the cgroup (v2) and that of a hierarchy of v1, the network namespace. */
const people = {
  docker: { uid: 4001, cgroup: `docker/${ID('a')}/in`, v1: 'yes/in/deeper' },
  scope: { uid: 4002, cgroup: `y.slice/docker-${ID('b')}.scope`, v1: 'no/in' },
  lxc: { uid: 4001, cgroup: 'lxc.payload.web1' },
  lxc2: { uid: 4002, cgroup: 'lxc.payload.web2' },
  unit: { uid: 4001, cgroup: 't.slice/wanted.service/sub' },
  unit2: { uid: 4002, cgroup: 'u.slice/other.service' },
  yes: { uid: 4001, cgroup: 'f/yes' },
  no: { uid: 4003, cgroup: 'f/no' },
  abroad: { uid: 0, cgroup: undefined },
} satisfies Record<string, { uid: number; cgroup: string | undefined; v1?: string }>

type Name = keyof typeof people
const names = Object.keys(people) as Name[]
const ofUser = (...uids: number[]): Name[] => names.filter((name) => uids.includes(people[name].uid))
const but = (...others: Name[]): Name[] => names.filter((name) => !others.includes(name))

interface Scene {
  pid: (name: Name) => string
  /** The network namespace of `abroad`. */
  netns: string
  /** Where the hierarchy of v1 is mounted. */
  v1: string
}

type Case = [words: (scene: Scene) => string[], seen: readonly Name[]]

const everything = ({ pid, netns }: Scene): string[] => [
  ...['-u', '4001,4002', '--comm', '!sh', '-P', `!${pid('no')}`, '-c', '!f', '--netns', `!${netns}`],
  ...['--unit', 'wanted', '--tid', '!1', '--container', `!${ID('b')}`, '-p', '!1'],
]

/** Both tools have the filters from the same header: each tries a part. */
const few: Case[] = [
  [() => ['--container', 'aaaa'], ['docker']],
  [everything, ['unit']],
]

const ofFirst: Case[] = [
  ...few,
  [() => ['-u', '4001,4003'], ofUser(4001, 4003)],
  [() => ['-c', 'f,!f/no'], ['yes']],
  [() => ['--container', `!${ID('b')}`], but('scope')],
  [() => ['--unit', 'wanted'], ['unit']],
  [({ netns }) => ['--netns', netns], ['abroad']],
  [() => ['--netns', `!${statSync('/proc/self/ns/net').ino}`], ['abroad']],
  [({ v1 }) => ['--cgroup', `${v1}/yes,!${v1}/no`], ['docker']],
  [({ pid }) => ['-p', pid('yes')], ['yes']],
  [({ pid }) => ['-p', `${pid('yes')},1,${pid('no')}`], ['yes', 'no']],
  [({ pid }) => ['-p', `!${pid('yes')}`], but('yes')],
  [({ pid }) => ['-t', pid('no')], ['no']],
  [() => ['-P', String(process.pid)], names],
]

const ofSecond: Case[] = [
  ...few,
  [() => ['-u', '4001'], ofUser(4001)],
  [() => ['-u', '!4002,!0'], ofUser(4001, 4003)],
  [() => ['-c', '!f/no'], but('no')],
  [() => ['--container', 'web1'], ['lxc']],
  [() => ['--unit', '!other.service'], but('unit2')],
  [({ netns }) => ['--netns', String(statSync(netns).ino)], ['abroad']],
  [() => ['--netns', 'blue'], ['abroad']],
  [({ v1 }) => ['--cgroup', `!${v1}/yes/in`], but('docker')],
  [({ pid }) => ['-P', pid('yes')], ['yes']],
  [({ pid }) => ['-P', `${pid('yes')},1,${pid('no')}`], ['yes', 'no']],
  [({ pid }) => ['-P', `!${pid('yes')}`], but('yes')],
]

const named = (comm: string): Case[] => [
  [() => ['--comm', `${comm},x`], names],
  [() => ['--comm', `!${comm}`], []],
]

interface Tracer {
  tool: EventsTool
  hook: string
  load: readonly [name: string, ...args: string[]]
  times: number
  /** Whose doing a row is. */
  by: 'pid' | 'ppid'
  is?: (row: WatchedRow) => boolean
  cases: readonly Case[]
}

const ofOpens = { tool: opensnoop, load: ['opens', String(OPENS), FILE], times: OPENS, by: 'pid' } as const
const ofExecs = {
  tool: execsnoop,
  load: ['execs', '--path', PROGRAM, String(EXECS)],
  times: EXECS,
  by: 'ppid',
} as const

const tracers: Tracer[] = [
  { ...ofOpens, hook: 'open=fexit', cases: [...ofFirst, ...named('opens')] },
  { ...ofOpens, hook: 'open=raw_tp', cases: few },
  {
    ...ofOpens,
    load: ['opens', '--via', 'io_uring-async', String(OPENS), FILE],
    // The kernel's thread opens; it is the doing of whoever submitted it.
    is: ({ via }) => via !== 'syscall',
    hook: 'io_uring=fexit',
    cases: [...few, [({ pid }) => ['-t', pid('no')], ['no']]],
  },
  { ...ofExecs, hook: 'exec=tp_btf', cases: [...ofSecond, ...named('execs')] },
  { ...ofExecs, hook: 'exec=raw_tp', cases: few },
]

let scenes = 0

/** Everybody is where they belong, and waits. */
async function stage(load: Tracer['load'], body: (scene: Scene, go: () => Promise<void>) => Promise<void>) {
  // The kernel gives a hierarchy's name free some time after its last mount.
  const v1 = new TestHierarchy(`none,name=filters${scenes++}`)
  const made = Object.values(people).flatMap(({ cgroup = '' }) =>
    cgroup.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/')),
  )
  const cgroups = [...new Set(made)].filter(Boolean).map((name) => new TestCgroup(name))
  const [name, ...args] = load
  const held = new Map<Name, HeldWorkload>()
  const where = (one: Name): object => (one === 'abroad' ? { before: ['unshare', '-n'] } : people[one])
  await Promise.all(names.map(async (one) => held.set(one, await holdWorkload(name, args, where(one)))))
  const pid = (one: Name): number => (held.get(one) as HeldWorkload).pid
  const netns = `/proc/${pid('abroad')}/ns/net`
  try {
    for (const dir of ['yes', 'yes/in', 'no']) v1.make(dir)
    for (const one of names) {
      const { cgroup, v1: below } = { v1: undefined, ...people[one] }
      if (cgroup !== undefined) new TestCgroup(cgroup).enter(pid(one))
      if (below !== undefined) v1.make(below, pid(one))
    }
    mkdirSync('/run/netns', { recursive: true })
    writeFileSync('/run/netns/blue', '')
    execFileSync('mount', ['--bind', netns, '/run/netns/blue'])
    await body({ pid: (one) => String(pid(one)), netns, v1: v1.mount }, async () => {
      for (const one of held.values()) assert.is((await one.run()).status, 0)
    })
  } finally {
    execFileSync('sh', ['-c', 'umount /run/netns/blue; rm -f /run/netns/blue'])
    for (const one of held.values()) await one.run()
    for (const cgroup of cgroups.toReversed()) cgroup.remove()
    v1.remove()
  }
}

suite('filters', (test) => {
  for (const { tool, hook, load, times, by, is = () => true, cases } of tracers)
    test(`${tool.name}: ${cases.length} through ${hook}`, () =>
      stage(load, async (scene, go) => {
        const words = cases.map(([make]) => make(scene))
        const watched = await watchAll(words.map((own) => [tool, ['--hook', hook, ...own]] as const))
        await go()
        const rows = await stopAll(watched)
        for (const [index, [, seen]] of cases.entries()) {
          const found = names.map((one) => [
            one,
            (rows[index] ?? []).filter((row) => String(row[by]) === scene.pid(one) && is(row)).length,
          ])
          const expected = names.map((one) => [one, seen.includes(one) ? times : 0])
          assert.equal(found, expected, words[index]?.join(' '))
        }
      }))

  test('everything at once on the command line', () =>
    stage(ofOpens.load, async (scene, go) => {
      const running = await startTool('opensnoop', ['--json', ...everything(scene)])
      await go()
      const { status, stdout, stderr } = await running.stop()
      assert.is(status, 0)
      assert.equal(parseClosing(stderr), { events: OPENS, lost: 0 })
      for (const row of parseRows<WatchedRow>(stdout)) assert.is(String(row.pid), scene.pid('unit'))
    }))
})

suite('filters: maps of the user’s own', (test) => {
  const bpftool = (...words: string[]): void => void execFileSync('bpftool', words)
  const folder = '/sys/fs/bpf'
  const bytes = (value: number): string[] => {
    const all8 = Buffer.alloc(8)
    all8.writeBigUInt64LE(BigInt(value))
    return [...all8].map(String)
  }
  const create = (map: string, key: number): void =>
    bpftool(
      ...['map', 'create', map, 'type', 'hash', 'key', String(key), 'value', '8'],
      ...['entries', '128', 'name', 'set', 'flags', '0'],
    )
  const put = (map: string, value: number): void =>
    bpftool('map', 'update', 'pinned', map, 'key', ...bytes(value), 'value', ...bytes(0), 'any')

  test('--cgroupmap and --mntnsmap: a change in the map counts while it runs', async () => {
    const [cgroups, mounts, narrow] = [`${folder}/cgroups`, `${folder}/mounts`, `${folder}/narrow`]
    const cgroup = new TestCgroup('mapped')
    try {
      for (const map of [cgroups, mounts]) create(map, 8)
      create(narrow, 4)
      const hold = (): Promise<HeldWorkload> => holdWorkload('opens', ['7', FILE])
      const elsewhere = holdWorkload('opens', ['7', FILE], { before: ['unshare', '-m'] })
      const [before, inside, outside, other] = [await hold(), await hold(), await hold(), await elsewhere]
      for (const { pid } of [before, inside, other]) cgroup.enter(pid)
      put(mounts, statSync('/proc/self/ns/mnt').ino)
      const watched = await watchAll([
        [opensnoop, ['--cgroupmap', cgroups, '--mntnsmap', mounts]],
        [opensnoop, ['--cgroupmap', cgroups]],
        [opensnoop, ['--mntnsmap', mounts, '--comm', 'opens']],
      ])
      await before.run()
      put(cgroups, statSync(cgroup.path).ino)
      for (const load of [inside, outside, other]) await load.run()
      const seen = (await stopAll(watched)).map((rows) =>
        [before, inside, outside, other].map((load) => rows.filter(({ pid }) => pid === load.pid).length),
      )
      assert.equal(seen, [
        [0, 7, 0, 0],
        [0, 7, 0, 7],
        [7, 7, 7, 0],
      ])
      for (const [map, errno] of [
        [narrow, 'EINVAL'],
        [`${folder}/none`, 'ENOENT'],
        // As kernels have it.
        ['/etc/passwd', 'E'],
      ] as const) {
        const message = await refusal(opensnoop, ['--cgroupmap', map])
        const expected = `--cgroupmap takes a pinned BPF hash map with keys of 8 bytes, not "${map}" (${errno}`
        assert.ok(message.startsWith(expected), message)
      }
    } finally {
      for (const map of [cgroups, mounts, narrow]) rmSync(map, { force: true })
      cgroup.remove()
    }
  })
})
