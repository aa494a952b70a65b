// snoopkit list: which tool to reach for, by what somebody notices.
import { UsageError } from '../errors.js'
import { renderTable } from '../show/table.js'
import { UMBRELLA } from './tools.js'

/** What is listed of a tool. */
export interface Listed {
  readonly name: string
  readonly summary: string
  readonly symptoms: readonly string[]
}

interface Finding {
  symptom: string
  tool: Listed
}

/** Each symptom with a tool for it, of those that have all the words in symptom, name or summary. Throws a UsageError on none. */
export function findSymptoms(tools: readonly Listed[], words: readonly string[]): Finding[] {
  const all = tools.flatMap((tool) => tool.symptoms.map((symptom): Finding => ({ symptom, tool })))
  const found = all.filter((finding) => words.every((word) => mentions(finding, word)))
  if (found.length > 0) return found.toSorted((a, b) => compare(a.symptom, b.symptom))
  throw new UsageError(`no tool for ${JSON.stringify(words.join(' '))}; ${UMBRELLA} list shows them all`)
}

/** Tables for people: which tool for which symptom, and what those tools do. */
export async function renderList(findings: readonly Finding[], width: number): Promise<string> {
  const tools = toolsOf(findings)
  const name = Math.max(...tools.map((tool) => tool.name.length), 'TOOL'.length) + 2
  const longest = Math.max(...findings.map(({ symptom }) => symptom.length)) + 2
  const symptoms = await renderTable(
    ['SYMPTOM', 'TOOL'],
    findings.map(({ symptom, tool }) => [symptom, tool.name]),
    [Math.min(longest, width - name), name],
  )
  const summaries = await renderTable(
    ['TOOL', 'WHAT IT DOES'],
    tools.map((tool) => [tool.name, tool.summary]),
    [name, width - name],
  )
  return `${symptoms}\n${summaries}`
}

function toolsOf(findings: readonly Finding[]): Listed[] {
  return [...new Set(findings.map(({ tool }) => tool))].toSorted((a, b) => compare(a.name, b.name))
}

/** One object a tool, with all its symptoms. */
export function listJson(findings: readonly Finding[]): string {
  return toolsOf(findings)
    .map(({ name, summary, symptoms }) => `${JSON.stringify({ tool: name, summary, symptoms })}\n`)
    .join('')
}

/** The plural finds the singular, and the other way round. */
function mentions({ symptom, tool }: Finding, word: string): boolean {
  const stem = word.toLowerCase().replace(/(?<=\w\w\w)s$/, '')
  return `${symptom} ${tool.name} ${tool.summary}`.toLowerCase().includes(stem)
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en')
}
