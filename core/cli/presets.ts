// Options that several tools have and not all: stated once, taken by name.
import { option, whole } from './options.js'

const ports = (alias: string, describe: string) =>
  option.list({
    alias,
    placeholder: 'PORT',
    describe,
    of: whole('a port (1 to 65535)', 1, 65535),
    group: 'Which events:',
  })

export const preset = {
  printUid: option.flag({ alias: 'U', describe: 'Show the user ID', group: 'Output:' }),
  containers: option.flag({
    describe: 'Show the container, or else the unit, of each socket; the default where more than one runs',
    group: 'Output:',
  }),
  ipv4: option.flag({ alias: '4', describe: 'IPv4 sockets only', group: 'Which events:' }),
  ipv6: option.flag({
    alias: '6',
    describe: 'IPv6 sockets only (which may take IPv4 connections too)',
    group: 'Which events:',
  }),
  port: ports('P', 'Listeners on these local ports only'),
  overIpv4: option.flag({ alias: '4', describe: 'Connections over IPv4 only', group: 'Which events:' }),
  overIpv6: option.flag({ alias: '6', describe: 'Connections over IPv6 only', group: 'Which events:' }),
  localPort: ports('P', 'These local ports only'),
  remotePort: ports('P', 'These remote ports only'),
  /** Where both may be asked for, as bcc has them. */
  localPorts: ports('L', 'These local ports only'),
  remotePorts: ports('D', 'These remote ports only'),
  /** bcc's -T and -t of the network tools; their columns are `column.clockOnDemand` and `column.seconds`. */
  time: option.flag({ alias: 'T', describe: 'Show the time of day', group: 'Output:' }),
  seconds: option.flag({ alias: 't', describe: 'Show seconds since the first event', group: 'Output:' }),
}
