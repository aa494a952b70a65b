// The Markdown that the READMEs use (paragraphs, headings, code, lists, tables) as roff.
import { bold, entry, escaped, italic, subsection, verbatim } from './roff.js'

/** Lines of roff. Code that is set off by four spaces or a fence stays as it is. */
export function markdownToRoff(text: string): string[] {
  return blocksOf(text).flatMap(renderBlock)
}

/** Blocks: what blank lines part, with code in one piece. */
function blocksOf(text: string): string[][] {
  const blocks: string[][] = [[]]
  for (const line of text
    .replaceAll(/^```\w*\n([^]*?)^```$/gm, (_, code: string) => indent(code))
    .split('\n')) {
    const last = blocks.at(-1) as string[]
    if (line !== '') last.push(line)
    else if (last.length > 0) blocks.push([])
  }
  return joinCode(blocks.filter((block) => block.length > 0))
}

const isCode = (block: readonly string[] | undefined): boolean => block?.[0]?.startsWith('    ') === true

function joinCode(blocks: readonly string[][]): string[][] {
  const joined: string[][] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (last !== undefined && isCode(last) && isCode(block)) last.push('', ...block)
    else joined.push([...block])
  }
  return joined
}

function renderBlock(block: readonly string[]): string[] {
  const [first = ''] = block
  const heading = /^#+ (.*)$/.exec(first)
  if (heading !== null)
    return [subsection(heading[1] ?? ''), ...(block.length > 1 ? renderBlock(block.slice(1)) : [])]
  if (isCode(block)) return ['.PP', ...verbatim(block.map((line) => line.slice(4)))]
  if (first.startsWith('|')) return tableRows(block)
  if (first.startsWith('- ')) return listItems(block).flatMap((item) => ['.IP \\(bu 2', inline(item)])
  return ['.PP', inline(block.join('\n'))]
}

/** Each row as a term and what it means; the head's cells go without. */
function tableRows(lines: readonly string[]): string[] {
  return lines.slice(2).flatMap((line) => {
    const [term = '', ...rest] = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|'))
    return entry(inline(term), inline(rest.join('; ')))
  })
}

function listItems(lines: readonly string[]): string[] {
  const items: string[] = []
  for (const line of lines)
    if (line.startsWith('- ')) items.push(line.slice(2))
    else items.push(`${items.pop() ?? ''}\n${line.trim()}`)
  return items
}

/** `code`, **strong** and [words](address); addresses within the project say nothing here. */
function inline(text: string): string {
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)]+)\)/g
  let roff = ''
  let at = 0
  for (const match of text.matchAll(pattern)) {
    roff += escaped(text.slice(at, match.index)) + renderMatch(match)
    at = match.index + match[0].length
  }
  return roff + escaped(text.slice(at))
}

function renderMatch([, code, strong, emphasis, words, address = '']: RegExpMatchArray): string {
  if (words !== undefined) return escaped(/^https?:/.test(address) ? `${words} (${address})` : words)
  return emphasis === undefined ? bold(code ?? strong ?? '') : italic(emphasis)
}

function indent(code: string): string {
  return code.replaceAll(/^(?=.)/gm, '    ')
}
