import { openObject } from '../bpf/object.js'
import { globalsOf, encodeValue, decodeValue } from '../bpf/globals.js'
import { encodeRecord } from '../testing/record.js'
import { assert, suite } from '../testing/suite.js'
import { compileReader, RecordSource } from './decode.js'
import { eventStruct, type Layout, layoutOf } from './layout.js'
import { findType, kind, parseBtf } from './parse.js'

const { native, btf } = openObject('opensnoop')
const raw = native.btf()

suite('BTF', (test) => {
  test('finds what the object declares', () => {
    assert.is(eventStruct(btf, 'events'), 'open_event')
    assert.ok(findType(btf, kind.function, 'openat_fexit'))
    assert.is(findType(btf, kind.struct, 'no_such_struct'), undefined)
  })

  test('a layout has the fields in TypeScript names, without padding', () => {
    const { fields, size } = layoutOf(btf, 'open_event')
    const keys = fields.map(({ key }) => key)
    assert.ok(keys.includes('pathCut') && keys.includes('dirIs'))
    assert.ok(keys.every((key) => !key.startsWith('_')))
    assert.ok(fields.every(({ offset }) => offset < size))
  })

  test('globals: section, place and value', () => {
    const globals = globalsOf(btf)
    assert.is(globals.get('filter_tgid')?.section, '.rodata')
    assert.is(globals.get('lost')?.section, '.bss')
    assert.is(globals.get('events__type'), undefined)
    const lost = globals.get('lost')
    if (lost === undefined) throw new Error('no lost')
    const section = new Uint8Array(lost.offset + lost.size)
    section.set(encodeValue(lost, 2n ** 63n), lost.offset)
    assert.is(decodeValue(lost, section), 2n ** 63n)
    assert.throws(() => encodeValue(lost, 'many'), TypeError)
  })

  test('cut off or changed anywhere: an error or a result, never a hang', () => {
    for (let length = 0; length < raw.length; length += 61) {
      assert.throws(() => parseBtf(raw.subarray(0, length)), Error)
    }
    for (let at = 0; at < raw.length; at += 7) {
      const changed = Uint8Array.from(raw)
      changed[at] = (changed[at] as number) ^ 0xff
      try {
        parseBtf(changed)
      } catch (error) {
        if (!(error instanceof Error)) throw error
      }
    }
  })
})

suite('decode', (test) => {
  const layout: Layout = {
    name: 'all',
    size: 48,
    fields: [
      { name: 'time', key: 'time', offset: 0, kind: { is: 'wide', signed: false } },
      { name: 'big', key: 'big', offset: 8, kind: { is: 'bigint', signed: true } },
      { name: 'small', key: 'small', offset: 16, kind: { is: 'number', size: 1, signed: true } },
      { name: 'yes', key: 'yes', offset: 17, kind: { is: 'boolean' } },
      { name: 'half', key: 'half', offset: 18, kind: { is: 'number', size: 2, signed: false } },
      {
        name: 'way',
        key: 'way',
        offset: 20,
        kind: {
          is: 'enum',
          size: 4,
          signed: false,
          names: new Map([
            [1, 'in'],
            [2, 'out'],
          ]),
        },
      },
      { name: 'comm', key: 'comm', offset: 24, kind: { is: 'chars', size: 16 } },
      { name: 'path', key: 'path', offset: 40, kind: { is: 'text' } },
      { name: 'dir', key: 'dir', offset: 44, kind: { is: 'dentryPath' } },
    ],
  }
  const read = compileReader<Record<string, unknown>>(layout)
  const values = {
    time: 2 ** 40 + 1,
    big: -5n,
    small: -7,
    yes: true,
    half: 65535,
    way: 'out',
    comm: 'sixteen bytes ok',
    path: 'ü\udcff',
    dir: '/a/b',
  }

  test('every kind of field, at any place in the buffer', () => {
    const record = encodeRecord(layout, values)
    const padded = Buffer.concat([Buffer.alloc(24), record])
    assert.equal(read(new RecordSource(padded), 24), values)
  })

  test('an enumerator without a name is its number, no directory is the root', () => {
    const record = encodeRecord(layout, {})
    const { way, dir, comm } = read(new RecordSource(record), 0)
    assert.equal({ way, dir, comm }, { way: '0', dir: '/', comm: '' })
  })
})
