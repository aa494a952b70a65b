// User names to numbers, from /etc/passwd: the tracer asks no directory service while a machine misbehaves.
import { readFileSync } from 'node:fs'

/** The user's number, from a number or a name. Throws a TypeError that says what is accepted. */
export function parseUser(word: string): number {
  if (/^[0-9]+$/.test(word) && Number(word) < 2 ** 32) return Number(word)
  const uid = readUsers().get(word)
  if (uid === undefined) throw new TypeError('a user: a name in /etc/passwd or a number')
  return uid
}

function readUsers(): ReadonlyMap<string, number> {
  let passwd: string
  try {
    passwd = readFileSync('/etc/passwd', 'utf8')
  } catch {
    return new Map()
  }
  const entries = passwd.split('\n').map((line) => line.split(':'))
  return new Map(entries.map(([name = '', , uid = '']) => [name, Number(uid)]))
}
