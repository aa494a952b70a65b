// Generated from bpf-src/opensnoop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct open_event */
export interface OpenEvent {
  time: number
  pid: number
  tid: number
  uid: number
  ret: number
  flags: number
  mode: number
  via: 'syscall' | 'io_uring' | 'by_handle'
  direct: boolean
  cgroup: number
  comm: string
  path: string
  dir: string
  dirIs: 'none' | 'base' | 'file'
  pathCut: boolean
  dirCut: boolean
  dirOutside: boolean
}

export const opensnoopSkeleton = skeleton<{
  programs: 'io_uring_complete' | 'io_openat2_fexit' | 'io_openat2_fentry' | 'io_openat2_kretprobe' | 'io_openat2_kprobe' | 'follow_fork' | 'follow_exit' | 'openat_fexit' | 'by_handle_fexit' | 'openat_kretprobe' | 'openat_kprobe' | 'by_handle_kretprobe' | 'by_handle_kprobe' | 'exit_open' | 'enter_open' | 'exit_creat' | 'enter_creat' | 'exit_openat' | 'enter_openat' | 'exit_openat2' | 'enter_openat2' | 'exit_open_by_handle_at' | 'enter_open_by_handle_at' | 'raw_exit' | 'raw_exit_by_handle' | 'openat_multi'
  maps: 'io_pending' | 'events' | 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'scratch' | 'pending'
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
    failed_only: boolean
    filter_flags: number
    filter_accmode: number
    want_full_path: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
    unfollowed: bigint
  }
  streams: {
    events: OpenEvent
  }
  tables: {}
}>('opensnoop')
