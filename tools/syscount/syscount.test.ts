import { existsSync, readFileSync } from 'node:fs'
import { parseCommandLine } from '../../core/cli/parse.js'
import { syscallName, syscallNames, syscallNumbers } from '../../core/syscalls.js'
import { type MapEntry, renderReports } from '../../core/testing/replay.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { syscount } from './syscount.js'

function call(number: number, count: number, more: Record<string, unknown> = {}): MapEntry {
  const of = { pid: 0, number, abi: 'x64', ...more }
  return { key: of, value: { ...of, count } }
}

/** The same where the kernel side has an array for it. */
const usual = (place: number, number: number, count: number, more = {}): MapEntry => ({
  ...call(number, count, more),
  key: { place },
})

suite('syscount', (test) => {
  test("bcc's columns, the most first", () => {
    const usual_calls = [
      usual(0, 0, 1234),
      usual(1, 0, 0),
      usual(257, 257, 12),
      usual(517, 5, 3, { abi: 'i386' }),
    ]
    const { last, seen } = renderReports(syscount, [{ calls: [call(9999, 1)], usual_calls }])
    assert.is(
      last,
      [
        'SYSCALL                    COUNT',
        'read                        1234',
        'openat                        12',
        'open                           3',
        '[unknown: 9999]                1',
        '',
        '',
      ].join('\n'),
    )
    assert.is(seen, 1250)
  })

  test('-L and -m: by time', () => {
    const calls = [call(0, 9, { spent: 1_500 }), call(35, 1, { spent: 2_000_000_000 })]
    const lines = (options: Record<string, unknown>): string[] =>
      renderReports(syscount, [{ calls }], { latency: true, ...options }).last.split('\n')
    assert.equal(lines({}).slice(0, 3), [
      'SYSCALL                    COUNT        TIME (us)',
      'nanosleep                      1      2000000.000',
      'read                           9            1.500',
    ])
    assert.equal(lines({ milliseconds: true }).slice(0, 2), [
      'SYSCALL                    COUNT        TIME (ms)',
      'nanosleep                      1      2000.000000',
    ])
  })

  test('-P, and a name that is hostile', () => {
    const calls = [call(0, 7, { pid: 41, comm: 'a\nb' }), call(0, 8, { pid: 42, comm: 'nginx' })]
    const { last } = renderReports(syscount, [{ calls }], { process: true })
    assert.equal(last.split('\n').slice(0, 3), [
      'PID     COMM                 COUNT',
      '42      nginx                    8',
      '41      a\\nb                     7',
    ])
  })

  test('ten rows of text and all of JSON, unless --top or --rows says otherwise', () => {
    const calls = Array.from({ length: 23 }, (_, number) => call(number, number + 1))
    const rows = (options: Record<string, unknown>): number =>
      renderReports(syscount, [{ calls }], options).last.trim().split('\n').length
    assert.equal([{}, { top: 3 }, { rows: 4, top: 3 }].map(rows), [11, 4, 5])
    assert.equal([{ json: true }, { json: true, top: 3 }].map(rows), [23, 3])
  })

  test('JSON: what came since the report before', () => {
    const reports = [
      { calls: [call(9999, 7)], usual_calls: [usual(39, 39, 5), usual(1, 1, 2)] },
      { calls: [call(9999, 7)], usual_calls: [usual(39, 39, 9, { spent: 1500 }), usual(1, 1, 2)] },
    ]
    const { last } = renderReports(syscount, reports, { json: true })
    const [row = '', ...more] = last.split('\n')
    assert.equal(JSON.parse(row), {
      time: '1970-01-01T00:00:02.000Z',
      syscall: 'getpid',
      abi: 'x64',
      count: 4,
      us: 1.5,
      ms: 0.0015,
    })
    // The whole span follows.
    assert.is(more.filter((line) => line.includes('"total":true')).length, 3)
  })

  test("bcc's flags, short and long", async () => {
    const parse = async (...words: string[]): Promise<Record<string, unknown>> => {
      const request = await parseCommandLine(syscount, words, '')
      return 'run' in request ? request.run : request
    }
    const short = await parse('-i', '2', '-d', '9', '-T', '5', '-x', '-e', 'enoent', '-L', '-m', '-P')
    const long = await parse(
      ...['--interval', '2', '--duration', '9', '--top', '5', '--failures', '--errno', '2'],
      ...['--latency', '--milliseconds', '--process'],
    )
    assert.equal(short, long)
    assert.equal(
      [short['interval'], short['top'], short['errno'], (await parse('3', '4'))['count']],
      [2, 5, 2, 4],
    )
    const { syscall } = await parse('--syscall', 'getppid')
    assert.equal(syscall, syscallNumbers('getppid'))
    for (const words of [
      ['-e', 'EWHAT'],
      ['-e', '0'],
      ['--syscall', 'nosuch'],
      ['-T', '0'],
    ]) {
      const failure = await parse(...words).catch((error: unknown) => error)
      assert.instance(failure, Error)
    }
  })

  test('-l lists the names', async () => {
    const request = await parseCommandLine(syscount, ['-l'], '')
    const names = 'print' in request ? request.print.split('\n') : []
    for (const name of ['openat', 'getppid', 'io_uring_enter', 'mseal']) assert.ok(names.includes(name), name)
    assert.is(new Set(names).size, names.length)
  })

  test('names of all four tables', () => {
    assert.equal(
      [
        syscallName('x64', 0),
        syscallName('x64', 334),
        syscallName('x64', 462),
        syscallName('x64', 0x40000000 + 1),
        syscallName('i386', 64),
        syscallName('i386', 403),
        syscallName('arm64', 56),
        syscallName('arm', 5),
        syscallName('x64', -1),
        syscallName('x64', 400),
      ],
      [
        ...['read', 'rseq', 'mseal', 'write', 'getppid', 'clock_gettime64', 'openat', 'open'],
        ...['[unknown: -1]', '[unknown: 400]'],
      ],
    )
    assert.ok(syscallNames().length > 350)
  })

  test("the tables have what this machine's own headers have", () => {
    const headers = { x64: 'unistd_64.h', i386: 'unistd_32.h' } as const
    for (const [abi, header] of Object.entries(headers)) {
      const path = `/usr/include/x86_64-linux-gnu/asm/${header}`
      if (!existsSync(path)) return skipped(`there is no ${path}`)
      const found = [...readFileSync(path, 'latin1').matchAll(/^#define __NR_(\w+) (\d+)$/gm)]
      assert.ok(found.length > 300)
      for (const [, name = '', number] of found)
        assert.is(syscallName(abi as keyof typeof headers, Number(number)), name)
    }
  })
})
