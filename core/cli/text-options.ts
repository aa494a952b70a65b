// Options that print a text and end, of every command.
import { group } from './groups.js'
import { option, type OptionRecord } from './options.js'

/** The parser knows them by itself. */
export const textOptions = {
  help: option.flag({ alias: 'h', describe: 'Show this help', group: group.running }),
  version: option.flag({ alias: 'V', describe: 'Show the version', group: group.running }),
} satisfies OptionRecord
