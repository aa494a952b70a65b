// A kernel that the guest can boot: what it is called here and the Debian suites that carry it.
export interface Kernel {
  readonly names: readonly string[]
  readonly suites: readonly Suite[]
}

export interface Suite {
  readonly archive: 'debian' | 'debian-security'
  readonly name: string
}

const stable = (version: string, codename: string): Kernel => ({
  names: [version, codename],
  suites: [
    { archive: 'debian', name: codename },
    { archive: 'debian-security', name: `${codename}-security` },
  ],
})

// Oldest first. The last is whatever sid has; its number is a name for it only until sid moves on.
export const kernels: readonly Kernel[] = [
  stable('5.10', 'bullseye'),
  stable('6.1', 'bookworm'),
  stable('6.12', 'trixie'),
  { names: ['newest', 'sid', '7.2'], suites: [{ archive: 'debian', name: 'sid' }] },
]

// The kernel called `name`; an unknown name throws with the ones there are.
export function findKernel(name: string): Kernel {
  const kernel = kernels.find(({ names }) => names.includes(name))
  if (kernel) return kernel
  const known = kernels.map(({ names }) => names.join(' or ')).join(', ')
  throw new Error(`no kernel is called '${name}': there are ${known}`)
}
