// All cases, in the order in which they run.
import type { Case } from './case.js'
import { bursts } from './cases/burst.js'
import { listed } from './cases/checklist.js'
import { kernel } from './cases/kernel.js'
import { idle, quiet } from './cases/quiet.js'
import { starts } from './cases/start.js'
import { long, steady } from './cases/steady.js'
import { words } from './cases/words.js'

export const cases: readonly Case[] = [
  ...words,
  ...starts,
  ...bursts,
  quiet,
  steady,
  ...kernel,
  ...listed,
  ...idle,
  long,
]

/** Those whose names begin with one of the words; without words all but the slow ones. */
export function chooseCases(wanted: readonly string[]): readonly Case[] {
  if (wanted.length === 0) return cases.filter(({ slow }) => slow !== true)
  const chosen = cases.filter(({ name }) => wanted.some((word) => name.startsWith(word)))
  if (chosen.length === 0)
    throw new Error(
      `no case is called ${wanted.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}`,
    )
  return chosen
}
