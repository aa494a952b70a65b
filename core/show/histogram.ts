// A histogram in text, as bcc prints it, with what bcc leaves out: the zero by itself, and figures below.
import { type Histogram, powerBounds, powerOf } from '../histogram.js'

const STARS = 40

/** The percentiles shown, by their JSON keys. */
export const percentiles = { p50: 50, p90: 90, p99: 99, p999: 99.9 } as const

/** A row for each power of two from 0 to the highest that has values; `unit` heads the column. */
export function renderHistogram(histogram: Histogram, unit: string): string {
  const counts = new Map(histogram.buckets().map(([low, , count]) => [powerOf(low), count]))
  const most = Math.max(...counts.values())
  const powers = Math.max(-1, ...counts.keys()) + 1
  const rows = Array.from({ length: powers }, (_, power) => {
    const [low, high] = powerBounds(power)
    const count = counts.get(power) ?? 0
    const stars = '*'.repeat(Math.floor((STARS * count) / most)).padEnd(STARS)
    return `${String(low).padStart(10)} -> ${String(high).padEnd(10)} : ${String(count).padEnd(8)} |${stars}|\n`
  })
  return rows.length === 0 ? '' : `     ${unit.padEnd(19)} : count     distribution\n${rows.join('')}`
}

/** Count, average, percentiles and maximum in one line. */
export function renderFigures(histogram: Histogram, unit: string): string {
  const figures = [
    ['avg', histogram.average],
    ...Object.values(percentiles).map((percent) => [`p${percent}`, histogram.percentile(percent)] as const),
    ['max', histogram.max],
  ] as const
  const shown = figures.flatMap(([name, value]) => (value === null ? [] : [`${name} ${round(value)}`]))
  return `     ${[`count ${histogram.count}`, ...shown].join(', ')}${shown.length > 0 ? ` ${unit}` : ''}\n`
}

/** As bcc's -e has it. */
export function renderExtension(histogram: Histogram, unit: string): string {
  const { average, sum, count } = histogram
  return `avg = ${Math.floor(average ?? 0)} ${unit}, total: ${Math.floor(sum)} ${unit}, count: ${count}\n`
}

/** Three significant digits are enough to read. */
function round(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}
