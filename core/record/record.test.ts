import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tcpsynbl } from '../../tools/tcpsynbl/tcpsynbl.js'
import { maxBacklog } from '../../tools/max_backlog/max_backlog.js'
import { opensnoop } from '../../tools/opensnoop/opensnoop.js'
import { tcpdrop } from '../../tools/tcpdrop/tcpdrop.js'
import { openObject } from '../bpf/object.js'
import { initialValues } from '../cli/catalog.js'
import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import { encodeRecord, sampleHeader } from '../testing/record.js'
import { eventLayout } from '../testing/replay.js'
import { replayed as replayedByCommand, replayHost } from '../testing/replayed.js'
import { assert, suite } from '../testing/suite.js'
import type { EventsTool } from '../shape/events.js'
import type { Look } from './bodies.js'
import { decodeBatch, decodeSnapshot, encodeBatch, encodeSnapshot } from './bodies.js'
import { encodeFrame, type Kind, kinds, MAGIC, readFrames } from './frames.js'
import { Recorder } from './recorder.js'
import { replay } from './replay.js'

const folder = mkdtempSync(join(tmpdir(), 'record-'))
process.once('exit', () => rmSync(folder, { recursive: true }))
let files = 0

/** Records these events of the tool into a new file. */
function recordEvents(
  tool: EventsTool,
  events: readonly Record<string, unknown>[],
  { options = {}, ended = true, looks = [] as Look[] } = {},
): string {
  const path = join(folder, `${files++}.rec`)
  const { native } = openObject(tool.object)
  const recorder = new Recorder(path)
  recorder.begin({
    ...sampleHeader,
    tool: tool.name,
    options,
    btf: Buffer.from(native.btf()).toString('base64'),
  })
  const write = recorder.watchBatches(() => {})
  for (const [index, event] of events.entries()) {
    const bytes = encodeRecord(eventLayout(tool), event)
    write(bytes, Uint32Array.of(0, bytes.length), 1)
    // What is looked up for an event follows it.
    const look = looks[index]
    if (look !== undefined) recorder.look(look)
  }
  if (ended) recorder.end({ lost: 7, seconds: 3 })
  native.close()
  return path
}

async function replayed(
  tool: EventsTool,
  path: string,
  given: Record<string, unknown> = {},
): Promise<{ text: string; said: string[]; lost: number | undefined; seen: number }> {
  const { host, said, stdout } = replayHost()
  const options = { ...initialValues(tool), replay: path, ...given } as unknown as SharedValues
  const { lost, seen } = await replay(tool, options, host)
  return { text: stdout(), said, lost, seen }
}

async function complaint(tool: EventsTool, path: string, given?: Record<string, unknown>): Promise<string> {
  try {
    await replayed(tool, path, given)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('it was replayed')
}

const event = { time: 1_500_000_000, pid: 9, tid: 9, comm: 'cat', ret: 3, path: '/etc/passwd' }
const failure = { ...event, comm: 'dog', ret: -2, path: '/no\x1bsuch' }

suite('record and replay', (test) => {
  test('rows as they would have been, with other options, and the count of what was lost', async () => {
    const path = recordEvents(opensnoop, [event, failure])
    const { text, said, lost, seen } = await replayed(opensnoop, path)
    assert.is(
      text,
      'PID    COMM               FD ERR PATH\n9      cat                 3   0 /etc/passwd\n9      dog                -1   2 /no\\x1bsuch\n',
    )
    assert.equal([said, lost, seen], [[], 7, 2])
    const json = await replayed(opensnoop, path, { json: true, filter: 'err == 2', fields: ['path', 'time'] })
    assert.is(json.text, '{"path":"/no\\u001bsuch","time":"1970-01-01T00:00:01.500000000Z"}\n')
    assert.is((await replayed(opensnoop, path, { name: 'do', csv: true, fields: ['pid'] })).text, 'pid\n9\n')
  })

  test('the same header of options: what the kernel did then is shown as it was then', async () => {
    const path = recordEvents(opensnoop, [failure], { options: { failed: true, extendedFields: true } })
    assert.match((await replayed(opensnoop, path)).text, / FLAGS +MODE /)
    assert.is((await replayed(opensnoop, path, { failed: true })).seen, 1)
  })

  test('what was looked up then is known again', async () => {
    const looks = [{ name: 'socketOwner', key: 4711, value: { pid: 411, comm: 'redis-server' } }]
    const path = recordEvents(
      maxBacklog,
      [
        { inode: 4711, times: 1 },
        { inode: 4712, times: 1 },
      ],
      { looks },
    )
    const { text } = await replayed(maxBacklog, path, { csv: true, fields: ['pid', 'comm'] })
    assert.is(text, 'pid,comm\n411,redis-server\n,\n')
  })

  test('what was looked up may be a text alone, or nothing', async () => {
    const looks = [
      { name: 'kernelFunction', key: 'ffffffff81000010', value: 'tcp_v4_rcv+0x10' },
      { name: 'kernelFunction', key: 'ffffffff81000020', value: undefined },
    ]
    const path = recordEvents(
      tcpdrop,
      [{ location: 0xffffffff81000010n }, { location: 0xffffffff81000020n }],
      { looks },
    )
    const { text } = await replayed(tcpdrop, path, { csv: true, fields: ['location'] })
    assert.is(text, 'location\ntcp_v4_rcv+0x10\n0xffffffff81000020\n')
  })

  test('a name that is another later is shown as it was', async () => {
    const location = 0xffffffff81000010n
    const looks = ['a', 'b', undefined].map((value) => ({
      name: 'kernelFunction',
      key: location.toString(16),
      value,
    }))
    const path = recordEvents(tcpdrop, [{ location }, { location }, { location }, { location }], { looks })
    const { text } = await replayed(tcpdrop, path, { csv: true, fields: ['location'] })
    assert.is(text, 'location\na\nb\n0xffffffff81000010\n0xffffffff81000010\n')
  })

  test('cut anywhere: what is whole is shown, and what is missing is said', async () => {
    const path = recordEvents(opensnoop, [event, failure, event])
    const bytes = readFileSync(path)
    const cut = join(folder, 'cut')
    let most = 0
    for (let length = 0; length < bytes.length; length += length < 6000 ? 997 : 13) {
      writeFileSync(cut, bytes.subarray(0, length))
      try {
        const { said, seen, lost } = await replayed(opensnoop, cut)
        assert.ok(seen >= most)
        most = seen
        assert.is(lost, undefined)
        assert.match(said.join(), /breaks off|was not ended/)
      } catch (error) {
        assert.instance(error, UsageError)
      }
    }
    assert.is(most, 3)
  })

  test('a byte changed anywhere: rows or one message, never a crash', async () => {
    const path = recordEvents(opensnoop, [event, failure])
    const bytes = readFileSync(path)
    const changed = join(folder, 'changed')
    for (let at = 0; at < bytes.length; at += 31) {
      writeFileSync(changed, Buffer.from(bytes).fill((bytes[at] as number) ^ 0x55, at, at + 1))
      try {
        await replayed(opensnoop, changed)
      } catch (error) {
        assert.instance(error, UsageError)
      }
    }
  })

  test('whole frames with damage inside: one message', async () => {
    const path = recordEvents(opensnoop, [event], { ended: false })
    const start = readFileSync(path)
    for (const body of [
      Buffer.alloc(0),
      Buffer.from([255, 255, 255, 255]),
      Buffer.from([1, 0, 0, 0, 9, 9, 0, 0]),
    ]) {
      writeFileSync(join(folder, 'inside'), Buffer.concat([start, encodeFrame(kinds.events, body)]))
      assert.match(await complaint(opensnoop, join(folder, 'inside')), /is damaged/)
    }
    // Shorter than the struct.
    const short = encodeBatch(Buffer.alloc(8), Uint32Array.of(0, 8), 1)
    writeFileSync(join(folder, 'short'), Buffer.concat([start, encodeFrame(kinds.events, short)]))
    assert.match(await complaint(opensnoop, join(folder, 'short')), /is damaged/)
  })

  test('what is said of itself is not believed: one message, fit for a terminal', async () => {
    const whole = (json: unknown, kind: Kind = kinds.header): Buffer =>
      encodeFrame(kind, Buffer.from(JSON.stringify(json)))
    const { native } = openObject('opensnoop')
    const header = { ...sampleHeader, tool: 'opensnoop', btf: Buffer.from(native.btf()).toString('base64') }
    native.close()
    const say = async (...frames: Buffer[]): Promise<string> => {
      writeFileSync(join(folder, 'made'), Buffer.concat([MAGIC, ...frames]))
      return await complaint(opensnoop, join(folder, 'made'))
    }
    assert.match(await say(whole(null)), /is damaged: the header is no object$/)
    assert.match(
      await say(whole({ ...header, tool: '\x1b[2J' })),
      /is damaged: the header's tool is not as it must be$/,
    )
    assert.match(await say(whole({ ...header, epochAtZero: 'x' })), /is damaged: the header's epochAtZero/)
    assert.match(await say(whole({ ...header, started: '\x1b' })), /is damaged: the header's started/)
    assert.match(await say(whole(header), whole(null, kinds.look)), /is damaged: a look-up is no object$/)
    assert.match(
      await say(whole(header), whole({ lost: '\x1b', seconds: 1 }, kinds.end)),
      /is damaged: what was lost/,
    )
    const nested = { name: 'socketOwner', key: 1, value: { pid: [['\x1b']] } }
    assert.match(await say(whole(header), whole(nested, kinds.look)), /is damaged: what was looked up/)
  })

  test('a frame that says it is longer than its file takes no memory', () => {
    const head = Buffer.from([kinds.look, 0, 0, 0, 0, 0, 0, 0, 16])
    const read = (into: Buffer, at: number): number => {
      assert.ok(into.length <= head.length, `${into.length} bytes`)
      return head.copy(into, 0, at, at + into.length)
    }
    assert.equal(readFrames(read, 0, head.length).next(), { done: true, value: { leftOut: true } })
  })

  test('a writer that did not come to its first report', async () => {
    const path = join(folder, 'early')
    const { native } = openObject('tcpsynbl')
    new Recorder(path).begin({
      ...sampleHeader,
      tool: 'tcpsynbl',
      btf: Buffer.from(native.btf()).toString('base64'),
    })
    native.close()
    const { status, said } = await replayedByCommand(tcpsynbl, path, [])
    assert.is(status, 0)
    assert.match(said.join('\n'), /was not ended.*\ntcpsynbl: 0 events, an unknown number lost$/s)
  })

  test('options that come too late, other tools, other files', async () => {
    const path = recordEvents(opensnoop, [event])
    assert.match(
      await complaint(opensnoop, path, { failed: true }),
      /^--failed works in the kernel, and .* without it/,
    )
    assert.match(await complaint(opensnoop, path, { pid: 1 }), /^--pid needs a kernel/)
    assert.match(await complaint(opensnoop, path, { exec: ['ls'] }), /^--exec needs a kernel/)
    assert.match(await complaint(maxBacklog, path), /was recorded by opensnoop; run opensnoop --replay/)
    assert.match(await complaint(opensnoop, '/etc/passwd'), /is no recording of snoopkit/)
    assert.match(await complaint(opensnoop, '/no/such'), /cannot open "\/no\/such": ENOENT/)
    assert.throws(() => new Recorder(path), /exists already/)
  })
})

suite('bodies and frames', (test) => {
  test('a batch', () => {
    const bytes = Buffer.from('abcdefgh12345678xyz')
    const {
      bytes: again,
      spans,
      count,
    } = decodeBatch(encodeBatch(bytes, Uint32Array.of(0, 5, 8, 8, 16, 3), 3))
    const records = Array.from({ length: count }, (_, i) =>
      again.toString('utf8', spans[2 * i], (spans[2 * i] as number) + (spans[2 * i + 1] as number)),
    )
    assert.equal(records, ['abcde', '12345678', 'xyz'])
    assert.ok([0, 2, 4].every((i) => (spans[i] as number) % 8 === 0))
  })

  test('a snapshot', () => {
    const maps = new Map([['m', { keys: Uint8Array.of(1, 2), values: Uint8Array.of(3), count: 1 }]])
    const sections = new Map([['.bss', Uint8Array.of(9, 8, 7)]])
    const body = encodeSnapshot({ time: 12.5, maps, sections })
    assert.equal(decodeSnapshot(body), { time: 12.5, maps, sections })
    for (let length = 0; length < body.length; length++)
      assert.throws(() => decodeSnapshot(body.subarray(0, length)), RangeError)
  })

  test('frames one after the other', () => {
    const file = Buffer.concat([
      encodeFrame(kinds.look, Buffer.from('a')),
      encodeFrame(kinds.end, Buffer.alloc(0)),
    ])
    const read = (into: Buffer, at: number): number => file.copy(into, 0, at, at + into.length)
    const bodies = [...readFrames(read, 0, file.length)].map(({ kind, body }) => [kind, body.toString()])
    assert.equal(bodies, [
      [kinds.look, 'a'],
      [kinds.end, ''],
    ])
  })
})
