// Writes the tables of flags and columns into each tool's README, from its declaration. With --check it fails where
// a README is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { flagOf, optionsOf } from '../core/cli/catalog.js'
import type { Option } from '../core/cli/options.js'
import type { Columns, Tool } from '../core/tool.js'
import { jsonShapes } from '../core/trace/json-shapes.js'
import { loadDeclaration, proseOf, readmeOf, START, toolFolders } from './declarations.js'

const stale: string[] = []
for (const name of toolFolders()) {
  const path = readmeOf(name)
  const before = readFileSync(path, 'utf8')
  const after = `${proseOf(name)}\n\n${START}\n\n${renderTables(await loadDeclaration(name))}`
  if (before === after) continue
  if (process.argv.includes('--check')) stale.push(`tools/${name}/README.md`)
  else writeFileSync(path, after)
}
if (stale.length > 0) {
  console.error(
    `build:docs: out of date: ${stale.join(', ')}\nrun \`npm run build:docs\` and commit what it writes`,
  )
  process.exit(1)
}

function renderTables(tool: Tool): string {
  const flags = Object.entries(optionsOf(tool)).map(
    ([name, option]) => `| ${cellOfFlag(name, option)} | ${cell(option.describe)} |`,
  )
  const shapes = jsonShapes(tool).map(({ title, columns }) => tableOf(title, 'key', keysOf(columns)))
  return [tableOf('Flags', 'flag', flags), ...shapes].join('\n')
}

function tableOf(title: string, head: string, rows: readonly string[]): string {
  return [`## ${title}`, '', `| ${head} | |`, '|---|---|', ...rows, ''].join('\n')
}

function keysOf(columns: Columns): string[] {
  return Object.entries(columns).map(([name, { describe }]) => `| \`${name}\` | ${cell(describe)} |`)
}

function cellOfFlag(name: string, option: Option<unknown>): string {
  const { alias, placeholder } = option
  const names = [...(alias === undefined ? [] : [`-${alias}`]), flagOf(name, option)].join(', ')
  return `\`${names}${placeholder === undefined ? '' : ` ${placeholder}`}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
