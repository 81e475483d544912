/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches one program to many places: through links that take many at once, or one by one. */
#ifndef LIBBCC_ATTACH_BULK_H
#define LIBBCC_ATTACH_BULK_H

#include "attach.h"

struct bcc_multi {
	struct bcc_program *p;
	void *places;		/* for the callback of the kind */
	size_t count;		/* number of places */
	uint64_t *cookies;	/* of each place; NULL: none */
	bool retprobe, at_once; /* and no other way */
	bool is_session;	/* runs at calls and at returns */
	int attach_type;	/* of links that take many places */
	int pid;
	int *fds;
	size_t fd_count;
	size_t attached, left_out; /* numbers of places */
};

/* Chooses m->attach_type: that of `session` if the program is of that kind, which nothing attaches one by
 * one, and otherwise that of `plain`. */
void bcc_multi_choose(struct bcc_multi *m, enum bcc_kind plain, enum bcc_kind session);

/* Attaches to places [first, first + count). Returns a descriptor or a negative errno. */
typedef int (*bcc_multi_fn)(struct bcc_multi *m, size_t first, size_t count);

/*
 * Attaches to all places, in as few pieces as the kernel accepts, with at most `most` places in one. A place
 * that is refused by itself is left out. Returns 0, or a negative errno for failures that have nothing to do
 * with the place.
 */
int bcc_multi_attach(struct bcc_multi *m, bcc_multi_fn attach, size_t most);

/* Sets m->cookies, once m->count is known, if the program has one and they are not set; bcc_multi_run() frees
 * them. Returns 0 or -ENOMEM. */
int bcc_multi_cookies(struct bcc_multi *m);

/* Attaches to all of m->places: returns 0 or a negative errno; -EOPNOTSUPP: not possible this way. */
typedef int (*bcc_multi_way)(struct bcc_multi *m);

/*
 * Attaches to all places at once or, if the kernel cannot do that or the caller of the API does not want it,
 * one by one, and makes one link of it. `err` is the result of finding the places: if negative, there is
 * nothing to attach. `regex` is for messages. Returns the number of places attached, or a negative errno with
 * the error recorded and nothing attached: -ENOENT if all were left out.
 */
int bcc_multi_run(struct bcc_multi *m, int err, bool want_one_by_one, bcc_multi_way at_once,
	bcc_multi_way one_by_one, const char *regex, struct bcc_link **link);

/* Common beginning of calls of the API: returns the program of that name, with its options in `known`; NULL
 * with the error recorded. */
struct bcc_program *bcc_multi_begin(
	struct bcc *b, const char *prog, const struct bcc_multi_opts *opts, struct bcc_multi_opts *known);

#endif
