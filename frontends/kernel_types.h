/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's types that a text needs, from its BTF and from that of its modules. */
#ifndef FRONTENDS_KERNEL_TYPES_H
#define FRONTENDS_KERNEL_TYPES_H

#include "frontends/btf/modules.h"
#include "frontends/btf/raw_btf.h"
#include "names.h"

struct bcc_kernel_types {
	struct bcc_btf_bytes kernel;
	char *text; /* C */
};

/* The running kernel's: 0, or a negative errno when it has no BTF. bcc_kernel_types_free() in any case. */
int bcc_kernel_types_open(struct bcc_kernel_types *types);
void bcc_kernel_types_free(struct bcc_kernel_types *types);

/*
 * Writes types->text. Modules are looked at when the kernel lacks a tag that the text uses. Where that was not enough (the
 * text does not parse), `everything`: also when it lacks anything else; -ESRCH when modules have no more. Once per open.
 */
int bcc_kernel_types_write(struct bcc_kernel_types *types, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct bcc_err *err);

/* Adds to diagnostics that complain of a type which is lacking what may be done about it. `dependencies`: the file that names the
 * modules that could be loaded, "/lib/modules/RELEASE/modules.dep". */
void bcc_kernel_types_explain(const struct bcc_names *names, const char *dependencies, struct bcc_err *err);

#endif
