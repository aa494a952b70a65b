// Options are stated once, with these builders: parsing, help, documentation and types follow from them.
import { UsageError } from '../errors.js'

/** What a shell offers in place of a value: words, or what it can list itself. */
export type Completes =
  readonly string[] | 'process' | 'user' | 'cgroup' | 'file' | 'command' | 'hook' | 'field'

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
  /** Given by its place among the words, without a name. */
  positional?: boolean
  group?: string
  completes?: Completes
  /** Another option, such as a positional one, that gets its value where it is given. */
  standsFor?: string
  /** A flag that asks for this text and nothing else. */
  prints?: () => string
  /** The value of an option that was not given. */
  initial: T
  /** From the words given (one, several with `many`, all with `rest`); throws a UsageError. */
  parse: (words: readonly string[], flag: string) => T
}

export type OptionRecord = Record<string, Option<unknown>>

/** The typed values of a record of options. */
export type ValuesOf<O> = { -readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never }

type Common = Pick<Option<unknown>, 'alias' | 'also' | 'describe' | 'group' | 'standsFor' | 'prints'>

/** What may be, or, where nothing is named, all but what may not. */
export interface Selection<T> {
  readonly only: readonly T[]
  readonly not: readonly T[]
}

/** Whether a selection leaves anything out. */
export function selects({ only, not }: Selection<unknown>): boolean {
  return only.length > 0 || not.length > 0
}

/** Turns one word into a value, or throws a TypeError whose message says what is accepted. */
export interface WordParser<T> {
  (word: string): T
  completes?: Completes
}

/** Gives a parser what a shell can offer. */
export function completing<T>(completes: Completes, of: (word: string) => T): WordParser<T> {
  return Object.assign((word: string) => of(word), { completes })
}

const offer = ({ completes }: WordParser<unknown>): Pick<Option<unknown>, 'completes'> =>
  completes === undefined ? {} : { completes }

export const option = {
  /** On or off. */
  flag(common: Common): Option<boolean> {
    return { ...common, initial: false, parse: () => true }
  },

  /** One value; undefined when not given. The last one given counts. */
  value<T>(common: Common & { placeholder: string; of: WordParser<T> }): Option<T | undefined> {
    const { of, ...rest } = common
    return {
      ...rest,
      ...offer(of),
      initial: undefined,
      parse: (words, flag) => parseWord(of, words.at(-1) ?? '', flag),
    }
  },

  /** Any number of values, each given with the flag again or separated by commas. */
  list<T>(common: Common & { placeholder: string; of: WordParser<T> }): Option<readonly T[]> {
    const { of, ...rest } = common
    return {
      ...rest,
      ...offer(of),
      many: true,
      initial: [],
      parse: (words, flag) =>
        words.flatMap((word) => word.split(',')).map((word) => parseWord(of, word, flag)),
    }
  },

  /** Any number of values, as a list has them; those with `!` before them are left out. `mixed`: both kinds at once make sense. */
  selection<T>(
    common: Common & { placeholder: string; of: WordParser<T>; mixed?: boolean },
  ): Option<Selection<T>> {
    const { of, mixed = false, ...rest } = common
    return {
      ...rest,
      ...offer(of),
      many: true,
      initial: { only: [], not: [] },
      parse: (words, flag) => {
        const each = words.flatMap((word) => word.split(','))
        const chosen = (excluded: boolean): string[] =>
          each.filter((word) => word.startsWith('!') === excluded).map((word) => word.replace(/^!/, ''))
        const [only, not] = [chosen(false), chosen(true)]
        if (!mixed && only.length > 0 && not.length > 0)
          throw new UsageError(
            `${flag} takes either what may be or, with !, what may not: !${not[0]} is left out already by ${only[0]}`,
          )
        const both = only.find((word) => not.includes(word))
        if (both !== undefined)
          throw new UsageError(`${flag} cannot both be and not be ${JSON.stringify(both)}`)
        const values = (chosenWords: string[]): T[] => chosenWords.map((word) => parseWord(of, word, flag))
        return { only: values(only), not: values(not) }
      },
    }
  },

  /** A word that stands by itself; undefined when not given. Several are taken in the order in which they are declared. */
  positional<T>(common: { describe: string; of: WordParser<T>; standsFor?: string }): Option<T | undefined> {
    const { of, ...rest } = common
    return {
      ...rest,
      positional: true,
      initial: undefined,
      parse: (words, name) => parseWord(of, words.at(-1) ?? '', name),
    }
  },

  /** The rest of the command line, taken as it is. */
  command(common: Common & { placeholder: string }): Option<readonly string[]> {
    return {
      ...common,
      rest: true,
      completes: 'command',
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

/** A number of milliseconds, fractions allowed. */
export function milliseconds(word: string): number {
  const value = /^[0-9]+(\.[0-9]+)?$/.test(word) ? Number(word) : Number.NaN
  if (value <= 1e9) return value
  throw new TypeError('a number of milliseconds (at most 1000000000)')
}

/** Any text but the empty one. */
export const text: WordParser<string> = (word) => {
  if (word === '') throw new TypeError('a text that is not empty')
  return word
}

/** One of these words. */
export function oneOf<const W extends string>(...words: readonly W[]): WordParser<W> {
  return completing(words, (word) => {
    const found = words.find((known) => known === word)
    if (found !== undefined) return found
    throw new TypeError(`one of ${words.join(', ')}`)
  })
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
