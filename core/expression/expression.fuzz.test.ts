// Conditions that somebody types, or a program makes.
import * as fc from 'fast-check'
import { RowContext } from '../show/context.js'
import { fuzz } from '../testing/fuzz.js'
import { suite } from '../testing/suite.js'
import type { Columns } from '../tool.js'
import { compileCondition } from './compile.js'

const columns: Columns = Object.fromEntries(
  ['pid', 'comm', 'error', 'args', 'inode'].map((name) => [name, { describe: '' }]),
)
const row = { pid: 411, comm: 'nginx', error: null, args: ['ls', '-l'], inode: 2n ** 60n }
const context = new RowContext(0n)

const words = fc.constantFrom(
  ...[
    'pid',
    'comm',
    'error',
    'args',
    'inode',
    '==',
    '!=',
    '<',
    '>=',
    '~',
    '!~',
    'and',
    'or',
    'not',
    '!',
    '&&',
    '||',
  ],
  ...[
    '(',
    ')',
    '[',
    ']',
    '.',
    ',',
    '?',
    ':',
    ';',
    '-',
    '+',
    '"',
    "'",
    '\\',
    '"x"',
    'null',
    'true',
    'this',
    '1',
    '1e9',
  ],
  ...[
    '0x10',
    '1.',
    '.5',
    '1e',
    '\0',
    '\n',
    'é',
    '🙂',
    '\ud800',
    '__proto__',
    'constructor',
    '`',
    '{',
    '}',
    '=',
    '=>',
  ],
)
const comparison = fc
  .tuple(
    fc.constantFrom(...Object.keys(columns)),
    fc.constantFrom('==', '!=', '<', '~', '!~'),
    fc.constantFrom('1', '"n.*x"', 'null', 'pid'),
  )
  .map((parts) => parts.join(' '))
/** Right or nearly so, and however deep. */
const nested = fc
  .tuple(
    comparison,
    fc.constantFrom('(', 'not ', '!', '-', '(not ', 'not(', `pid and `, '1 or ', 'f('),
    fc.oneof({ weight: 50, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(3000) }),
    fc.constantFrom(')', '', ' and pid', ' or (comm == x)'),
    fc.boolean(),
  )
  .map(
    ([inner, before, times, after, balanced]) =>
      before.repeat(times) + inner + after.repeat(balanced ? times : 1),
  )

const read = (text: string): boolean => compileCondition(text, columns, context)(row)

suite('conditions of any kind', (test) => {
  const joined = fc.tuple(fc.array(words, { maxLength: 16 }), fc.constantFrom('', ' '))
  fuzz(
    test,
    'words',
    joined.map(([parts, between]) => parts.join(between)),
    TypeError,
    read,
  )
  fuzz(test, 'comparisons, nested and in rows', nested, TypeError, read)
  fuzz(test, 'characters', fc.string({ unit: 'binary', maxLength: 60 }), TypeError, read)
})
