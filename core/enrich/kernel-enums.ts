// What the running kernel calls the values of its enums, whose numbers differ from one to the next.
import { readFileSync } from 'node:fs'
import { OWN_BTF } from '../bpf/kernel-btf.js'
import { enumeratorsOf } from '../btf/enumerators.js'
import type { Lookup } from './lookup.js'

/** Names by number of the enum with that name; read once, when it is asked. */
export function kernelEnum(name: string): Lookup<number, string> {
  let names: ReadonlyMap<number, string> | undefined
  return {
    name: `enum ${name}`,
    needs: [],
    find: (value) => (names ??= read(name)).get(value),
  }
}

/** None where the kernel shows no types. */
function read(name: string): ReadonlyMap<number, string> {
  try {
    return enumeratorsOf(readFileSync(OWN_BTF), name)
  } catch {
    return new Map()
  }
}
