// oomkill on a real kernel: as many kills as the cgroup's memory.events counts, of whom the workload has lost.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CGROUPS, TestCgroup } from '../../core/testing/cgroup.js'
import { maySkip } from '../../core/testing/promise.js'
import { replayed } from '../../core/testing/replayed.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { oomkill } from './oomkill.js'

type Row = NonNullable<(typeof oomkill)['row']>

const COUNT = 7
const LIMIT = 16 << 20
const CONTAINER = 'c0ffee'.padEnd(64, '0')

/** How often the kernel has killed in that cgroup, by its own count. */
function killsIn(cgroup: TestCgroup): number {
  const events = readFileSync(`${cgroup.path}/memory.events`, 'utf8')
  return Number(/^oom_kill (\d+)$/m.exec(events)?.[1])
}

for (const { name: variant } of oomkill.hooks[0]?.variants ?? []) {
  const skips = maySkip(oomkill.hooks, variant)
  for (const group of [false, true])
    suite(`oomkill through ${variant}${group ? ', with memory.oom.group' : ''}`, (test) => {
      test('each kill that the cgroup counts', async () => {
        writeFileSync(`${CGROUPS}/cgroup.subtree_control`, '+memory')
        const cgroup = new TestCgroup(`docker-${CONTAINER}.scope`)
        const inode = statSync(cgroup.path).ino
        writeFileSync(`${cgroup.path}/memory.max`, String(LIMIT))
        writeFileSync(`${cgroup.path}/memory.oom.group`, group ? '1' : '0')
        const load = await holdWorkload('hog', [String(COUNT)])
        cgroup.enter(load.pid)
        const record = join(tmpdir(), `oomkill-${variant}-${group}`)
        const tool = await startTool('oomkill', ['--json', '--record', record, '--hook', variant])
        const { status, lines } = await load.run()
        const { stdout, stderr } = await tool.stop()
        const rows = parseRows<Row>(stdout)
        assert.is((await replayed(oomkill, record, ['--json'])).stdout, stdout)
        const counted = killsIn(cgroup)
        // A group dies together: the child that took too much, the workload itself, and often the child
        // once more, which the kernel counts again where it still has its memory.
        assert.ok(group ? counted === 2 || counted === 3 : counted === COUNT, `${counted} kills`)
        assert.is(status, group ? 128 + 9 : 0)
        if (!skips) assert.equal(parseClosing(stderr), { events: counted, lost: 0 })
        else assert.ok(rows.length <= counted, stderr)
        const killed = lines.map((line) => Number(/^pid=(\d+) status=9$/.exec(line)?.[1]))
        if (!skips && !group)
          assert.equal(
            rows.map(({ tpid }) => tpid),
            killed,
          )
        if (!skips && group) assert.ok(rows.some(({ tpid }) => tpid === load.pid))
        for (const row of rows) {
          const { tcomm, fcomm, pages, limit, limitCgroup, cgroup: own, adj, uid, container } = row
          assert.equal(
            { tcomm, fcomm, pages, limit, limitCgroup, own, adj, uid, container },
            {
              ...{ tcomm: 'hog', fcomm: 'hog', pages: LIMIT / 4096, limit: 'cgroup' },
              ...{ limitCgroup: inode, own: inode, adj: 0, uid: 0, container: CONTAINER.slice(0, 12) },
            },
          )
          if (!group)
            assert.ok(row.rss * 1024 <= LIMIT * 1.2 && row.rss * 1024 >= LIMIT / 2, JSON.stringify(row))
        }
        cgroup.remove()
      })
    })
}
