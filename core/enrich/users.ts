// Users and their groups, from /etc/passwd and /etc/group: the tracer asks no directory service while a machine misbehaves.
import { readFileSync } from 'node:fs'
import type { Account } from '../bpf/addon.js'
import { completing, type WordParser } from '../cli/options.js'

/** The user's number, from a number or a name. Throws a TypeError that says what is accepted. */
export const parseUser: WordParser<number> = completing('user', (word) => {
  if (/^[0-9]+$/.test(word) && Number(word) < 2 ** 32) return Number(word)
  const uid = readLines('/etc/passwd').find(([name]) => name === word)?.[2]
  if (uid === undefined) throw new TypeError('a user: a name in /etc/passwd or a number')
  return Number(uid)
})

/** All that such a user is to the kernel, by name or number. Throws a TypeError that says what is accepted. */
export const parseAccount: WordParser<Account> = completing('user', (word) => {
  const users = readLines('/etc/passwd')
  const found = users.find(([name]) => name === word) ?? users.find(([, , uid]) => uid === word)
  if (found === undefined) throw new TypeError('a user in /etc/passwd, by name or number')
  const [user = '', , uid, gid] = found
  const more = readLines('/etc/group').filter(([, , , members = '']) => members.split(',').includes(user))
  const groups = new Set([gid, ...more.map(([, , group]) => group)].map(Number))
  return { uid: Number(uid), gid: Number(gid), groups: [...groups] }
})

/** The fields of each line; none where the file cannot be read. */
function readLines(path: string): string[][] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => line.split(':'))
  } catch {
    return []
  }
}
