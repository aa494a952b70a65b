// What the umbrella's own commands are called and take: help, man page and completion follow from it.
import { option, type OptionRecord } from '../cli/options.js'

export interface Subcommand {
  /** What follows the name. */
  readonly words: string
  readonly describe: string
  /** Flags only. */
  readonly options: OptionRecord
  /** Words a shell offers after it. */
  readonly offers: readonly string[] | 'tools'
}

export const shells = ['bash', 'zsh', 'fish'] as const

export const subcommands = {
  list: {
    words: '[WORD…]',
    describe: 'Which tool to reach for, by symptom; words search',
    options: { json: option.flag({ describe: 'One JSON object a line and tool' }) },
    offers: [],
  },
  doctor: {
    words: '[TOOL…]',
    describe: 'What this machine allows, which tools work here and how, and what mends the rest',
    options: { json: option.flag({ describe: 'One JSON object' }) },
    offers: 'tools',
  },
  'btf-min': {
    words: '[FROM] TO',
    describe: "Cut a kernel's BTF down to what the tools read, for machines whose kernel has none (--btf)",
    options: {},
    offers: [],
  },
  completion: {
    words: shells.join('|'),
    describe: 'Print a script that completes every command in that shell',
    options: {},
    offers: shells,
  },
} satisfies Record<string, Subcommand>

export type SubcommandName = keyof typeof subcommands

export const umbrellaExamples = [
  ['list', 'every symptom, and the tool for it'],
  ['list disk', 'those that have to do with disks'],
  ['doctor', 'what works here, what does not and why, and the command that mends it'],
  ['TOOL --help', 'what a tool takes; snoopkit TOOL runs it as its own command does'],
  ['btf-min vmlinux.btf 5.4.0-1010-azure.btf', 'a few kilobytes in place of megabytes'],
  ['completion bash > /etc/bash_completion.d/snoopkit', 'completion for everybody who uses bash'],
] as const
