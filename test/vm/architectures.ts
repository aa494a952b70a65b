// What a guest's processor changes: the machine that QEMU makes, and Debian's name for it.
export interface Architecture {
  // Debian's name.
  readonly debian: string
  readonly qemu: string
  readonly machine: readonly string[]
  // On the kernel's command line.
  readonly append: string
}

export const architectures = {
  x64: {
    debian: 'amd64',
    qemu: 'qemu-system-x86_64',
    // Emulated, rep movsb takes byte by byte: copies are four times as fast without the promise that it is fast.
    machine: ['-machine', 'pc', '-cpu', 'max,-erms,-fsrm'],
    append: 'console=ttyS0 tsc=reliable',
  },
  arm64: {
    debian: 'arm64',
    qemu: 'qemu-system-aarch64',
    // Signing pointers as the architecture has it would take most of the time.
    machine: ['-machine', 'virt', '-cpu', 'max,pauth-impdef=on'],
    append: 'console=ttyAMA0',
  },
} as const satisfies Record<string, Architecture>

// As Node.js has it in process.arch.
export type ArchitectureName = keyof typeof architectures

// The kernel package of that architecture that always depends on a suite's current one.
export const kernelMetapackage = ({ debian }: Architecture): string => `linux-image-${debian}`

// Where a guest's files come from when they are not this machine's own: another processor's programs.
export interface ForeignRoot {
  readonly architecture: Exclude<ArchitectureName, 'x64'>
  // A root with busybox, kmod and what the command needs.
  readonly folder: string
  // Its Node.js, as a path within it.
  readonly node: string
  // A folder of this machine that the guest has at the same path, such as a checkout.
  readonly share: string
}
