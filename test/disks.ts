// Empty disks that guests have for tests of block I/O: /dev/vda and /dev/nvme0n1.
export const DISKS = [
  { bytes: 64 << 20, bus: 'virtio' },
  { bytes: 64 << 20, bus: 'nvme' },
] as const
