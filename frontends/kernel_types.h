/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's types that a text needs, from its BTF and from that of its modules. */
#ifndef FRONTENDS_KERNEL_TYPES_H
#define FRONTENDS_KERNEL_TYPES_H

#include "frontends/btf/modules.h"
#include "common/raw_btf.h"
#include "names.h"

struct bcc_kernel_types {
	struct bcc_btf_bytes kernel;
	char *text; /* C */
};

/* Opens the running kernel's BTF: returns 0, or a negative errno if it has none. `btf_fd` is that of struct
 * bcc_compile_request. Call bcc_kernel_types_free() in either case. */
int bcc_kernel_types_open(struct bcc_kernel_types *types, int btf_fd);
void bcc_kernel_types_free(struct bcc_kernel_types *types);

/*
 * Writes types->text. Modules are searched if the kernel lacks a tag that the text uses; with `everything`,
 * for when that was not enough (the text does not parse), also if it lacks anything else; then returns -ESRCH
 * if modules have nothing more. Once per open.
 */
int bcc_kernel_types_write(struct bcc_kernel_types *types, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct bcc_err *err);

/* Adds to diagnostics about a missing type what can be done about it. `dependencies`: the file that lists the
 * modules that could be loaded, "/lib/modules/RELEASE/modules.dep". */
void bcc_kernel_types_explain(
	const struct bcc_names *names, int btf_fd, const char *dependencies, struct bcc_err *err);

#endif
