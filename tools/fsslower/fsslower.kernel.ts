// fsslower on a real kernel: every operation on file systems of their own, by which functions, how long, how many bytes.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  makeLoopDisk,
  makeMapperDisk,
  mountNew,
  removeMapperDisk,
  unmount,
} from '../../core/testing/disks.js'
import { expectAccount, hasFewReturnProbes, promiseOf } from '../../core/testing/promise.js'
import { replayed } from '../../core/testing/replayed.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { parseRows, runProgram, startTool } from '../../core/testing/tool.js'
import { refusal, traceBeside } from '../../core/testing/watch.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { btrfsslower } from '../btrfsslower/btrfsslower.js'
import { ext4slower } from '../ext4slower/ext4slower.js'
import { xfsslower } from '../xfsslower/xfsslower.js'
import { fsslower } from './fsslower.js'

type Row = NonNullable<(typeof fsslower)['row']>

const COUNT = 101
const commands = { ext4: ext4slower, xfs: xfsslower, btrfs: btrfsslower } as const
const folders = new Map<string, string>()

suite('fsslower, and its file systems', (test) => {
  test('a file system that is not there is one line', async () => {
    await runProgram(['modprobe', '-r', 'xfs'])
    assert.match(
      await refusal(xfsslower, []),
      /^cannot trace here: the kernel has no xfs for now, only [a-z0-9, ]+ \(.*modprobe xfs$/,
    )
  })

  test('ext4, XFS and Btrfs are made and mounted', async () => {
    for (const type of ['ext4', 'xfs', 'btrfs'] as const)
      folders.set(type, await mountNew(type, `/dev/${await makeLoopDisk({ size: 320 << 20 })}`))
  })

  test('of several one must be named', async () => {
    assert.match(
      await refusal(fsslower, []),
      /--type takes which file system to trace; here are btrfs, ext4, (nfs, )?xfs/,
    )
  })
})

for (const { name: variant } of fsslower.hooks[0]?.variants ?? []) {
  const promise = promiseOf(fsslower.hooks, variant)
  const hook = ['--hook', variant]
  suite(`fsslower through ${variant} (${promise} here)`, (test) => {
    // What differs is the functions' names, and how long it takes to find them in types of modules.
    for (const type of variant === 'kprobe' ? (['ext4', 'xfs', 'btrfs'] as const) : (['ext4'] as const))
      test(`${type}: reads, writes, opens and fsyncs, each once`, async () => {
        const path = join(folders.get(type) ?? '', 'file')
        const load = await holdWorkload('files', [
          String(COUNT),
          path,
          ...['write', 'read', 'open', 'fsync', 'append', 'sync_write'],
        ])
        // Both ways to say it.
        const [tool, words] = type === 'ext4' ? [fsslower, ['-t', type, '-F']] : [commands[type], []]
        const { rows, lost, failure } = await traceBeside<Row>(tool, ['0', ...words, ...hook], load)
        if (failure !== '') return expectNoModuleTypes(failure)
        // One write before the fsyncs, and a sync in each write that is synchronous.
        expectAccount(promise, rows.length, lost, 7 * COUNT + 1)
        assert.ok(
          rows.every(
            ({ comm, pid, file, fs }) =>
              comm === 'files' &&
              pid === load.pid &&
              file === (type === 'ext4' ? path : 'file') &&
              fs === type,
          ),
        )
        if (promise !== 'lossless' || hasFewReturnProbes) return
        const of = (op: Row['op']): Row[] => rows.filter((row) => row.op === op)
        const each = (found: Row[]): [bytes: number, offset: number][] =>
          found.map(({ bytes, offset }) => [bytes, offset])
        const expected = Array.from({ length: COUNT }, (_, i): [number, number] => [100 + i, 512 * i])
        assert.equal(each(of('read')), expected)
        assert.equal(each(of('write').slice(0, COUNT)), expected)
        assert.equal(each(of('write').slice(COUNT, COUNT + 1)), [[1, 0]])
        let end = 512 * COUNT + 1024
        const appended = Array.from({ length: COUNT }, (_, i): [number, number] => [
          100 + i,
          (end += 100 + i) - 100 - i,
        ])
        assert.equal(each(of('write').slice(COUNT + 1, 2 * COUNT + 1)), appended)
        assert.equal(each(of('write').slice(2 * COUNT + 1)), expected)
        assert.equal([of('open').length, of('fsync').length], [COUNT, 2 * COUNT])
      })

    if (variant !== 'kprobe') return
    test('a slow one: an fsync that its disk holds up for a second', async () => {
      const disk = await makeLoopDisk()
      const sectors = (64 << 20) / 512
      const name = `slow${variant}`
      const slow = await makeMapperDisk(name, [`0 ${sectors} linear /dev/${disk} 0`])
      const folder = await mountNew('ext4', `/dev/${slow}`)
      try {
        const load = await holdWorkload('files', ['1', join(folder, 'file'), 'fsync', 'open'])
        const record = join(tmpdir(), name)
        const tool = await startTool('ext4slower', [
          ...['--json', '--record', record, '400', '-p', String(load.pid)],
          ...hook,
        ])
        await mustRun('dmsetup', 'suspend', '--nolockfs', '--noflush', name)
        const running = load.run()
        await sleep(1500)
        await mustRun('dmsetup', 'resume', '--noudevsync', name)
        const { status, lines } = await running
        const { stdout } = await tool.stop()
        const rows = parseRows<Row>(stdout)
        assert.is(status, 0)
        assert.is((await replayed(ext4slower, record, ['--json'])).stdout, stdout)
        const measured = Number(/^fsync ns=(\d+)$/m.exec(lines.join('\n'))?.[1]) / 1e6
        assert.equal(
          rows.map(({ op, file, error }) => [op, file, error]),
          [['fsync', 'file', null]],
        )
        const took = rows[0]?.ms ?? 0
        assert.ok(took >= 500 && took <= measured && took > measured / 2, `${took} of ${measured} ms`)
      } finally {
        await unmount(folder)
        await removeMapperDisk(name)
      }
    })
  })
}

/** There is no fexit for what lies in a module where modules have no types (5.10). */
function expectNoModuleTypes(words: string): void {
  if (existsSync('/sys/kernel/btf/ext4')) throw new Error(words)
  assert.match(words, /cannot attach read_fexit/)
  skipped('this kernel has no types of modules')
}

async function mustRun(...command: string[]): Promise<void> {
  const { status, stderr } = await runProgram(command)
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
}
