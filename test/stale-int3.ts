/**
 * Whether a guest died of QEMU and not of its kernel. To patch itself under way a kernel puts an int3 first, makes all CPUs
 * notice, writes the rest, and takes the int3 out last (smp_text_poke_batch_finish(), before 6.16 text_poke_bp_batch()). QEMU's
 * multi-threaded TCG now and then still runs what it has translated of the int3 on another CPU when nobody knows of it any more:
 * a new kernel then dies of an int3 where its memory has none. One such as 5.10, which goes back over an int3 that is gone
 * (kprobe_int3_handler()), comes to it again for good: seen with both CPUs at the entry of do_sys_openat2(), where memory had a call
 * (e8 0b ad d8 ff), and the guest says nothing any more. That must not be taken for a kernel's fault, nor hide one: the byte
 * before the one that the oops shows in angle brackets tells.
 */
export function isStaleInt3(consoleTail: string): boolean {
  if (!/\bint3: 0000 \[#1\]/.test(consoleTail)) return false
  const before = /Code: .*?([0-9a-f]{2}) <[0-9a-f]{2}>/.exec(consoleTail)?.[1]
  return before !== undefined && before !== 'cc'
}
