// Signals on the command line.
import { completing, signalNames, signalNumber } from '../../core/index.js'

/** By name, with or without SIG, or by number. Throws a TypeError. */
export const parseSignal = completing(signalNames(), (word) => {
  const signal = signalNumber(word)
  if (signal === undefined) throw new TypeError('a signal, by name or number')
  return signal
})
