import type { Accelerator } from './accelerator.js'

// What one guest consists of; the streams and disks are file descriptors that QEMU inherits.
export interface Machine {
  readonly accelerator: Accelerator
  readonly cpus: number
  readonly memoryMb: number
  readonly kernel: string
  readonly initramfs: string
  readonly append: string
  readonly jobLength: number
  readonly console: number
  // In the order of their ports, from 1.
  readonly ports: readonly number[]
  readonly disks: readonly number[]
}

// The guest lives for one command: it needs no protection from itself and no reboot, and any oops is an answer.
const cmdline =
  'console=ttyS0 quiet panic=-1 oops=panic tsc=reliable mitigations=off nokaslr cryptomgr.notests random.trust_cpu=on'

// The program and arguments that start a machine; setpriv ends it even if its starter is killed.
export function formatQemuCommand(machine: Machine): [file: string, args: string[]] {
  const append = [cmdline, `snoopkit.job=${machine.jobLength}`, machine.append].filter(Boolean).join(' ')
  const args = [
    ...[
      '-nodefaults',
      '-no-user-config',
      '-no-reboot',
      '-display',
      'none',
      '-machine',
      'pc',
      '-rtc',
      'base=utc',
    ],
    ...[
      '-accel',
      machine.accelerator,
      '-cpu',
      'max',
      '-smp',
      `${machine.cpus}`,
      '-m',
      `${machine.memoryMb}M`,
    ],
    ...['-kernel', machine.kernel, '-initrd', machine.initramfs, '-append', append],
    ...['-chardev', `socket,id=console,fd=${machine.console}`, '-serial', 'chardev:console'],
    ...['-device', 'virtio-serial-pci'],
    ...machine.ports.flatMap(formatPort),
    // The machine's mounts may number their files alike; remap tells them apart.
    ...['-fsdev', 'local,id=host,path=/,security_model=none,readonly=on,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=host,mount_tag=host'],
    ...machine.disks.flatMap(formatDisk),
  ]
  return ['setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args]]
}

function formatPort(descriptor: number, index: number): string[] {
  const id = `port${index + 1}`
  const device = `virtserialport,chardev=${id},name=${id},nr=${index + 1}`
  return ['-chardev', `socket,id=${id},fd=${descriptor}`, '-device', device]
}

function formatDisk(descriptor: number, index: number): string[] {
  const [set, node] = [index + 1, `disk${index}`]
  return [
    ...['-add-fd', `fd=${descriptor},set=${set}`],
    ...[
      '-blockdev',
      `driver=raw,node-name=${node},file.driver=file,file.filename=/dev/fdset/${set},discard=unmap`,
    ],
    ...['-device', `virtio-blk-pci,drive=${node}`],
  ]
}
