import { opensnoop } from '../../tools/opensnoop/opensnoop.js'
import { UsageError } from '../errors.js'
import { assert, suite } from '../testing/suite.js'
import { parseCommandLine } from './parse.js'

const parse = async (...words: string[]): Promise<Record<string, unknown>> => {
  const request = await parseCommandLine(opensnoop, words, '1.2.3')
  if (!('run' in request)) throw new Error(`printed ${request.print}`)
  return request.run
}

const complaint = async (...words: string[]): Promise<string> => {
  try {
    await parse(...words)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${words.join(' ')} was accepted`)
}

suite('parse', (test) => {
  test('nothing given: every option has its initial value', async () => {
    const options = await parse()
    assert.is(options['pid'], undefined)
    assert.is(options['failed'], false)
    assert.equal(options['flagFilter'], [])
    assert.equal(options['exec'], [])
  })

  test("bcc's short flags", async () => {
    const options = await parse(
      '-x',
      '-e',
      '-F',
      '-T',
      '-U',
      '-p',
      String(process.pid),
      '-u',
      '0',
      '-n',
      'main',
      '-d',
      '1.5',
    )
    assert.is(options['failed'], true)
    assert.is(options['extendedFields'], true)
    assert.is(options['fullPath'], true)
    assert.is(options['timestamp'], true)
    assert.is(options['printUid'], true)
    assert.is(options['pid'], process.pid)
    assert.is(options['uid'], 0)
    assert.is(options['name'], 'main')
    assert.is(options['duration'], 1.5)
  })

  test("bcc's long flags with underscores, and flags run together", async () => {
    const options = await parse('--extended_fields', '--flag_filter', 'O_WRONLY', '-xU')
    assert.is(options['extendedFields'], true)
    assert.equal(options['flagFilter'], [{ bits: 0, accessModes: 2 }])
    assert.is(options['printUid'], true)
  })

  test('a list may be repeated or separated by commas', async () => {
    const { flagFilter } = await parse('-f', 'O_CREAT,o_trunc', '-f', 'APPEND')
    assert.equal(flagFilter, [
      { bits: 0o100, accessModes: 0 },
      { bits: 0o1000, accessModes: 0 },
      { bits: 0o2000, accessModes: 0 },
    ])
  })

  test('a user may be named', async () => assert.is((await parse('-u', 'root'))['uid'], 0))

  test('--exec takes the rest as it is', async () => {
    const { exec, failed } = await parse('-x', '--exec', 'grep', '-r', '--json', 'x_y')
    assert.equal(exec, ['grep', '-r', '--json', 'x_y'])
    assert.is(failed, true)
  })

  test('bad input gets one line that says what is accepted', async () => {
    assert.match(
      await complaint('-p', 'abc'),
      /^--pid takes a process ID \(a whole number above 0\), not "abc"$/,
    )
    assert.match(await complaint('-p', '0'), /above 0/)
    assert.match(await complaint('-p', '4194305'), /--pid takes the ID of a running process, not "4194305"/)
    assert.match(await complaint('-d', '-1'), /^--duration takes a number of seconds above 0/)
    assert.match(await complaint('-d', '0'), /^--duration takes/)
    assert.match(await complaint('-u', 'nosuchuser'), /^--uid takes a user/)
    assert.match(await complaint('-f', 'O_NOPE'), /^--flag-filter takes a flag of open\(2\)/)
    assert.match(await complaint('-b', '3'), /power of two/)
    assert.match(await complaint('--nosuch'), /unknown option or argument "--nosuch"/)
    assert.match(await complaint('-Z'), /unknown option or argument "-Z"/)
    assert.match(await complaint('stray'), /unknown option or argument "stray"/)
    assert.match(await complaint('-p'), /takes a value, and none follows it/)
    assert.match(await complaint('--exec'), /takes a command/)
  })

  test('--help and --version are for stdout', async () => {
    const help = await parseCommandLine(opensnoop, ['--help'], '1.2.3')
    assert.ok('print' in help && help.print.includes('--flag-filter') && help.print.includes('Not seen:'))
    assert.equal(await parseCommandLine(opensnoop, ['--version'], '1.2.3'), { print: '1.2.3\n' })
  })
})
