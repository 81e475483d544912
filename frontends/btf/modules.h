/* SPDX-License-Identifier: Apache-2.0 */
/* The types of modules: each module has its own in BTF that continues where the kernel's ends. */
#ifndef FRONTENDS_BTF_MODULES_H
#define FRONTENDS_BTF_MODULES_H

#include <stdbool.h>

#include "common/error.h"
#include "frontends/names.h"

struct btf;

/* Where modules' types are. */
struct bcc_module_folders {
	const char *loaded; /* BCC_BTF_FOLDER */
	const char *files;  /* /lib/modules/RELEASE; NULL: only of loaded modules */
};

#define BCC_BTF_FOLDER "/sys/kernel/btf"

/* Called for each module whose types are used, with the path of its BTF. */
typedef void (*bcc_btf_module_fn)(void *ctx, const char *path);

/* Whether there may be any. */
bool bcc_btf_has_modules(const struct bcc_module_folders *folders);

/*
 * Sets `*out` to the kernel's types followed by those of the modules that have a struct, union or enum which
 * `names` lacks (`everything`: or a typedef or enumerator); to NULL if no module has any. In it, types that
 * the kernel only mentions and a module defines are that module's. Modules that are not loaded are asked only
 * for `tags` (ends with NULL; may be NULL), where no other has them.
 */
int bcc_btf_add_modules(struct btf *kernel, const struct bcc_module_folders *folders, struct bcc_names *names,
	bool everything, const char *const *tags, bcc_btf_module_fn fn, void *ctx, struct btf **out,
	struct bcc_err *err);

#endif
