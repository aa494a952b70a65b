// System packages (Debian's names) that the project needs, what proves that one is there, and what it is for.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// An optional one is left out where the system does not have it.
/** @typedef {{ package: string, command?: string, file?: string, pkgConfig?: string, why: string, optional?: boolean }} SystemPackage */

/** @type {SystemPackage[]} */
export const buildPackages = [
  { package: 'g++', command: 'g++', why: 'compiles the native addon' },
  { package: 'make', command: 'make', why: 'runs the build of the native addon' },
  { package: 'python3', command: 'python3', why: 'node-gyp is written in it' },
  { package: 'pkg-config', command: 'pkg-config', why: 'finds libbpf' },
  { package: 'libbpf-dev', pkgConfig: 'libbpf', why: 'loads BPF programs into the kernel' },
]

/** @type {SystemPackage[]} */
export const testPackages = [
  { package: 'gcc', command: 'gcc', why: 'compiles the test workloads' },
  { package: 'git', command: 'git', why: 'clones a repository, whose files opensnoop must report' },
  { package: 'nginx', command: 'nginx', why: 'writes temporary files that opensnoop must report' },
  {
    package: 'redis-server',
    command: 'redis-server',
    why: 'has a queue whose overflows max_backlog must report',
  },
  { package: 'redis-tools', command: 'redis-cli', why: 'tells when redis is up' },
  { package: 'bpftool', command: 'bpftool', why: 'tests look at what is left in the kernel' },
  { package: 'dmsetup', command: 'dmsetup', why: 'makes device mapper disks in the guest' },
  { package: 'fdisk', command: 'sfdisk', why: 'makes partitions in the guest' },
  { package: 'e2fsprogs', command: 'mkfs.ext4', why: 'makes filesystems in the guest' },
  { package: 'xfsprogs', command: 'mkfs.xfs', why: 'makes filesystems in the guest' },
  { package: 'btrfs-progs', command: 'mkfs.btrfs', why: 'makes filesystems in the guest' },
  { package: 'sudo', command: 'sudo', why: 'runs the command line that a tool without privileges prints' },
  { package: 'crun', command: 'crun', why: 'runs the containers that tests look at' },
  { package: 'bsdutils', command: 'script', why: 'gives tools a terminal in tests' },
  {
    package: 'clang-14',
    command: 'clang-14',
    why: 'builds the BPF objects, to compare them with those committed',
    optional: true,
  },
  {
    package: 'llvm-14',
    command: 'llvm-strip-14',
    why: 'takes names that nobody reads out of the BPF objects',
    optional: true,
  },
  { package: 'mandoc', command: 'mandoc', why: 'checks the man pages' },
  { package: 'man-db', command: 'man', why: 'shows the man pages, as groff formats them' },
  { package: 'zsh', command: 'zsh', why: 'is asked what it completes' },
  { package: 'fish', command: 'fish', why: 'is asked what it completes' },
  { package: 'clang-format-14', command: 'clang-format-14', why: 'checks how C is laid out', optional: true },
]

/** What the throwaway guest needs of this machine. @type {SystemPackage[]} */
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

/** @type {SystemPackage[]} */
export const benchPackages = [
  { package: 'gcc', command: 'gcc', why: 'compiles the workloads' },
  { package: 'bpftool', command: 'bpftool', why: 'tells what BPF programs cost' },
  { package: 'libbpf-tools', file: '/usr/sbin/opensnoop', why: 'is measured against', optional: true },
  { package: 'bpfcc-tools', file: '/usr/sbin/opensnoop-bpfcc', why: 'is measured against', optional: true },
  { package: 'bpftrace', command: 'bpftrace', why: 'is measured against', optional: true },
]

/** @type {SystemPackage[]} */
export const prebuildPackages = [
  { package: 'mmdebstrap', command: 'mmdebstrap', why: 'makes the roots of other Debians' },
  {
    package: 'debian-archive-keyring',
    file: '/usr/share/keyrings/debian-archive-keyring.gpg',
    why: 'holds the keys that sign their packages',
  },
]

/** @type {SystemPackage[]} */
export const arm64Packages = [
  { package: 'qemu-system-arm', command: 'qemu-system-aarch64', why: 'runs the guest' },
  { package: 'gcc-aarch64-linux-gnu', command: 'aarch64-linux-gnu-gcc', why: 'compiles the test workloads' },
  {
    package: 'libc6-dev-arm64-cross',
    file: '/usr/aarch64-linux-gnu/lib/libc.a',
    why: 'is what they are linked with',
  },
]

/**
 * Those of the packages that are not there.
 * @param {SystemPackage[]} packages
 */
export function missingPackages(packages) {
  return packages.filter((wanted) => !isThere(wanted))
}

/** @param {SystemPackage} wanted */
function isThere({ command, file, pkgConfig }) {
  if (command !== undefined && !onPath(command)) return false
  if (file !== undefined && !existsSync(file)) return false
  return pkgConfig === undefined || (onPath('pkg-config') && succeeds('pkg-config', ['--exists', pkgConfig]))
}

/** @param {string} command */
export function onPath(command) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(join(folder, command)))
}

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
