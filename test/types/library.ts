// What must not compile for those who import the tools. Never run: `tsc` fails when one of these lines is accepted.
import { trace } from '../../core/index.js'
import { biolatency } from '../../tools/biolatency/biolatency.js'
import { opensnoop } from '../../tools/opensnoop/opensnoop.js'
import { tcpsynbl } from '../../tools/tcpsynbl/tcpsynbl.js'

/** What is right compiles, and rows have the right types. */
export async function right(signal: AbortSignal): Promise<void> {
  for await (const event of trace(opensnoop, { uid: 1000, failed: true, duration: 1.5, signal })) {
    const path: string = event.path
    const fd: number = event.fd
    const error: string | null = event.error
    console.log(path, fd, error)
    // @ts-expect-error a column of another type
    const wrong: number = event.path
    // @ts-expect-error a column that the tool does not have
    console.log(wrong, event.nosuch)
  }
  for await (const report of trace(biolatency, { interval: 1, count: 3, disks: true })) {
    const [[low, high, count] = [0, 0, 0]] = report.buckets
    console.log(low + high + count, report.p99 ?? 0, report.disk ?? 'none')
  }
  for await (const row of trace(tcpsynbl, { sockets: true }))
    if ('overflows' in row) console.log(row.overflows + row.limit, row.total)
  const { lost } = await trace(opensnoop).ended
  console.log(lost)
}

// @ts-expect-error an option that the tool does not have
trace(opensnoop, { nosuch: true })

// @ts-expect-error an option of another type
trace(opensnoop, { failed: 'yes' })

// @ts-expect-error an option for a command line
trace(opensnoop, { json: true })

// @ts-expect-error another tool's option
trace(opensnoop, { disks: true })
