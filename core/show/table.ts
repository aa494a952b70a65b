// Tables for people, without lines; cli-table3 is loaded for them alone.

const parts = ['top', 'bottom', 'left', 'right', 'mid']
const noLines = Object.fromEntries(
  [
    ...parts,
    ...parts.flatMap((part) => ['mid', 'left', 'right'].map((end) => `${part}-${end}`)),
    'middle',
  ].map((part) => [part, '']),
)

/** Rows below a head, each cell wrapped to its column's width (one of which parts it from the next). */
export async function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const table = new Table({
    head: [...head],
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
    wordWrap: true,
    colWidths: [...widths],
  })
  table.push(...rows.map((row) => [...row]))
  const lines = table.toString().split('\n')
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}
