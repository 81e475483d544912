/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder share: each attaches programs of a few kinds (common/program_kind.h). Their
 * attach functions, which common/program_kind_list.h names, have the type bcc_attach_fn.
 */
#ifndef LIBBCC_ATTACH_ATTACH_H
#define LIBBCC_ATTACH_ATTACH_H

#include "common/program_kind.h"
#include "libbcc/handle.h"

/*
 * Attaches a program that says itself where: to `target`, which is not empty, written as in
 * SEC("KIND/TARGET"). 0 with the link on the handle's list (and in `*link` unless that is NULL), or a negative
 * errno with the sentence recorded.
 */
typedef int bcc_attach_fn(
	struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link);

#define KIND(...)
#define AUTO(id, section, type, attach_type, attach, ...) bcc_attach_fn attach;
#include "common/program_kind_list.h"
#undef KIND
#undef AUTO

/* The function of the text that an attach call names; NULL with the error (-ENOENT, or -EINVAL without a
 * name) recorded. */
struct bcc_program *bcc_attach_program(struct bcc *b, const char *prog);

/* Loads the program as `kind` needs it, for `attach_to` (NULL: not bound to a target); 0 or
 * bcc_program_load()'s error. */
int bcc_attach_load(struct bcc_program *p, enum bcc_kind kind, const char *attach_to);

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
int bcc_link_add(struct bcc_program *p, const int *fds, size_t fd_count, struct bcc_link **link);

/* Of one perf event: load, bind and add in one; `perf_fd` is taken over. */
int bcc_attach_one(struct bcc_program *p, enum bcc_kind kind, int perf_fd, struct bcc_link **link);

#endif
