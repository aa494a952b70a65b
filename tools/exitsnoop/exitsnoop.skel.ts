// Generated from bpf-src/exitsnoop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct exit_event */
export interface ExitEvent {
  time: number
  age: number
  cgroup: number
  pid: number
  ppid: number
  tid: number
  uid: number
  status: number
  comm: string
}

export const exitsnoopSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'exit_tp_btf' | 'exit_raw_tp' | 'exit_kprobe'
  maps: 'events' | 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'ended'
  rodata: {
    ring_mark: number
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
    by_thread: boolean
    failed_only: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
    unfollowed: bigint
  }
  streams: {
    events: ExitEvent
  }
  tables: {}
}>('exitsnoop')
