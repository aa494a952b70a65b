// Which container a process is in, on a real kernel: a container made by crun, cgroups as other runtimes name them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { leaveCgroups, TestCgroup } from './testing/cgroup.js'
import { TestHierarchy } from './testing/hierarchy.js'
import { assert, suite } from './testing/suite.js'
import { parseRows, runProgram, type RunningTool, startTool } from './testing/tool.js'
import { holdWorkload, quickFile } from './testing/workload.js'

const FILE = quickFile()
const ID = 'c0ffee'.padEnd(64, '0')

interface Row {
  pid: number
  comm: string
  container: string | null
  pod?: string
}

/** A bundle as the OCI runtime specification has it: busybox alone, which lists and reads a file twice a second. */
function makeBundle(cgroupsPath: string): string {
  const bundle = mkdtempSync(join(tmpdir(), 'bundle-'))
  for (const folder of ['bin', 'proc', 'dev', 'sys', 'etc'])
    mkdirSync(join(bundle, 'rootfs', folder), { recursive: true })
  copyFileSync('/bin/busybox', join(bundle, 'rootfs/bin/busybox'))
  symlinkSync('busybox', join(bundle, 'rootfs/bin/sh'))
  writeFileSync(join(bundle, 'rootfs/etc/hello'), '')
  const namespaces = ['pid', 'mount', 'ipc', 'uts', 'network', 'cgroup'].map((type) => ({ type }))
  const script = 'while :; do /bin/busybox cat /etc/hello; /bin/busybox sleep 0.5; done'
  const config = {
    ociVersion: '1.0.0',
    process: { user: { uid: 0, gid: 0 }, args: ['/bin/sh', '-c', script], cwd: '/', env: ['PATH=/bin'] },
    root: { path: 'rootfs' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces, cgroupsPath },
  }
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config))
  return bundle
}

/** While crun runs a container in that cgroup. */
async function besideContainer(cgroupsPath: string, body: () => Promise<void>): Promise<void> {
  const bundle = makeBundle(cgroupsPath)
  const child = spawn('crun', ['run', '--bundle', bundle, 'snoopkit-test'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  try {
    while (!(await runProgram(['crun', 'state', 'snoopkit-test'])).stdout.includes('"running"'))
      if (child.exitCode !== null) throw new Error(`crun ended with ${child.exitCode}`)
    await body()
  } finally {
    await runProgram(['crun', 'kill', 'snoopkit-test', 'KILL'])
    await ended
    await runProgram(['crun', 'delete', '-f', 'snoopkit-test'])
    rmSync(bundle, { recursive: true, force: true })
  }
}

/** Waits until a tool has shown so many rows; its workload goes on for as long as it is asked. */
async function rowsOf(tool: RunningTool, count: number): Promise<Row[]> {
  const rows = (): Row[] => parseRows<Row>(tool.stdout.slice(0, tool.stdout.lastIndexOf('\n') + 1))
  while (rows().length < count) await once(tool.child.stdout as Readable, 'data')
  return rows()
}

/** What follows has a terminal as stdout; its stderr stays a pipe. */
const onTerminal = [
  'bash',
  '-c',
  'exec 3>&2; exec script -qefc "$(printf "%q " "$@") 2>&3" /dev/null',
  'bash',
]

const startAll = (...runs: [tool: string, ...args: string[]][]): Promise<RunningTool[]> =>
  Promise.all(runs.map(([tool, ...args]) => startTool(tool, args)))

suite('containers: crun', (test) => {
  test('as docker names it: in the column, by ID and by name from state files', async () => {
    await besideContainer(`/docker/${ID}`, async () => {
      const byId = await startTool('opensnoop', ['--json', '--container', ID.slice(0, 6)])
      await rowsOf(byId, 3)
      for (const { container, comm } of parseRows<Row>((await byId.stop()).stdout)) {
        assert.is(container, ID.slice(0, 12))
        assert.ok(['busybox', 'sh'].includes(comm), comm)
      }
      const folder = `/var/lib/docker/containers/${ID}`
      mkdirSync(folder, { recursive: true })
      try {
        writeFileSync(`${folder}/config.v2.json`, JSON.stringify({ ID, Name: '/greeter' }))
        const not = ['--container', '!greeter', '--comm', 'opens,busybox']
        const [text, others] = (await startAll(
          ['opensnoop', '--container', 'greeter'],
          ['opensnoop', '--json', ...not],
        )) as [RunningTool, RunningTool]
        while (!text.stdout.includes('/etc/hello')) await once(text.child.stdout as Readable, 'data')
        const lines = (await text.stop()).stdout.split('\n')
        assert.match(lines[0] ?? '', /^PID +COMM +FD ERR CONTAINER +PATH$/)
        assert.ok(
          lines.some((line) => / greeter {9}\/etc\/hello$/.test(line)),
          lines[1],
        )
        const load = await holdWorkload('opens', ['3', FILE])
        await load.run()
        const outside = parseRows<Row>((await others.stop()).stdout)
        assert.is(outside.filter(({ pid }) => pid === load.pid).length, 3)
        for (const { comm, container } of outside) assert.equal([comm, container], ['opens', null])
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  })

  test('as Kubernetes and podman name it; and it is known by name when it starts again', async () => {
    const pod = '1f2e3d4c_5b6a_7988_a7b6_c5d4e3f20100'
    const slice = `/kubepods.slice/kubepods-pod${pod}.slice`
    let tool: RunningTool | undefined
    let before = 0
    await besideContainer(`${slice}/cri-containerd-${ID}.scope`, async () => {
      const [opens, execs] = (await startAll(
        ['opensnoop', '--json', '--container', ID],
        ['execsnoop', '--json', '--container', ID],
      )) as [RunningTool, RunningTool]
      tool = execs
      for (const one of [opens, execs]) {
        const [row] = await rowsOf(one, 1)
        assert.equal([row?.container, row?.pod], [ID.slice(0, 12), pod.replaceAll('_', '-')])
      }
      await opens.stop()
    })
    const execs = tool as unknown as RunningTool
    before = (await rowsOf(execs, 1)).length
    await besideContainer(`/machine.slice/libpod-${ID}.scope/container`, async () => {
      const rows = await rowsOf(execs, before + 3)
      assert.equal([rows.at(-1)?.container, rows.at(-1)?.pod], [ID.slice(0, 12), undefined])
    })
    assert.is((await execs.stop()).status, 0)
  })
})

suite('containers: cgroups as runtimes make them', (test) => {
  test('shown by default where two run, also for processes that are gone before their row is made', async () => {
    const made = ['d', `d/${'d'.repeat(64)}`, `d/${'e'.repeat(64)}`].map((name) => new TestCgroup(name))
    try {
      const load = await holdWorkload('opens', ['3', FILE], { uid: 4242 })
      made[1]?.enter(load.pid)
      const tool = await startTool('opensnoop', ['-u', '4242'])
      await load.run()
      const lines = (await tool.stop()).stdout.split('\n')
      assert.match(lines[0] ?? '', / CONTAINER +PATH$/)
      assert.is(lines.filter((line) => line.includes(' dddddddddddd ')).length, 3)
    } finally {
      for (const cgroup of made.toReversed()) cgroup.remove()
    }
  })

  test('on a terminal a column from the second one on, below a new header; in a pipe columns stay', async () => {
    const loads = await Promise.all([0, 1].map(() => holdWorkload('opens', ['3', FILE], { uid: 4242 })))
    const words = ['-u', '4242', '--count', '6']
    const [pipe, terminal] = await Promise.all([
      startTool('opensnoop', words),
      startTool('opensnoop', words, { before: onTerminal }),
    ])
    const made = ['d', 'd/' + 'd'.repeat(64), 'd/' + 'e'.repeat(64)].map((name) => new TestCgroup(name))
    try {
      for (const [index, load] of loads.entries()) {
        made[index + 1]?.enter(load.pid)
        await load.run()
      }
      const shown = stripVTControlCharacters((await terminal.ended).stdout).split('\r\n')
      assert.equal(
        shown.map((line) =>
          line.startsWith('PID') ? line.includes(' CONTAINER ') : line.includes(' eeeeeeeeeeee '),
        ),
        [false, false, false, false, true, true, true, true, false],
      )
      assert.not.match((await pipe.ended).stdout, /CONTAINER|eeeeeeeeeeee/)
    } finally {
      for (const cgroup of made.toReversed()) cgroup.remove()
    }
  })

  test('in softirqs by the socket: where it was made, also once its process has left', async () => {
    const made = ['docker', ...['d', 'e'].map((digit) => `docker/${digit.repeat(64)}`)].map(
      (name) => new TestCgroup(name),
    )
    try {
      made[1]?.enter(process.pid)
      const load = await holdWorkload('backlog', ['--netns', '--backlog', '0', '--clients', '7'])
      for (const pid of [process.pid, load.pid]) leaveCgroups(pid)
      const [overflows, listeners] = (await startAll(
        ['max_backlog', '--json'],
        ['tcpsynbl', '--sockets'],
      )) as [RunningTool, RunningTool]
      await load.run()
      const rows = parseRows<Row>((await overflows.stop()).stdout)
      assert.ok(rows.length > 0)
      for (const { container } of rows) assert.is(container, 'dddddddddddd')
      // Two run: the column is shown.
      const { stdout } = await listeners.stop()
      const [header = '', line = ''] = stdout.split('\n')
      assert.is(line.slice(header.indexOf('CONTAINER')).split(' ')[0], 'dddddddddddd', stdout)
    } finally {
      for (const cgroup of made.toReversed()) cgroup.remove()
    }
  })

  test('in a hierarchy of v1, where systemd has one', async () => {
    const hierarchy = new TestHierarchy('none,name=systemd')
    try {
      const load = await holdWorkload('opens', ['3', FILE])
      const server = await holdWorkload('backlog', ['--netns', '--backlog', '0', '--clients', '7'])
      hierarchy.make('docker')
      hierarchy.make(`docker/${ID}`, load.pid, server.pid)
      const [opens, listeners] = (await startAll(
        ['opensnoop', '--json', '--container', ID.slice(0, 12)],
        ['max_backlog', '--json'],
      )) as [RunningTool, RunningTool]
      for (const one of [load, server]) assert.is((await one.run()).status, 0)
      const [opened = [], overflows = []] = await Promise.all(
        [opens, listeners].map(async (tool) => parseRows<Row>((await tool.stop()).stdout)),
      )
      assert.is(opened.filter(({ pid }) => pid === load.pid).length, 3)
      assert.ok(overflows.length > 0)
      for (const { container } of [...opened, ...overflows]) assert.is(container, ID.slice(0, 12))
    } finally {
      hierarchy.remove()
    }
  })
})
