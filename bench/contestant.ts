// Who runs: snoopkit and the tools it is measured against, each with its own command line.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { entryOf } from '../core/testing/tool.js'

/** Measured in every respect. */
export const tools = ['opensnoop', 'execsnoop', 'biolatency', 'tcpsynbl'] as const
/** Measured in one case each. */
export const checklist = [
  'biosnoop',
  'cachestat',
  'exitsnoop',
  'ext4slower',
  'killsnoop',
  'runqlat',
  'runqslower',
  'solisten',
  'syscount',
  'tcpaccept',
  'tcpconnect',
  'tcpconnlat',
  'tcpdrop',
  'tcplife',
] as const
export type Tool = (typeof tools)[number] | (typeof checklist)[number]

export interface Contestant {
  readonly name: string
  /** The command; `live`: each row is written as it comes, which some do only if asked. */
  command(tool: Tool, live: boolean): { words: string[]; env?: Record<string, string> }
  /** Why it cannot run this tool here. */
  missing(tool: Tool): string | undefined
  version(): string
}

const lacks = (file: string): string | undefined =>
  existsSync(file) ? undefined : `${file} is not installed`

function said(...[file = '', ...args]: string[]): string {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}

const versionOf = (name: string): string => said('dpkg-query', '-W', '-f', '${Version}', name)

/** Snoopkit in its default text, or with other options. */
export function snoopkit(name = 'snoopkit', ...options: string[]): Contestant {
  return {
    name,
    command: (tool) => ({ words: [process.execPath, entryOf(tool), '--quiet', ...options] }),
    missing: () => undefined,
    version: () =>
      `${said(process.execPath, entryOf('opensnoop'), '--version')} on Node.js ${process.version}`,
  }
}

const libbpfTools: Contestant = {
  name: 'libbpf-tools',
  command: (tool, live) => ({ words: [...(live ? ['stdbuf', '-oL'] : []), `/usr/sbin/${tool}`] }),
  missing: (tool) => lacks(`/usr/sbin/${tool}`),
  version: () => versionOf('libbpf-tools'),
}

const bcc: Contestant = {
  name: 'bcc',
  command: (tool, live) => ({
    words: [`/usr/sbin/${tool}-bpfcc`],
    ...(live && { env: { PYTHONUNBUFFERED: '1' } }),
  }),
  missing: (tool) =>
    lacks(`/usr/sbin/${tool}-bpfcc`) ??
    (existsSync(`/lib/modules/${said('uname', '-r')}/build`)
      ? undefined
      : `bcc compiles against the headers of the kernel that runs, and those of ${said('uname', '-r')} are not here`),
  version: () => versionOf('bpfcc-tools'),
}

const bpftrace: Contestant = {
  name: 'bpftrace',
  command: (tool, live) => ({
    words: ['bpftrace', ...(live ? ['-B', 'line'] : []), `/usr/sbin/${tool}.bt`],
  }),
  missing: (tool) => lacks('/usr/bin/bpftrace') ?? lacks(`/usr/sbin/${tool}.bt`),
  version: () => versionOf('bpftrace'),
}

export const peers: readonly Contestant[] = [libbpfTools, bcc, bpftrace]
