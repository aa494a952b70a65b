/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What lies in a request of io_uring, in all its shapes.
#pragma once

#include "kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/**
 * Whether a request says its result when its operation returns: since 6.0 every operation sets
 * req->cqe.res. Before, some results went straight into the completion ring, past the request.
 */
static __always_inline bool io_keeps_result(void)
{
	return bpf_core_field_exists(struct io_kiocb, cmd);
}

static __always_inline int io_result(struct io_kiocb *req)
{
	struct io_kiocb___v5 *old = (void *)req;

	return bpf_core_field_exists(old->result) ? (int)BPF_CORE_READ(old, result)
	                                          : BPF_CORE_READ(req, cqe.res);
}

/** The thread that submitted a request; the one that executes it may be a worker. */
static __always_inline struct task_struct *io_submitter(struct io_kiocb *req)
{
	return bpf_core_field_exists(req->tctx) ? BPF_CORE_READ(req, tctx, task)
	                                        : BPF_CORE_READ(req, task);
}

static __always_inline struct io_open *io_open_of(struct io_kiocb *req)
{
	return bpf_core_field_exists(req->cmd)
	               ? (void *)req + bpf_core_field_offset(struct io_kiocb, cmd)
	               : (void *)req + bpf_core_field_offset(struct io_kiocb___v5, open);
}

/** The kernel's copy of the name; it is freed before the open returns. */
static __always_inline const char *io_open_name(struct io_open *open)
{
	struct io_open___delayed *delayed = (void *)open;

	return bpf_core_type_exists(struct delayed_filename)
	               ? BPF_CORE_READ(delayed, filename.__incomplete_filename, name)
	               : BPF_CORE_READ(open, filename, name);
}
