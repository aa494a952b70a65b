// errno numbers to names and words.
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'

/** Two names share a number on Linux; these are the ones man pages use. */
const preferred = new Set(['EAGAIN', 'EOPNOTSUPP'])

const names = new Map<number, string>()
for (const [name, number] of Object.entries(constants.errno)) {
  if (!names.has(number) || preferred.has(name)) names.set(number, name)
}

// Not for user space (linux/errno.h), but a tracer sees them: the call is made again, or ends with EINTR.
names
  .set(512, 'ERESTARTSYS')
  .set(513, 'ERESTARTNOINTR')
  .set(514, 'ERESTARTNOHAND')
  .set(516, 'ERESTART_RESTARTBLOCK')
  .set(524, 'ENOTSUPP')

/** `ENOENT` for 2; the number as text where it has no name. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? String(errno)
}

/** The number of a name or of digits; undefined: there is none such. */
export function errnoNumber(word: string): number | undefined {
  if (/^[0-9]{1,4}$/.test(word)) return Number(word)
  const found = (constants.errno as Record<string, number>)[word.toUpperCase()]
  return found ?? [...names].find(([, name]) => name === word.toUpperCase())?.[0]
}

/** Those that have a name. */
export function errnoNames(): string[] {
  return [...names.values()]
}

/** `EPERM (operation not permitted)` for 1 or -1. */
export function describeErrno(code: number): string {
  const errno = Math.abs(code)
  const words = getSystemErrorMap().get(-errno)?.[1]
  return words === undefined ? errnoName(errno) : `${errnoName(errno)} (${words})`
}
