// Records of tools of TCP connections, for tests without a kernel.

/** The first four bytes of 16, or all of them. */
export function addressBytes(...bytes: number[]): number[] {
  return [...bytes, ...Array<number>(16 - bytes.length).fill(0)]
}

/** fe80::…: as bcc's example has it, too long for its column. */
export const longAddress = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x20, 0, 0x0b, 0xff, 0xfe, 0x82, 0x03, 0xac]
