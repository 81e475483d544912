/* SPDX-License-Identifier: Apache-2.0 */
/* The C types of the running kernel that a text needs, and no others. */
#ifndef FRONTENDS_BTF_SLICE_H
#define FRONTENDS_BTF_SLICE_H

#include "common/error.h"
#include "frontends/names.h"

struct btf;

/*
 * Sets `*text` (malloc'ed) to C declarations of everything that `names` uses and `btf` has: structs, unions
 * and enums by tag, typedefs, enumerators; what these need; and the structs behind pointer members whose
 * names the text uses. What the text defines itself is left out. `names` is told what is known then.
 */
int bcc_btf_slice(const struct btf *btf, struct bcc_names *names, char **text, struct bcc_err *err);

#endif
