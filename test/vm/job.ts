import { dirname } from 'node:path'

// What the guest is to do, and what it reports the end with.
export interface Job {
  readonly command: readonly string[]
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  // Node.js as the guest finds it.
  readonly node: string
  // Where the guest puts what QEMU shares beside its root.
  readonly share: string | undefined
  readonly marker: string
}

// The job as the guest's shell reads it; quoted so that every argument arrives as it is.
export function formatJob({ command, directory, env, node, share, marker }: Job): string {
  const variables = Object.entries({ ...describeEnvironment(node), ...env })
  const assignments = variables.map(([name, value]) => quote(`${name}=${value}`)).join(' ')
  return [
    `marker=${quote(marker)}`,
    `share=${quote(share ?? '')}`,
    `directory=${quote(directory)}`,
    `node=${quote(node)}`,
    // A session of its own, as a service has it, and none of the variables of the guest's first program.
    // Not by busybox, which prefers its own sh and ls to the machine's.
    'run_job() {',
    'cd "$directory" || return 126',
    `exec /usr/bin/env -i ${assignments} /usr/bin/setsid -- ${command.map(quote).join(' ')}`,
    '}',
    '',
  ].join('\n')
}

function describeEnvironment(executable: string): Record<string, string> {
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  const node = dirname(executable)
  const path = system.includes(node) ? system : [node, ...system]
  return { HOME: '/root', USER: 'root', LOGNAME: 'root', LANG: 'C.UTF-8', PATH: path.join(':') }
}

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`
