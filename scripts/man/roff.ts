// Text as roff takes it, and the few macros of man(7) that the pages use.

/** Text that no formatter takes for a request or an escape, in plain ASCII. */
export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll(/[-'`^~]/g, (mark) => marks[mark] ?? mark)
    .replaceAll(/[^\n -~]/gu, (letter) => `\\[u${codePoint(letter)}]`)
    .replaceAll(/^\./gm, '\\&.')
}

/** As they are typed; unescaped some of these turn into typographic ones. */
const marks: Record<string, string> = { '-': '\\-', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' }

function codePoint(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

/** What is typed as it stands. */
export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`
}

/** What is replaced by a value. */
export function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`
}

/** A page of lines; a paragraph that begins right below a heading needs no mark. */
export function joined(lines: readonly string[]): string {
  const kept = lines.filter((line, at) => line !== '.PP' || !/^\.S[HS]/.test(lines[at - 1] ?? ''))
  return `${kept.join('\n')}\n`
}

/** A section of lines that are roff already. */
export function section(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`.SH ${quoted(name)}`, ...lines]
}

/** A part of a section. */
export function subsection(name: string): string {
  return `.SS ${quoted(name)}`
}

/** A term, and what it means. */
export function entry(term: string, text: string): string[] {
  return ['.TP', term, text]
}

/** Lines that are shown as they are. */
export function verbatim(lines: readonly string[]): string[] {
  return ['.RS 4', '.nf', ...lines.map((line) => (line === '' ? '' : escaped(line))), '.fi', '.RE']
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`
}
