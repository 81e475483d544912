/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's own types: what programs attach to and what they call. */
#ifndef LIBBCC_KERNEL_KERNEL_BTF_H
#define LIBBCC_KERNEL_KERNEL_BTF_H

#include "common/raw_btf.h"
#include "libbcc/handle.h"

struct bcc_kernel_type {
	uint32_t id;
	int module_fd; /* BTF of its module, which the caller closes; -1: the kernel itself */
};

/* Finds a type of `kind` (BTF_KIND_…) by name, in the kernel and, if `modules`, in loaded modules. Returns
 * -ESRCH if there is none, -ENOENT with an error message if the kernel has no BTF. */
int bcc_kernel_btf_find(
	struct bcc *b, const char *name, uint32_t kind, bool modules, struct bcc_kernel_type *out);

/* All of them; belongs to the handle. Returns -ENOENT with an error message if the kernel has no BTF. */
int bcc_kernel_btf_get(struct bcc *b, const struct btf **out);
/* The same as they are, without libbpf's copy and index; the caller closes them in either case. */
int bcc_kernel_btf_bytes(struct bcc *b, struct bcc_btf_bytes *out);
/* Passes the types of each loaded module to `visit`, which owns them; type numbers continue the kernel's.
 * Stops when `visit` returns another value than 0, and returns that. */
int bcc_kernel_btf_each_module(struct bcc *b, int (*visit)(void *ctx, struct btf *btf), void *ctx);

/* "; did you mean A, B or C?" from the kernel's names that begin with `prefix`, which is left out; "" if
 * nothing is close. Returns buf. */
const char *bcc_kernel_btf_near(
	struct bcc *b, const char *prefix, const char *name, uint32_t kind, char *buf, size_t size);

#endif
