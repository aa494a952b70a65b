import { assert, suite } from '../testing/suite.js'
import { memoryAt, parseMemory } from './memory.js'

suite('memory', (test) => {
  test('of /proc/meminfo these two, and not SwapCached', () => {
    const text = 'MemTotal:  8152068 kB\nBuffers:      1024 kB\nCached:     20480 kB\nSwapCached:      7 kB\n'
    assert.equal(parseMemory(text), { buffers: 1024, cached: 20480 })
    assert.equal(parseMemory(''), { buffers: 0, cached: 0 })
  })

  test('the same moment has the same answer', () => {
    assert.ok(memoryAt.find(1) === memoryAt.find(1))
    assert.ok(memoryAt.find(1) !== memoryAt.find(2))
  })
})
