// Calls that were seen to begin and, when tracing ended, had not been seen to end.
import { existsSync } from 'node:fs'
import type { NativeObject } from './addon.js'

/**
 * Those in a map keyed by thread whose thread is gone: the end was missed, such as when a kretprobe has no instance
 * left. One whose thread lives may still be under way, as the open of a FIFO can be for long, and is no event yet.
 */
export function countAbandoned(object: NativeObject, map: string): number {
  const entries = object.entries(map, false)
  if (typeof entries === 'number') return 0
  const { keys, count } = entries
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength)
  const threads = Array.from({ length: count }, (_, index) => view.getInt32(4 * index, true))
  return threads.filter((tid) => !existsSync(`/proc/${tid}`)).length
}
