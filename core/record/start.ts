// Begins a recording of a session.
import { arch, hostname, release } from 'node:os'
import type { Session } from '../bpf/session.js'
import { sharedOptions, type SharedValues } from '../cli/shared.js'
import type { Host } from '../host.js'
import { packageVersion } from '../root.js'
import type { Tool } from '../tool.js'
import { Recorder } from './recorder.js'

/** Creates the file, writes all that a replay needs to know first, and watches the session. Throws a UsageError. */
export function startRecording(tool: Tool, options: SharedValues, host: Host, session: Session): Recorder {
  const recorder = new Recorder(options.record ?? '')
  // Those that stand in for shared ones, such as -j for --json, are for a replay to choose.
  const own = Object.entries(options).filter(([name]) => name in tool.options && !(name in sharedOptions))
  recorder.begin({
    tool: tool.name,
    version: packageVersion(),
    host: hostname(),
    kernel: release(),
    architecture: arch(),
    started: new Date().toISOString(),
    epochAtZero: String(host.epochAtZero),
    options: Object.fromEntries(own.filter(([, value]) => isPlain(value))),
    interval: options.interval ?? null,
    hooks: Object.fromEntries(session.choices.map(({ hook, variant }) => [hook.name, variant?.name ?? null])),
    btf: Buffer.from(session.object.native.btf()).toString('base64'),
  })
  session.watch(recorder)
  return recorder
}

/** Whether JSON can hold it: of the rest, such as regular expressions, a replay has its own. */
function isPlain(value: unknown): boolean {
  return !(value instanceof RegExp) && value !== undefined
}
