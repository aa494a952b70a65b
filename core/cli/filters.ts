// The filters by process, and what goes with them: those that need bpf-src/lib/filter.bpf.h on the kernel side.
import { parseCgroup } from '../enrich/cgroups.js'
import { parseContainer } from '../enrich/container-filter.js'
import { parseNetns } from '../enrich/namespaces.js'
import { parsePid, parseTid } from '../enrich/processes.js'
import { parseUnit } from '../enrich/units.js'
import { parseUser } from '../enrich/users.js'
import { group as groups } from './groups.js'
import { completing, type OptionRecord, option, text, whole } from './options.js'

const { filters: group, output, running } = groups
/** Of a task's name, without the NUL. */
const COMM_BYTES = 15

export const processOptions = {
  pid: option.selection({
    alias: 'p',
    placeholder: 'PID',
    describe:
      "These processes only; several: with commas; with ! all but these, quoted for the shell: '!411,!412'",
    of: parsePid,
    group,
  }),
  tid: option.selection({
    alias: 't',
    placeholder: 'TID',
    describe: 'These threads only, or with ! all but these',
    of: parseTid,
    group,
  }),
  ppid: option.selection({
    alias: 'P',
    placeholder: 'PID',
    describe: 'Children of these processes only, or with ! all others',
    of: completing('process', whole('a process ID (a whole number above 0)', 1)),
    group,
  }),
  follow: option.flag({
    alias: 'f',
    describe: 'With --pid: the descendants of these processes too',
    group,
  }),
  uid: option.selection({
    alias: 'u',
    placeholder: 'USER',
    describe: 'These users only, by name or number, or with ! all others',
    of: parseUser,
    group,
  }),
  comm: option.selection({
    placeholder: 'NAME',
    describe: 'Commands of exactly this name (as ps -o comm has it), or with ! all others',
    of: parseComm,
    group,
  }),
  name: option.value({
    alias: 'n',
    placeholder: 'TEXT',
    describe: 'Commands whose name contains this text',
    of: text,
    group,
  }),
  cgroup: option.selection({
    alias: 'c',
    placeholder: 'PATH',
    describe:
      'Processes in this cgroup (v2 or v1) and below, such as system.slice/nginx.service; with ! not there; of several the innermost decides',
    of: parseCgroup,
    mixed: true,
    group,
  }),
  container: option.selection({
    placeholder: 'NAME|ID',
    describe:
      'Processes in this container, also once it has started again; with ! not in it. One that is not known yet when tracing begins is not found',
    of: parseContainer,
    mixed: true,
    group,
  }),
  unit: option.selection({
    placeholder: 'NAME',
    describe:
      'Processes of this systemd unit, such as nginx.service, also once it has started again; with ! not of it',
    of: parseUnit,
    mixed: true,
    group,
  }),
  netns: option.selection({
    placeholder: 'NETNS',
    describe: 'Processes in this network namespace: inode, path, or name of ip netns; with ! not in it',
    of: parseNetns,
    group,
  }),
  cgroupmap: option.value({
    placeholder: 'PATH',
    describe: 'Processes whose cgroup (v2) is in this pinned BPF hash map, by number',
    of: completing('file', text),
    group,
  }),
  mntnsmap: option.value({
    placeholder: 'PATH',
    describe: 'Processes whose mount namespace is in this pinned BPF hash map, by inode',
    of: completing('file', text),
    group,
  }),
  containers: option.flag({
    describe: 'Show the container, or else the unit, of each process; the default where more than one runs',
    group: output,
  }),
  exec: option.command({
    placeholder: 'COMMAND…',
    describe:
      'Run this command, trace it and all its descendants, end with it and with its exit status; goes last',
    group: running,
  }),
} satisfies OptionRecord

function parseComm(word: string): string {
  const bytes = Buffer.byteLength(word)
  if (bytes > 0 && bytes <= COMM_BYTES) return word
  throw new TypeError(`a command name of 1 to ${COMM_BYTES} bytes, as the kernel keeps it`)
}
