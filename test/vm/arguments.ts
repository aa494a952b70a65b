import { parseArgs } from 'node:util'
import { kernels } from './kernels.js'
import type { GuestOptions } from './run-in-guest.js'
import { parseDisk } from './scratch-disk.js'

// What --help prints.
export const usage = `Usage: npm run vm -- [OPTION…] -- COMMAND [ARGUMENT…]

Runs COMMAND as root in a throwaway guest with another kernel and this machine's files; changes stay in the guest.

  --kernel NAME      ${kernels.map(({ names }) => names[0]).join(', ')} (default: newest)
  --timeout SECONDS  ends the guest, with status 124 (default: 600)
  --memory MIB       (default: 2048)
  --cpus N           (default: 2)
  --disk SIZE        an empty disk such as 64M; repeatable: /dev/vda, /dev/vdb, … (nvme:64M: /dev/nvme0n1, …)
  --env NAME=VALUE   repeatable
  --append ARGUMENTS for the kernel's command line
  --console          the guest's console on stderr
  --update           fetches the newest kernel package first
  --verbose          the time the boot took, on stderr
  --help

The exit status is COMMAND's; 128 + n after signal n; 125 if the guest crashed or could not start.
`

const flags = {
  kernel: { type: 'string', default: 'newest' },
  timeout: { type: 'string', default: '600' },
  memory: { type: 'string', default: '2048' },
  cpus: { type: 'string', default: '2' },
  disk: { type: 'string', multiple: true, default: [] as string[] },
  env: { type: 'string', multiple: true, default: [] as string[] },
  append: { type: 'string', default: '' },
  console: { type: 'boolean', default: false },
  update: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

// The options of the command line; undefined if it asks for help.
export function parseArguments(args: readonly string[]): (GuestOptions & { verbose: boolean }) | undefined {
  // The command begins at the first word that is no option, and its own options are not ours.
  const { tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true })
  const start = tokens.find(({ kind }) => kind !== 'option')
  const end = start?.index ?? args.length
  const { values } = parseArgs({ args: args.slice(0, end), options: flags })
  if (values.help) return undefined

  const command = args.slice(start?.kind === 'option-terminator' ? end + 1 : end)
  if (command.length === 0) throw new Error(`there is no command to run\n\n${usage}`)
  return {
    command,
    cwd: findDirectory(),
    kernel: values.kernel,
    timeoutMs: parsePositive('--timeout', values.timeout) * 1000,
    memoryMb: parsePositive('--memory', values.memory),
    cpus: parsePositive('--cpus', values.cpus),
    disks: values.disk.map(parseDisk),
    env: Object.fromEntries(values.env.map(parseVariable)),
    append: values.append,
    update: values.update,
    verbose: values.verbose,
    ...(values.console && { console: process.stderr }),
  }
}

// npm runs scripts in the package's folder and says where it was called.
function findDirectory(): string {
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env
  return (script === 'vm' && caller) || process.cwd()
}

function parsePositive(flag: string, value: string): number {
  const number = Number(value)
  if (!(number > 0 && Number.isFinite(number)))
    throw new Error(`${flag} takes a positive number, not '${value}'`)
  return number
}

function parseVariable(variable: string): [name: string, value: string] {
  const [name, ...value] = variable.split('=')
  if (!name || value.length === 0) throw new Error(`--env takes NAME=VALUE, not '${variable}'`)
  return [name, value.join('=')]
}
