// The addon on a kernel that traces, as root: attaching, maps, and the ring buffer's stream.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { Worker } from 'node:worker_threads'
import {
  addon,
  bpfDescriptors,
  checker,
  counters,
  errno,
  kill,
  killFunction,
  loadEmitter,
  loadObject,
  must,
  openObject,
  openStream,
  policy,
  setRecordBytes,
  sleep,
  succeed,
  until,
  words,
} from '../../test/native/fixture.js'
import { runChild, runWorker } from '../../test/native/run-scenario.js'
import { assert, skipped, suite } from '../testing/suite.js'
import type { AttachTarget } from './addon.js'
import { countsKprobes } from './skips.js'

const none = (): void => undefined

suite('addon on a kernel: programs', (test) => {
  const kinds: [program: string, counter: number, target?: AttachTarget][] = [
    ['on_raw_tp', 0],
    ['on_tp_btf', 1],
    ['on_fentry', 2],
    ['on_fexit', 3],
    ['on_kprobe', 4, { kind: 'kprobe', function: killFunction }],
    ['on_kretprobe', 5, { kind: 'kretprobe', function: killFunction }],
    ['on_tracepoint', 6, { kind: 'tracepoint', category: 'syscalls', name: 'sys_enter_kill' }],
  ]
  const kprobes = existsSync('/sys/bus/event_source/devices/kprobe')
  const tracefs = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].some((path) =>
    existsSync(`${path}/events`),
  )

  for (const [program, counter, target] of kinds) {
    test(`${program} runs 97 times, and no more once detached`, () => {
      if (target?.kind.endsWith('probe') && !kprobes) return skipped('this kernel has no kprobes')
      if (target?.kind === 'tracepoint' && !tracefs) return skipped('tracefs is not mounted')
      const object = loadObject([program], {
        prepare: (prepared) => {
          if (/fentry|fexit/.test(program)) succeed(prepared.setAttachTarget(program, killFunction))
        },
      })
      const link = succeed(object.attach(program, target))
      kill(97)
      assert.is(counters(object).calls[counter], 97)
      assert.is(object.detach(link), 0)
      assert.is(object.detach(link), errno.ENOENT)
      kill(3)
      assert.is(counters(object).calls[counter], 97)
      object.close()
    })
  }

  test("with the kernel's types from a file", () => runChild('typesFromFile'))

  test('several links, all gone with close()', () => {
    const before = bpfDescriptors()
    const object = loadObject(['on_raw_tp', 'on_tp_btf'])
    assert.is(new Set([object.attach('on_raw_tp'), object.attach('on_tp_btf')].map(succeed)).size, 2)
    kill(5)
    assert.equal(counters(object).calls.slice(0, 2), [5, 5])
    assert.ok(bpfDescriptors() > before)
    object.close()
    assert.is(bpfDescriptors(), before)
  })

  test('what cannot be attached says why', () => {
    const object = loadObject(['on_kprobe', 'on_tracepoint', 'on_raw_tp', 'emit'])
    if (kprobes) {
      const result = object.attach('on_kprobe', { kind: 'kprobe', function: 'no_such_function' })
      assert.ok(result === errno.ENOENT || result === errno.EINVAL, String(result))
    }
    if (tracefs)
      assert.is(
        object.attach('on_tracepoint', { kind: 'tracepoint', category: 'x', name: 'y' }),
        errno.ENOENT,
      )
    assert.is(object.attach('emit', { kind: 'raw_tracepoint', name: 'nothing' }), errno.ENOENT)
    assert.is(object.attach('on_fentry'), errno.EINVAL)
    assert.ok(object.attach('emit') < 0)
    object.close()
  })

  test('an unknown function to attach to', () => {
    const object = openObject()
    assert.ok(object.setAttachTarget('on_fentry', 'no_such_function') < 0)
    object.close()
  })

  test('what the verifier refuses, with its words in the log', () => {
    const lines: string[] = []
    addon.setLog((_, text) => lines.push(text))
    assert.throws(() => loadObject(['refused']), /returned -(13|22)$/)
    addon.setLog(null)
    assert.match(lines.join('\n'), /invalid bpf_context access|modified ctx ptr/)
  })

  test('load twice', () => {
    const object = loadObject(['on_raw_tp'])
    assert.is(object.load(), errno.EINVAL)
    assert.ok(object.setAutoload('on_raw_tp', false) < 0)
    assert.is(object.setMaxEntries('table', 5), errno.EBUSY)
    assert.ok(object.setAttachTarget('on_fentry', killFunction) < 0)
    succeed(object.attach('on_raw_tp'))
    object.close()
  })

  test('info counts runs', () => {
    const object = loadObject(['on_raw_tp'])
    succeed(object.attach('on_raw_tp'))
    const setting = '/proc/sys/kernel/bpf_stats_enabled'
    const before = readFileSync(setting, 'utf8')
    writeFileSync(setting, '1')
    kill(50)
    writeFileSync(setting, before)
    const info = must(object.info('on_raw_tp'))
    assert.ok(info.id > 0 && info.jitedBytes > 0)
    assert.ok(info.runs >= 50n && info.runTimeNs > 0n)
    assert.is(info.missed, 0n)
    assert.is(object.info('emit'), errno.EINVAL)
    object.close()
  })

  test('a kprobe that is come to while another one runs: skipped, and counted where the kernel counts that', () => {
    if (!kprobes) return skipped('this kernel has no kprobes')
    const object = loadObject(['on_kprobe', 'updates_table'])
    const inner = succeed(object.attach('on_kprobe', { kind: 'kprobe', function: 'htab_map_update_elem' }))
    const outer = succeed(object.attach('updates_table', { kind: 'kprobe', function: killFunction }))
    kill(97)
    assert.is(counters(object).calls[4], 0)
    const missed = (): bigint => must(object.info('on_kprobe')).missed
    // So may what others do with maps be.
    const counted = (): boolean => (countsKprobes(release()) ? missed() >= 97n : missed() === 0n)
    assert.ok(counted(), `${missed()} missed`)
    succeed(object.detach(outer))
    succeed(object.detach(inner))
    assert.ok(counted(), `${missed()} missed, and then detached`)
    object.close()
  })

  test('probes', () => {
    assert.is(addon.probeMapType(27), 1)
    assert.is(addon.probeMapType(9999) === 1, false)
    assert.is(addon.probeProgramType(5), 1)
    assert.is(addon.probeHelper(5, 14), 1)
    assert.is(addon.probeHelper(5, 9999) === 1, false)
  })

  test("the kernel's types", () => {
    const btf = must(addon.openBtf())
    const type = btf.find(killFunction, 12)
    assert.ok(type > 0)
    assert.is(btf.arguments(type), 1)
    assert.ok(btf.arguments(btf.find('btf_trace_sys_enter', 8)) === 3)
    assert.ok(btf.raw().length > 1_000_000)
    btf.close()
  })
})

suite('addon on a kernel: maps', (test) => {
  const number64 = (value: Uint8Array): number =>
    Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0, true))

  test('one entry', () => {
    const object = loadObject([])
    const value = new Uint8Array(8)
    assert.is(object.lookup('table', words(7), value), errno.ENOENT)
    assert.is(object.update('table', words(7), words(70, 0)), 0)
    assert.is(object.update('table', words(7), words(71, 0), 1), -17)
    assert.is(object.lookup('table', words(7), value), 0)
    assert.is(number64(value), 70)
    assert.is(object.delete('table', words(7)), 0)
    assert.is(object.delete('table', words(7)), errno.ENOENT)
    assert.is(object.delete('array', words(7)), errno.EINVAL)
    object.close()
  })

  test('a value for each CPU', () => {
    const object = loadObject([])
    const cpus = addon.possibleCpus()
    const values = words(...Array.from({ length: cpus }, (_, cpu) => [100 + cpu, 0]).flat())
    const read = new Uint8Array(values.length)
    for (const map of ['per_cpu', 'per_cpu_array']) {
      assert.is(object.update(map, words(2), values), 0)
      assert.is(object.lookup(map, words(2), read), 0)
      assert.equal(read, values)
      assert.throws(() => object.lookup(map, words(2), new Uint8Array(values.length + 8)), /must have/)
    }
    const { keys, values: all, count } = must(object.entries('per_cpu', true))
    assert.equal([count, keys, all], [1, words(2), values])
    assert.is(must(object.entries('per_cpu', false)).count, 0)
    const array = must(object.entries('per_cpu_array', false))
    assert.equal([array.count, array.keys], [3, words(0, 1, 2)])
    assert.equal(array.values.subarray(2 * values.length), values)
    object.close()
  })

  for (const remove of [false, true]) {
    test(`10,007 entries${remove ? ', taken out' : ''}`, () => {
      const object = loadObject([])
      for (let i = 0; i < 10_007; i++) object.update('table', words(i * 3), words(i, 1))
      const { keys, values, count } = must(object.entries('table', remove))
      assert.is(count, 10_007)
      assert.is(keys.length, 4 * count)
      const [key32, value32] = [new Uint32Array(keys.buffer), new Uint32Array(values.buffer)]
      assert.is(new Set(key32).size, count)
      for (let i = 0; i < count; i++) {
        if (value32[2 * i] !== (key32[i] ?? 0) / 3 || value32[2 * i + 1] !== 1)
          assert.unreachable(`entry ${i}`)
      }
      assert.is(must(object.entries('table', false)).count, remove ? 0 : count)
      object.close()
    })
  }

  test('an array, larger than a batch', () => {
    const object = loadObject([])
    object.update('array', words(10_006), words(9, 9))
    const { keys, values, count } = must(object.entries('array', false))
    assert.is(count, 10_007)
    assert.equal(new Uint32Array(keys.buffer)[10_006], 10_006)
    assert.equal(values.subarray(-8), words(9, 9))
    assert.is(object.entries('array', true), errno.EINVAL)
    object.close()
  })

  test('a map without batches', () => {
    const object = loadObject(['stack'])
    const link = succeed(object.attach('stack'))
    kill(5)
    object.detach(link)
    const { count, keys, values } = must(object.entries('stacks', false))
    assert.ok(count > 0)
    assert.equal([keys.length, values.length], [4 * count, 128 * count])
    assert.is(must(object.entries('stacks', true)).count, count)
    assert.is(must(object.entries('stacks', false)).count, 0)
    assert.ok((object.entries('events', false) as number) < 0)
    object.close()
  })

  test('a map that is left out, and one made larger', () => {
    const object = loadObject([], {
      prepare: (prepared) => {
        succeed(prepared.setAutocreate('optional', false))
        succeed(prepared.setMaxEntries('table', 100_000))
      },
    })
    assert.is(object.lookup('optional', words(1), words(1)), errno.EBADF)
    assert.is(object.maps().find(({ name }) => name === 'table')?.maxEntries, 100_000)
    object.close()
  })

  test("a pinned map in place of the object's own, and what cannot take its place", () => {
    const create = (name: string, type: string, key: number): string => {
      const path = `/sys/fs/bpf/addon-${name}`
      // libbpf calls the object's map by the name of the other from then on.
      const sizes = ['key', String(key), 'value', '8', 'entries', '3', 'name', 'table']
      execFileSync('bpftool', ['map', 'create', path, 'type', type, ...sizes])
      return path
    }
    const [fits, narrow, array] = [
      create('fits', 'hash', 4),
      create('narrow', 'hash', 2),
      create('array', 'array', 4),
    ]
    try {
      const before = bpfDescriptors()
      const object = loadObject([], {
        prepare: (prepared) => {
          assert.is(prepared.reuseMap('table', narrow), errno.EINVAL)
          assert.is(prepared.reuseMap('table', array), errno.EINVAL)
          assert.is(prepared.reuseMap('table', '/sys/fs/bpf/addon-none'), errno.ENOENT)
          assert.ok(prepared.reuseMap('table', '/etc/passwd') < 0)
          succeed(prepared.reuseMap('table', fits))
        },
      })
      assert.is(object.reuseMap('table', fits), errno.EBUSY)
      assert.is(object.update('table', words(7), words(1, 2)), 0)
      const dump = execFileSync('bpftool', ['-j', 'map', 'dump', 'pinned', fits], { encoding: 'utf8' })
      assert.equal((JSON.parse(dump) as unknown[]).length, 1)
      object.close()
      assert.is(bpfDescriptors(), before)
    } finally {
      for (const path of [fits, narrow, array]) rmSync(path)
    }
  })

  test('global data is live after load', () => {
    const object = loadObject(['on_raw_tp'], {
      prepare: (prepared) => succeed(prepared.setData('.data', 0, words(8))),
    })
    assert.equal(object.data('.data'), words(8))
    assert.is(object.setData('.data', 0, words(9)), 0)
    assert.equal(object.data('.data'), words(9))
    const live = new Uint8Array(4)
    assert.is(object.lookup('.data', words(0), live), 0)
    assert.equal(live, words(9))
    assert.equal(must(object.data('.rodata')).subarray(0, 4), words(process.pid))
    assert.is(object.setData('.rodata', 0, words(1)), errno.EPERM)
    succeed(object.attach('on_raw_tp'))
    kill(2)
    assert.is(counters(object).calls[0], 2)
    assert.is(object.setData('.bss', 32, words(0, 0)), 0)
    kill(1)
    assert.is(counters(object).calls[0], 1)
    object.close()
  })
})

/** The 64 KB mark is a quarter of the ring. */
const ringMark = 65_536

suite('addon on a kernel: stream', (test) => {
  test('100,003 events, each once and in order', async () => {
    const object = loadEmitter({ ringMark })
    const { state, onBatch } = checker()
    const stream = openStream(object, onBatch)
    for (let left = 100_003; left > 0; left -= 1000) {
      kill(Math.min(left, 1000))
      await new Promise(setImmediate)
    }
    await until(() => state.seen === 100_003)
    assert.equal({ ...state, batches: 0 }, { seen: 100_003, next: 100_003, gaps: 0, wrong: 0, batches: 0 })
    assert.is(counters(object).lost, 0)
    const { wakes } = counters(object)
    assert.ok(wakes < 1000, `${wakes} wake-ups`)
    stream.close()
    object.close()
  })

  test('a thread that sends as fast as it can: seen + lost = made, few wake-ups', async () => {
    const object = loadEmitter({ ringMark })
    const { state, onBatch } = checker()
    const stream = openStream(object, onBatch)
    const code = 'for (let i = 0; i < 50_021; i++) process.kill(process.pid, 0)'
    const worker = new Worker(code, { eval: true })
    await new Promise((resolve) => worker.once('exit', resolve))
    await until(() => counters(object).awake === 0)
    const { made, lost, wakes } = counters(object)
    assert.ok(made >= 50_021)
    assert.is(state.seen + lost, made)
    assert.is(state.wrong, 0)
    assert.ok(wakes < made / 20, `${wakes} wake-ups for ${made} events`)
    stream.close()
    object.close()
  })

  test('sleeps when it is quiet, and shows the next event at once', async () => {
    const object = loadEmitter({ ringMark })
    const { state, onBatch } = checker()
    const stream = openStream(object, onBatch)
    assert.is(counters(object).awake, 1)
    for (let round = 1; round <= 3; round++) {
      await until(() => counters(object).awake === 0)
      await sleep(3 * policy.lastLookMs)
      const started = performance.now()
      kill(1)
      while (state.seen < round) await new Promise(setImmediate)
      const latency = performance.now() - started
      assert.ok(latency < 100, `${latency} ms`)
      assert.is(counters(object).awake, 1)
    }
    stream.close()
    object.close()
  })

  test('nothing runs while it is quiet', () => runChild('idleStream'))

  test('a drain while events come by timer, without a wake-up', async () => {
    const object = loadEmitter({ ringMark })
    const { state, onBatch } = checker()
    const stream = openStream(object, onBatch, { intervalMs: 50, quietTicks: 100 })
    await sleep(20)
    kill(10)
    assert.is(counters(object).wakes, 0)
    await until(() => state.seen === 10)
    assert.is(counters(object).wakes, 0)
    // Crossing the mark wakes it long before the timer.
    stream.close()
    const { state: second, onBatch: onSecond } = checker()
    const slow = openStream(object, onSecond, { intervalMs: 60_000 })
    await sleep(50)
    second.next = state.next
    setRecordBytes(object, 8192)
    kill(10)
    await until(() => second.seen >= 8)
    assert.ok(counters(object).wakes > 0)
    slow.close()
    object.close()
  })

  test('paused: nothing comes, what does not fit is lost and counted, and nobody is woken', async () => {
    const object = loadEmitter({ ringMark: 1 << 30 })
    const { state, onBatch } = checker()
    const stream = openStream(object, onBatch)
    await until(() => counters(object).awake === 0)
    stream.pause()
    stream.pause()
    assert.is(counters(object).awake, 1)
    setRecordBytes(object, 1000)
    kill(400)
    await sleep(100)
    assert.is(state.seen, 0)
    const { made, lost, wakes } = counters(object)
    assert.is(made, 400)
    assert.ok(lost > 100 && lost < 200, String(lost))
    assert.is(wakes, 0)
    stream.resume()
    stream.resume()
    await until(() => state.seen === 400 - lost)
    kill(1)
    await until(() => state.seen === 401 - lost)
    assert.equal([state.wrong, state.gaps], [0, lost])
    stream.close()
    object.close()
  })

  test('a batch larger than the ring, and records larger than the batch', async () => {
    for (const batchBytes of [64, 100_000, 4 << 20]) {
      const object = loadEmitter()
      const filler = Uint8Array.from({ length: 128 * 1024 }, (_, i) => (i * 7) % 251)
      succeed(object.update('record_store', words(0), filler))
      const { state, onBatch } = checker()
      let damaged = 0
      const stream = openStream(
        object,
        (bytes, spans, count) => {
          onBatch(bytes, spans, count)
          for (let i = 0; i < count; i++) {
            const [start = 0, length = 0] = spans.subarray(2 * i)
            const same = Buffer.compare(
              bytes.subarray(start + 16, start + length),
              filler.subarray(16, length),
            )
            damaged += Math.abs(same)
          }
        },
        { batchBytes },
      )
      for (const size of [16, 17, 63, 64, 65, 70_000, 24, 120_001, 16, 128 * 1024, 16]) {
        setRecordBytes(object, size)
        kill(1)
        if (size > 20_000) await sleep(30)
      }
      await until(() => state.seen === 11)
      assert.equal([state.wrong, state.gaps, damaged], [0, 0, 0])
      stream.close()
      object.close()
    }
  })

  test('a backlog is handed over in turns of the event loop', async () => {
    const object = loadEmitter()
    let turns = 0
    const counted: number[] = []
    const stream = openStream(object, () => counted.push(turns), { batchBytes: 1024 })
    stream.pause()
    setRecordBytes(object, 1000)
    kill(100)
    stream.resume()
    let running = true
    const turn = (): void => {
      turns++
      if (running) setImmediate(turn)
    }
    turn()
    await until(() => counted.length === 100)
    running = false
    assert.is(new Set(counted).size, 100)
    stream.close()
    object.close()
  })

  test('drain() hands over everything at once', async () => {
    const object = loadEmitter({ ringMark })
    const { state, onBatch } = checker()
    const results: number[] = []
    const stream = openStream(
      object,
      (...batch) => {
        onBatch(...batch)
        results.push(stream.drain())
      },
      { batchBytes: 4096 },
    )
    assert.is(stream.drain(), 0)
    kill(1009)
    assert.is(stream.drain(), 1009)
    assert.is(state.seen, 1009)
    assert.ok(state.batches > 5)
    assert.ok(results.every((result) => result === errno.EBUSY))
    stream.pause()
    kill(11)
    assert.is(stream.drain(), 11)
    await sleep(100)
    kill(1)
    await sleep(100)
    assert.is(state.seen, 1020)
    stream.resume()
    await until(() => state.seen === 1021)
    stream.close()
    object.close()
  })

  test('pause() inside the callback of drain() ends it', async () => {
    const object = loadEmitter()
    const { state, onBatch } = checker()
    const stream = openStream(
      object,
      (...batch) => {
        onBatch(...batch)
        if (state.batches === 2) stream.pause()
      },
      { batchBytes: 1024 },
    )
    kill(1000)
    const drained = stream.drain()
    assert.is(drained, state.seen)
    assert.is(state.batches, 2)
    stream.resume()
    await until(() => state.seen === 1000)
    assert.equal([state.wrong, state.gaps], [0, 0])
    stream.close()
    object.close()
  })

  test('a callback that throws is an uncaught exception, and the stream goes on', async () => {
    const uncaught: unknown[] = []
    const listener = (error: unknown): void => void uncaught.push(error)
    process.on('uncaughtException', listener)
    const object = loadEmitter()
    const { state, onBatch } = checker()
    const stream = openStream(object, (...batch) => {
      onBatch(...batch)
      throw state.batches % 2 === 0 ? new Error('from the callback') : 'no error object'
    })
    for (let round = 1; round <= 4; round++) {
      kill(3)
      await until(() => state.seen === 3 * round)
    }
    process.off('uncaughtException', listener)
    assert.is(uncaught.length, state.batches)
    assert.equal(new Set(uncaught.map(String)), new Set(['Error: from the callback', 'no error object']))
    kill(1)
    let thrown: unknown
    try {
      stream.drain()
    } catch (error) {
      thrown = error
    }
    assert.is(thrown, 'no error object')
    assert.is(state.seen, 13)
    stream.close()
    object.close()
  })

  test('close() of the stream or the object inside the callback', async () => {
    for (const which of ['stream', 'object'] as const)
      for (const how of ['by the loop', 'by drain()'] as const) {
        const object = loadEmitter()
        let calls = 0
        const stream = openStream(
          object,
          (bytes, spans, count) => {
            calls++
            if (which === 'stream') stream.close()
            else object.close()
            // The arrays outlive the stream until the callback is over.
            if (bytes.subarray(0, spans[1]).length < 16 || count < 1) assert.unreachable()
          },
          { batchBytes: 64 },
        )
        kill(20)
        if (how === 'by drain()') stream.drain()
        await sleep(60)
        assert.is(calls, 1, `${which} ${how}`)
        for (const method of ['drain', 'pause', 'resume'] as const)
          assert.throws(() => stream[method](), /^stream is closed$/)
        stream.close()
        object.close()
      }
  })

  test('arrays that JavaScript takes away are made anew', async () => {
    const object = loadEmitter()
    const { state, onBatch } = checker()
    const stream = openStream(object, (bytes, spans, count) => {
      onBatch(bytes, spans, count)
      const { buffer } = state.batches % 2 === 0 ? bytes : spans
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
    })
    for (let round = 1; round <= 6; round++) {
      kill(7)
      await until(() => state.seen === 7 * round)
    }
    assert.is(state.wrong, 0)
    stream.close()
    object.close()
  })

  test('one stream a ring at a time', async () => {
    const object = loadEmitter()
    const first = openStream(object, none)
    assert.is(object.stream('events', policy, none), errno.EBUSY)
    first.close()
    first.close()
    const { state, onBatch } = checker()
    const second = openStream(object, onBatch)
    kill(5)
    await until(() => state.seen === 5)
    second.close()
    object.close()
    object.close()
  })

  test('what is no ring or no wake word', () => {
    const object = loadEmitter()
    assert.is(object.stream('table', policy, none), errno.EINVAL)
    assert.is(object.stream('events', { ...policy, awake: { map: 'nobody', offset: 0 } }, none), errno.ENOENT)
    assert.is(object.stream('events', { ...policy, awake: { map: 'table', offset: 0 } }, none), errno.EINVAL)
    assert.is(object.stream('events', { ...policy, awake: { map: '.rodata', offset: 0 } }, none), errno.EPERM)
    const stream = must(object.stream('events', policy, none))
    stream.close()
    object.close()
  })

  test('without a wake word', async () => {
    const object = loadEmitter()
    const { state, onBatch } = checker()
    const stream = must(object.stream('events', policy, onBatch))
    for (let round = 1; round <= 3; round++) {
      kill(5)
      await until(() => state.seen === 5 * round)
      await sleep(150)
    }
    stream.close()
    object.close()
  })
})

suite('addon on a kernel: ends', (test) => {
  test('a stream keeps the process', () => runChild('streamOnly'))
  test('a paused stream keeps the process', () => runChild('pausedStreamOnly'))
  test('a closed stream does not', () => runChild('closedStream'))
  test('process.exit() inside the callback', () => runChild('exitInsideCallback'))
  test('an exception inside the callback ends the process', () =>
    runChild('throwInsideCallback', [], { code: 1, stderr: /Error: from the callback/ }))
  test('the garbage collector releases what nobody closed', () => runChild('collectLoaded', ['--expose-gc']))
  test('and leaves a live stream alone', () => runChild('collectStreaming', ['--expose-gc']))
  test('a worker is terminated while events flow', () => runWorker('workerBusy', { terminate: true }))
  test('a worker exits while events flow', () => runWorker('workerExits'))
  test('a worker exits inside the callback', () => runWorker('workerExitsInside'))
  test('a worker closes everything inside the callback', () => runWorker('workerClosesInside'))
})
