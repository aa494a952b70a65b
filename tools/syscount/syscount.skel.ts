// Generated from bpf-src/syscount.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct call_key */
export interface CallKey {
  pid: number
  number: number
  abi: 'x64' | 'i386' | 'arm64' | 'arm'
}

/** struct call_row */
export interface CallRow {
  count: number
  spent: number
  pid: number
  number: number
  abi: 'x64' | 'i386' | 'arm64' | 'arm'
  comm: string
  ended: boolean
}

/** struct array_key */
export interface ArrayKey {
  place: number
}

export const syscountSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'end_tp_btf' | 'exit_tp_btf' | 'enter_tp_btf' | 'exit_raw_tp' | 'enter_raw_tp' | 'end_raw_tp'
  maps: 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'calls' | 'usual_calls' | 'entered'
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
    failed_only: boolean
    with_latency: boolean
    only_errno: number
    only_one: boolean
    only_native: number
    only_compat: number
  }
  data: {
    unfollowed: bigint
    lost: bigint
  }
  streams: {}
  tables: {
    calls: { key: CallKey; value: CallRow }
    usual_calls: { key: ArrayKey; value: CallRow }
  }
}>('syscount')
