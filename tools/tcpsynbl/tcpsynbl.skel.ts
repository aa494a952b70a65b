// Generated from bpf-src/tcpsynbl.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct listener_key */
export interface ListenerKey {
  sock: bigint
  inode: number
}

/** struct listener_row */
export interface ListenerRow {
  seen: number
  overflowsAtAck: number
  overflowsAtSyn: number
  drops: number
  socketDrops: number
  synQueueFull: number
  cookies: number
  cgroup: number
  netns: number
  queue: number
  limit: number
  somaxconn: number
  asked: number
  lport: number
  family: 'ipv4' | 'ipv6'
  knowsAsked: boolean
  closed: boolean
  opener: number
  openerComm: string
  address: Uint8Array
}

/** struct limit_key */
export interface LimitKey {
  limit: number
}

/** struct hist */
export interface Hist {
  sum: number
  slots: readonly number[]
}

export const tcpsynblSkeleton = skeleton<{
  programs: 'child_fentry' | 'ack4_fentry' | 'seen4_fentry' | 'ack4_fexit' | 'route_fexit' | 'ack6_fentry' | 'seen6_fentry' | 'ack6_fexit' | 'request_fentry' | 'syn_fentry' | 'syn_fexit' | 'child_kprobe' | 'ack4_kprobe' | 'seen4_kprobe' | 'ack4_kretprobe' | 'route_kretprobe' | 'ack6_kprobe' | 'seen6_kprobe' | 'ack6_kretprobe' | 'request_kprobe' | 'syn_kprobe' | 'syn_kretprobe' | 'answer_fentry' | 'hash_fentry' | 'syn4_fentry' | 'syn6_fentry' | 'error_fentry' | 'answer_kprobe' | 'hash_kprobe' | 'syn4_kprobe' | 'syn6_kprobe' | 'error_kprobe' | 'listen_fentry' | 'listen_kprobe' | 'stop_fentry' | 'stop_kprobe' | 'shown4_fentry' | 'shown4_kprobe' | 'shown6_fentry' | 'shown6_kprobe'
  maps: 'looks' | 'asked_for' | 'listeners' | 'limits' | 'limits_extremes' | 'queues' | 'queues_extremes'
  rodata: {
    home_hierarchy: number
    skip_ipv4: boolean
    skip_ipv6: boolean
    only_lports: readonly number[]
  }
  data: {
    lost: bigint
    generation: bigint
  }
  streams: {}
  tables: {
    listeners: { key: ListenerKey; value: ListenerRow }
    limits: { key: LimitKey; value: Hist }
    queues: { key: ListenerKey; value: Hist }
  }
}>('tcpsynbl')
