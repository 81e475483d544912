/* SPDX-License-Identifier: Apache-2.0 */
/* One program at many places: through links of the kernel that take many at once, or one by one. */
#ifndef LIBBCC_ATTACH_BULK_H
#define LIBBCC_ATTACH_BULK_H

#include "attach.h"

struct bcc_multi {
	struct bcc_program *p;
	void *places; /* of the kind that attaches */
	size_t count; /* of places */
	bool retprobe;
	int pid;
	int *fds;
	size_t fd_count;
	size_t attached, left_out; /* places */
};

/* Attaches to places [first, first + count): a descriptor or a negative errno. */
typedef int (*bcc_multi_fn)(struct bcc_multi *m, size_t first, size_t count);

/*
 * Attaches to all places, in as few pieces as the kernel takes, at most `most` places in one. A place that is refused alone
 * is left out. 0, or a negative errno of what is no matter of the place.
 */
int bcc_multi_attach(struct bcc_multi *m, bcc_multi_fn attach, size_t most);

/* Makes one link of it, or closes everything if `err` is a negative errno. Returns how many places are attached, or `err`.
 * -ENOENT (with `what` in the sentence) when all were left out. */
int bcc_multi_finish(struct bcc_multi *m, int err, const char *what, struct bcc_link **link);

#endif
