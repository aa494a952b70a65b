import { assert, suite } from '../testing/suite.js'
import { BpfFailure } from './object.js'

const failure = (line: string, errno = 1): BpfFailure =>
  new BpfFailure('load', 'program', errno, [`libbpf: ${line}`])

suite('objects', (test) => {
  test('a map that was refused is told from a probe that was', () => {
    assert.ok(
      failure("Error in bpf_create_map_xattr(events): map 'events': failed to create: -1").isMapRefused,
    )
    assert.ok(failure("map 'events': failed to create: Operation not permitted(-1)").isMapRefused)
    assert.not(failure("map 'marks': failed to create: Invalid argument(-22)", 22).isMapRefused)
    assert.not(failure("prog 'p': failed to create kprobe 'f+0x0' perf event: Invalid").isMapRefused)
    assert.not(failure("prog 'p': failed to create tracepoint 'a/b' perf event: None").isMapRefused)
  })
})
