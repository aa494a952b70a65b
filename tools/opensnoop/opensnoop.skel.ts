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
  comm: string
  path: string
  dir: string
  dirIs: 'none' | 'base' | 'file'
  pathCut: boolean
  dirCut: boolean
  dirOutside: boolean
}

export const opensnoopSkeleton = skeleton<{
  programs: 'openat_fexit' | 'follow_fork' | 'follow_exit'
  maps: 'events' | 'followed' | 'scratch'
  rodata: {
    ring_mark: number
    filter_tgid: number
    failed_only: boolean
    filter_flags: number
    filter_accmode: number
    want_full_path: boolean
  }
  data: {
    lost: bigint
    consumer_awake: number
  }
  streams: {
    events: OpenEvent
  }
}>('opensnoop')
