// The addon without privileges: opening objects, checking arguments, closing, and ends of every kind.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addon,
  errno,
  must,
  objectBytes,
  openObject,
  policy,
  sleep,
  until,
  words,
} from '../../test/native/fixture.js'
import { runChild, runWorker } from '../../test/native/run-scenario.js'
import { privilegesOf } from '../testing/privileges.js'
import { assert, suite } from '../testing/suite.js'
import { addonPath, type NativeObject } from './addon.js'

type Loose = Record<string, (...args: unknown[]) => unknown>
const loose = (object: object): Loose => object as Loose
const none = (): void => undefined

function withFolder(body: (folder: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snoopkit-addon-'))
    try {
      await body(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

const expectTypeError = (body: () => unknown, what: string): void =>
  assert.throws(body, (error: Error) => error instanceof TypeError, what)

suite('addon: objects', (test) => {
  test('is where package.json says', () => {
    assert.match(addonPath(), /\/prebuilds\/linux-(x64|arm64)-(glibc|musl)\/snoopkit\.node$/)
    assert.match(addon.libbpfVersion(), /^v1\.\d+$/)
    assert.ok(addon.possibleCpus() >= 1)
  })

  test('tells programs, maps and types', () => {
    const object = openObject()
    const programs = object.programs()
    assert.is(programs.length, 11)
    const emit = programs.find(({ name }) => name === 'emit')
    assert.is(emit?.section, 'raw_tp')
    assert.is(emit?.autoload, true)
    assert.ok((emit?.instructions ?? 0) > 10)
    assert.is(programs.find(({ name }) => name === 'refused')?.autoload, false)
    const maps = new Map(object.maps().map((map) => [map.name, map]))
    assert.equal(maps.get('table'), { name: 'table', type: 1, keySize: 4, valueSize: 8, maxEntries: 16384 })
    assert.equal(maps.get('.bss'), { name: '.bss', type: 2, keySize: 4, valueSize: 96, maxEntries: 1 })
    assert.ok(maps.has('.rodata') && maps.has('.data'))
    assert.equal([...object.btf().subarray(0, 3)], [0x9f, 0xeb, 1])
    object.close()
  })

  test('switches programs and maps before load', () => {
    const object = openObject()
    assert.is(object.setAutoload('emit', false), 0)
    assert.is(object.programs().find(({ name }) => name === 'emit')?.autoload, false)
    assert.is(object.setMaxEntries('table', 77), 0)
    assert.is(object.maps().find(({ name }) => name === 'table')?.maxEntries, 77)
    assert.is(object.setAutocreate('optional', false), 0)
    object.close()
  })

  test('global data before load', () => {
    const object = openObject()
    assert.equal(object.data('.data'), words(7))
    assert.is(object.setData('.data', 1, Uint8Array.of(1, 2)), 0)
    assert.equal(object.data('.data'), Uint8Array.of(7, 1, 2, 0))
    assert.is(object.setData('.rodata', 4, words(5)), 0)
    assert.equal(object.data('.rodata'), words(0, 5, 0))
    assert.is(object.setData('.data', 4, new Uint8Array()), 0)
    assert.is(object.data('table'), errno.EINVAL)
    assert.is(object.setData('table', 0, words(1)), errno.EINVAL)
    for (const [offset, length] of [
      [4, 1],
      [1, 4],
      [0, 5],
      [4_294_967_295, 4],
    ] as const)
      expectTypeError(() => object.setData('.data', offset, new Uint8Array(length)), `${offset} ${length}`)
    const copy = must(object.data('.data'))
    copy.fill(0xff)
    assert.equal(object.data('.data'), Uint8Array.of(7, 1, 2, 0))
    object.close()
  })

  test('unknown names', () => {
    const object = openObject()
    const native = loose(object)
    for (const [method, ...args] of [
      ['setAutoload', 'nobody', true],
      ['setAttachTarget', 'nobody', 'x'],
      ['setMaxEntries', 'nobody', 1],
      ['setAutocreate', 'nobody', true],
      ['reuseMap', 'nobody', '/sys/fs/bpf/x'],
      ['data', 'nobody'],
      ['data', '.nobody'],
      ['setData', 'nobody', 0, words(1)],
      ['attach', 'nobody'],
      ['info', 'nobody'],
      ['lookup', 'nobody', words(1), words(1)],
      ['update', 'nobody', words(1), words(1)],
      ['delete', 'nobody', words(1)],
      ['entries', 'nobody', false],
      ['stream', 'nobody', policy, none],
      ['detach', 1],
    ] as [string, ...unknown[]][])
      assert.is(native[method]?.(...args), errno.ENOENT, method)
    object.close()
  })

  test('what needs load first', () => {
    const object = openObject()
    assert.is(object.attach('emit'), errno.EINVAL)
    assert.is(object.info('emit'), errno.EINVAL)
    assert.is(object.lookup('table', words(1), words(1, 2)), errno.EBADF)
    assert.is(object.update('table', words(1), words(1, 2)), errno.EBADF)
    assert.is(object.delete('table', words(1)), errno.EBADF)
    assert.is(object.entries('table', false), errno.EBADF)
    assert.is(object.stream('events', policy, none), errno.EBADF)
    assert.is(object.stream('table', policy, none), errno.EINVAL)
    assert.is(object.stream('events', { ...policy, awake: { map: '.bss', offset: 0 } }, none), errno.EBADF)
    object.close()
  })

  test('bytes that are no object', () => {
    assert.ok((addon.open(new Uint8Array()) as number) < 0)
    assert.ok((addon.open(new TextEncoder().encode('hello world')) as number) < 0)
    for (let length = 1; length < objectBytes.length; length += 61) {
      const result = addon.open(objectBytes.subarray(0, length))
      if (typeof result === 'object') result.close()
    }
    let seed = 1
    const random = (): number => (seed = (seed * 48_271) % 0x7fff_ffff)
    for (let round = 0; round < 100; round++) {
      const noise = Uint8Array.from({ length: random() % 4096 }, random)
      noise.set(objectBytes.subarray(0, Math.min(64, noise.length)))
      const result = addon.open(noise)
      if (typeof result === 'object') result.close()
    }
  })

  test('bytes at an odd address, and shared ones', () => {
    const odd = new Uint8Array(objectBytes.length + 1).subarray(1)
    odd.set(objectBytes)
    must(addon.open(odd)).close()
    const shared = new Uint8Array(new SharedArrayBuffer(objectBytes.length))
    shared.set(objectBytes)
    must(addon.open(shared)).close()
  })
})

suite('addon: arguments', (test) => {
  const wrong: [string, ...unknown[]][] = [
    ['setAutoload'],
    ['setAutoload', 1, true],
    ['setAutoload', 'emit', 1],
    ['setAutoload', '', true],
    ['setAttachTarget', 'emit'],
    ['setAttachTarget', {}, 'x'],
    ['setAttachTarget', 'emit', 'a\0b'],
    ['setMaxEntries', 'table'],
    ['setMaxEntries', 'table', 0],
    ['setMaxEntries', 'table', 1.5],
    ['setMaxEntries', 'table', 2 ** 32],
    ['setMaxEntries', 'table', Number.NaN],
    ['setMaxEntries', 'table', 5n],
    ['setAutocreate', 'table'],
    ['setAutocreate', null, true],
    ['data'],
    ['data', Symbol('x')],
    ['setData', '.data', -1, words(1)],
    ['setData', '.data', '0', words(1)],
    ['setData', '.data', 0, [1]],
    ['setData', '.data', 0, new Uint16Array(1)],
    ['setData', '.data', 0, new ArrayBuffer(4)],
    ['setData', '.data', 0, new DataView(new ArrayBuffer(4))],
    ['setData', '.data', 0],
    ['reuseMap'],
    ['reuseMap', 'table'],
    ['reuseMap', 'table', ''],
    ['reuseMap', 'table', 5],
    ['reuseMap', 'table', 'a\0b'],
    ['attach'],
    ['attach', 5],
    ['attach', 'emit', 'x'],
    ['attach', 'emit', null],
    ['attach', 'emit', {}],
    ['attach', 'emit', { kind: 'uprobe' }],
    ['attach', 'emit', { kind: 'kprobe' }],
    ['attach', 'emit', { kind: 'kretprobe.multi' }],
    ['attach', 'emit', { kind: 'kprobe', function: 1 }],
    ['attach', 'emit', { kind: 'tracepoint', name: 'x' }],
    ['attach', 'emit', { kind: 'raw_tracepoint' }],
    ['detach'],
    ['detach', -1],
    ['detach', 0.5],
    ['detach', '1'],
    ['info'],
    ['info', 0],
    ['lookup', 'table'],
    ['lookup', 'table', words(1), words(1)],
    ['lookup', 'table', words(1, 2), words(1, 2)],
    ['lookup', 'per_cpu', words(1), words()],
    ['update', 'table', words(1)],
    ['update', 'table', words(1), words(1, 2), -1],
    ['update', 'table', words(1), words(1, 2), 'any'],
    ['delete', 'table'],
    ['delete', 'table', new Uint8Array(3)],
    ['entries', 'table'],
    ['entries', 'table', 'yes'],
    ['stream'],
    ['stream', 'events'],
    ['stream', 'events', policy],
    ['stream', 'events', policy, {}],
    ['stream', 'events', null, none],
    ['stream', 'events', {}, none],
    ...(['intervalMs', 'quietTicks', 'lastLookMs', 'batchBytes'] as const).flatMap((key) =>
      [0, -1, 1.5, '20', 1e12, undefined].map(
        (value) => ['stream', 'events', { ...policy, [key]: value }, none] as [string, ...unknown[]],
      ),
    ),
    ...[
      1,
      {},
      { map: '.bss' },
      { map: '.bss', offset: 2 },
      { map: '.bss', offset: 96 },
      { map: 5, offset: 0 },
    ].map((awake) => ['stream', 'events', { ...policy, awake }, none] as [string, ...unknown[]]),
  ]

  test('wrong ones of every method', () => {
    const object = loose(openObject())
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    const tried = new Set(wrong.map(([method]) => method))
    assert.equal(methods.filter((name) => !tried.has(name)).toSorted(), [
      'btf',
      'close',
      'constructor',
      'load',
      'maps',
      'programs',
    ])
    for (const [method, ...args] of wrong)
      expectTypeError(() => object[method]?.(...args), `${method}(${args.map(String).join(', ')})`)
    object['close']?.()
  })

  test('wrong ones of every function', () => {
    const functions = loose(addon)
    for (const [name, ...args] of [
      ['setLog'],
      ['setLog', 1],
      ['setLog', {}],
      ['open'],
      ['open', 'path'],
      ['open', [...objectBytes]],
      ['open', objectBytes, 1],
      ['open', objectBytes, null],
      ['open', objectBytes, { name: 1 }],
      ['open', objectBytes, { kernelBtf: '' }],
      ['open', objectBytes, { name: 'a\0' }],
      ['openBtf', 1],
      ['openBtf', null],
      ['openBtf', { path: 1 }],
      ['openBtf', { module: '../x' }],
      ['probeHelper'],
      ['probeHelper', 1],
      ['probeHelper', -1, 1],
      ['probeProgramType', 'x'],
      ['probeMapType'],
      ['watchHangup'],
      ['watchHangup', -1, none],
      ['watchHangup', 1.5, none],
      ['watchHangup', 1],
    ] as [string, ...unknown[]][])
      expectTypeError(
        () => functions[name]?.(...args),
        `${name}(${args.map(String).join(', ').slice(0, 50)})`,
      )
  })

  test('a foreign this', () => {
    const object = openObject()
    const path = ownBtf(object)
    const btf = must(addon.openBtf({ path: path.file }))
    for (const owner of [object, btf]) {
      const methods = loose(Object.getPrototypeOf(owner) as object)
      const other = owner === object ? btf : object
      for (const name of Object.getOwnPropertyNames(methods).filter((key) => key !== 'constructor'))
        for (const self of [undefined, null, 1, {}, addon, other, Object.create(owner), new Proxy(owner, {})])
          expectTypeError(() => Reflect.apply(methods[name] as () => void, self, ['events', true]), name)
    }
    path.remove()
    btf.close()
    object.close()
  })

  test('no class can be constructed', () => {
    const object = openObject()
    const Class = object.constructor as new (...args: unknown[]) => unknown
    expectTypeError(() => new Class(), 'without arguments')
    expectTypeError(() => new Class(objectBytes), 'with bytes')
    expectTypeError(() => Reflect.construct(Class, [], Array), 'with another prototype')
    expectTypeError(() => (Class as unknown as () => void)(), 'called')
    object.close()
  })

  test('a getter that closes the object', () => {
    const object = openObject()
    const target = {
      get kind() {
        object.close()
        return 'raw_tracepoint'
      },
      name: 'sys_enter',
    }
    assert.throws(() => loose(object)['attach']?.('emit', target), /^object is closed$/)
    const other = openObject()
    const options = {
      ...policy,
      get awake() {
        return void other.close()
      },
    }
    assert.throws(() => loose(other)['stream']?.('events', options, none), /^object is closed$/)
  })
})

/** The object's own types in a file, for openBtf(). */
function ownBtf(object: NativeObject): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'snoopkit-addon-'))
  writeFileSync(join(folder, 'btf'), object.btf())
  return { file: join(folder, 'btf'), remove: () => rmSync(folder, { recursive: true }) }
}

suite('addon: closing', (test) => {
  test('use after close', () => {
    const object = openObject()
    object.close()
    object.close()
    const methods = loose(Object.getPrototypeOf(object) as object)
    for (const name of Object.getOwnPropertyNames(methods).filter(
      (key) => key !== 'constructor' && key !== 'close',
    ))
      assert.throws(() => loose(object)[name]?.(), /^object is closed$/, name)
  })

  test('unclosed objects and the garbage collector', () => runChild('collectGarbage', ['--expose-gc']))
  test('a worker ends with an object, types and a watch open', () => runWorker('leaveOpen'))
  test('a worker is terminated with them open', () => runWorker('leaveOpenAndWait', { terminate: true }))
  test('the process ends with them open', () => runChild('leaveOpen'))
  test('process.exit() with them open', () => runChild('leaveOpenAndExit'))
  test('the addon in many workers at once', () => runChild('manyWorkers'))
})

/** libbpf complains of it. */
const provoke = (): unknown => addon.open(new Uint8Array(100))

suite('addon: log', (test) => {
  test('lines come within the call', () => {
    const lines: [number, string][] = []
    addon.setLog((level, text) => lines.push([level, text]))
    provoke()
    addon.setLog(null)
    const count = lines.length
    assert.ok(count > 0)
    for (const [level, text] of lines) {
      assert.ok(level >= 0 && level <= 2)
      assert.match(text, /^libbpf: .*[^\n]$/)
    }
    provoke()
    assert.is(lines.length, count)
  })

  test('a callback that throws, calls, or switches itself off', () => {
    addon.setLog(() => {
      throw new Error('from the log')
    })
    assert.throws(provoke, /from the log/)
    let depth = 0
    addon.setLog(() => {
      if (depth++ < 3) provoke()
      addon.setLog(null)
    })
    provoke()
    // Once in each of the three calls inside, then it is off for all that wait.
    assert.is(depth, 4)
    provoke()
    assert.is(depth, 4)
  })

  test('without a callback nothing reaches stderr', () => runChild('silentLog', [], { stderr: '' }))
})

suite('addon: types', (test) => {
  test('finds types and counts arguments', () => {
    const object = openObject()
    const { file, remove } = ownBtf(object)
    const btf = must(addon.openBtf({ path: file }))
    remove()
    const record = btf.find('record', 4)
    assert.ok(record > 0)
    assert.is(btf.find('record', 12), errno.ENOENT)
    assert.is(btf.find('nobody', 4), errno.ENOENT)
    assert.is(btf.arguments(btf.find('emit', 12)), 1)
    assert.is(btf.arguments(record), errno.EINVAL)
    assert.is(btf.arguments(999_999), errno.ENOENT)
    assert.equal(btf.raw(), object.btf())
    for (const args of [[], ['x'], ['x', 0], ['x', 1.5], [1, 4]])
      expectTypeError(() => loose(btf)['find']?.(...args), `find ${args.join()}`)
    for (const args of [[], [-1], [0], ['1']])
      expectTypeError(() => loose(btf)['arguments']?.(...args), `arguments ${args.join()}`)
    btf.close()
    btf.close()
    for (const name of ['find', 'arguments', 'raw'])
      assert.throws(() => loose(btf)[name]?.('x', 1), /^btf is closed$/)
    object.close()
  })

  test(
    'files that hold no types',
    withFolder((folder) => {
      const file = join(folder, 'btf')
      assert.is(addon.openBtf({ path: file }), errno.ENOENT)
      for (const bytes of [Buffer.alloc(0), Buffer.from('no types'), openObject().btf().subarray(0, 300)]) {
        writeFileSync(file, bytes)
        assert.ok((addon.openBtf({ path: file }) as number) < 0)
      }
      assert.ok((addon.openBtf({ module: 'nobody' }) as number) < 0)
    }),
  )
})

/** The open flags of a descriptor, in octal. */
const flags = (fd: number): string =>
  /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? ''

suite('addon: hangup', (test) => {
  const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants

  /** A pipe through a FIFO, since Node.js cannot make a bare one. */
  const withPipe = (body: (reader: number, writer: number) => void | Promise<void>): (() => Promise<void>) =>
    withFolder((folder) => {
      const path = join(folder, 'fifo')
      execFileSync('mkfifo', [path])
      const reader = openSync(path, O_RDONLY | O_NONBLOCK)
      return body(reader, openSync(path, O_WRONLY))
    })

  test(
    'calls back once when the reader is gone',
    withPipe(async (reader, writer) => {
      let calls = 0
      const before = flags(writer)
      const watch = must(addon.watchHangup(writer, () => calls++))
      assert.is(flags(writer), before)
      await sleep(30)
      assert.is(calls, 0)
      closeSync(reader)
      await until(() => calls > 0)
      await sleep(30)
      assert.is(calls, 1)
      watch.close()
      watch.close()
      closeSync(writer)
    }),
  )

  test(
    'is silent once closed, or when the descriptor is closed first',
    withPipe(async (reader, writer) => {
      let calls = 0
      const first = must(addon.watchHangup(writer, () => calls++))
      const second = must(addon.watchHangup(writer, () => calls++))
      first.close()
      closeSync(writer)
      closeSync(reader)
      await sleep(30)
      assert.is(calls, 0)
      second.close()
    }),
  )

  test(
    'may close itself inside the callback, and throw',
    withPipe(async (reader, writer) => {
      const uncaught: unknown[] = []
      const listener = (error: unknown): void => void uncaught.push(error)
      process.on('uncaughtException', listener)
      const watch = must(
        addon.watchHangup(writer, () => {
          watch.close()
          throw new Error('from the callback')
        }),
      )
      closeSync(reader)
      await until(() => uncaught.length > 0)
      process.off('uncaughtException', listener)
      assert.equal(uncaught.map(String), ['Error: from the callback'])
      closeSync(writer)
    }),
  )

  test(
    'what cannot be watched',
    withFolder((folder) => {
      const file = openSync(join(folder, 'file'), O_RDWR | constants.O_CREAT)
      assert.is(addon.watchHangup(file, none), errno.EPERM)
      closeSync(file)
      assert.is(addon.watchHangup(file, none), errno.EBADF)
    }),
  )

  test('a watch does not keep the process', () => runChild('watchOnly'))
  test('the reader of stdout goes away', () => runChild('hangup', [], { endStdout: true }))
})

suite('addon: privileges', (test) => {
  test('wrong arguments', () => {
    const account = { uid: 1, gid: 1, groups: [1] }
    for (const given of [
      [],
      ['39'],
      [[64]],
      [[-1]],
      [[], 'nobody'],
      [[], { ...account, uid: -1 }],
      [[], { ...account, gid: 2 ** 32 }],
      [[], { ...account, groups: 1 }],
      [[], { ...account, groups: ['wheel'] }],
    ])
      expectTypeError(() => loose(addon)['giveUpPrivileges']?.(...given), JSON.stringify(given))
  })

  test('to ask what reading takes changes nothing', () => {
    const before = privilegesOf(process.pid)
    assert.ok([0, 1].includes(addon.readingTakesCapability()))
    assert.equal(privilegesOf(process.pid), before)
  })

  test('all threads give up all, those that are just being made too', () => runChild('giveUpPrivileges'))
})
