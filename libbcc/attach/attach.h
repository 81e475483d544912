/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: each is one kind of event, and fills a struct bcc_attach_ops. */
#ifndef LIBBCC_ATTACH_ATTACH_H
#define LIBBCC_ATTACH_ATTACH_H

#include "../handle.h"

struct bcc_attach_ops {
	const char *kind;   /* "kprobe", for messages */
	const char *prefix; /* of function names that attach themselves, "kprobe__"; NULL: none */
	int prog_type;      /* enum bpf_prog_type */
	int attach_type;    /* enum bpf_attach_type for loading, 0 when the type has none */
	/* Attaches a function of the text by the rest of its name after the prefix ("vfs_read"; "sched__sched_switch"). */
	int (*attach_by_name)(struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link);
	/* NULL: closing the descriptors is enough */
	void (*detach)(struct bcc_link *link);
};

/* All kinds, in the order in which prefixes are tried, NULL at the end (attach/kinds.c). */
extern const struct bcc_attach_ops *const bcc_attach_kinds[];

#endif
