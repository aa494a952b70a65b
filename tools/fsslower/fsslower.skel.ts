// Generated from bpf-src/fsslower.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct slow_event */
export interface SlowEvent {
  time: number
  latency: number
  offset: number
  cgroup: number
  pid: number
  tid: number
  uid: number
  comm: string
  ret: number
  path: string
  pathCut: boolean
  pathOutside: boolean
  op: 'read' | 'write' | 'open' | 'fsync' | 'getattr'
  fileSystem: number
  pathWhole: boolean
}

export const fsslowerSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'read_fexit' | 'write_fexit' | 'open_fexit' | 'fsync_fexit' | 'getattr_fexit' | 'read_fentry' | 'write_fentry' | 'open_fentry' | 'fsync_fentry' | 'getattr_fentry' | 'read_kretprobe' | 'write_kretprobe' | 'open_kretprobe' | 'fsync_kretprobe' | 'getattr_kretprobe' | 'read_kprobe' | 'write_kprobe' | 'open_kprobe' | 'fsync_kprobe' | 'getattr_kprobe'
  maps: 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'events' | 'scratch' | 'reads' | 'writes' | 'opens' | 'fsyncs' | 'getattrs'
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
    min_latency: number
    file_system: number
    want_full_path: boolean
  }
  data: {
    unfollowed: bigint
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: SlowEvent
  }
  tables: {}
}>('fsslower')
