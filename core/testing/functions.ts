// What tests ask of the kernel they run on.
import { loadAddon, type NativeBtf } from '../bpf/addon.js'

/** BTF_KIND_FUNC. */
const FUNCTION = 12

function withFunction<T>(name: string, use: (btf: NativeBtf, id: number) => T): T {
  const btf = loadAddon().openBtf()
  if (typeof btf === 'number') throw new Error(`no BTF: errno ${-btf}`)
  try {
    return use(btf, btf.find(name, FUNCTION))
  } finally {
    btf.close()
  }
}

/** Whether the kernel itself, without its modules, has a function of this name. */
export const hasFunction = (name: string): boolean => withFunction(name, (_, id) => id > 0)

/** How many arguments a kernel function has. */
export const argumentsOf = (name: string): number => withFunction(name, (btf, id) => btf.arguments(id))
