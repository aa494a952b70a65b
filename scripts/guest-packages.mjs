import { accessSync } from 'node:fs'

// What the throwaway guest needs from Debian: the package, a file that proves it is there, and why.
export const guestPackages = [
  { package: 'qemu-system-x86', file: '/usr/bin/qemu-system-x86_64', why: 'runs the guest' },
  { package: 'busybox-static', file: '/bin/busybox', why: "is the guest's first program" },
  { package: 'kmod', file: '/sbin/depmod', why: 'indexes kernel modules, and loads them in the guest' },
  { package: 'xz-utils', file: '/usr/bin/xz', why: 'unpacks kernels and their modules' },
  { package: 'zstd', file: '/usr/bin/zstd', why: 'unpacks newer kernels' },
  { package: 'util-linux', file: '/usr/bin/setpriv', why: 'ends the guest if its starter is killed' },
  { package: 'dpkg', file: '/usr/bin/dpkg-deb', why: 'unpacks the kernel packages' },
  { package: 'apt', file: '/usr/bin/apt-get', why: 'downloads the kernel packages' },
  {
    package: 'debian-archive-keyring',
    file: '/usr/share/keyrings/debian-archive-keyring.gpg',
    why: 'holds the keys that sign the kernel packages',
  },
]

// The entries of guestPackages whose file is not on this machine.
export function findMissingGuestPackages() {
  return guestPackages.filter(({ file }) => {
    try {
      accessSync(file)
      return false
    } catch {
      return true
    }
  })
}
