// Medians side by side, with what snoopkit has to reach.
import type { Case, Metric, Target } from './case.js'
import type { Results } from './result.js'

const isOwn = (name: string): boolean => name.startsWith('snoopkit')

/** One line a metric: contestant by contestant, then snoopkit against the best peer, then the target. */
export function tablesOf(results: Results, cases: readonly Case[]): string {
  const shown = cases.filter(({ name }) =>
    [...results.samples, ...results.missing].some((one) => one.case === name),
  )
  return shown.map((one) => tableOf(results, one)).join('\n')
}

function tableOf(results: Results, one: Case): string {
  const names = one.contestants.map(({ name }) => name)
  const head = ['', ...names, 'to the best peer', 'target']
  const rows = one.metrics.map((metric) => {
    const medians = new Map(names.map((name) => [name, medianOf(results, one, metric, name)]))
    const cells = names.map((name) => format(medians.get(name), metric.unit))
    return [metric.name, ...cells, ratioOf(medians), targetsOf(metric, medians)]
  })
  const missing = results.missing
    .filter((line) => line.case === one.name)
    .map(({ contestant, why }) => `- ${contestant}: ${why}`)
  return [
    `### ${one.name}: ${one.describe} (${results.when[one.name] ?? ''})`,
    '',
    ...align([head, ...rows]),
    '',
    ...missing,
    ...(missing.length > 0 ? [''] : []),
  ].join('\n')
}

function medianOf({ samples }: Results, one: Case, { name }: Metric, contestant: string): number | undefined {
  const values = samples
    .filter((line) => line.case === one.name && line.contestant === contestant)
    .flatMap(({ sample }) => sample[name] ?? [])
    .toSorted((a, b) => a - b)
  const [low, high] = [values[(values.length - 1) >> 1], values[values.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function bestPeer(medians: ReadonlyMap<string, number | undefined>): number | undefined {
  const values = [...medians].flatMap(([name, value]) => (isOwn(name) || value === undefined ? [] : value))
  return values.length === 0 ? undefined : Math.min(...values)
}

function ratioOf(medians: ReadonlyMap<string, number | undefined>): string {
  const best = bestPeer(medians)
  const own = [...medians].flatMap(([name, value]) => (isOwn(name) && value !== undefined ? value : []))
  if (best === undefined || best === 0) return '–'
  return own.map((value) => `${(value / best).toFixed(2)}×`).join(', ')
}

function targetsOf({ targets = [], unit }: Metric, medians: ReadonlyMap<string, number | undefined>): string {
  return targets.map((target) => targetOf(target, unit, medians)).join(', ')
}

function targetOf(
  { most, of, whose = 'snoopkit' }: Target,
  unit: string,
  medians: ReadonlyMap<string, number | undefined>,
): string {
  const own = medians.get(whose)
  const other = of === undefined ? bestPeer(medians) : medians.get(of)
  const limit = of === 'absolute' ? most : other === undefined ? undefined : other * most
  const words = [
    ...(whose === 'snoopkit' ? [] : [whose]),
    of === 'absolute' ? `≤ ${most} ${unit}`.trim() : `≤ ${Number(most.toFixed(2))}× ${of ?? 'the best peer'}`,
    ...(limit === undefined || own === undefined ? [] : [own <= limit ? '✓' : '✗']),
  ]
  return words.join(' ')
}

function format(value: number | undefined, unit: string): string {
  if (value === undefined) return '–'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return `${Number(value.toFixed(digits)).toLocaleString('en')} ${unit}`.trim()
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, index) => (index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const [head = [], ...rest] = rows
  return [line(head), rule, ...rest.map(line)]
}
