// BTF of anybody's, and records that are not what their layout says.
import * as fc from 'fast-check'
import { globalsOf } from '../bpf/globals.js'
import { openObject } from '../bpf/object.js'
import { fuzz } from '../testing/fuzz.js'
import { mutated } from '../testing/mutate.js'
import { eventLayout } from '../testing/replay.js'
import { encodeRecord } from '../testing/record.js'
import { assert, suite } from '../testing/suite.js'
import { execsnoop } from '../../tools/execsnoop/execsnoop.js'
import { maxBacklog } from '../../tools/max_backlog/max_backlog.js'
import { opensnoop } from '../../tools/opensnoop/opensnoop.js'
import { cutBtf } from './cut.js'
import { compileReader, RecordSource } from './decode.js'
import { eventStruct, layoutOf, mapLayoutOf } from './layout.js'
import { parseBtf } from './parse.js'
import { decodeText, encodeText } from './text.js'

const whole = openObject('max_backlog').native.btf()
const reports = openObject('tcpsynbl').native.btf()
const objects = [parseBtf(openObject('opensnoop').native.btf())]
const kernel = cutBtf(openObject('execsnoop').native.btf(), objects)

const record = Buffer.alloc(512, 1)

suite('BTF that is changed', (test) => {
  fuzz(test, 'the types of an object, and readers of its records', mutated(whole), Error, (bytes) => {
    const btf = parseBtf(bytes)
    globalsOf(btf)
    const read = compileReader(layoutOf(btf, eventStruct(btf, 'events')))
    try {
      read(new RecordSource(record), 0)
    } catch (error) {
      assert.instance(error, RangeError)
    }
  })

  fuzz(
    test,
    'maps of an object',
    mutated(reports),
    Error,
    (bytes) => {
      const btf = parseBtf(bytes)
      for (const map of ['listeners', 'limits', 'queues']) mapLayoutOf(btf, map)
    },
    { share: 1 / 4 },
  )

  fuzz(test, "a kernel's, to be cut", mutated(kernel), Error, (bytes) => cutBtf(bytes, objects))
})

suite('records that are changed', (test) => {
  const values = { path: '/etc/passwd', dir: '/a/b/c', comm: 'cat', args: ['ls', '-l'], pcomm: 'sh' }
  for (const tool of [opensnoop, execsnoop, maxBacklog]) {
    const layout = eventLayout(tool)
    const read = compileReader(layout)
    const changed = mutated(encodeRecord(layout, values))
    fuzz(test, tool.name, fc.tuple(changed, fc.nat(40)), RangeError, ([bytes, at]) =>
      read(new RecordSource(bytes), at),
    )
  }

  fuzz(test, 'texts: any bytes come back exactly', fc.uint8Array({ maxLength: 40 }), Error, (bytes) => {
    const buffer = Buffer.from(bytes)
    if (!encodeText(decodeText(buffer, 0, buffer.length)).equals(buffer)) throw new TypeError('other bytes')
  })
})
