import { HostNotReady } from './errors.js'

interface HostPackage {
  readonly package: string
  readonly file: string
  readonly why: string
}

interface GuestPackages {
  findMissingGuestPackages(): HostPackage[]
}

// Throws with the Debian packages to install if this machine lacks any that the guest needs.
export async function requireHostPackages(): Promise<void> {
  // A script that setup uses before anything is compiled, hence not TypeScript, and found from dist/test/vm.
  const script = new URL('../../../scripts/guest-packages.mjs', import.meta.url)
  const { findMissingGuestPackages } = (await import(script.href)) as GuestPackages
  const missing = findMissingGuestPackages()
  if (missing.length === 0) return
  const reasons = missing.map((entry) => `  ${entry.package} (${entry.file}) ${entry.why}\n`).join('')
  const names = missing.map((entry) => entry.package).join(' ')
  throw new HostNotReady(`the guest needs:\n${reasons}install with: apt-get install ${names}`)
}
