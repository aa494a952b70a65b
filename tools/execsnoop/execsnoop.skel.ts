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
  comm: string
  pcomm: string
  file: string
  cwd: string
  exe: string
  args: readonly string[]
}

export const execsnoopSkeleton = skeleton<{
  programs: 'parent_fentry' | 'parent_kprobe' | 'parent_tracepoint' | 'follow_fork' | 'follow_exit' | 'exec_tp_btf' | 'exec_raw_tp' | 'execve_fexit' | 'execveat_fexit' | 'compat_execve_fexit' | 'compat_execveat_fexit' | 'failed_raw_tp'
  maps: 'parents' | 'events' | 'followed' | 'scratch'
  rodata: {
    ring_mark: number
    filter_tgid: number
    filter_tid: number
    filter_uid: number
    filter_by_uid: boolean
    self_tgid: number
    filter_followed: boolean
    filter_ppid: number
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
}>('execsnoop')
