// tcpsynbl beside redis, whose queue of 511 the network namespace makes one of 4.
import { Redis } from '../../core/testing/redis.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseRows, startTool } from '../../core/testing/tool.js'
import type { tcpsynbl } from './tcpsynbl.js'

type Row = NonNullable<(typeof tcpsynbl)['row']>

suite('tcpsynbl beside redis', (test) => {
  test('what redis asked for, what it got, and which to raise', async () => {
    const tool = await startTool('tcpsynbl', ['--sockets', '--json', '-P', '6379'])
    await Redis.run(async (redis) => {
      await redis.overflow()
      const { stdout, stderr } = await tool.stop()
      const overflows = await redis.counted('ListenOverflows')
      const drops = await redis.counted('ListenDrops')
      const [row] = parseRows<Row>(stdout)
      assert.equal(
        [row?.pid, row?.comm, row?.laddr, row?.limit, row?.asked, row?.somaxconn],
        [redis.pid, 'redis-server', '127.0.0.1', 4, 511, 4],
      )
      // All there was in that namespace.
      assert.equal([row?.overflows, row?.drops], [overflows, drops])
      const said = stderr.split('\n').find((line) => line.includes(' was full ')) ?? ''
      console.log(`  ${said}`)
      assert.match(
        said,
        `redis-server (pid ${redis.pid}) 127.0.0.1:6379 was full ${row?.overflows} times in `,
      )
      assert.match(said, / queue \d+ of 4; it asked for 511, net\.core\.somaxconn here is 4: raise somaxconn/)
    })
  })
})
