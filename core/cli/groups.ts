// The headings under which options stand, in the order in which --help and man pages have them.

export const group = { filters: 'Which events:', output: 'Output:', running: 'Running:' } as const

const order: readonly string[] = Object.values(group)

/** Entries by heading: the known ones in their order, then a tool's own, as they come. */
export function byGroup<E extends readonly [string, { group?: string }]>(
  entries: readonly E[],
): ReadonlyMap<string, readonly E[]> {
  const own = entries.flatMap(([, option]) => option.group ?? [])
  const headings = [...new Set([...order, ...own])]
  const groups = headings.map((heading): [string, E[]] => [
    heading,
    entries.filter(([, option]) => (option.group ?? group.output) === heading),
  ])
  return new Map(groups.filter(([, members]) => members.length > 0))
}
