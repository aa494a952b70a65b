// What the table of the whole span means, in sentences.
import { formatEndpoint } from '../../core/index.js'

/** What a sentence needs to know of a listener. */
export interface Finding {
  comm: string | null
  pid: number | null
  laddr: string
  lport: number
  overflows: number
  drops: number
  synQueueFull: number
  queueMax: number
  limit: number
  /** What it gave to listen(2); null: not known. */
  asked: number | null
  somaxconn: number
}

/** At most so many listeners get a sentence of each kind. */
const MOST = 5

/** A sentence for each listener that overflowed, the worst first, and for those that dropped for other reasons. */
export function answer(findings: readonly Finding[], seconds: number): string[] {
  const span = `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const full = findings.filter(({ overflows }) => overflows > 0)
  const others = findings.filter((finding) => otherDrops(finding) > 0)
  const worst = full.toSorted((a, b) => b.overflows - a.overflows)
  const rest = worst.slice(MOST)
  return [
    ...(full.length === 0 ? [`no accept queue was full in ${span}`] : []),
    ...worst.slice(0, MOST).map((finding) => `${describe(finding, span)}; ${advise(finding)}`),
    ...(rest.length > 0
      ? [`${rest.length} more were full ${times(rest.reduce((sum, { overflows }) => sum + overflows, 0))}`]
      : []),
    ...others
      .toSorted((a, b) => otherDrops(b) - otherDrops(a))
      .slice(0, MOST)
      .map(
        (finding) =>
          `${nameOf(finding)} dropped ${plural(otherDrops(finding))} for other reasons${queueReason(finding)}`,
      ),
  ]
}

const otherDrops = ({ drops, overflows }: Finding): number => drops - overflows

function queueReason({ synQueueFull }: Finding): string {
  return synQueueFull === 0 ? '' : `; its SYN queue was full ${times(synQueueFull)}`
}

function nameOf({ comm, pid, laddr, lport }: Finding): string {
  const who = pid === null ? 'a socket that nobody has open' : `${comm ?? ''} (pid ${pid})`
  return `${who} ${formatEndpoint(laddr, lport)}`
}

function describe(finding: Finding, span: string): string {
  const { overflows, queueMax, limit } = finding
  return `${nameOf(finding)} was full ${times(overflows)} in ${span}: queue ${queueMax} of ${limit}`
}

/** The limit is the smaller of the two when listen(2) is called, so raising either takes another listen(2). */
function advise({ asked, somaxconn, limit }: Finding): string {
  const here = `net.core.somaxconn here is ${somaxconn}`
  if (asked === null) {
    const unknown = `what it asked listen(2) for was not seen, ${here}`
    if (limit < somaxconn)
      return `${unknown}: raise the program's backlog and restart it (or only restart it, if somaxconn was raised since it listens)`
    return `${unknown}: raise somaxconn in its network namespace, and see that the program asks for more, then restart it`
  }
  const wanted = asked < 0 ? `as much as there is (${asked})` : String(asked)
  const told = `it asked for ${wanted}, ${here}`
  if (asked >= 0 && asked < somaxconn && asked === limit)
    return `${told}: raise the program's backlog, and restart it`
  if (asked === somaxconn) return `${told}: raise both, and restart it`
  if (limit < somaxconn) return `${told} by now: restart it`
  return `${told}: raise somaxconn in its network namespace, and restart it`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function plural(count: number): string {
  return count === 1 ? '1 SYN or ACK' : `${count} SYNs or ACKs`
}
