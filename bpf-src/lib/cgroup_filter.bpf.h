/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The filters by cgroup, with everything below: --cgroup, --container, --unit. Of the cgroups named
// the innermost that a task is in decides.
#pragma once

#include "cgroup.bpf.h"

/** How deep a cgroup is looked at. */
#define CGROUP_LEVELS 24
/** Of a directory's name; longer ones are never equal. */
#define CGROUP_NAME 128
#define CGROUP_VERDICTS 8192

/** Which option it is about. */
enum cgroup_filter { BY_CGROUP, BY_CONTAINER, BY_UNIT };

const volatile bool filter_by_cgroup = false;
const volatile bool filter_by_container = false;
const volatile bool filter_by_unit = false;
/** The hierarchy of --cgroup. */
const volatile __u32 cgroup_hierarchy = 0;
/** Whether those in none of the cgroups named are wanted. */
const volatile bool cgroup_others = false;
const volatile bool container_others = false;
const volatile bool unit_others = false;

struct cgroup_key {
	__u64 id;
	__u64 filter;
};

struct cgroup_name {
	char name[CGROUP_NAME];
};

/** Whether a cgroup is wanted: as user space says, or as found here, once for each. No number comes
 * a second time, and no cgroup moves to another parent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CGROUP_VERDICTS);
	__type(key, struct cgroup_key);
	__type(value, __u8);
} cgroup_verdicts SEC(".maps");

/** By name, so that a container or unit that starts again, or later, is known: its cgroup is a new
 * one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct cgroup_name);
	__type(value, __u8);
} container_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct cgroup_name);
	__type(value, __u8);
} unit_names SEC(".maps");

static __always_inline __u8 *verdict_by_name(__u64 filter, struct cgroup *cgroup)
{
	struct cgroup_name name = {};

	bpf_probe_read_kernel_str(&name, sizeof(name), BPF_CORE_READ(cgroup, kn, name));
	if (filter == BY_CONTAINER)
		return bpf_map_lookup_elem(&container_names, &name);
	return bpf_map_lookup_elem(&unit_names, &name);
}

/** Looks from a cgroup upwards for one that user space has named. */
static __always_inline bool look_upwards(__u64 filter, struct cgroup *cgroup, bool others)
{
	for (int i = 0; i < CGROUP_LEVELS && cgroup; i++) {
		struct cgroup_key key = {id_of_cgroup((__u64)cgroup), filter};
		__u8 *verdict = bpf_map_lookup_elem(&cgroup_verdicts, &key);

		if (!verdict && filter != BY_CGROUP)
			verdict = verdict_by_name(filter, cgroup);
		if (verdict)
			return *verdict;
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	}
	return others;
}

static __always_inline bool cgroup_wanted(__u64 filter, __u64 task, __u32 hierarchy, bool others)
{
	__u64 cgroup = cgroup_of(task, hierarchy);
	struct cgroup_key key = {id_of_cgroup(cgroup), filter};
	__u8 *known = bpf_map_lookup_elem(&cgroup_verdicts, &key), verdict;

	if (known)
		return *known;
	verdict = look_upwards(filter, (struct cgroup *)cgroup, others);
	// Where the map is full it is looked for again each time.
	bpf_map_update_elem(&cgroup_verdicts, &key, &verdict, BPF_NOEXIST);
	return verdict;
}

// To the verifier each is a function of its own, with a name's 128 bytes of stack for itself.

static __noinline bool wanted_by_cgroup(__u64 task)
{
	return cgroup_wanted(BY_CGROUP, task, cgroup_hierarchy, cgroup_others);
}

static __noinline bool wanted_by_container(__u64 task)
{
	return cgroup_wanted(BY_CONTAINER, task, home_hierarchy, container_others);
}

static __noinline bool wanted_by_unit(__u64 task)
{
	return cgroup_wanted(BY_UNIT, task, home_hierarchy, unit_others);
}
