// Generated from bpf-src/killsnoop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct kill_event */
export interface KillEvent {
  time: number
  cgroup: number
  pid: number
  tid: number
  uid: number
  comm: string
  asked: number
  targetPid: number
  targetTid: number
  targets: number
  sig: number
  ret: number
  via: 'kill' | 'tkill' | 'tgkill' | 'rt_sigqueueinfo' | 'rt_tgsigqueueinfo' | 'pidfd_send_signal'
  targetComm: string
}

export const killsnoopSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'reached_tp_btf' | 'reached_raw_tp' | 'kill_fexit' | 'kill_kretprobe' | 'kill_kprobe' | 'tkill_fexit' | 'tkill_kretprobe' | 'tkill_kprobe' | 'tgkill_fexit' | 'tgkill_kretprobe' | 'tgkill_kprobe' | 'queue_fexit' | 'queue_kretprobe' | 'queue_kprobe' | 'tgqueue_fexit' | 'tgqueue_kretprobe' | 'tgqueue_kprobe' | 'pidfd_fexit' | 'pidfd_kretprobe' | 'pidfd_kprobe' | 'kill_32_fexit' | 'kill_32_kretprobe' | 'kill_32_kprobe' | 'tkill_32_fexit' | 'tkill_32_kretprobe' | 'tkill_32_kprobe' | 'tgkill_32_fexit' | 'tgkill_32_kretprobe' | 'tgkill_32_kprobe' | 'queue_32_fexit' | 'queue_32_kretprobe' | 'queue_32_kprobe' | 'tgqueue_32_fexit' | 'tgqueue_32_kretprobe' | 'tgqueue_32_kprobe' | 'pidfd_32_fexit' | 'pidfd_32_kretprobe' | 'pidfd_32_kprobe' | 'call_raw_tp'
  maps: 'events' | 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'reached' | 'pending'
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
  }
  data: {
    lost: bigint
    consumer_awake: number
    unfollowed: bigint
  }
  streams: {
    events: KillEvent
  }
  tables: {}
}>('killsnoop')
