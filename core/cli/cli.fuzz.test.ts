// Command lines that somebody types, or a program makes.
import * as fc from 'fast-check'
import { biolatency } from '../../tools/biolatency/biolatency.js'
import { opensnoop } from '../../tools/opensnoop/opensnoop.js'
import { UsageError } from '../errors.js'
import { fuzz } from '../testing/fuzz.js'
import { suite } from '../testing/suite.js'
import { kebab, optionsOf } from './catalog.js'
import { parseCommandLine } from './parse.js'

suite('command lines of any kind', (test) => {
  for (const tool of [opensnoop, biolatency]) {
    const options = Object.entries(optionsOf(tool))
    const letters = options.flatMap(([, { alias }]) => alias ?? [])
    const flags = [...options.map(([name]) => `--${kebab(name)}`), ...letters.map((alias) => `-${alias}`)]
    const value = fc.oneof(
      fc.constantFrom(
        '',
        '-',
        '--',
        '1',
        '-1',
        '1.5',
        '1e9',
        '!root',
        'root',
        'a,b',
        '!a,!b',
        ',',
        '/',
        'x=y',
        'vda',
        '\0',
      ),
      fc.constantFrom(
        '__proto__',
        'constructor',
        '--__proto__',
        '--constructor',
        '--no-json',
        '-djx',
        '--json=no',
        '\ud800',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    )
    const flag = fc.constantFrom(...flags)
    const word = fc.oneof(
      flag,
      value,
      fc.tuple(flag, value).map((parts) => parts.join('=')),
      fc.tuple(flag, value).map((parts) => parts.join('')),
    )
    // --help has yargs write a page, which takes its time.
    const isQuick = (given: string): boolean => !/^-+[a-z]*h/i.test(given)
    const given = fc.array(word.filter(isQuick), { maxLength: 7 })
    fuzz(test, tool.name, given, UsageError, (each) => parseCommandLine(tool, each, '0'), { share: 1 / 4 })
  }
})
