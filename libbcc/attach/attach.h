/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: each is one kind of event, and fills a struct bcc_attach_ops. */
#ifndef LIBBCC_ATTACH_ATTACH_H
#define LIBBCC_ATTACH_ATTACH_H

#include "libbcc/handle.h"

struct bcc_attach_ops {
	const char *kind;   /* "kprobe", for messages */
	const char *prefix; /* of function names that attach themselves, "kprobe__"; NULL: none */
	const char
		*section; /* what says the same of a function with any name: SEC("tp_btf/…"); NULL: nothing */
	int prog_type;	  /* enum bpf_prog_type */
	int attach_type;  /* enum bpf_attach_type for loading, 0 when the type has none */
	/* Attaches a function of the text by the rest of its name after the prefix ("vfs_read";
	 * "sched__sched_switch"). */
	int (*attach_by_name)(
		struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link);
	/* NULL: closing the descriptors is enough */
	void (*detach)(struct bcc_link *link);
};

/* All kinds, in the order in which prefixes are tried, NULL at the end (attach/kinds.c). */
extern const struct bcc_attach_ops *const bcc_attach_kinds[];

extern const struct bcc_attach_ops bcc_kprobe_kind, bcc_kretprobe_kind, bcc_tracepoint_kind,
	bcc_raw_tracepoint_kind, bcc_perf_event_kind, bcc_uprobe_kind, bcc_fentry_kind, bcc_fexit_kind,
	bcc_fmod_ret_kind, bcc_lsm_kind, bcc_btf_tracepoint_kind;

/* The function of the text that an attach call names; NULL with the error (-ENOENT, or -EINVAL without a
 * name) recorded. */
struct bcc_program *bcc_attach_program(struct bcc *b, const char *prog);

/* Loads the program as `kind` needs it, for `attach_to` (NULL: not bound to a target); 0 or
 * bcc_program_load()'s error. */
int bcc_attach_load(struct bcc_program *p, const struct bcc_attach_ops *kind, const char *attach_to);

struct perf_event_attr;

/* perf_event_open() with CLOEXEC and the struct's size filled in; the descriptor or -errno. */
int bcc_perf_event_open(struct perf_event_attr *attr, int pid, int cpu);

/* Runs the loaded program on a perf event. Returns the descriptor that now keeps the two together; `perf_fd`
 * is taken over, and closed on failure. */
int bcc_attach_perf_fd(struct bcc_program *p, int perf_fd);
/* The same with what bpf_get_attach_cookie() returns there (5.15; 0: nothing, on any kernel). */
int bcc_attach_perf_fd_cookie(struct bcc_program *p, int perf_fd, uint64_t cookie);

/* Puts a link that holds `fds` on the handle's list; the descriptors are taken over, and closed on failure.
 */
int bcc_link_add(struct bcc *b, const struct bcc_attach_ops *kind, struct bcc_program *p, const int *fds,
	size_t fd_count, struct bcc_link **link);

/* Of one perf event: load, bind and add in one; `perf_fd` is taken over. */
int bcc_attach_one(
	struct bcc_program *p, const struct bcc_attach_ops *kind, int perf_fd, struct bcc_link **link);

#endif
