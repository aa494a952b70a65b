// The edge of the process: the only file that touches arguments, exit statuses, signals and the standard streams.
import { fstatSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { findAddon, loadAddon } from './bpf/addon.js'
import { parseCommandLine } from './cli/parse.js'
import type { SharedValues } from './cli/shared.js'
import { CannotTraceError, exit, OutputError, UsageError } from './errors.js'
import type { Command, Edge, Host } from './host.js'
import { epochAtZero } from './monotonic.js'
import { Sink } from './output/sink.js'
import { say } from './output/stderr.js'
import { packageVersion } from './root.js'
import type { Tool } from './tool.js'

/** Runs the tool when its file is what was started, and does nothing when it is imported. */
export async function main(moduleUrl: string, tool: Tool): Promise<void> {
  if (isEntry(moduleUrl)) await guard(tool.name, (words) => start(tool, words))
}

/** The same for a command that is no tool; it may say which other one it becomes. */
export async function mainOf(
  moduleUrl: string,
  name: string,
  run: (words: readonly string[], edge: Edge) => Promise<number | Command>,
): Promise<void> {
  if (!isEntry(moduleUrl)) return
  const edge: Edge = {
    version: packageVersion(),
    width: terminalWidth,
    self: process.pid,
    rerun: rerunAsRoot(),
    print,
    say,
  }
  await guard(name, (words) => run(words, edge))
}

/** The exit status, or the one message of what went wrong. */
async function guard(
  name: string,
  run: (words: readonly string[]) => Promise<number | Command>,
): Promise<void> {
  const words = process.argv.slice(2)
  const verbose = words.includes('--verbose') || words.includes('-v')
  const fail = (error: unknown): void => finish(name, error, verbose)
  process.once('uncaughtException', fail)
  try {
    const ended = await run(words)
    if (typeof ended === 'number') {
      process.exitCode = ended
      return
    }
    process.off('uncaughtException', fail)
    process.argv.splice(1, Infinity, ended.file, ...ended.words)
    createRequire(ended.file)(ended.file)
  } catch (error) {
    fail(error)
  }
}

async function start(tool: Tool, words: readonly string[]): Promise<number> {
  setUpProcess()
  const request = await parseCommandLine(tool, words, packageVersion(), terminalWidth)
  if ('print' in request) {
    await print(request.print)
    return exit.done
  }
  // Not loaded for --version and --help.
  const { runTool } = await import('./run.js')
  const sink = new Sink(1)
  return await runTool(tool, request.run as unknown as SharedValues, hostOf(sink))
}

/** First of all, while the heap is small (process::SetUp). Without an addon --help works all the same; tracing says why it does not. */
function setUpProcess(): void {
  findAddon()?.setUpProcess()
}

async function print(text: string): Promise<void> {
  const sink = new Sink(1)
  sink.write(text)
  await sink.finish(1000)
}

/** Columns to fill; 80 where stdout is no terminal. */
function terminalWidth(): number {
  return isTerminal(1) ? Math.max(process.stdout.columns, 40) : 80
}

/** Asked so, because Node's objects for the streams, and node:tty as well, load all that there is of sockets. */
function isTerminal(fd: 1 | 2): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && (fd === 1 ? process.stdout : process.stderr).isTTY === true
  } catch {
    return false
  }
}

function rerunAsRoot(): string {
  // By their full paths: sudo looks for commands in places of its own (secure_path), where nvm's node is not.
  return ['sudo', process.execPath, ...process.execArgv, ...process.argv.slice(1)].map(shellWord).join(' ')
}

function hostOf(sink: Sink): Host {
  const stop = new AbortController()
  const toTerminal = isTerminal(1)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  sink.onGone = () => stop.abort()
  const addon = loadAddon()
  addon.watchHangup(sink.fd, () => {
    sink.gone = true
    stop.abort()
  })
  return {
    self: process.pid,
    sink,
    say,
    isInteractive: isTerminal(2),
    isTerminal: toTerminal,
    // https://no-color.org: set, and to anything but nothing.
    colour: toTerminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    stop: stop.signal,
    path: process.env['PATH'] ?? '',
    rerun: rerunAsRoot(),
    epochAtZero: epochAtZero(),
  }
}

/** The one message for what went wrong; what was already captured has been written. */
function finish(name: string, error: unknown, verbose: boolean): void {
  const known =
    error instanceof UsageError || error instanceof CannotTraceError || error instanceof OutputError
  const message = error instanceof Error ? error.message : String(error)
  if (known) say(`${name}: ${message}`)
  else say(`${name}: ${message} (a fault of ${name} itself${verbose ? '' : '; --verbose shows where'})`)
  if (verbose && !known && error instanceof Error) say(error.stack ?? '')
  process.exit(known ? error.exitCode : exit.software)
}

function isEntry(moduleUrl: string): boolean {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl)
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
