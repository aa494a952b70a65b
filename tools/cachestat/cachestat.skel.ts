// Generated from bpf-src/cachestat.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct all_key */
export interface AllKey {
  all: number
}

/** struct cache_counts */
export interface CacheCounts {
  hits: number
  misses: number
  dirties: number
}

export const cachestatSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'read_fentry' | 'splice_fentry' | 'read_fexit' | 'splice_fexit' | 'read_kprobe' | 'splice_kprobe' | 'read_kretprobe' | 'splice_kretprobe' | 'fault_fentry' | 'fault_fexit' | 'fault_kprobe' | 'fault_kretprobe' | 'add_tp_btf' | 'dirty_folio_tp_btf' | 'dirty_page_tp_btf' | 'add_raw_tp' | 'dirty_folio_raw_tp' | 'dirty_page_raw_tp'
  maps: 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'counts' | 'readers' | 'ahead'
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
    page_shift: number
  }
  data: {
    unfollowed: bigint
    lost: bigint
  }
  streams: {}
  tables: {
    counts: { key: AllKey; value: CacheCounts }
  }
}>('cachestat')
