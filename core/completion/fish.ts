// Completion for fish, which shows the descriptions by itself.
import type { Command, Completed, Flag } from './model.js'
import { quoted } from './quoted.js'

/** A script to be put into /etc/fish/completions, or to be sourced. */
export function renderFish({ umbrella, subcommands, tools }: Completed): string {
  const all = [...subcommands, ...tools]
  const starts = all.map(
    ({ name, describe }) =>
      `complete -c ${umbrella.name} -n __fish_use_subcommand -a ${name} -d ${quoted(describe)}`,
  )
  const within = ({ name }: Command): string => `__fish_seen_subcommand_from ${name}`
  return `# fish completion of ${umbrella.name} and its tools, made by: ${umbrella.name} completion fish

function __${umbrella.name}_process
    string match -r '\\d+$' -- /proc/*
end

function __${umbrella.name}_cgroup
    for folder in (__fish_complete_directories /sys/fs/cgroup/(commandline -ct))
        string replace /sys/fs/cgroup/ '' -- $folder
    end
end

# A command that follows a flag which takes a whole one.
function __${umbrella.name}_command
    set -l words (commandline -opc)
    set -l at (contains -i -- $argv[1] $words)
    or return
    set -l command
    test $at -lt (count $words); and set command (string escape -- $words[(math $at + 1)..-1])
    complete -C (string join ' ' -- $command (commandline -ct))
end

complete -c ${umbrella.name} -f
${[
  ...umbrella.flags.map((flag) => flagOf(umbrella.name, flag, '__fish_use_subcommand', umbrella.name)),
  ...starts,
  ...all.flatMap((command) => linesOf(umbrella.name, command, umbrella.name, within(command))),
  ...tools.flatMap((command) => [
    `\ncomplete -c ${command.name} -f`,
    ...linesOf(command.name, command, umbrella.name),
  ]),
].join('\n')}
`
}

/** The lines for one command; `when`: a condition, where it is a command of another. */
function linesOf(name: string, { flags, offers }: Command, umbrella: string, when?: string): string[] {
  const rest = flags.find((flag) => flag.rest)
  const outside = rest === undefined ? when : both(when, `not __fish_contains_opt ${rest.long.slice(2)}`)
  return [
    ...flags.map((flag) => flagOf(name, flag, outside, umbrella)),
    ...(offers.length > 0 ? [`complete -c ${name}${condition(when)} -a ${quoted(offers.join(' '))}`] : []),
    ...(rest === undefined
      ? []
      : [
          `complete -c ${name}${condition(both(when, `__fish_contains_opt ${rest.long.slice(2)}`))} -a '(__${umbrella}_command ${rest.long})'`,
        ]),
  ]
}

function flagOf(name: string, flag: Flag, when: string | undefined, umbrella: string): string {
  const { long, short, describe, rest } = flag
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`
  const value = rest ? '' : argumentOf(flag, umbrella)
  return `complete -c ${name}${condition(when)}${names}${value} -d ${quoted(describe)}`
}

function argumentOf({ offer, many }: Flag, umbrella: string): string {
  if (offer === undefined) return ''
  if (offer === 'nothing') return ' -x'
  if (offer === 'file') return ' -r -F'
  const words =
    typeof offer === 'object'
      ? `printf %s\\n ${offer.join(' ')}`
      : offer === 'user'
        ? '__fish_complete_users'
        : `__${umbrella}_${offer}`
  if (many) return ` -x -a ${quoted(`(__fish_complete_list , "${words}")`)}`
  return typeof offer === 'object' ? ` -x -a ${quoted(offer.join(' '))}` : ` -x -a ${quoted(`(${words})`)}`
}

function condition(when: string | undefined): string {
  return when === undefined ? '' : ` -n ${quoted(when)}`
}

function both(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first}; and ${second}`
}
