// Completion for zsh, by _arguments: flags with their descriptions.
import type { Command, Completed, Flag } from './model.js'
import { quoted } from './quoted.js'

/** A function to be put into a folder of $fpath as _snoopkit, or to be sourced. */
export function renderZsh({ umbrella, subcommands, tools }: Completed): string {
  const names = [umbrella, ...tools].map(({ name }) => name)
  const all = [...subcommands, ...tools]
  return `#compdef ${names.join(' ')}
# zsh completion of ${umbrella.name} and its tools, made by: ${umbrella.name} completion zsh

_${umbrella.name}_process() { compadd "$@" - /proc/[0-9]*(N:t) }
_${umbrella.name}_cgroup() { _files -/ -W /sys/fs/cgroup }

_${umbrella.name}_flags() {
  case $1 in
${all.map((command) => flagsOf(command, umbrella.name)).join('\n')}
  esac
}

_${umbrella.name}() {
  local -a known
  if [[ $service != ${umbrella.name} ]]; then
    _${umbrella.name}_flags $service
  elif ((CURRENT == 2)); then
    known=(${all.map(({ name, describe }) => `\n      ${quoted(`${name}:${describe}`)}`).join('')}
    )
    _describe -t commands command known
    [[ $PREFIX == -* ]] && compadd - ${umbrella.flags.map(({ long }) => long).join(' ')}
  else
    shift words
    ((CURRENT--))
    _${umbrella.name}_flags $words[1]
  fi
}

if [[ $funcstack[1] == _${umbrella.name} ]]; then
  _${umbrella.name} "$@"
else
  compdef _${umbrella.name} ${names.join(' ')}
fi
`
}

function flagsOf({ name, flags, offers }: Command, umbrella: string): string {
  const words = offers.length > 0 ? [quoted(`1: :(${offers.join(' ')})`)] : []
  const specs = [...flags.flatMap((flag) => specsOf(flag, umbrella)), ...words]
  return `    ${name}) _arguments -s -S ${specs.map((spec) => `\\\n      ${spec}`).join(' ')} ;;`
}

/** One for each name: `(-p --pid)-p+[words]:PID:action`. */
function specsOf(flag: Flag, umbrella: string): string[] {
  const { long, short, describe, offer, many, rest } = flag
  const names = short === undefined ? [long] : [short, long]
  const words = `[${describe.replaceAll(/[[\]\\]/g, '\\$&')}]`
  return names.map((name) => {
    const first = many ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
    if (offer === undefined) return quoted(`${first}${name}${words}`)
    if (rest) return quoted(`${first}${name}${words}:command: _command_names -e:*::arguments: _normal`)
    const joint = name.startsWith('--') ? '=' : '+'
    return quoted(`${first}${name}${joint}${words}:${escaped(flag.placeholder)}:${actionOf(flag, umbrella)}`)
  })
}

function actionOf({ offer, many }: Flag, umbrella: string): string {
  if (typeof offer === 'object')
    return many ? `_sequence compadd - ${offer.join(' ')}` : `(${offer.map(escaped).join(' ')})`
  const action =
    offer === 'user'
      ? '_users'
      : offer === 'file'
        ? '_files'
        : offer === 'nothing'
          ? ' '
          : `_${umbrella}_${offer}`
  return many && offer !== 'nothing' ? `_sequence ${action}` : action
}

function escaped(text: string): string {
  return text.replaceAll(/[:\\]/g, '\\$&')
}
