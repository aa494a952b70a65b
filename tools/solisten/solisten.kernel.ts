// solisten on a real kernel: each listen(2), with what the socket itself then says.
import { hasFunction } from '../../core/testing/functions.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { maySkip } from '../../core/testing/promise.js'
import { holdTcp, traceTcp } from '../../core/testing/tcp.js'
import { solisten } from './solisten.js'

type Row = NonNullable<(typeof solisten)['row']>

const cases = [
  { family: '4', backlog: 511, somaxconn: 128, limit: 128, laddr: '127.0.0.1', proto: 'ipv4' },
  { family: '6', backlog: 17, somaxconn: 128, limit: 17, laddr: '::1', proto: 'ipv6' },
  { family: '46', backlog: 0, somaxconn: 128, limit: 0, laddr: '::', proto: 'ipv6' },
  { family: '4', backlog: -1, somaxconn: 4096, limit: 4096, laddr: '127.0.0.1', proto: 'ipv4' },
] as const

for (const { name: variant } of solisten.hooks[0]?.variants ?? []) {
  suite(`solisten through ${variant}`, (test) => {
    const skips = maySkip(solisten.hooks, variant)
    const missing = !variant.includes('inet_listen') && !hasFunction('__inet_listen_sk')
    const hook = ['--hook', variant]

    test('what was asked for and what became of it, in four network namespaces', async () => {
      if (missing) return skipped('the kernel has no __inet_listen_sk()')
      const loads = await Promise.all(
        cases.map(({ family, backlog, somaxconn }) => {
          const limits = ['--backlog', String(backlog), '--somaxconn', String(somaxconn)]
          return holdTcp('--late', '--family', family, ...limits)
        }),
      )
      const { rows, lost } = await traceTcp<Row>(solisten, hook, loads)
      assert.is(rows.length + lost, cases.length)
      if (!skips) assert.is(lost, 0)
      for (const row of rows) {
        const index = loads.findIndex(({ pid }) => pid === row.pid)
        const expected = cases[index]
        const { tid, uid, comm, backlog, limit, laddr, lport, family, err, error } = row
        // What was asked for is noted by a program of its own, which may be skipped too.
        assert.ok(backlog === expected?.backlog || (skips && backlog === null), `a backlog of ${backlog}`)
        assert.equal(
          { tid, uid, comm, limit, laddr, lport, family, err, error },
          {
            tid: row.pid,
            uid: 0,
            comm: 'tcp',
            limit: expected?.limit,
            laddr: expected?.laddr,
            lport: loads[index]?.port,
            family: expected?.proto,
            err: 0,
            error: null,
          },
        )
      }
      assert.is(new Set(rows.map(({ netns }) => netns)).size, rows.length)
    })

    test('-6 and -P in the kernel', async () => {
      if (missing) return skipped('the kernel has no __inet_listen_sk()')
      const [v4, v6] = await Promise.all([holdTcp('--late'), holdTcp('--late', '--family', '6')])
      const [over6, ofPort] = [['-6'], ['-P', String(v6.port)]]
      const { rows } = await traceTcp<Row>(solisten, [...over6, ...ofPort, ...hook], [v4, v6])
      if (!skips)
        assert.equal(
          rows.map(({ pid }) => pid),
          [v6.pid],
        )
    })
  })
}
