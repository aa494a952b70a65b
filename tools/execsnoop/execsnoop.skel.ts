// Generated from bpf-src/execsnoop.bpf.c by `npm run build:bpf`. DO NOT EDIT.
import { skeleton } from '../../core/index.js'

/** struct exec_event */
export interface ExecEvent {
  time: number
  pid: number
  tid: number
  ppid: number
  uid: number
  ret: number
  cpu: number
  cut: number
  more: boolean
  cwdCut: boolean
  cwdOutside: boolean
  exeCut: boolean
  exeOutside: boolean
  hasCwd: boolean
  hasExe: boolean
  fileCut: boolean
  cgroup: number
  comm: string
  pcomm: string
  file: string
  cwd: string
  exe: string
  args: readonly string[]
}

export const execsnoopSkeleton = skeleton<{
  programs: 'parent_fentry' | 'parent_kprobe' | 'parent_tracepoint' | 'follow_fork' | 'follow_exit' | 'exec_tp_btf' | 'exec_raw_tp' | 'execve_fexit' | 'execveat_fexit' | 'compat_execve_fexit' | 'compat_execveat_fexit' | 'failed_raw_tp'
  maps: 'cgroup_verdicts' | 'container_names' | 'unit_names' | 'followed' | 'followed_roots' | 'listed' | 'listed_comms' | 'cgroupmap' | 'mntnsmap' | 'parents' | 'events' | 'scratch'
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
    want_paths: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
    unfollowed: bigint
  }
  streams: {
    events: ExecEvent
  }
  tables: {}
}>('execsnoop')
