/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations of the kernel's functions that programs may call (kfuncs), as vmlinux.h has them. */
#ifndef FRONTENDS_BTF_KERNEL_FUNCTION_H
#define FRONTENDS_BTF_KERNEL_FUNCTION_H

#include "common/raw_btf.h"

/* The id of such a function, 0: the kernel has none of that name. */
uint32_t bcc_btf_find_kernel_function(const struct bcc_btf_bytes *kernel, const char *name);

/* "extern TYPE NAME(TYPE, …) …;", malloc'ed. NULL: its types cannot be written, or there is no memory. */
char *bcc_btf_kernel_function_declaration(const struct bcc_btf_bytes *kernel, uint32_t id);

#endif
