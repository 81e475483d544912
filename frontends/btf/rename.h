/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel types that a text has its own of the same name. */
#ifndef FRONTENDS_BTF_RENAME_H
#define FRONTENDS_BTF_RENAME_H

#include "common/error.h"
#include "frontends/names.h"

/* In `*slice` (malloc'ed, replaced), gives what the text defines too the suffix ___kernel: a struct NAME {…}
 * that came in inside another one, an enumerator, a typedef. Structs that are only pointed to keep their
 * name. */
int bcc_btf_rename(char **slice, const struct bcc_names *names, struct bcc_err *err);

#endif
