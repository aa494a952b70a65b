// Signals by number.
import { constants } from 'node:os'

/** The first and the last that programs may use as they like, as signal(7) counts them (glibc keeps 32 and 33). */
const [RTMIN, RTMAX] = [34, 64]

const names = new Map<number, string>()
// Of two names of a number the first is that of man pages: SIGABRT and SIGIOT, SIGIO and SIGPOLL.
for (const [name, number] of Object.entries(constants.signals))
  if (!names.has(number)) names.set(number, name)

/** `SIGKILL` for 9, `SIGRTMIN+1` for 35; the number as text where it has no name. */
export function signalName(signal: number): string {
  if (signal >= RTMIN && signal <= RTMAX) return signal === RTMIN ? 'SIGRTMIN' : `SIGRTMIN+${signal - RTMIN}`
  return names.get(signal) ?? String(signal)
}

/** The number of a name, with or without SIG, or of digits; undefined: there is none such. */
export function signalNumber(word: string): number | undefined {
  if (/^[0-9]+$/.test(word)) return Number(word) <= RTMAX ? Number(word) : undefined
  const name = word.toUpperCase().replace(/^(?!SIG)/, 'SIG')
  const real = /^SIGRTMIN(?:\+([0-9]+))?$/.exec(name)
  if (real !== null) return RTMIN + Number(real[1] ?? 0) <= RTMAX ? RTMIN + Number(real[1] ?? 0) : undefined
  return (constants.signals as Record<string, number>)[name]
}

/** Those that have a name, without SIG. */
export function signalNames(): string[] {
  return [...names.values()].map((name) => name.replace(/^SIG/, ''))
}
