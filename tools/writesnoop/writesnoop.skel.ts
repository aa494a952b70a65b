// Generated from bpf-src/writesnoop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct write_event */
export interface WriteEvent {
  time: number
  offset: number
  inode: number
  cgroup: number
  pid: number
  tid: number
  uid: number
  comm: string
  ret: number
  path: string
  pathCut: boolean
  pathOutside: boolean
  contents: string
  written: 'path' | 'pipe' | 'socket' | 'anon'
  hasOffset: boolean
}

export const writesnoopSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'write_fexit' | 'writev_fexit' | 'write_kretprobe' | 'write_kprobe' | 'writev_kretprobe' | 'writev_kprobe'
  maps: 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'events' | 'scratch' | 'pending'
  rodata: {
    home_hierarchy: number
    filter_by_cgroup: boolean
    filter_by_container: boolean
    filter_by_unit: boolean
    cgroup_hierarchy: number
    cgroup_others: boolean
    container_others: boolean
    unit_others: boolean
    own_pidns: number
    seen_pidns: number
    self_tgid: number
    filter_any: boolean
    filter_tgid: number
    filter_tid: number
    filter_ppid: number
    filter_by_tgid: boolean
    filter_by_tid: boolean
    filter_by_ppid: boolean
    filter_by_uid: boolean
    filter_by_netns: boolean
    filter_by_comm: boolean
    tgid_others: boolean
    tid_others: boolean
    ppid_others: boolean
    uid_others: boolean
    netns_others: boolean
    comm_others: boolean
    filter_followed: boolean
    unfollow: boolean
    filter_by_cgroupmap: boolean
    filter_by_mntnsmap: boolean
    ring_mark: number
    failed_only: boolean
    min_bytes: number
    max_contents: number
  }
  data: {
    unfollowed: bigint
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: WriteEvent
  }
  tables: {}
}>('writesnoop')
