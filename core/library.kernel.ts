// The tools as a library, on a real kernel.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execsnoop } from '../tools/execsnoop/execsnoop.js'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import { trace } from './library.js'
import { assert, suite } from './testing/suite.js'
import { runProgram } from './testing/tool.js'
import { holdWorkload, quickFile } from './testing/workload.js'

const FILE = quickFile()
const UID = 4242

suite('library', (test) => {
  test('events as objects, until it is stopped', async () => {
    const load = await holdWorkload('opens', ['1009', FILE], { uid: UID })
    const opens = trace(opensnoop, { uid: UID })
    await opens.ready
    await load.run()
    opens.stop()
    let count = 0
    for await (const { path, comm, fd, err, time } of opens) {
      assert.equal({ path, comm, err }, { path: FILE, comm: 'opens', err: 0 })
      assert.ok(fd >= 3 && !Number.isNaN(Date.parse(time)))
      count++
    }
    const { seen, lost } = await opens.ended
    assert.is(seen, count)
    assert.is(count + lost, 1009)
  })

  test('a request opens no file outside its folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'library-'))
    try {
      writeFileSync(join(folder, 'page'), 'hello')
      // What is tested: code of this very process.
      const answer = (name: string): string => readFileSync(join(folder, name), 'utf8')
      const opens = trace(opensnoop, { pid: process.pid })
      await opens.ready
      answer('page')
      const paths: string[] = []
      for await (const { path } of opens) {
        paths.push(path)
        // Once rows come, what is looked up for them has been opened as well, and another trace has been attached.
        if (paths.length === 1) {
          assert.throws(() => answer('../no-such-file'))
          await trace(opensnoop, { pid: process.pid, duration: 0.1 }).ended
          opens.stop()
        }
      }
      assert.equal(paths, [join(folder, 'page'), join(folder, '../no-such-file')])
      assert.equal(
        paths.filter((path) => !path.startsWith(`${folder}/`)),
        [join(folder, '../no-such-file')],
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('several at once, each with its own options; a break ends one', async () => {
    const [opens, execs] = [trace(opensnoop, { uid: UID }), trace(execsnoop, { uid: UID })]
    await Promise.all([opens.ready, execs.ready])
    const load = await holdWorkload('opens', ['5', FILE], { uid: UID })
    await load.run()
    for await (const { comm } of execs) {
      assert.is(comm, 'opens')
      break
    }
    assert.is((await execs.ended).seen, 1)
    opens.stop()
    const paths = []
    for await (const { path } of opens) paths.push(path)
    assert.is(paths.filter((path) => path === FILE).length, 5)
  })

  test('count, duration, a condition, and a signal', async () => {
    const load = await holdWorkload('opens', ['50', FILE], { uid: UID })
    const signal = AbortSignal.timeout(60_000)
    const some = trace(opensnoop, { uid: UID, count: 7, filter: 'err == 0', signal })
    await some.ready
    await load.run()
    assert.is((await some.ended).seen, 7)
    assert.is((await trace(opensnoop, { uid: UID, duration: 0.2 }).ended).seen, 0)
    const aborted = trace(opensnoop, { uid: UID, signal: AbortSignal.timeout(100) })
    for await (const row of aborted) assert.unreachable(JSON.stringify(row))
  })

  test('a reader that does not read: what does not wait for it is counted as lost', async () => {
    const load = await holdWorkload('opens', ['100000', FILE], { uid: UID })
    const opens = trace(opensnoop, { uid: UID, bufferPages: 16 })
    await opens.ready
    await load.run()
    opens.stop()
    let count = 0
    for await (const row of opens) count += row.uid === UID ? 1 : 0
    const { seen, lost } = await opens.ended
    assert.is(seen, count)
    assert.is(count + lost, 100_000)
    assert.ok(lost > 0)
  })

  test('it leaves nothing in the kernel', async () => {
    const { stdout } = await runProgram(['bpftool', 'prog', 'list'])
    assert.not.match(stdout, /name (openat|by_handle|exec_)/)
  })

  test('where tracing is not possible: the same words as on the command line', async () => {
    const bad = trace(opensnoop, { hook: ['nosuch'] })
    await bad.ready.then(
      () => assert.unreachable(),
      (error: unknown) => assert.match(String(error), /--hook nosuch: this tool has open=/),
    )
    try {
      for await (const row of bad) assert.unreachable(JSON.stringify(row))
      assert.unreachable()
    } catch (error) {
      assert.match(String(error), /--hook nosuch/)
    }
    assert.throws(() => trace(opensnoop, { filter: 'nosuch == 1' }), /there is no field "nosuch"/)
  })
})
