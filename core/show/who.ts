// Who did it: the fields of `struct who` (bpf-src/lib/who.bpf.h) as columns, for tools with `preset.printUid`.
import { column } from './column.js'

export const whoColumns = {
  uid: column.uid(),
  pid: { describe: 'process ID', width: 6 },
  tid: { describe: 'thread ID', show: () => false },
  comm: { describe: 'command name', width: 12 },
}
