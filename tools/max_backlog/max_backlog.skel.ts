// Generated from bpf-src/max_backlog.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct overflow_event */
export interface OverflowEvent {
  time: number
  times: number
  inode: number
  cgroup: number
  netns: number
  queue: number
  limit: number
  lport: number
  family: 'ipv4' | 'ipv6'
  where: 'ack' | 'syn'
  address: Uint8Array
}

export const maxBacklogSkeleton = skeleton<{
  programs: 'child_fentry' | 'ack4_fentry' | 'ack4_fexit' | 'route_fexit' | 'ack6_fentry' | 'ack6_fexit' | 'request_fentry' | 'syn_fentry' | 'syn_fexit' | 'child_kprobe' | 'ack4_kprobe' | 'ack4_kretprobe' | 'route_kretprobe' | 'ack6_kprobe' | 'ack6_kretprobe' | 'request_kprobe' | 'syn_kprobe' | 'syn_kretprobe'
  maps: 'events' | 'looks' | 'held' | 'allowances'
  rodata: {
    home_hierarchy: number
    ring_mark: number
    max_rate: number
  }
  data: {
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: OverflowEvent
  }
  tables: {}
}>('max_backlog')
