// How long a run lasts.

/** Resolves with the first of: the signal, so many seconds, the run's own end. */
export async function untilOver(
  stop: AbortSignal,
  seconds: number | undefined,
  runEnd: Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const stopped = new Promise<void>((resolve) => {
    const done = (): void => resolve()
    if (stop.aborted) done()
    stop.addEventListener('abort', done, { once: true })
    void runEnd.then(done)
    if (seconds !== undefined) timer = setTimeout(done, seconds * 1000)
  })
  try {
    await stopped
  } finally {
    clearTimeout(timer)
  }
}
