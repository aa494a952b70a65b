// snoopkit doctor: what this machine allows, and which tools work here; tried, not guessed.
import { arch } from 'node:os'
import { loadAddon } from '../bpf/addon.js'
import { readConfig } from '../bpf/config.js'
import { causeOf, causes, unexplained } from '../bpf/diagnose.js'
import { examine } from '../bpf/examine.js'
import { missingCapabilities } from '../bpf/capabilities.js'
import { type Facts, gatherFacts } from '../bpf/facts.js'
import { readSkips } from '../bpf/skips.js'
import { readSettings } from '../bpf/settings.js'
import { initialValues } from '../cli/catalog.js'
import type { SharedValues } from '../cli/shared.js'
import { CannotTraceError } from '../errors.js'
import type { Edge } from '../host.js'
import { renderTable } from '../show/table.js'
import type { Tool } from '../tool.js'
import { type Check, checksOf, type Machine } from './checks.js'
import { reportOf, reportRows, reportSentences, statusOf, type ToolReport, unknownReport } from './reports.js'

/** Looks, tries, and prints it all; returns the exit status. */
export async function runDoctor(tools: readonly Tool[], json: boolean, edge: Edge): Promise<number> {
  const machine = lookAround()
  const checks = checksOf(machine, edge.rerun)
  if (!json) await edge.print(await renderChecks(checks, edge.width()))
  const reports = tools.map((tool) => reportTool(tool, machine, edge))
  await edge.print(
    json
      ? `${JSON.stringify({ version: edge.version, kernel: machine.facts.release, checks, tools: reports })}\n`
      : await renderReports(reports, edge.width()),
  )
  return statusOf(reports)
}

function lookAround(): Machine {
  try {
    loadAddon()
  } catch (error) {
    if (error instanceof CannotTraceError) throw error
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new CannotTraceError(
      `the native addon cannot be loaded (${line}); run: npm run build:addon in the package's folder`,
    )
  }
  return {
    facts: gatherFacts(),
    settings: readSettings(),
    config: readConfig(),
    skips: readSkips(),
    architecture: arch(),
    libbpf: loadAddon().libbpfVersion(),
  }
}

function reportTool(tool: Tool, { facts, skips }: Machine, edge: Edge): ToolReport {
  const untold = whyUntold(facts, edge.rerun)
  if (untold !== undefined) return unknownReport(tool.name, untold)
  const options = initialValues(tool) as unknown as SharedValues
  const examination = examine(tool, options, edge.self, skips)
  const { failure } = examination
  const why =
    failure === undefined
      ? null
      : (causeOf(failure, facts, edge.rerun) ??
        tool.lacks?.(options) ??
        `${unexplained(failure, facts)}; ${tool.name} --verbose shows the kernel's words`)
  return reportOf(tool.name, examination, skips, why)
}

/** Without the capabilities all that trying would show is that they are missing. */
function whyUntold(facts: Facts, rerun: string): string | undefined {
  if (missingCapabilities(facts.capabilities).length === 0) return undefined
  const cause = causes.capabilities(
    facts,
    { message: '', step: 'load', errno: 0, isMapRefused: false },
    rerun,
  )
  return cause === undefined ? undefined : `${cause.what}; ${cause.mend}`
}

const marks = { ok: 'ok', note: 'note', missing: 'MISSING', unknown: '?' } as const

async function renderChecks(checks: readonly Check[], width: number): Promise<string> {
  const rows = checks.map(({ check, state, found, why, costs, mend }) => {
    const first = why === null ? found : state === 'missing' ? why : `${found}: ${why}`
    const more = [first, costs === null ? null : `it costs ${costs}`, mend]
    return [check, marks[state], more.filter((part) => part !== null).join('; ')]
  })
  return await renderTable(['CHECK', '', 'FOUND'], rows, [18, 9, width - 27])
}

async function renderReports(reports: readonly ToolReport[], width: number): Promise<string> {
  const rows = reportRows(reports)
  const table =
    rows.length === 0
      ? ''
      : await renderTable(['TOOL', 'HOOK', 'VARIANT', 'OUTCOME'], rows, [14, 12, 12, width - 38])
  return `\n${table}${table === '' ? '' : '\n'}${reportSentences(reports).join('\n')}\n`
}
