import type { Accelerator } from './accelerator.js'
import { type ArchitectureName, architectures } from './architectures.js'
import type { ScratchDisk } from './scratch-disk.js'

export interface Disk {
  readonly bus: ScratchDisk['bus']
  readonly descriptor: number
}

// What one guest consists of; the streams and disks are file descriptors that QEMU inherits.
export interface Machine {
  readonly architecture: ArchitectureName
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
  readonly disks: readonly Disk[]
  // Folders of this machine by the names under which the guest mounts them.
  readonly shares: Readonly<Record<string, string>>
}

// The guest lives for one command: it needs no protection from itself and no reboot, and any oops is an answer.
const cmdline = 'quiet panic=-1 oops=panic mitigations=off nokaslr cryptomgr.notests random.trust_cpu=on'

// The program and arguments that start a machine; setpriv ends it even if its starter is killed.
export function formatQemuCommand(machine: Machine): [file: string, args: string[]] {
  const { qemu, machine: board, append: more } = architectures[machine.architecture]
  const append = [cmdline, more, `snoopkit.job=${machine.jobLength}`, machine.append]
    .filter(Boolean)
    .join(' ')
  const args = [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', ...board, '-rtc', 'base=utc'],
    ...['-accel', machine.accelerator, '-smp', `${machine.cpus}`, '-m', `${machine.memoryMb}M`],
    ...['-kernel', machine.kernel, '-initrd', machine.initramfs, '-append', append],
    ...['-chardev', `socket,id=console,fd=${machine.console}`, '-serial', 'chardev:console'],
    ...['-device', 'virtio-serial-pci'],
    ...machine.ports.flatMap(formatPort),
    ...Object.entries(machine.shares).flatMap(formatShare),
    ...machine.disks.flatMap(formatDisk),
  ]
  return ['setpriv', ['--pdeathsig', 'KILL', qemu, ...args]]
}

function formatShare([tag, path]: [string, string]): string[] {
  return [
    // The machine's mounts may number their files alike; remap tells them apart.
    ...['-fsdev', `local,id=${tag},path=${path},security_model=none,readonly=on,multidevs=remap`],
    ...['-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
  ]
}

function formatPort(descriptor: number, index: number): string[] {
  const id = `port${index + 1}`
  const device = `virtserialport,chardev=${id},name=${id},nr=${index + 1}`
  return ['-chardev', `socket,id=${id},fd=${descriptor}`, '-device', device]
}

function formatDisk({ bus, descriptor }: Disk, index: number): string[] {
  const [set, node] = [index + 1, `disk${index}`]
  return [
    ...['-add-fd', `fd=${descriptor},set=${set}`],
    ...[
      '-blockdev',
      `driver=raw,node-name=${node},file.driver=file,file.filename=/dev/fdset/${set},discard=unmap`,
    ],
    ...['-device', bus === 'nvme' ? `nvme,drive=${node},serial=${node}` : `virtio-blk-pci,drive=${node}`],
  ]
}
