/* SPDX-License-Identifier: Apache-2.0 */
/* What the name of a program's section says: its type, how it attaches, and to what. */
#ifndef LIBBCC_LOAD_PROGRAM_TYPE_H
#define LIBBCC_LOAD_PROGRAM_TYPE_H

#include <stdint.h>

struct bcc_program_type {
	const char *prefix;
	int type;	 /* enum bpf_prog_type */
	int attach_type; /* enum bpf_attach_type, 0: the default */
	uint32_t flags;	 /* BPF_F_SLEEPABLE */
};

/* NULL when the section says nothing. `*target` is what follows the prefix, "" for none. */
const struct bcc_program_type *bcc_program_type_of(const char *section, const char **target);

#endif
