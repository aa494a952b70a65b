// Cutting BTF: an object's own stands for a kernel's, of which it declares a part.
import { openObject } from '../bpf/object.js'
import { loadAddon } from '../bpf/addon.js'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, suite } from '../testing/suite.js'
import { cutBtf } from './cut.js'
import { type Btf, findType, kind, parseBtf, typeAt } from './parse.js'

const bytesOf = (name: string): Uint8Array => openObject(name).native.btf()
const whole = bytesOf('execsnoop')
const other = parseBtf(bytesOf('opensnoop'))
const part = cutBtf(whole, [other])

/** Names and bit offsets of a struct's members, nameless ones as what is in them. */
function membersOf(btf: Btf, name: string): Map<string, number> {
  const struct = findType(btf, kind.struct, name)
  assert.ok(struct !== undefined, name)
  return new Map(struct?.members.map((member) => [member.name, member.offset]))
}

suite('cutting BTF', (test) => {
  test('what is read is kept where it was, and nothing else', () => {
    const [before, after] = [parseBtf(whole), parseBtf(part)]
    assert.ok(part.length < whole.length / 4, `${part.length} of ${whole.length} bytes`)
    const [read, kept] = [membersOf(other, 'task_struct'), membersOf(after, 'task_struct')]
    for (const [name, offset] of membersOf(before, 'task_struct'))
      assert.is(kept.get(name), read.has(name) ? offset : undefined, name)
    assert.is(findType(after, kind.struct, 'exec_event'), undefined)
    assert.is(findType(after, kind.function, 'exec_tp_btf'), undefined)
  })

  test('a member keeps its type', () => {
    const after = parseBtf(part)
    const comm = findType(after, kind.struct, 'task_struct')?.members.find(({ name }) => name === 'comm')
    const array = typeAt(after, comm?.type ?? 0)
    assert.is(array.kind, kind.array)
    assert.is(array.count, 16)
    assert.is(typeAt(after, array.type).name, 'char')
  })

  test('cutting again changes nothing; what nobody reads leaves nothing', () => {
    assert.equal(Buffer.from(cutBtf(part, [other])), Buffer.from(part))
    assert.is(parseBtf(cutBtf(whole, [])).types.length, 1)
  })

  test('libbpf reads it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'snoopkit-btf-'))
    try {
      writeFileSync(join(folder, 'part'), part)
      const types = loadAddon().openBtf({ path: join(folder, 'part') })
      assert.type(types, 'object')
      if (typeof types === 'object') assert.ok(types.find('task_struct', kind.struct) > 0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
