// Addresses of sockets as one writes them.

/** The first four of the bytes dotted, or all 16 as RFC 5952 has them. */
export function formatAddress(bytes: Uint8Array, family: 'ipv4' | 'ipv6'): string {
  if (family === 'ipv4') return bytes.subarray(0, 4).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  )
  // A URL's host is written in the one canonical way, in brackets.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
