import type { Capability } from '../bpf/capabilities.js'

// What is known beyond the event, found by a key the event carries. Columns ask through the row's context, which notes the
// answer when it records, and knows it when it replays on another machine.

export interface Lookup<K extends string | number, V> {
  /** Names it in recordings. */
  name: string
  /** What it takes to learn it of other users. */
  needs: readonly Capability[]
  /** Undefined: nothing is known. The value must be one that JSON can hold. */
  find(key: K): V | undefined
}
