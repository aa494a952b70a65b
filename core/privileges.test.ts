// What a run keeps once it is attached, by its declaration and options.
import { biolatency } from '../tools/biolatency/biolatency.js'
import { execsnoop } from '../tools/execsnoop/execsnoop.js'
import { maxBacklog } from '../tools/max_backlog/max_backlog.js'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import { tcpsynbl } from '../tools/tcpsynbl/tcpsynbl.js'
import { parseCommandLine } from './cli/parse.js'
import type { SharedValues } from './cli/shared.js'
import { neededToLook } from './privileges.js'
import { assert, suite } from './testing/suite.js'
import type { Tool } from './tool.js'

const FILES = ['CAP_DAC_READ_SEARCH']
const OTHERS = ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE']

const cases: [tool: Tool, line: string, needs: readonly string[]][] = [
  [opensnoop, '', []],
  [opensnoop, '--containers', FILES],
  [opensnoop, '--json', FILES],
  [opensnoop, '--json --fields pid,path', []],
  [opensnoop, '--fields +container', FILES],
  [opensnoop, '--filter fd>2', FILES],
  [opensnoop, '--record x', FILES],
  [execsnoop, '-x', []],
  [biolatency, '-D --json', []],
  [tcpsynbl, '', []],
  [tcpsynbl, '--json', []],
  [tcpsynbl, '--sockets', OTHERS],
  [tcpsynbl, '--sockets --fields time,seen', OTHERS],
  [maxBacklog, '', OTHERS],
  [maxBacklog, '--fields time,laddr', []],
]

suite('what looking at others takes', (test) => {
  for (const [tool, line, needs] of cases)
    test(`${tool.name} ${line}`, async () => {
      const request = await parseCommandLine(tool, line.split(' ').filter(Boolean), '')
      assert.ok('run' in request)
      assert.equal(neededToLook(tool, request.run as unknown as SharedValues).toSorted(), needs)
    })
})
