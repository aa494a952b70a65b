// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What reads and page faults find in the page cache, what is brought in for them, and what is
// written to.
#include "cachestat/call.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

// linux/mm_types.h
#define VM_FAULT_LOCKED 0x200
#define VM_FAULT_RETRY 0x400

const volatile __u32 page_shift = 12;

static __always_inline int enter_read(struct kiocb *iocb, __s64 already)
{
	struct reader *reader = wanted_reader();

	if (reader)
		enter_call(&reader->read, BPF_CORE_READ(iocb, ki_filp), BPF_CORE_READ(iocb, ki_pos),
		           already);
	return 0;
}

/** Until 6.5 (3fc40265ae2b) what splices reads as others do, into an iterator of a kind of its own.
 */
static __always_inline bool splices_by_itself(void)
{
	return !bpf_core_enum_value_exists(enum iter_type, ITER_PIPE);
}

static __always_inline int enter_splice(const struct file *file, const __s64 *position)
{
	struct reader *reader = wanted_reader();
	__s64 at = 0;

	if (!reader)
		return 0;
	bpf_probe_read_kernel(&at, sizeof(at), position);
	enter_call(&reader->read, file, at, 0);
	return 0;
}

static __always_inline int leave_read(__s64 ret)
{
	struct reader *reader = this_reader();
	__u64 from, to;

	if (!reader || !reader->read.added.mapping)
		return 0;
	from = to = reader->read.at >> page_shift;
	ret -= reader->read.already;
	if (ret > 0)
		to = ((reader->read.at + ret - 1) >> page_shift) + 1;
	leave_call(&reader->read, from, to);
	return 0;
}

static __always_inline bool is_retried(const struct vm_fault *fault)
{
	const struct vm_fault___v5_12 *old = (const void *)fault;

	if (bpf_core_field_exists(old->flags))
		return BPF_CORE_READ(old, flags) & FAULT_FLAG_TRIED;
	return BPF_CORE_READ(fault, flags) & FAULT_FLAG_TRIED;
}

static __always_inline int enter_fault(const struct vm_fault *fault)
{
	struct reader *reader = wanted_reader();

	if (reader)
		enter_call(&reader->fault, BPF_CORE_READ(fault, vma, vm_file),
		           BPF_CORE_READ(fault, pgoff), is_retried(fault));
	return 0;
}

/** One that has to wait ends, and comes a second time: it has asked at the first. */
static __always_inline int leave_fault(int ret)
{
	struct reader *reader = this_reader();
	bool asked;

	if (!reader || !reader->fault.added.mapping)
		return 0;
	asked = (ret & (VM_FAULT_LOCKED | VM_FAULT_RETRY)) && !reader->fault.already;
	leave_call(&reader->fault, reader->fault.at, reader->fault.at + asked);
	return 0;
}

static __always_inline __u64 pages_of(const struct folio *folio)
{
	const struct folio___memdesc *later = (const void *)folio;
	__u64 flags;

	if (!bpf_core_type_exists(struct folio))
		return 1;
	flags = bpf_core_field_exists(later->flags.f) ? BPF_CORE_READ(later, flags.f)
	                                              : BPF_CORE_READ(folio, flags);
	if (!(flags >> bpf_core_enum_value(enum pageflags, PG_head) & 1))
		return 1;
	if (bpf_core_field_exists(later->_nr_pages))
		return BPF_CORE_READ(later, _nr_pages);
	if (bpf_core_field_exists(folio->_folio_nr_pages))
		return BPF_CORE_READ(folio, _folio_nr_pages);
	return 1;
}

/** Of what is added only that counts which a read or a fault of the same file adds: neither what is
 * written, nor what file systems keep of themselves. */
static __always_inline int add_to_cache(const struct folio *folio)
{
	const struct page *page = (const void *)folio;
	struct reader *reader = this_reader();
	__u64 mapping, index, pages;
	struct window *window;
	struct call *call;

	if (!reader)
		return 0;
	if (bpf_core_type_exists(struct folio)) {
		mapping = (__u64)BPF_CORE_READ(folio, mapping);
		index = BPF_CORE_READ(folio, index);
	} else {
		mapping = (__u64)BPF_CORE_READ(page, mapping);
		index = BPF_CORE_READ(page, index);
	}
	if (reader->fault.added.mapping == mapping)
		call = &reader->fault;
	else if (reader->read.added.mapping == mapping)
		call = &reader->read;
	else
		return 0;
	pages = pages_of(folio);
	call->pages += pages;
	window = &call->added;
	if (!window->left || index < window->from)
		window->from = index;
	if (!window->left || index + pages > window->to)
		window->to = index + pages;
	window->left += pages;
	return 0;
}

static __always_inline int dirty(const struct folio *folio)
{
	struct cache_counts *here;

	if (!current_wanted())
		return 0;
	here = counts_here();
	if (here)
		__sync_fetch_and_add(&here->dirties, pages_of(folio));
	return 0;
}

SEC("fentry")
int BPF_PROG(read_fentry, struct kiocb *iocb, const void *to, long already)
{
	return enter_read(iocb, already);
}

SEC("fexit")
int BPF_PROG(read_fexit, struct kiocb *iocb, const void *to, long already, long ret)
{
	return leave_read(ret);
}

SEC("kprobe")
int BPF_KPROBE(read_kprobe, struct kiocb *iocb, const void *to, long already)
{
	return enter_read(iocb, already);
}

SEC("kretprobe")
int BPF_KRETPROBE(read_kretprobe, long ret)
{
	return leave_read(ret);
}

// The verifier of 5.10 lets no program have a pointer to a number.
SEC("fentry")
int splice_fentry(const __u64 *ctx)
{
	return splices_by_itself() ? enter_splice((void *)ctx[0], (void *)ctx[1]) : 0;
}

SEC("fexit")
int BPF_PROG(splice_fexit, const struct file *file, const __s64 *position, const void *pipe,
             __u64 size, unsigned int flags, long ret)
{
	return splices_by_itself() ? leave_read(ret) : 0;
}

SEC("kprobe")
int BPF_KPROBE(splice_kprobe, const struct file *file, const __s64 *position)
{
	return splices_by_itself() ? enter_splice(file, position) : 0;
}

SEC("kretprobe")
int BPF_KRETPROBE(splice_kretprobe, long ret)
{
	return splices_by_itself() ? leave_read(ret) : 0;
}

SEC("fentry/filemap_fault")
int BPF_PROG(fault_fentry, struct vm_fault *fault)
{
	return enter_fault(fault);
}

SEC("fexit/filemap_fault")
int BPF_PROG(fault_fexit, struct vm_fault *fault, unsigned int ret)
{
	return leave_fault(ret);
}

SEC("kprobe/filemap_fault")
int BPF_KPROBE(fault_kprobe, struct vm_fault *fault)
{
	return enter_fault(fault);
}

SEC("kretprobe/filemap_fault")
int BPF_KRETPROBE(fault_kretprobe, unsigned int ret)
{
	return leave_fault(ret);
}

// writeback_dirty_page is its older name.
#define ATTACH(way)                                                                                \
	SEC(#way "/mm_filemap_add_to_page_cache")                                                  \
	int BPF_PROG(add_##way, const struct folio *folio)                                         \
	{                                                                                          \
		return add_to_cache(folio);                                                        \
	}                                                                                          \
	SEC(#way "/writeback_dirty_folio")                                                         \
	int BPF_PROG(dirty_folio_##way, const struct folio *folio)                                 \
	{                                                                                          \
		return dirty(folio);                                                               \
	}                                                                                          \
	SEC(#way "/writeback_dirty_page")                                                          \
	int BPF_PROG(dirty_page_##way, const struct folio *page)                                   \
	{                                                                                          \
		return dirty(page);                                                                \
	}

ATTACH(tp_btf)
ATTACH(raw_tp)
