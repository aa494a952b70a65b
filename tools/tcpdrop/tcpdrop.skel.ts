// Generated from bpf-src/tcpdrop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct drop_event */
export interface DropEvent {
  time: number
  inode: number
  cgroup: number
  location: bigint
  netns: number
  reason: number
  seq: number
  bytes: number
  sport: number
  dport: number
  saddr: Uint8Array
  daddr: Uint8Array
  family: 'ipv4' | 'ipv6'
  state: 'unknown' | 'established' | 'syn_sent' | 'syn_recv' | 'fin_wait1' | 'fin_wait2' | 'time_wait' | 'close' | 'close_wait' | 'last_ack' | 'listen' | 'closing' | 'new_syn_recv'
  flags: number
  knowsReason: boolean
  frames: number
  stack: Uint8Array
}

export const tcpdropSkeleton = skeleton<{
  programs: 'drop_tp_btf' | 'drop_raw_tp' | 'timewait_fentry' | 'timewait_kprobe'
  maps: 'events' | 'timewait'
  rodata: {
    home_hierarchy: number
    skip_ipv4: boolean
    skip_ipv6: boolean
    only_lports: readonly number[]
    only_rports: readonly number[]
    ring_mark: number
    want_stack: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: DropEvent
  }
  tables: {}
}>('tcpdrop')
