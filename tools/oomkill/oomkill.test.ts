import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { oomkill } from './oomkill.js'

const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(eventLayout(oomkill), {
    ...{
      time: 1_500_000_000,
      cgroup: 71,
      limit: 70,
      pages: 8192,
      anon: 7000,
      file: 12,
      fpid: 3297,
      tpid: 22516,
    },
    ...{ uid: 1000, adj: 200, constraint: 'memcg', fcomm: 'ntpd', tcomm: 'pe\nrl', ...values },
  })

suite('oomkill', (test) => {
  test('columns', () => {
    const clock = new Date(1500).toTimeString().slice(0, 8)
    assert.is(
      renderRecords(oomkill, [record({}), record({ constraint: 'none', adj: -1000 })]),
      [
        'TIME     FPID    FCOMM           TPID    TCOMM           PAGES    RSS(kB)  ADJ   LIMIT',
        `${clock} 3297    ntpd            22516   pe\\nrl          8192     28048    200   cgroup`,
        `${clock} 3297    ntpd            22516   pe\\nrl          8192     28048    -1000 system`,
        '',
      ].join('\n'),
    )
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(oomkill, [record({})], { json: true })), {
      ...{ time: '1970-01-01T00:00:01.500000000Z', fpid: 3297, fcomm: 'ntpd', tpid: 22516, tcomm: 'pe\nrl' },
      ...{ uid: 1000, pages: 8192, rss: 28048, anon: 28000, file: 48, shmem: 0, adj: 200, order: 0 },
      ...{ cgroup: 71, limitCgroup: 70, container: null, limit: 'cgroup' },
    })
  })
})
