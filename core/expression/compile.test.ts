import { RowContext } from '../show/context.js'
import { assert, suite } from '../testing/suite.js'
import type { Columns } from '../tool.js'
import { compileCondition } from './compile.js'

const columns: Columns = {
  pid: { describe: '' },
  comm: { describe: '' },
  error: { describe: '' },
  args: { describe: '' },
  ret: { describe: '' },
  failed: { describe: '' },
  inode: { describe: '' },
  queue: { describe: '' },
  limit: { describe: '' },
  twice: { describe: '', value: (row) => (row as { pid: number }).pid * 2 },
}

const row = {
  pid: 411,
  comm: 'nginx',
  error: null,
  args: ['ls', '-l', '/tmp'],
  ret: -2,
  failed: true,
  inode: 2n ** 60n,
  queue: 5,
  limit: 4,
}

const compile = (text: string) => compileCondition(text, columns, new RowContext(0n))

suite('conditions', (test) => {
  const met = [
    'pid == 411',
    'pid==411 and comm=="nginx"',
    "comm == 'nginx'",
    'comm == nginx',
    'comm != bash',
    'comm ~ "^ng" and not comm ~ "x{2}"',
    'comm !~ bash',
    'ret < 0 && ret >= -2',
    'error == null',
    'not (error != null)',
    'failed',
    'failed == true',
    '!failed or pid > 400',
    'pid < 5 or pid > 9 and comm == nginx',
    '(pid < 5 or pid > 9) and comm == nginx',
    'args ~ "-l /tmp$"',
    'args == "ls -l /tmp"',
    'queue > limit',
    'twice == 822',
    'inode > 1000',
    'pid != "412"',
    'comm > m',
  ]
  for (const text of met) test(text, () => assert.is(compile(text)(row), true))

  const unmet = [
    'pid > 411',
    'comm == Nginx',
    'error == ENOENT',
    'error ~ E',
    'error < 5',
    'not failed',
    'queue <= limit',
    'pid == 411 and comm == bash or ret > 0',
  ]
  for (const text of unmet) test(`not: ${text}`, () => assert.is(compile(text)(row), false))

  const wrong: [text: string, message: RegExp][] = [
    ['nosuch == 1', /there is no field "nosuch"; there are pid, comm, /],
    ['PID == 1', /there is no field "PID"; did you mean pid\? there are pid, comm, /],
    ['constructor == 1', /there is no field "constructor"/],
    ['pid == ', /expected expression/],
    ['', /nothing is no condition/],
    ['1 == pid', /a field comes on the left/],
    ['pid', /^$/],
    ['pid 5', /two things without an operator/],
    ['pid + 1 == 2', /unexpected/],
    ['comm ~ "("', /"\(" is no regular expression/],
    ['comm == "a', /unclosed quote/],
    ['(pid == 1', /unclosed \(/],
    ['f(pid)', /a call is no condition/],
    ['pid.x == 1', /a name with a dot or bracket cannot be compared/],
    ['42', /42 is no condition/],
    ['-pid', /is no condition/],
  ]
  for (const [text, message] of wrong)
    test(`wrong: ${text}`, () => {
      try {
        compile(text)
        assert.is(text, 'pid')
      } catch (error) {
        assert.instance(error, TypeError)
        assert.match((error as Error).message, message)
      }
    })

  test('a million characters of anything: an answer or a TypeError, never a hang', () => {
    const words = [
      'pid',
      '==',
      '(',
      ')',
      'and',
      'not',
      '"x"',
      '-',
      '1',
      '~',
      'comm',
      '.',
      '[',
      ',',
      '\\',
      '\0',
      'é',
    ]
    let state = 7
    const next = (): string => {
      state = (state * 48_271) % 2_147_483_647
      return words[state % words.length] as string
    }
    for (let tries = 0; tries < 20_000; tries++) {
      const text = Array.from({ length: 1 + (tries % 12) }, next).join(tries % 2 === 0 ? ' ' : '')
      try {
        compile(text)(row)
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
      }
    }
    assert.throws(() => compile('('.repeat(1_000_000)), TypeError)
    const joined = (terms: number): string => Array.from({ length: terms }, () => 'pid == 411').join(' and ')
    assert.is(compile(joined(500))(row), true)
    for (const text of [joined(501), joined(100_000), `${'not '.repeat(100_000)}failed`])
      assert.throws(() => compile(text), /^more than 500 conditions in one another or in a row$/)
  })
})
