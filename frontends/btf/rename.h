/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel types whose names a text uses for types of its own. */
#ifndef FRONTENDS_BTF_RENAME_H
#define FRONTENDS_BTF_RENAME_H

#include "common/error.h"
#include "frontends/names.h"

/* In `*slice` (malloc'ed, replaced), adds the suffix ___kernel to what the text defines too: a struct NAME
 * {…} that is needed by another one, an enumerator, a typedef. Structs that are only pointed to keep their
 * names. */
int bcc_btf_rename(char **slice, const struct bcc_names *names, struct bcc_err *err);

#endif
