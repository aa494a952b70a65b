// systemd units by the name of their cgroup.
import { readdirSync } from 'node:fs'
import { UNIT_TYPES } from './containers.js'
import { cgroupPaths } from './cgroup-paths.js'

/** Where unit files lie, in systemd's order. */
const FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/systemd/system`)
const MOST_BYTES = 127

/** A unit's whole name, `.service` added where it has no type. Throws a TypeError for one neither running nor installed. */
export function parseUnit(word: string): string {
  const name = UNIT_TYPES.test(word) ? word : `${word}.service`
  const what = 'a systemd unit that runs or is installed here, such as nginx.service'
  if (word === '' || word.includes('/') || Buffer.byteLength(name) > MOST_BYTES) throw new TypeError(what)
  if (
    isInstalled(name) ||
    cgroupPaths()
      .list()
      .some((path) => path.split('/').includes(name))
  )
    return name
  throw new TypeError(what)
}

/** `getty@tty1.service` is made from `getty@.service`. */
function isInstalled(name: string): boolean {
  const template = name.replace(/@[^@]+\./, '@.')
  return FOLDERS.some((folder) => {
    try {
      return readdirSync(folder).some((file) => file === name || file === template)
    } catch {
      return false
    }
  })
}
