// Generated from bpf-src/tcpretrans.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct retransmit_event */
export interface RetransmitEvent {
  time: number
  inode: number
  cgroup: number
  netns: number
  lport: number
  rport: number
  laddr: Uint8Array
  raddr: Uint8Array
  family: 'ipv4' | 'ipv6'
  segs: number
  seq: number
  ret: number
  state: 'unknown' | 'established' | 'syn_sent' | 'syn_recv' | 'fin_wait1' | 'fin_wait2' | 'time_wait' | 'close' | 'close_wait' | 'last_ack' | 'listen' | 'closing' | 'new_syn_recv'
  kind: 'segment' | 'probe' | 'synack'
  knowsSeq: boolean
}

export const tcpretransSkeleton = skeleton<{
  programs: 'again_fexit' | 'again_fentry' | 'probe_fexit' | 'probe_fentry' | 'again_kretprobe' | 'again_kprobe' | 'probe_kretprobe' | 'probe_kprobe' | 'synack_tp_btf' | 'synack_raw_tp'
  maps: 'events' | 'attempts'
  rodata: {
    home_hierarchy: number
    skip_ipv4: boolean
    skip_ipv6: boolean
    only_lports: readonly number[]
    only_rports: readonly number[]
    ring_mark: number
    want_probes: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: RetransmitEvent
  }
  tables: {}
}>('tcpretrans')
