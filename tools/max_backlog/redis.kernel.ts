// max_backlog beside redis, whose queue of 511 the network namespace makes one of 4.
import { Redis } from '../../core/testing/redis.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import type { maxBacklog } from './max_backlog.js'

type Row = NonNullable<(typeof maxBacklog)['row']>

suite('max_backlog beside redis', (test) => {
  test('redis-benchmark, and a queue that is too small', () =>
    Redis.run(async (redis) => {
      const tool = await startTool('max_backlog', ['--json', '-P', '6379'])
      const before = await redis.counted('ListenOverflows')
      await redis.overflow()
      const { stdout, stderr } = await tool.stop()
      const overflows = (await redis.counted('ListenOverflows')) - before
      const rows = parseRows<Row>(stdout)
      console.log(`  ${overflows} overflows in ${rows.length} lines`)
      assert.is(
        rows.reduce((sum, { times }) => sum + times, 0),
        overflows,
      )
      assert.is(parseClosing(stderr).lost, 0)
      for (const row of rows) {
        assert.equal([row.pid, row.comm, row.limit], [redis.pid, 'redis-server', 4])
        assert.is(row.laddr, '127.0.0.1')
      }
    }))
})
