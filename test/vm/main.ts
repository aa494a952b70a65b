import { constants } from 'node:os'
import { abortOnSignals } from './abort-on-signals.js'
import { parseArguments, usage } from './arguments.js'
import { GuestCrashed } from './errors.js'
import { runInGuest } from './run-in-guest.js'
import { say } from './say.js'

// As timeout(1) has it: 124 is the time limit, 125 a failure of our own, everything else is the command's.
const statusOfFailure = 125

const aborter = abortOnSignals()
// Nobody reads any more, as after `| head`.
process.stdout.on('error', () => {
  process.exitCode = 128 + constants.signals.SIGPIPE
  aborter.abort()
})

try {
  const options = parseArguments(process.argv.slice(2))
  if (!options) process.stdout.write(usage)
  else {
    const { status, timedOut, bootMs } = await runInGuest({ ...options, signal: aborter.signal })
    if (timedOut) say(`the command did not end within ${(options.timeoutMs ?? 0) / 1000} s`)
    if (options.verbose) say(`the guest booted in ${(bootMs / 1000).toFixed(1)} s`)
    process.exitCode = status
  }
} catch (error) {
  if (!aborter.signal.aborted) {
    if (error instanceof GuestCrashed) process.stderr.write(error.consoleTail.replace(/\n?$/, '\n'))
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = statusOfFailure
  }
}
