// Options are stated once, with these builders: parsing, help, documentation and types follow from them.
import { UsageError } from '../errors.js'

export interface Option<T> {
  /** One letter. */
  alias?: string
  /** Further long names, for muscle memory. */
  also?: readonly string[]
  describe: string
  /** What stands for the value in the help text; a flag has none. */
  placeholder?: string
  /** May be given several times. */
  many?: boolean
  /** Takes everything that follows on the command line. */
  rest?: boolean
  group?: string
  /** The value of an option that was not given. */
  initial: T
  /** From the words given (one, several with `many`, all with `rest`); throws a UsageError. */
  parse: (words: readonly string[], flag: string) => T
}

export type OptionRecord = Record<string, Option<unknown>>

/** The typed values of a record of options. */
export type ValuesOf<O> = { -readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never }

type Common = Pick<Option<unknown>, 'alias' | 'also' | 'describe' | 'group'>

/** Turns one word into a value, or throws a TypeError whose message says what is accepted. */
export type WordParser<T> = (word: string) => T

export const option = {
  /** On or off. */
  flag(common: Common): Option<boolean> {
    return { ...common, initial: false, parse: () => true }
  },

  /** One value; undefined when not given. The last one given counts. */
  value<T>(common: Common & { placeholder: string; of: WordParser<T> }): Option<T | undefined> {
    const { of, ...rest } = common
    return { ...rest, initial: undefined, parse: (words, flag) => parseWord(of, words.at(-1) ?? '', flag) }
  },

  /** Any number of values, each given with the flag again or separated by commas. */
  list<T>(common: Common & { placeholder: string; of: WordParser<T> }): Option<readonly T[]> {
    const { of, ...rest } = common
    return {
      ...rest,
      many: true,
      initial: [],
      parse: (words, flag) =>
        words.flatMap((word) => word.split(',')).map((word) => parseWord(of, word, flag)),
    }
  },

  /** The rest of the command line, taken as it is. */
  command(common: Common & { placeholder: string }): Option<readonly string[]> {
    return {
      ...common,
      rest: true,
      initial: [],
      parse: (words, flag) => {
        if (words.length === 0) throw new UsageError(`${flag} takes a command, and none follows it`)
        return words
      },
    }
  },
}

/** A whole number between `min` and `max`; `what` completes "takes …" in the error. */
export function whole(what: string, min: number, max = 2 ** 31 - 1): WordParser<number> {
  return (word) => {
    const value = /^[0-9]+$/.test(word) ? Number(word) : Number.NaN
    if (value >= min && value <= max) return value
    throw new TypeError(what)
  }
}

/** A number of seconds above 0, fractions allowed; at most 24 days, as long as a timer can run. */
export const seconds: WordParser<number> = (word) => {
  const value = /^([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(word) ? Number(word) : Number.NaN
  if (value > 0 && value <= 2_147_483) return value
  throw new TypeError('a number of seconds above 0 (at most 2147483)')
}

/** Any text but the empty one. */
export const text: WordParser<string> = (word) => {
  if (word === '') throw new TypeError('a text that is not empty')
  return word
}

/** A regular expression, as JavaScript has them, matched anywhere. */
export const regex: WordParser<RegExp> = (word) => {
  try {
    return new RegExp(word, 'u')
  } catch (error) {
    const why = error instanceof Error ? (error.message.split(': ').at(-1) ?? '') : ''
    throw new TypeError(`a regular expression (${why.toLowerCase()})`, { cause: error })
  }
}

function parseWord<T>(of: WordParser<T>, word: string, flag: string): T {
  try {
    return of(word)
  } catch (error) {
    if (error instanceof TypeError)
      throw new UsageError(`${flag} takes ${error.message}, not ${JSON.stringify(word)}`)
    throw error
  }
}
