/* SPDX-License-Identifier: Apache-2.0 */
/* The types of loaded modules: each has those of its own in a BTF that goes on where the kernel's ends. */
#ifndef FRONTENDS_BTF_MODULES_H
#define FRONTENDS_BTF_MODULES_H

#include <stdbool.h>

#include "common/error.h"
#include "frontends/names.h"

struct btf;

#define BCC_BTF_FOLDER "/sys/kernel/btf"

/* Told of each module whose types are taken, by the file that they are in. */
typedef void (*bcc_btf_module_fn)(void *ctx, const char *path);

/* Whether any module that is loaded has types. */
bool bcc_btf_has_modules(const char *folder);

/*
 * Sets `*out` to the kernel's types and behind them those of the modules in `folder` that have a struct, union or enum which
 * `names` lacks (`everything`: or a typedef or enumerator); to NULL when none has. Must be freed before `kernel`, in which
 * types that only a module defines are then that module's.
 */
int bcc_btf_add_modules(struct btf *kernel, const char *folder, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct btf **out, struct bcc_err *err);

#endif
