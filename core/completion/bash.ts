// Completion for bash, with nothing but its own builtins.
import type { Command, Completed, Flag, Offer } from './model.js'
import { quoted } from './quoted.js'

/** A script to be sourced, or put into /etc/bash_completion.d. */
export function renderBash({ umbrella, subcommands, tools }: Completed): string {
  const commands = [...subcommands, ...tools]
  return `# bash completion of ${umbrella.name} and its tools, made by: ${umbrella.name} completion bash

# The flags of a command, and the words that can follow it.
_${umbrella.name}_words() {
  case $1 in
${[umbrella, ...commands].map(wordsOf).join('\n')}
  esac
}

# What follows a flag: words, or the name of what bash lists (@…). Fails for a flag without a value.
_${umbrella.name}_values() {
  case $1 in
${commands.flatMap(valuesOf).join('\n')}
    *) return 1 ;;
  esac
}

_${umbrella.name}() {
  local line=\${COMP_LINE:0:COMP_POINT} i values separator='' prefix=''
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local last=$((\${#words[@]} - 1)) name=\${words[0]##*/} first=1
  local current=\${words[last]}
  COMPREPLY=()
  if [[ $name == ${umbrella.name} && $last -gt 1 ]]; then name=\${words[1]} first=2; fi

  # After a flag that takes a whole command.
  for ((i = first; i < last; i++)); do
    [[ $(_${umbrella.name}_values "$name:\${words[i]}") == @command ]] || continue
    if declare -F _command_offset >/dev/null; then
      for ((i = 1; i < \${#COMP_WORDS[@]}; i++)); do
        [[ $(_${umbrella.name}_values "$name:\${COMP_WORDS[i]}") == @command ]] && break
      done
      _command_offset $((i + 1))
    elif ((i == last - 1)); then
      COMPREPLY=($(compgen -c -- "$current"))
    else
      COMPREPLY=($(compgen -f -- "$current"))
    fi
    return
  done

  if [[ $current == --*=* ]] && values=$(_${umbrella.name}_values "$name:\${current%%=*}"); then
    prefix=\${current%%=*}=
  elif ((last > first)) && values=$(_${umbrella.name}_values "$name:\${words[last - 1]}"); then
    :
  else
    values=$(_${umbrella.name}_words "$name")
  fi
  local rest=\${current#"$prefix"}
  # Several values, with commas between them.
  if [[ $values == ,* ]]; then
    values=\${values#,}
    [[ $rest == *,* ]] && prefix+=\${rest%,*}, rest=\${rest##*,}
  fi
  case $values in
    @process) values=$(cd /proc && echo [0-9]*) ;;
    @user) values=$(compgen -u) ;;
    @cgroup) values=$(compgen -d -- "/sys/fs/cgroup/$rest" | sed 's,^/sys/fs/cgroup/,,') ;;
    @nothing) values='' ;;
    @file)
      mapfile -t COMPREPLY < <(compgen -f -- "$rest")
      compopt -o filenames 2>/dev/null
      return
      ;;
  esac
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$values" -- "$rest"))
  COMPREPLY=("\${COMPREPLY[@]/#/$prefix}")
  # bash replaces what follows the last = only.
  if [[ $COMP_WORDBREAKS == *=* && $current == *=* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%=*}="}")
  fi
}

complete -F _${umbrella.name} ${[umbrella, ...tools].map(({ name }) => name).join(' ')}
`
}

function wordsOf({ name, flags, offers }: Command): string {
  const words = [...offers, ...flags.flatMap(namesOf)]
  return `    ${name}) echo ${quoted(words.join(' '))} ;;`
}

function valuesOf({ name, flags }: Command): string[] {
  return flags.flatMap((flag) =>
    flag.offer === undefined
      ? []
      : `    ${namesOf(flag)
          .map((word) => `${name}:${word}`)
          .join(' | ')}) echo ${quoted(`${flag.many ? ',' : ''}${wordsOfOffer(flag.offer)}`)} ;;`,
  )
}

function wordsOfOffer(offer: Offer): string {
  return typeof offer === 'string' ? `@${offer}` : offer.join(' ')
}

function namesOf({ long, short }: Flag): string[] {
  return short === undefined ? [long] : [long, short]
}
