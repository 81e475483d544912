/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_LINK_CREATE and BPF_PROG_QUERY with what <linux/bpf.h> and libbpf of Debian 12 do not know yet. */
#ifndef LIBBCC_KERNEL_LINK_CREATE_H
#define LIBBCC_KERNEL_LINK_CREATE_H

#include <stdint.h>

/* The kernel's union bpf_attr, as far as it is used here. */
struct bcc_link_create {
	uint32_t prog_fd;
	uint32_t target; /* a descriptor, or the index of a device */
	uint32_t attach_type;
	uint32_t flags;
	union {
		struct {		   /* tcx (6.6), netkit (6.7), cgroup (6.17) */
			uint32_t relative; /* descriptor, or ID with BPF_F_ID */
			uint32_t reserved;
			uint64_t expected_revision;
		} order;
		struct { /* 6.4 */
			uint32_t family, hook;
			int32_t priority;
			uint32_t flags;
		} netfilter;
		struct { /* 5.19 */
			uint32_t btf_id;
			uint64_t cookie;
		} tracing;
		struct { /* 5.18 */
			uint32_t flags, count;
			uint64_t names, addresses, cookies;
		} kprobe_multi;
		struct { /* 6.6 */
			uint64_t path, offsets, ref_ctr_offsets, cookies;
			uint32_t count, flags, pid;
		} uprobe_multi;
	};
};

/* Values of `flags` that are newer than Linux 6.1. */
enum {
	KERNEL_BPF_F_BEFORE = 1 << 3,
	KERNEL_BPF_F_AFTER = 1 << 4,
	KERNEL_BPF_F_ID = 1 << 5,
	KERNEL_BPF_F_LINK = 1 << 13, /* `relative` is a link, otherwise a program */
};

/* Returns the link's descriptor, or a negative errno. */
int bcc_link_create(const struct bcc_link_create *link);

/* BPF_RAW_TRACEPOINT_OPEN with a cookie (6.10; 0 works on any kernel). `name` is NULL for programs that were
 * loaded for their target. Returns a descriptor or a negative errno. */
int bcc_raw_tracepoint_open(const char *name, int prog_fd, uint64_t cookie);

/* A question about the programs of a hook (6.6). */
struct bcc_hook_query {
	uint32_t target;
	uint32_t attach_type;
	uint32_t query_flags, attach_flags;
	uint64_t programs; /* addresses of arrays of `count` IDs */
	uint32_t count;	   /* in: room; out: how many there are */
	uint32_t reserved;
	uint64_t program_flags;
	uint64_t links;
	uint64_t link_flags;
	uint64_t revision;
};

/* Returns 0, or a negative errno. */
int bcc_hook_query(struct bcc_hook_query *query);

#endif
