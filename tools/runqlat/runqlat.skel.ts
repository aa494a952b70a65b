// Generated from bpf-src/runqlat.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct wait_key */
export interface WaitKey {
  pid: number
  tid: number
  pidns: number
}

/** struct hist */
export interface Hist {
  sum: number
  slots: readonly number[]
}

export const runqlatSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'wakeup_tp_btf' | 'wakeup_new_tp_btf' | 'switch_tp_btf' | 'wakeup_raw_tp' | 'wakeup_new_raw_tp' | 'switch_raw_tp'
  maps: 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'waiting' | 'waits' | 'waits_extremes'
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
    by_process: boolean
    by_thread: boolean
    by_pidns: boolean
    milliseconds: boolean
  }
  data: {
    lost: bigint
    unfollowed: bigint
    generation: bigint
  }
  streams: {}
  tables: {
    waits: { key: WaitKey; value: Hist }
  }
}>('runqlat')
