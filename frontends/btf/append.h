/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FRONTENDS_BTF_APPEND_H
#define FRONTENDS_BTF_APPEND_H

#include <bpf/btf.h>
#include <stdint.h>

/* Types and their names, as in BTF, that continue those of a kernel. */
struct bcc_btf_more {
	const void *types, *strings;
	uint32_t type_size, string_size;
};

/* Sets `*out` to one BTF of the kernel's and these types. */
int bcc_btf_append(const struct btf *kernel, const struct bcc_btf_more *more, struct btf **out);

#endif
