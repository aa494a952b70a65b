// The cgroup hierarchies mounted here: v2, and each of v1 with its controllers or its name.
import { readFileSync } from 'node:fs'

export interface Hierarchy {
  /** As /proc/PID/cgroup and the kernel side number it: 0 is v2. */
  number: number
  /** `name=systemd`, `cpu`, `cpuacct`; none for v2. */
  controllers: readonly string[]
  mount: string
  /** Of its file system: `0:33`. */
  device: string
}

/** Those mounted, each once: mounted at its root rather than at a part. */
export function mountedHierarchies(): Hierarchy[] {
  return parseHierarchies(
    readFileSync('/proc/self/mountinfo', 'utf8'),
    readFileSync('/proc/self/cgroup', 'utf8'),
  )
}

/** From the text of /proc/PID/mountinfo and /proc/PID/cgroup. */
export function parseHierarchies(mountinfo: string, cgroups: string): Hierarchy[] {
  const numbers = cgroups.split('\n').map((line) => line.split(':'))
  const found = new Map<number, Hierarchy>()
  const wholes = new Set<number>()
  for (const line of mountinfo.split('\n')) {
    const words = line.split(' ')
    const separator = words.indexOf('-', 6)
    const type = words[separator + 1]
    if (separator < 0 || (type !== 'cgroup' && type !== 'cgroup2')) continue
    const options = new Set((words[separator + 3] ?? '').split(','))
    const own = type === 'cgroup2' ? ['0', ''] : numbers.find(([, names = '']) => isNamed(names, options))
    if (own === undefined) continue
    const [number, controllers] = [Number(own[0]), (own[1] ?? '').split(',').filter(Boolean)]
    const whole = words[3] === '/'
    if (wholes.has(number) || (found.has(number) && !whole)) continue
    if (whole) wholes.add(number)
    found.set(number, {
      number,
      controllers,
      mount: unescapeOctal(words[4] ?? ''),
      device: words[2] ?? '',
    })
  }
  return [...found.values()]
}

/** Where container runtimes and systemd make their cgroups: systemd's own hierarchy of v1, else v2, else one that all use. */
export function homeHierarchy(hierarchies: readonly Hierarchy[]): Hierarchy | undefined {
  const having = (name: string): Hierarchy | undefined =>
    hierarchies.find(({ controllers }) => controllers.includes(name))
  return (
    having('name=systemd') ??
    hierarchies.find(({ number }) => number === 0) ??
    having('memory') ??
    having('pids') ??
    hierarchies[0]
  )
}

/** Of a line of /proc/PID/cgroup, the part that tells its hierarchy from others is among the mount's options. */
function isNamed(names: string, options: ReadonlySet<string>): boolean {
  return names !== '' && names.split(',').every((name) => options.has(name))
}

function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}
