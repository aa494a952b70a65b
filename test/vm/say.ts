// What takes time or went wrong on the way, in a line of stderr.
export function say(message: string): void {
  process.stderr.write(`snoopkit vm: ${message}\n`)
}
