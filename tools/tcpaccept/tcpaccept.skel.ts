// Generated from bpf-src/tcpaccept.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct accept_event */
export interface AcceptEvent {
  time: number
  cgroup: number
  pid: number
  tid: number
  uid: number
  comm: string
  netns: number
  lport: number
  rport: number
  laddr: Uint8Array
  raddr: Uint8Array
  family: 'ipv4' | 'ipv6'
  queue: number
  limit: number
  knowsQueue: boolean
}

export const tcpacceptSkeleton = skeleton<{
  programs: 'follow_fork' | 'follow_exit' | 'begin_fentry' | 'graft_fentry' | 'begin_kprobe' | 'graft_kprobe'
  maps: 'events' | 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'accepting'
  rodata: {
    skip_ipv4: boolean
    skip_ipv6: boolean
    only_lports: readonly number[]
    only_rports: readonly number[]
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
  }
  data: {
    lost: bigint
    consumer_awake: number
    unfollowed: bigint
  }
  streams: {
    events: AcceptEvent
  }
  tables: {}
}>('tcpaccept')
