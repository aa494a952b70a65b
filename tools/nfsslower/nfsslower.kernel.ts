// nfsslower on a real kernel: every operation on a mount over the loopback.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { mountNfs } from '../../core/testing/disks.js'
import { expectAccount, hasFewReturnProbes, promiseOf } from '../../core/testing/promise.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { traceBeside } from '../../core/testing/watch.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { nfsslower } from './nfsslower.js'

type Row = NonNullable<(typeof nfsslower)['row']>

const COUNT = 101
// fexit in a module: tools/fsslower/fsslower.kernel.ts.
const variant = 'kprobe'
const promise = promiseOf(nfsslower.hooks, variant)

suite(`nfsslower through ${variant} (${promise} here)`, (test) => {
  test('NFS: reads, writes, opens, fsyncs and getattrs, each once', async () => {
    if (!existsSync('/usr/sbin/rpc.nfsd'))
      return skipped('there is no NFS server (Debian: nfs-kernel-server)')
    const path = join(await mountNfs(), 'file')
    const operations = ['write', 'read', 'open', 'fsync', 'append', 'stat']
    const load = await holdWorkload('files', [String(COUNT), path, ...operations])
    const { rows, lost, failure } = await traceBeside<Row>(nfsslower, ['0', '--hook', variant], load)
    assert.is(failure, '')
    expectAccount(promise, rows.length, lost, 6 * COUNT + 1)
    if (promise !== 'lossless' || hasFewReturnProbes) return
    const of = (op: Row['op']): number => rows.filter((row) => row.op === op && row.fs === 'nfs').length
    assert.equal(
      [of('read'), of('write'), of('open'), of('fsync'), of('getattr')],
      [COUNT, 2 * COUNT + 1, COUNT, COUNT, COUNT],
    )
    assert.equal(new Set(rows.map(({ file }) => file)), new Set(['file']))
  })
})
