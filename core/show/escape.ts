// Names come from anybody: nothing in them may move a cursor, end a line or pass for something else.
import { encodeText, hasInvalidBytes } from '../btf/text.js'

/** Controls (C0, DEL, C1), invisible formatting such as bidi overrides, line separators, stray surrogates, and the backslash itself. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/u
const eachUnsafe = new RegExp(unsafe.source, 'gu')
/** All of it printable ASCII without a backslash: by far the most common case, and the cheapest to tell. */
const plain = /^[ -[\]-~]*$/

const short: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\' }

/** For a terminal or a line of text: one line, escaped as in C; a byte that is not UTF-8 as \xHH. */
export function escapeText(text: string): string {
  if (plain.test(text) || !unsafe.test(text)) return text
  return text.replace(eachUnsafe, (character) => {
    const code = character.codePointAt(0) as number
    if (short[character] !== undefined) return short[character]
    if (code >= 0xdc80 && code <= 0xdcff) return hex(code & 0xff)
    return code < 0x80 ? hex(code) : `\\u{${code.toString(16)}}`
  })
}

/** Text for a terminal that is escaped already; only functions here make one. */
export class Escaped {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Words joined by spaces, each in double quotes if so asked; `mark` is our own and comes last. */
  static words(words: readonly string[], quote: boolean, mark = ''): Escaped {
    const shown = words.map(escapeText)
    const quoted = quote ? shown.map((word) => `"${word.replaceAll('"', '\\"')}"`) : shown
    return new Escaped([...quoted, ...(mark === '' ? [] : [mark])].join(' '))
  }
}

/** What JSON says of a string: itself, or, when its bytes are not UTF-8, readable text and the exact bytes in base64. */
export function toJsonText(text: string): { text: string; bytes?: string } {
  if (!hasInvalidBytes(text)) return { text }
  return { text: text.replace(/[\ud800-\udfff]/gu, '\ufffd'), bytes: encodeText(text).toString('base64') }
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`
}
