/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of this folder, each of which attaches programs of a few kinds (common/program_kind.h).
 * Their attach functions, which common/program_kind_list.h names, have the type bcc_attach_fn.
 */
#ifndef LIBBCC_ATTACH_ATTACH_H
#define LIBBCC_ATTACH_ATTACH_H

#include "common/program_kind.h"
#include "libbcc/handle.h"
#include "link_ops.h"

/*
 * Attaches a program whose section or name tells where: to `target`, which is not empty and written as in
 * SEC("KIND/TARGET"). Returns 0 with the link on the handle's list (and in `*link` unless that is NULL), or a
 * negative errno with the error recorded.
 */
typedef int bcc_attach_fn(
	struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link);

#define KIND(...)
#define AUTO(id, section, type, attach_type, attach, ...) bcc_attach_fn attach;
#include "common/program_kind_list.h"
#undef KIND
#undef AUTO

/* What attaches programs of a kind by a target; NULL: the kind has no such function. */
extern bcc_attach_fn *const bcc_attach_functions[BCC_KINDS];

/* The function of the text that an attach call names; NULL with the error recorded (-ENOENT, or -EINVAL
 * without a name), or NULL if `b` is NULL. */
struct bcc_program *bcc_attach_program(struct bcc *b, const char *prog);

/* Loads the program as `kind` needs it, for `attach_to` (NULL: no particular target). Returns 0 or
 * bcc_program_load()'s error. */
int bcc_attach_load(struct bcc_program *p, enum bcc_kind kind, const char *attach_to);

struct perf_event_attr;

/* perf_event_open() with CLOEXEC and the struct's size filled in. Returns the descriptor or a negative
 * errno. */
int bcc_perf_event_open(struct perf_event_attr *attr, int pid, int cpu);

/* Runs the loaded program on a perf event, with the program's cookie. Returns the descriptor that keeps both
 * attached; takes ownership of `perf_fd`, which is closed on failure. */
int bcc_attach_perf_fd(struct bcc_program *p, int perf_fd);
/* The same with another cookie (5.15; 0 works on any kernel). */
int bcc_attach_perf_fd_cookie(struct bcc_program *p, int perf_fd, uint64_t cookie);

/* Adds a link that holds `fds` to the handle's list; takes ownership of the descriptors, which are closed on
 * failure. */
int bcc_link_add(struct bcc_program *p, const int *fds, size_t fd_count, struct bcc_link **link);
/* The same for a program that may be of another process. */
int bcc_link_add_typed(struct bcc *b, int type, int expected_attach_type, const int *fds, size_t fd_count,
	struct bcc_link **link);

/* From now on the link is removed by `ops`; takes ownership of `state`. */
void bcc_link_keep(struct bcc_link *link, const struct bcc_link_ops *ops, void *state);

/* Loads, binds and adds the link of a single perf event; takes ownership of `perf_fd`. */
int bcc_attach_one(struct bcc_program *p, enum bcc_kind kind, int perf_fd, struct bcc_link **link);

#endif
