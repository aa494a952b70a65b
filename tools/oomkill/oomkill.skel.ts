// Generated from bpf-src/oomkill.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct oom_event */
export interface OomEvent {
  time: number
  cgroup: number
  limit: number
  pages: number
  anon: number
  file: number
  shmem: number
  fpid: number
  tpid: number
  uid: number
  adj: number
  order: number
  constraint: 'none' | 'cpuset' | 'memory_policy' | 'memcg'
  fcomm: string
  tcomm: string
}

export const oomkillSkeleton = skeleton<{
  programs: 'begin_fentry' | 'choose_fentry' | 'kill_fentry' | 'end_fexit' | 'begin_kprobe' | 'choose_kprobe' | 'kill_kprobe' | 'end_kretprobe'
  maps: 'events' | 'choosing'
  rodata: {
    home_hierarchy: number
    ring_mark: number
  }
  data: {
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: OomEvent
  }
  tables: {}
}>('oomkill')
