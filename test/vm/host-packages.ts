import { HostNotReady } from './errors.js'

interface SystemPackage {
  readonly package: string
  readonly why: string
}

interface Packages {
  guestPackages: readonly SystemPackage[]
  missingPackages(packages: readonly SystemPackage[]): SystemPackage[]
}

// Throws with the Debian packages to install if this machine lacks any that the guest needs.
export async function requireHostPackages(): Promise<void> {
  // A script that setup uses before anything is compiled, hence not TypeScript, and found from dist/test/vm.
  const script = new URL('../../../scripts/packages.mjs', import.meta.url)
  const { guestPackages, missingPackages } = (await import(script.href)) as Packages
  const missing = missingPackages(guestPackages)
  if (missing.length === 0) return
  const reasons = missing.map((entry) => `  ${entry.package} ${entry.why}\n`).join('')
  const names = missing.map((entry) => entry.package).join(' ')
  throw new HostNotReady(`the guest needs:\n${reasons}install with: apt-get install ${names}`)
}
