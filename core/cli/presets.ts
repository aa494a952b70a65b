// Options that several tools have and not all: stated once, taken by name.
import { option } from './options.js'

export const preset = {
  printUid: option.flag({ alias: 'U', describe: 'Show the user ID', group: 'Output:' }),
}
