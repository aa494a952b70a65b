// Generated from bpf-src/biolatency.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct latency_key */
export interface LatencyKey {
  disk: string
  flags: number
  op: 'read' | 'write' | 'flush' | 'discard' | 'secure_erase' | 'write_same' | 'write_zeroes' | 'zone_open' | 'zone_close' | 'zone_finish' | 'zone_reset' | 'zone_reset_all' | 'zone_append' | 'driver_read' | 'driver_write' | 'other'
}

/** struct hist */
export interface Hist {
  sum: number
  slots: readonly number[]
}

export const biolatencySkeleton = skeleton<{
  programs: 'issue_tp_btf' | 'complete_tp_btf' | 'second_tp_btf' | 'issue_raw_tp' | 'complete_raw_tp' | 'second_raw_tp' | 'issue_kprobe' | 'complete_kprobe' | 'batch_kprobe' | 'queue_tp_btf' | 'split_tp_btf' | 'end_tp_btf' | 'second_end_tp_btf' | 'part_fentry' | 'queue_raw_tp' | 'split_raw_tp' | 'end_raw_tp' | 'second_end_raw_tp' | 'part_kprobe' | 'queue_kprobe'
  maps: 'latencies' | 'latencies_extremes' | 'issued' | 'unissued' | 'bios'
  rodata: {
    filter_disk: number
    filter_partition: number
    by_disk: boolean
    by_flags: boolean
    milliseconds: boolean
    began: number
    queued: boolean
  }
  data: {
    lost: bigint
    generation: bigint
  }
  streams: {}
  tables: {
    latencies: { key: LatencyKey; value: Hist }
  }
}>('biolatency')
