// Calls that were seen to begin and, when tracing ended, had not been seen to end.
import { existsSync } from 'node:fs'
import type { NativeObject } from './addon.js'

const THREAD_ID_BYTES = 4

/**
 * Those whose end was missed, such as when a kretprobe has no instance left. Of a map keyed by thread, those whose thread is
 * gone: one whose thread lives may still be under way, as the open of a FIFO can be for long, and is no event yet. Of a map
 * with another key all, since what these are of does not wait.
 */
export function countAbandoned(object: NativeObject, map: string): number {
  const entries = object.entries(map, false)
  if (typeof entries === 'number') return 0
  const { keys, count } = entries
  if (keys.byteLength !== THREAD_ID_BYTES * count) return count
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength)
  const threads = Array.from({ length: count }, (_, index) => view.getInt32(THREAD_ID_BYTES * index, true))
  return threads.filter((tid) => !existsSync(`/proc/${tid}`)).length
}
