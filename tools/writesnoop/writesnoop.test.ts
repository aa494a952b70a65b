import { parseCommandLine } from '../../core/cli/parse.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { writesnoop } from './writesnoop.js'

const layout = eventLayout(writesnoop)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    offset: 4096,
    inode: 4711,
    pid: 188,
    tid: 189,
    uid: 1000,
    comm: 'bash',
    ret: 6,
    written: 'path',
    hasOffset: true,
    path: '/var/log/syslog',
    ...values,
  })

const plain = record({})
const full = record({ ret: -28, path: '/dev/full', hasOffset: false })
const piped = record({ written: 'pipe', path: '', hasOffset: false, contents: 'a\n\u001b[2J' })

const json = (bytes: Buffer): Record<string, unknown> =>
  JSON.parse(renderRecords(writesnoop, [bytes], { json: true })) as Record<string, unknown>

suite('writesnoop', (test) => {
  test('columns', () => {
    const lines = renderRecords(writesnoop, [plain, full, piped]).split('\n')
    assert.equal(
      lines.map((line) => line.replace(/^\d\d:\d\d:\d\d/, '00:00:01')),
      [
        'TIME     COMM             PID    TID    ERR    BYTES     OFFSET FILE',
        '00:00:01 bash             188    189      0        6       4096 /var/log/syslog',
        '00:00:01 bash             188    189     28        0          - /dev/full',
        '00:00:01 bash             188    189      0        6          - pipe:[4711]',
        '',
      ],
    )
  })

  test('contents are shown where they are asked for, and cannot touch the terminal', () => {
    const line = renderRecords(writesnoop, [piped], { contents: 80 }).split('\n')[1] ?? ''
    assert.match(line, / pipe:\[4711\] a\\n\\x1b\[2J$/)
  })

  test('JSON', () => {
    assert.equal(json(full), {
      time: '1970-01-01T00:00:01.500000000Z',
      uid: 1000,
      comm: 'bash',
      pid: 188,
      tid: 189,
      err: 28,
      error: 'ENOSPC',
      bytes: 0,
      offset: null,
      file: '/dev/full',
      container: null,
    })
  })

  test('contents in JSON: exact, also where they are no text', () => {
    assert.is(json(piped)['contents'], 'a\n\u001b[2J')
    const binary = json(record({ contents: '\udcff\0x' }))
    assert.equal(Buffer.from(String(binary['contentsBytes']), 'base64'), Buffer.of(0xff, 0, 0x78))
  })

  test('what has no path', () => {
    const fileOf = (values: Record<string, unknown>): unknown => json(record(values))['file']
    assert.is(fileOf({ written: 'socket', path: '' }), 'socket:[4711]')
    assert.is(fileOf({ written: 'anon', path: '/[eventfd]' }), 'anon_inode:[eventfd]')
    assert.is(fileOf({ pathOutside: true, path: '/memfd:x' }), '(unreachable)/memfd:x')
  })

  test('what the kernel side is told', async () => {
    const constants = async (...words: string[]): Promise<unknown[]> => {
      const request = await parseCommandLine(writesnoop, words, '')
      const options = 'run' in request ? request.run : {}
      return ['failed_only', 'min_bytes', 'max_contents'].map((name) => writesnoop.rodata[name]?.(options))
    }
    assert.equal(await constants(), [false, 0, 0])
    assert.equal(await constants('-x', '-m', '512', '--contents', '80'), [true, 512, 80])
    const failure = await constants('--contents', '4097').catch((error: unknown) => error)
    assert.match(String(failure), '--contents takes a number of bytes from 1 to 4096')
  })
})
