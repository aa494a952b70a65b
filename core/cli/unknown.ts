// What is said of a word on the command line that means nothing.
import { kebab } from './catalog.js'
import { didYouMean } from './closest.js'
import type { OptionRecord } from './options.js'

/** One line: what is not understood, and what was perhaps meant. */
export function describeUnknown(word: string, options: OptionRecord): string {
  const flag = /^[^=]*/.exec(word)?.[0] ?? ''
  if (!word.startsWith('-')) return `unknown argument ${JSON.stringify(word)}; --help lists what is accepted`
  const shown = /^[\w-]+$/.test(flag) ? flag : JSON.stringify(flag)
  const names = Object.entries(options).flatMap(([name, { positional, also = [] }]) =>
    positional ? [] : [kebab(name)].concat(also),
  )
  const meant = flag.startsWith('--') ? didYouMean(flag.slice(2), names, '--') : ''
  return `unknown option ${shown}${meant === '' ? ';' : meant} --help lists what is accepted`
}
