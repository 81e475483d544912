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
 * Attaches to all places, in as few pieces as the kernel takes, at most `most` places in one. A place that is
 * refused alone is left out. 0, or a negative errno of what is no matter of the place.
 */
int bcc_multi_attach(struct bcc_multi *m, bcc_multi_fn attach, size_t most);

/* How to attach to all of m->places: 0, or a negative errno; -EOPNOTSUPP: not this way. */
typedef int (*bcc_multi_way)(struct bcc_multi *m);

/*
 * Attaches to all places at once, or where the kernel cannot (or the caller of the API does not want that)
 * one by one, and makes one link of it. `err` is that of finding the places: there is nothing to attach then.
 * `regex` is for messages. How many places are attached, or a negative errno with the sentence recorded and
 * nothing attached: -ENOENT when all were left out.
 */
int bcc_multi_run(struct bcc_multi *m, int err, bool want_one_by_one, bcc_multi_way at_once,
	bcc_multi_way one_by_one, const char *regex, struct bcc_link **link);

/* What calls of the API begin with: the program of that name, and `known` options. NULL with the error
 * recorded; `missing` is the sentence for when a name or an expression is, NULL: none is. */
struct bcc_program *bcc_multi_begin(struct bcc *b, const char *prog, const char *missing,
	const struct bcc_multi_opts *opts, struct bcc_multi_opts *known);

#endif
