// Generated from bpf-src/biosnoop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct io_event */
export interface IoEvent {
  time: number
  latency: number
  queued: number
  cgroup: number
  pid: number
  tid: number
  uid: number
  comm: string
  sector: number
  bytes: number
  flags: number
  op: 'read' | 'write' | 'flush' | 'discard' | 'secure_erase' | 'write_same' | 'write_zeroes' | 'zone_open' | 'zone_close' | 'zone_finish' | 'zone_reset' | 'zone_reset_all' | 'zone_append' | 'driver_read' | 'driver_write' | 'other'
  pattern: 'unknown' | 'random' | 'sequential'
  knowsQueued: boolean
  disk: string
}

export const biosnoopSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'issue_tp_btf' | 'complete_tp_btf' | 'second_tp_btf' | 'issue_raw_tp' | 'complete_raw_tp' | 'second_raw_tp' | 'issue_kprobe' | 'complete_kprobe' | 'batch_kprobe' | 'make_tp_btf' | 'again_tp_btf' | 'make_raw_tp' | 'make_kprobe'
  maps: 'events' | 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'issued' | 'unissued' | 'makers' | 'ends'
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
    filter_disk: number
    filter_partition: number
    began: number
    patterns: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
    unfollowed: bigint
  }
  streams: {
    events: IoEvent
  }
  tables: {}
}>('biosnoop')
