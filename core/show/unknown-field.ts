// What is said of a field that there is not.
import { didYouMean } from '../cli/closest.js'

/** The name, what was perhaps meant, and those there are. `shown`: the name as it is printed. */
export function describeUnknownField(name: string, fields: object, shown = name): string {
  const known = Object.keys(fields)
  return `there is no field ${shown}${didYouMean(name, known) || ';'} there are ${known.join(', ')}`
}
