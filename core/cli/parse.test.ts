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
    assert.equal(options['pid'], { only: [], not: [] })
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
    assert.equal(options['pid'], { only: [process.pid], not: [] })
    assert.equal(options['uid'], { only: [0], not: [] })
    assert.is(options['name'], 'main')
    assert.is(options['duration'], 1.5)
  })

  test('fields to leave out or turn around, of whatever letters, whether there are such flags or not', async () => {
    const options = await parse('--sort', '-fd,-pid', '--fields', '-T,+time', '--fields', 'path', '-x')
    assert.equal(options['sort'], ['-fd', '-pid'])
    assert.equal(options['fields'], ['-T', '+time', 'path'])
    assert.is(options['failed'], true)
    assert.is(await complaint('--sort', '--json'), '--sort takes a value, and none follows it')
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

  test('a user may be named', async () =>
    assert.equal((await parse('-u', 'root'))['uid'], { only: [0], not: [] }))

  test('filters take lists, and with ! what is left out', async () => {
    const me = process.pid
    const given: [words: string[], name: string, only: unknown[], not: unknown[]][] = [
      [['-u', '1,root,7'], 'uid', [1, 0, 7], []],
      [['-u', '!1,!7'], 'uid', [], [1, 7]],
      [['--uid=!1', '--uid', '!root'], 'uid', [], [1, 0]],
      [['-p', `${me}`, '-p', '1'], 'pid', [me, 1], []],
      [[`-p!${me}`], 'pid', [], [me]],
      [['-t', `!${me}`], 'tid', [], [me]],
      [['-P', '3,4'], 'ppid', [3, 4], []],
      [['--comm', 'nginx,a b'], 'comm', ['nginx', 'a b'], []],
      [['--comm', '!123456789012345'], 'comm', [], ['123456789012345']],
      [['--netns', '4026531840'], 'netns', [4026531840], []],
    ]
    for (const [words, name, only, not] of given) assert.equal((await parse(...words))[name], { only, not })
  })

  test('filters refuse what they do not understand', async () => {
    const refused: [words: string[], message: RegExp][] = [
      [
        ['-p', '1,!2'],
        /^--pid takes either what may be or, with !, what may not: !2 is left out already by 1$/,
      ],
      [['-p', '!'], /^--pid takes a process ID \(a whole number above 0\), not ""$/],
      [['-p', '1,'], /^--pid takes a process ID/],
      [['-p', '!!1'], /^--pid takes a process ID/],
      [['-t', 'x'], /^--tid takes a thread ID/],
      [['-P', '0'], /^--ppid takes a process ID/],
      [['-u', '!nosuchuser'], /^--uid takes a user: a name in \/etc\/passwd or a number, not "nosuchuser"$/],
      [
        ['--comm', 'sixteencharacter'],
        /^--comm takes a command name of 1 to 15 bytes, as the kernel keeps it, not/,
      ],
      [['--comm', 'ééééé,éééééééé'], /^--comm takes a command name of 1 to 15 bytes/],
      [['--comm', ''], /^--comm takes a command name/],
      [['--netns', '0'], /^--netns takes a network namespace: its inode, a path such as/],
      [['--netns', '/etc'], /^--netns takes a network namespace/],
      [['--netns', 'no-such'], /^--netns takes a network namespace/],
      [['--unit', 'no-such'], /^--unit takes a systemd unit that runs or is installed here/],
      [['--unit', 'a/b'], /^--unit takes a systemd unit/],
      [['--container', 'no-such'], /^--container takes a container that runs or is known to docker here/],
      [['--container', 'abc'], /^--container takes a container/],
      [['-c', 'x,!x'], /^--cgroup cannot both be and not be "x"$/],
    ]
    for (const [words, message] of refused) assert.match(await complaint(...words), message)
  })

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
    assert.match(await complaint('--nosuch'), /^unknown option --nosuch; --help lists what is accepted$/)
    assert.match(await complaint('-Z'), /^unknown option -Z; --help/)
    assert.match(await complaint('stray'), /^unknown argument "stray"; --help/)
    assert.match(await complaint('-p'), /takes a value, and none follows it/)
    assert.match(await complaint('--exec'), /takes a command/)
  })

  test('a flag that is nearly right: which was meant', async () => {
    assert.is(
      await complaint('--durtion', '5'),
      'unknown option --durtion; did you mean --duration? --help lists what is accepted',
    )
    assert.match(await complaint('--jsno=1'), /^unknown option --jsno; did you mean --json\?/)
    assert.match(await complaint('--hepl'), /did you mean --help\?/)
    assert.match(await complaint('--\u001B[2Jx'), /^unknown option "--\\u001b\[2Jx"; --help/)
  })

  test('--help and --version are for stdout', async () => {
    const help = await parseCommandLine(opensnoop, ['--help'], '1.2.3')
    assert.ok('print' in help && help.print.includes('--flag-filter') && help.print.includes('Not seen:'))
    assert.equal(await parseCommandLine(opensnoop, ['--version'], '1.2.3'), { print: '1.2.3\n' })
  })
})
