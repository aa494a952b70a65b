// The edge of the process: the only file that touches arguments, exit statuses, signals and the standard streams.
import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadAddon } from './bpf/addon.js'
import { parseCommandLine } from './cli/parse.js'
import type { SharedValues } from './cli/shared.js'
import { CannotTraceError, exit, OutputError, UsageError } from './errors.js'
import type { Host } from './host.js'
import { Sink } from './output/sink.js'
import { say } from './output/stderr.js'
import { packageRoot } from './root.js'
import { runEvents } from './run.js'
import type { Tool } from './tool.js'

/** Runs the tool when its file is what was started, and does nothing when it is imported. */
export async function main(moduleUrl: string, tool: Tool): Promise<void> {
  if (!isEntry(moduleUrl)) return
  const words = process.argv.slice(2)
  const verbose = words.includes('--verbose') || words.includes('-v')
  const fail = (error: unknown): void => finish(tool, error, verbose)
  process.once('uncaughtException', fail)
  try {
    process.exitCode = await start(tool, words)
  } catch (error) {
    fail(error)
  }
}

async function start(tool: Tool, words: readonly string[]): Promise<number> {
  const request = await parseCommandLine(tool, words, readVersion())
  const sink = new Sink(1)
  if ('print' in request) {
    sink.write(request.print)
    await sink.finish(1000)
    return exit.done
  }
  return await runEvents(tool, request.run as unknown as SharedValues, hostOf(sink))
}

function hostOf(sink: Sink): Host {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  sink.onGone = () => stop.abort()
  loadAddon().watchHangup(sink.fd, () => {
    sink.gone = true
    stop.abort()
  })
  return {
    self: process.pid,
    sink,
    say,
    isInteractive: process.stderr.isTTY === true,
    stop: stop.signal,
    path: process.env['PATH'] ?? '',
    rerun: ['sudo', process.execPath, ...process.argv.slice(1)].map(shellWord).join(' '),
    epochAtZero:
      BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)) - process.hrtime.bigint(),
  }
}

/** The one message for what went wrong; what was already captured has been written. */
function finish(tool: Tool, error: unknown, verbose: boolean): void {
  const known =
    error instanceof UsageError || error instanceof CannotTraceError || error instanceof OutputError
  const message = error instanceof Error ? error.message : String(error)
  if (known) say(`${tool.name}: ${message}`)
  else
    say(
      `${tool.name}: ${message} (a fault of ${tool.name} itself${verbose ? '' : '; --verbose shows where'})`,
    )
  if (verbose && !known && error instanceof Error) say(error.stack ?? '')
  process.exit(known ? error.exitCode : exit.software)
}

function isEntry(moduleUrl: string): boolean {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl)
}

function readVersion(): string {
  const manifest = readFileSync(new URL('package.json', packageRoot()), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
