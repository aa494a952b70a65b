import { assert, suite } from '../testing/suite.js'
import { at } from './variants.js'

suite('ways of hooking, ready made', (test) => {
  test('a way out comes before its way in, and what is within before both', () => {
    assert.equal(
      at.call(['ack'], {
        entries: ['child'],
        returns: ['route'],
        pending: 'pending',
        preempted: 'counted',
      }),
      [
        {
          name: 'fexit',
          programs: ['child_fentry', 'route_fexit', 'ack_fexit', 'ack_fentry'],
          missed: ['ack_fentry'],
          pending: 'pending',
          preempted: 'counted',
        },
        {
          name: 'kprobe',
          programs: ['child_kprobe', 'route_kretprobe', 'ack_kretprobe', 'ack_kprobe'],
          missed: ['ack_kprobe'],
          pending: 'pending',
        },
      ],
    )
  })

  test('only kprobes keep what has not returned, and none of them is preempted', () => {
    assert.equal(at.return(['open'], { pending: 'pending', preempted: 'counted' }), [
      { name: 'fexit', programs: ['open_fexit'], missed: ['open_fexit'], preempted: 'counted' },
      {
        name: 'kprobe',
        programs: ['open_kretprobe', 'open_kprobe'],
        missed: ['open_kprobe'],
        pending: 'pending',
      },
    ])
    assert.equal(at.entry(['begin', 'end'], { missed: ['begin'], preempted: 'uncounted' }), [
      {
        name: 'fentry',
        programs: ['begin_fentry', 'end_fentry'],
        missed: ['begin_fentry'],
        preempted: 'uncounted',
      },
      { name: 'kprobe', programs: ['begin_kprobe', 'end_kprobe'], missed: ['begin_kprobe'] },
    ])
  })
})
