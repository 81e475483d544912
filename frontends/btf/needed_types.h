/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the kernel's BTF that a text can need, as BTF, so that libbpf processes hundreds of types
 * instead of a hundred thousand. */
#ifndef FRONTENDS_BTF_NEEDED_TYPES_H
#define FRONTENDS_BTF_NEEDED_TYPES_H

#include "common/error.h"
#include "frontends/names.h"
#include "common/raw_btf.h"

/*
 * Sets `*out` to the types that `names` uses and what these need: bcc_btf_slice() makes the same text from
 * them as from all types. Structs that are only pointed to are declared there, not defined. Order and names
 * do not change.
 */
int bcc_btf_subset(const struct bcc_btf_bytes *whole, const struct bcc_names *names, struct btf **out,
	struct bcc_err *err);

#endif
