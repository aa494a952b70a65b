import type { Capability } from '../bpf/capabilities.js'

// What is known beyond the event, found by a key the event carries. Columns ask through the row's context, which notes the
// answer when it records, and knows it when it replays on another machine.

/** What a recording holds of a look-up: as it is, or as the fields of one object. */
type Plain = string | number
/** The constraint of V: what can be recorded and replayed. */
export type Recordable<V> = Plain | Partial<Record<keyof V, Plain>>

export interface Lookup<K extends Plain, V extends Recordable<V>> {
  /** Names it in recordings. */
  name: string
  /** What it takes to learn it of other users. */
  needs: readonly Capability[]
  /** What was found stays so; else it is looked up again for the next batch. */
  lasts?: true
  /** Undefined: nothing is known. `hint`: what may help to find it, so that the next one may where this one did not. */
  find(key: K, hint?: number): V | undefined
}
