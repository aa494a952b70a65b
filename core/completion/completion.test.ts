// The scripts, asked as a person asks them: by the shells themselves.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { assert, suite } from '../testing/suite.js'
import { kebab, optionsOf } from '../cli/catalog.js'
import type { Option } from '../cli/options.js'
import { textOptions } from '../cli/text-options.js'
import { loadTools } from '../umbrella/tools.js'
import { completionScript } from './script.js'

const folder = mkdtempSync(join(tmpdir(), 'completion-'))
process.once('exit', () => rmSync(folder, { recursive: true }))
const tools = loadTools()

/** As bash calls the function: the line, and the words in it. */
const BASH = `
source "$1"
for COMP_LINE in "\${@:2}"; do
  COMP_POINT=\${#COMP_LINE} COMPREPLY=()
  read -ra COMP_WORDS <<<"$COMP_LINE"
  spec=$(complete -p "\${COMP_WORDS[0]}") || exit 1
  spec=\${spec#*-F }
  \${spec%% *}
  printf '%s\\n' "LINE:$COMP_LINE" "\${COMPREPLY[@]}"
done`

/** zsh in a terminal of its own; what is handed to compadd is printed. */
const ZSH = `
zmodload zsh/zpty
zpty inner zsh -f -i
until_seen() { local part seen=''; while [[ $seen != *$1* ]]; do zpty -r inner part || return; seen+=$part; done; print -r -- $seen }
zpty -w inner "autoload -Uz compinit; compinit -u -D; source \${(q)1}"
zpty -w inner 'compadd() { [[ \${@[1,(i)(-|--)]} == *-[OAD]* ]] && { builtin compadd "$@"; return }
  local -a hits; builtin compadd -O hits "$@"; (( $#hits )) && print -rl -- "HIT:"\${^hits}; builtin compadd "$@" }'
zpty -w inner 'bindkey -e; bindkey "^I" complete-word; LISTMAX=10000; PROMPT=""; echo ready$((1 + 1))'
until_seen ready2 >/dev/null
for line in "\${@:2}"; do
  zpty -w -n inner "$line"$'\\t'
  zpty -w -n inner $'\\C-a\\C-kecho done$((1 + 1))\\n'
  print -r "LINE:$line"
  until_seen done2 | tr -d '\\r' | sed -n 's/^.*HIT://p'
done`

const FISH = `
source $argv[1]
for line in $argv[2..-1]
  echo "LINE:$line"
  complete -C $line | string replace -r '\\t.*' ''
end`

const commands = {
  bash: ['bash', '--norc', '-c', BASH, 'bash'],
  zsh: ['zsh', '-f', '-c', ZSH, 'zsh'],
  fish: ['fish', '--no-config', '-c', FISH],
}
type Shell = keyof typeof commands

/** What the shell offers at the end of each of these lines. */
function ask(shell: Shell, lines: readonly string[]): (line: string) => string[] {
  const script = join(folder, shell)
  writeFileSync(script, completionScript(shell, tools))
  const [file = '', ...args] = commands[shell]
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder }
  const output = execFileSync(file, [...args, script, ...lines], { encoding: 'utf8', env, timeout: 120_000 })
  const answers = output.split('LINE:').map((answer) => answer.split('\n'))
  return (line) => {
    const found = answers.find(([head]) => head === line)
    if (found === undefined) throw new Error(`${shell} said nothing of ${line}`)
    return [...new Set(found.slice(1).filter((word) => word !== ''))].toSorted()
  }
}

/**
 * What is typed, and all that is to be offered. zsh offers the last part of a list alone, and bash what follows a =, since
 * that is what it replaces.
 */
const cases: [line: string, offered: string[], by?: Partial<Record<Shell, string[]>>][] = [
  ['opensnoop --fu', ['--full-path']],
  ['opensnoop -x --print', ['--print-uid']],
  ['biolatency --mil', ['--milliseconds']],
  [
    'opensnoop --hook open=',
    ['open=fexit', 'open=kprobe', 'open=kprobe_multi', 'open=raw_tp', 'open=tracepoint'],
    { bash: ['fexit', 'kprobe', 'kprobe_multi', 'raw_tp', 'tracepoint'] },
  ],
  ['opensnoop --time-format c', ['clock']],
  ['opensnoop -f O_CREAT,O_T', ['O_CREAT,O_TMPFILE', 'O_CREAT,O_TRUNC'], { zsh: ['O_TMPFILE', 'O_TRUNC'] }],
  ['opensnoop --fields pid,com', ['pid,comm'], { zsh: ['comm'] }],
  ['execsnoop --fields ppi', ['ppid']],
  ['snoopkit li', ['list']],
  ['snoopkit completion z', ['zsh']],
  ['snoopkit exec', ['execsnoop']],
  ['snoopkit opensnoop --fu', ['--full-path']],
  ['snoopkit opensnoop --hook open=t', ['open=tracepoint'], { bash: ['tracepoint'] }],
  ['opensnoop --duration ', []],
  ['opensnoop --replay /etc/hostnam', ['/etc/hostname'], { zsh: ['hostname'] }],
  ['snoopkit doctor opens', ['opensnoop']],
]
const { username } = userInfo()
const PROCESSES = 'opensnoop --pid '
const USERS = `opensnoop -u ${username.slice(0, 2)}`
const COMMANDS = 'opensnoop -x --exec mkfif'
const FILES = 'opensnoop --exec cat /etc/host'
const flagsLine = (tool: string): string => `${tool} --`

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  suite(`completion in ${shell}`, (test) => {
    const offered = ask(shell, [
      ...cases.map(([line]) => line),
      ...[PROCESSES, USERS, COMMANDS, FILES],
      ...tools.map(({ name }) => flagsLine(name)),
    ])
    for (const [line, everywhere, by] of cases)
      test(line, () => assert.equal(offered(line), by?.[shell] ?? everywhere))

    test("every command's flags, all of them", () => {
      for (const tool of tools) {
        const found = offered(flagsLine(tool.name))
        const named = Object.entries({ ...optionsOf(tool), ...textOptions }).filter(
          ([, { positional }]: [string, Option<unknown>]) => !positional,
        )
        for (const [name] of named) assert.ok(found.includes(`--${kebab(name)}`), `${tool.name} --${name}`)
      }
    })

    test('processes that run', () => {
      const found = offered(PROCESSES)
      assert.ok(found.includes(String(process.pid)))
      assert.ok(found.every((word) => /^\d+$/.test(word)))
    })

    test('users', () => assert.ok(offered(USERS).includes(username)))

    test('after --exec: commands, and then what belongs to them', () => {
      assert.ok(offered(COMMANDS).includes('mkfifo'))
      const files = offered(FILES)
      assert.ok(
        files.some((word) => word.endsWith('hosts')),
        files.join(' '),
      )
    })
  })
}

suite('completion in bash, by its own rules', (test) => {
  const lines = ['opensnoop --hook=open=k', 'opensnoop --time-format=c']
  const offered = ask('bash', lines)
  test('what comes after a = is replaced alone', () =>
    assert.equal(
      lines.map((line) => offered(line)),
      [['kprobe', 'kprobe_multi'], ['clock']],
    ))
})
