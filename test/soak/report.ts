// What has come of a soak.
import Table from 'cli-table3'
import { type Fate, fates } from './life.js'

export interface Report {
  kernel: string
  /** With it the same choices are made again. */
  seed: number
  seconds: number
  /** How often a CPU went offline and came back. */
  offline: number
  /** How often one that lived on was stopped, or its reader. */
  pestered: number
  tools: ToolReport[]
  /** What was not as promised; nothing, if all is well. */
  breaches: string[]
}

export interface ToolReport {
  tool: string
  /** How many lived beside the one that lived on, by what happened to them. */
  lives: Partial<Record<Fate, number>>
  /** Of the one that lived on. */
  made: number
  seen: number
  lost: number
  /** Resident memory in MB: medians of the second and of the last third of the time. */
  earlyMb: number
  lateMb: number
}

/** A table, and below it what was not as promised. */
export function formatReport({ kernel, seed, seconds, offline, pestered, tools, breaches }: Report): string {
  const table = new Table({
    head: ['', ...fates, 'made', 'seen', 'lost', 'MB early', 'MB late'],
    style: { head: [], border: [] },
  })
  for (const { tool, lives, made, seen, lost, earlyMb, lateMb } of tools)
    table.push([
      tool,
      ...fates.map((fate) => lives[fate] ?? 0),
      made,
      seen,
      lost,
      earlyMb.toFixed(1),
      lateMb.toFixed(1),
    ])
  return [
    `Linux ${kernel}, ${seconds} s, seed ${seed}: CPU 1 offline ${offline} times, those that live on disturbed ${pestered} times`,
    table.toString(),
    breaches.length === 0 ? 'all as promised' : breaches.join('\n'),
    '',
  ].join('\n')
}
