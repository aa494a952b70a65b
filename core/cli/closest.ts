// Did you mean …? For words that are nearly right.
import leven from 'leven'

/** The known word that was probably meant: the shortest that begins so, or one that is a few letters away. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase()
  const begins = known.filter((one) => wanted.length > 1 && one.toLowerCase().startsWith(wanted))
  if (begins.length > 0) return begins.toSorted((a, b) => a.length - b.length)[0]
  const most = Math.max(1, Math.round(wanted.length * 0.4))
  const near = known
    .map((one): [string, number] => [one, leven(wanted, one.toLowerCase())])
    // As many letters wrong as there are is another word.
    .filter(([one, distance]) => distance <= most && distance < Math.min(wanted.length, one.length))
  return near.toSorted(([, a], [, b]) => a - b)[0]?.[0]
}

/** `; did you mean X?`, or nothing when no known word is close. `prefix`: what stands before it. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const meant = closest(word, known)
  return meant === undefined ? '' : `; did you mean ${prefix}${meant}?`
}
