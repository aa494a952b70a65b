// What a tool and a library's user import.
export { skeleton } from './bpf/skeleton.js'
export { at } from './bpf/variants.js'
export type { WordParser } from './cli/options.js'
export {
  completing,
  milliseconds,
  oneOf,
  option,
  regex,
  selects,
  seconds,
  text,
  whole,
} from './cli/options.js'
export { errnoName, errnoNames, errnoNumber } from './errno.js'
export { loadSyscalls, syscallName, syscallNames, syscallNumbers } from './syscalls.js'
export { CannotTraceError, exit, UsageError } from './errors.js'
export { kernelEnum } from './enrich/kernel-enums.js'
export { kernelFunction } from './enrich/kernel-functions.js'
export { showListeners } from './enrich/listeners.js'
export { memoryAt } from './enrich/memory.js'
export { taskName } from './enrich/processes.js'
export { type SocketOwner, socketOwner } from './enrich/sockets.js'
export { main } from './main.js'
export { monotonicNow } from './monotonic.js'
export { pageShift } from './page-size.js'
export { preset } from './cli/presets.js'
export { diskRequests } from './bpf/disk-requests.js'
export { runQueue } from './bpf/run-queue.js'
export { signalName, signalNames, signalNumber } from './signal.js'
export { Escaped } from './show/escape.js'
export { formatAddress, formatEndpoint } from './show/address.js'
export { type Connection, connection } from './show/connection.js'
export { blktraceFlags, describeFlags } from './show/io-flags.js'
export { filePath, joinPath } from './show/path.js'
export { column } from './show/column.js'
export { whoColumns } from './show/who.js'
export { containerColumns, socketOwnerColumns } from './show/container.js'
export { Histogram } from './histogram.js'
export { defineEvents } from './shape/events.js'
export { defineIntervals } from './shape/intervals.js'
export type { Hook } from './tool.js'
export type { RowContext } from './show/context.js'
export { trace, type Trace, type TraceEnd, type TraceOptions } from './library.js'
