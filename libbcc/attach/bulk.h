/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches one program to many places: through links that take many at once, or one by one. */
#ifndef LIBBCC_ATTACH_BULK_H
#define LIBBCC_ATTACH_BULK_H

#include "attach.h"

struct bcc_multi {
	struct bcc_program *p;
	void *places; /* for the callback of the kind */
	size_t count; /* number of places */
	bool retprobe;
	int pid;
	int *fds;
	size_t fd_count;
	size_t attached, left_out; /* numbers of places */
};

/* Attaches to places [first, first + count). Returns a descriptor or a negative errno. */
typedef int (*bcc_multi_fn)(struct bcc_multi *m, size_t first, size_t count);

/*
 * Attaches to all places, in as few pieces as the kernel accepts, with at most `most` places in one. A place
 * that is refused by itself is left out. Returns 0, or a negative errno for failures that have nothing to do
 * with the place.
 */
int bcc_multi_attach(struct bcc_multi *m, bcc_multi_fn attach, size_t most);

/* Makes one link of the attached places, or closes everything if `err` is a negative errno. Returns the
 * number of places attached, or `err`; -ENOENT (with `what` in the message) if all were left out. */
int bcc_multi_finish(struct bcc_multi *m, int err, const char *what, struct bcc_link **link);

#endif
