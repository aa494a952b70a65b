import { constants } from 'node:os'

// Aborts when somebody ends this process, whose exit status then says so.
export function abortOnSignals(): AbortController {
  const aborter = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      process.exitCode = 128 + constants.signals[name]
      aborter.abort()
    })
  return aborter
}
