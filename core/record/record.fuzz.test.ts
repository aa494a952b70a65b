// Recordings of anybody's: changed, cut off, or made to do harm.
import * as fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execsnoop } from '../../tools/execsnoop/execsnoop.js'
import { tcpsynbl } from '../../tools/tcpsynbl/tcpsynbl.js'
import { maxBacklog } from '../../tools/max_backlog/max_backlog.js'
import { openObject } from '../bpf/object.js'
import { layoutOf, mapLayoutOf } from '../btf/layout.js'
import { initialValues } from '../cli/catalog.js'
import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import { fuzz } from '../testing/fuzz.js'
import { mutated, mutatedJson } from '../testing/mutate.js'
import { encodeRecord, sampleHeader } from '../testing/record.js'
import { eventLayout } from '../testing/replay.js'
import { replayHost } from '../testing/replayed.js'
import { assert, suite } from '../testing/suite.js'
import type { Tool } from '../tool.js'
import { decodeBatch, decodeSnapshot, encodeBatch, encodeSnapshot } from './bodies.js'
import { encodeFrame, kinds, MAGIC, readFrames } from './frames.js'
import { runTool } from '../run.js'

// In memory, where there is such a folder: a file an input.
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
const file = join(folder, 'recording')
process.once('exit', () => rmSync(folder, { recursive: true }))

const events = (() => {
  const layout = eventLayout(maxBacklog)
  const records = [1, 2, 3].map((times) => encodeRecord(layout, { times, inode: 4711, lport: 80 }))
  const spans = Uint32Array.from(records.flatMap(({ length }, index) => [index * length, length]))
  return encodeBatch(Buffer.concat(records), spans, records.length)
})()

const snapshot = (() => {
  const { btf, native } = openObject('tcpsynbl')
  const listeners = mapLayoutOf(btf, 'listeners')
  const queues = mapLayoutOf(btf, 'queues')
  native.close()
  if (listeners === undefined || queues === undefined) throw new Error('no such maps')
  const key = encodeRecord(listeners.key, {})
  const entries = (value: Uint8Array) => ({ keys: key, values: value, count: 1 })
  const maps = new Map([
    ['listeners', entries(encodeRecord(listeners.value, { seen: 3, inode: 4711 }))],
    ['queues', entries(encodeRecord(queues.value, { sum: 3 }))],
    ['queues_extremes', entries(encodeRecord(layoutOf(btf, 'extremes_of'), { generation: 0 }))],
  ])
  const sections = new Map([
    ['.bss', new Uint8Array(256)],
    ['.data', new Uint8Array(256)],
  ])
  return encodeSnapshot({ time: 1000, maps, sections })
})()

function makeHeader(tool: string) {
  const { native } = openObject(tool)
  const btf = Buffer.from(native.btf()).toString('base64')
  native.close()
  return { ...sampleHeader, tool, options: tool === 'tcpsynbl' ? { sockets: true } : { port: [] }, btf }
}

/** Made once: an object holds files open. */
const headers = new Map(['tcpsynbl', 'max_backlog'].map((tool) => [tool, makeHeader(tool)]))
function headerOf(tool: string): ReturnType<typeof makeHeader> {
  const header = headers.get(tool)
  if (header === undefined) throw new Error(`no header for ${tool}`)
  return header
}
const look = { name: 'socketOwner', key: 4711, value: { pid: 411, comm: 'redis' } }
const end = { lost: 7, seconds: 3 }

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '')
const recording = (...frames: Uint8Array[]): Buffer => Buffer.concat([MAGIC, ...frames])

/** A recording of max_backlog or tcpsynbl with these in place of what belongs there. */
function recordingOf(
  tool: Tool,
  given: { header?: unknown; look?: unknown; end?: unknown; body?: Uint8Array } = {},
): Buffer {
  const { header = headerOf(tool.name), body = tool === tcpsynbl ? snapshot : events } = given
  return recording(
    encodeFrame(kinds.header, json(header)),
    encodeFrame(kinds.look, json('look' in given ? given.look : look)),
    encodeFrame(tool === tcpsynbl ? kinds.maps : kinds.events, body),
    encodeFrame(kinds.end, json('end' in given ? given.end : end)),
  )
}

/** What would make a terminal do something. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/

/** As `TOOL --replay FILE` does; what it says and writes must be fit for a terminal. */
async function replayed(tool: Tool, bytes: Uint8Array): Promise<void> {
  writeFileSync(file, bytes)
  const { host, said, stdout } = replayHost()
  const options = { ...initialValues(tool), replay: file } as unknown as SharedValues
  const written = (): string => [...said, stdout()].join('\n')
  try {
    await runTool(tool, options, host)
  } catch (error) {
    if (CONTROL.test((error as Error).message))
      throw new TypeError('says control characters', { cause: error })
    throw error
  }
  if (CONTROL.test(written())) throw new TypeError(`writes control characters: ${JSON.stringify(written())}`)
}

suite('recordings that are changed', (test) => {
  test('what is changed here can be replayed', async () => {
    for (const tool of [maxBacklog, tcpsynbl]) {
      await replayed(tool, recordingOf(tool))
      assert.throws(() => decodeSnapshot(events), RangeError)
    }
  })

  fuzz(test, 'batches', mutated(events), RangeError, decodeBatch)
  fuzz(test, 'snapshots', mutated(snapshot), RangeError, decodeSnapshot)

  const small = recordingOf(maxBacklog, { header: { ...headerOf('max_backlog'), btf: '' } })
  fuzz(test, 'frames', mutated(small), RangeError, (bytes) => {
    const read = (into: Buffer, at: number): number => bytes.copy(into, 0, at, at + into.length)
    for (const { body } of readFrames(read, MAGIC.length, bytes.length)) assert.ok(body.length < 1e6)
  })

  for (const tool of [maxBacklog, tcpsynbl]) {
    const header = headerOf(tool.name)
    const body = tool === tcpsynbl ? snapshot : events
    const btf = Buffer.from(header.btf, 'base64')
    const changed = fc.oneof(
      mutated(recordingOf(tool)),
      mutatedJson(header).map((other) => recordingOf(tool, { header: other })),
      fc.jsonValue().map((other) => recordingOf(tool, { header: other })),
      mutatedJson(look).map((other) => recordingOf(tool, { look: other })),
      fc.jsonValue().map((other) => recordingOf(tool, { look: other })),
      mutatedJson(end).map((other) => recordingOf(tool, { end: other })),
      fc.jsonValue().map((other) => recordingOf(tool, { end: other })),
      mutated(body).map((other) => recordingOf(tool, { body: other })),
      mutated(btf).map((other) =>
        recordingOf(tool, { header: { ...header, btf: other.toString('base64') } }),
      ),
    )
    fuzz(test, `of ${tool.name}, replayed`, changed, UsageError, (bytes) => replayed(tool, bytes), {
      share: 1 / 8,
    })
  }
  fuzz(
    test,
    'of another tool',
    mutated(recordingOf(maxBacklog)),
    UsageError,
    (bytes) => replayed(execsnoop, bytes),
    { share: 1 / 20 },
  )
})
