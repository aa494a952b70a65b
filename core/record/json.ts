// The frames of a recording that are JSON, read as what they must be. They may be anybody's: wrong ones throw a RangeError.
import type { End, Header, Look } from './bodies.js'

/** JSON, or a RangeError. */
export function decodeJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new RangeError('a frame is no JSON', { cause: error })
  }
}

/** An object, such as JSON has it. */
export function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new RangeError(`${what} is no object`)
}

/** A list of objects. */
export function objectsOf(value: unknown, what: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new RangeError(`${what} are no list`)
  return value.map((one) => objectOf(one, what))
}

/** A number, 0 or more. */
export function amountOf(value: unknown, what: string): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new RangeError(`${what} is no amount`)
}

/** A whole number, 0 or more. */
export function countOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new RangeError(`${what} is no count`)
}

/** A text that is of this form. */
export function textOf(value: unknown, what: string, form = /^/): string {
  if (typeof value === 'string' && form.test(value)) return value
  throw new RangeError(`${what} is not as it must be`)
}

/** The first frame. */
export function decodeHeader(body: Buffer): Header {
  const header = objectOf(decodeJson(body), 'the header')
  const text = (key: keyof Header, form?: RegExp): string => textOf(header[key], `the header's ${key}`, form)
  return {
    tool: text('tool', /^[a-z][a-z0-9_]*$/),
    version: text('version'),
    host: text('host'),
    kernel: text('kernel'),
    architecture: text('architecture'),
    started: text('started', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    epochAtZero: text('epochAtZero', /^-?\d{1,20}$/),
    options: objectOf(header['options'], 'the options'),
    interval: header['interval'] === null ? null : amountOf(header['interval'], 'the interval'),
    hooks: objectOf(header['hooks'], 'the hooks') as Header['hooks'],
    btf: text('btf'),
  }
}

/** The last frame. */
export function decodeEnd(body: Buffer): End {
  const end = objectOf(decodeJson(body), 'the end')
  return {
    lost: countOf(end['lost'], 'what was lost'),
    seconds: amountOf(end['seconds'], 'the time it took'),
  }
}

/** What is looked up is nothing, a text, a number, or an object of these: what Lookup allows. */
export function decodeLook(body: Buffer): Look {
  const look = objectOf(decodeJson(body), 'a look-up')
  const { key, value } = look
  if (typeof key !== 'string' && typeof key !== 'number') throw new RangeError('a look-up has no key')
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [value ?? '']
  if (parts.some((part) => typeof part !== 'string' && typeof part !== 'number'))
    throw new RangeError('what was looked up is neither texts nor numbers')
  return { name: textOf(look['name'], 'the name of a look-up'), key, value }
}
