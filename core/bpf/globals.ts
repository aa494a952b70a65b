// Global variables of an object: encoding a value for .rodata, and finding where a variable lies.
import type { Btf } from '../btf/parse.js'
import { type Variable, variablesOf } from '../btf/layout.js'

/** Sections that user space can reach, in the order they are searched. */
const sections = ['.rodata', '.bss', '.data'] as const

export interface Global extends Variable {
  /** The map that holds the section. */
  section: string
}

/** All global variables of the object by name. */
export function globalsOf(btf: Btf): ReadonlyMap<string, Global> {
  const found = sections.flatMap((section) =>
    variablesOf(btf, section).map((variable): [string, Global] => [variable.name, { ...variable, section }]),
  )
  return new Map(found)
}

/** The bytes of a value for that variable; throws a TypeError on a value of another kind. */
export function encodeValue(variable: Variable, value: unknown): Uint8Array {
  const bytes = new Uint8Array(variable.size)
  const view = new DataView(bytes.buffer)
  const { kind } = variable
  if (kind.is === 'boolean' && typeof value === 'boolean') view.setUint8(0, value ? 1 : 0)
  else if ((kind.is === 'bigint' || kind.is === 'wide') && isWhole(value))
    view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true)
  else if ((kind.is === 'number' || kind.is === 'enum') && isWhole(value))
    setNarrow(view, kind.size, Number(value))
  else if (kind.is === 'counts' && Array.isArray(value) && value.length <= kind.count && value.every(isWhole))
    value.forEach((one, index) => view.setBigUint64(8 * index, BigInt.asUintN(64, BigInt(one)), true))
  else throw new TypeError(`${variable.name} (${kind.is}) cannot hold ${String(value)}`)
  return bytes
}

/** The value that the bytes of a section hold for that variable. */
export function decodeValue(variable: Variable, section: Uint8Array): number | bigint | boolean {
  const view = new DataView(section.buffer, section.byteOffset + variable.offset, variable.size)
  const { kind } = variable
  if (kind.is === 'boolean') return view.getUint8(0) !== 0
  if (variable.size === 8) {
    const value = 'signed' in kind && kind.signed ? view.getBigInt64(0, true) : view.getBigUint64(0, true)
    return kind.is === 'wide' ? Number(value) : value
  }
  if (variable.size === 4)
    return 'signed' in kind && kind.signed ? view.getInt32(0, true) : view.getUint32(0, true)
  return variable.size === 2 ? view.getUint16(0, true) : view.getUint8(0)
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value)
}

function setNarrow(view: DataView, size: 1 | 2 | 4, value: number): void {
  if (size === 1) view.setUint8(0, value)
  else if (size === 2) view.setUint16(0, value, true)
  else view.setInt32(0, value, true)
}
