/* SPDX-License-Identifier: Apache-2.0 */
/* The types of loaded modules: each module has its own in BTF that continues where the kernel's ends. */
#ifndef FRONTENDS_BTF_MODULES_H
#define FRONTENDS_BTF_MODULES_H

#include <stdbool.h>

#include "common/error.h"
#include "frontends/names.h"

struct btf;

#define BCC_BTF_FOLDER "/sys/kernel/btf"

/* Called for each module whose types are used, with the path of its BTF. */
typedef void (*bcc_btf_module_fn)(void *ctx, const char *path);

/* Whether any loaded module has types. */
bool bcc_btf_has_modules(const char *folder);

/*
 * Sets `*out` to the kernel's types followed by those of the modules in `folder` that have a struct, union or
 * enum which `names` lacks (`everything`: or a typedef or enumerator); to NULL if no module has any. In it,
 * types that the kernel only mentions and a module defines are that module's.
 */
int bcc_btf_add_modules(struct btf *kernel, const char *folder, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct btf **out, struct bcc_err *err);

#endif
