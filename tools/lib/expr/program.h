/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs in BPF C for what trace and argdist are asked for. expr.bpf.h says what the text has to define
 * before them.
 *
 *	int NAME(…)		for the probe
 *	int NAME_entry(…)	for the function's entry, if the probe is a return that needs something of it
 *	struct NAME_values	what the program hands over
 *
 * The program of a system call has "syscall__" before its name.
 */
#ifndef TOOLS_LIB_EXPR_PROGRAM_H
#define TOOLS_LIB_EXPR_PROGRAM_H

#include <stdint.h>

#include "buffer.h"
#include "expr/spec.h"

struct program_options {
	uint32_t text_size;   /* bytes of a text, with the NUL; 0: 80 */
	bool compares_binary; /* STRCMP's texts are lists of bytes */
	bool drops_addresses; /* of memory: they are 1 or 0 (none), so that equal memory is equal */
};

struct program_field {
	bool is_text, is_signed;
	uint32_t offset, size; /* in struct NAME_values; integers have 8 bytes */
	uint32_t memory; /* so many bytes at the integer, which is an address, follow it: after a u64, which
			  * is 1 if they could be read; 0: there are none */
};

struct program {
	char *name;	  /* of the probe's program; owned */
	char *entry_name; /* owned; NULL: there is none */
	struct program_field *fields;
	size_t count;
	uint32_t size; /* of struct NAME_values */
};

/* Adds the programs to a text. `number` tells the text's definitions which of its probes it is. Returns 0,
 * and the caller frees the program; or -EINVAL. */
int program_write(struct buffer *to, const struct spec *s, const char *name, unsigned number,
	const struct program_options *options, struct program *p, struct probe_error *error);

void program_free(struct program *p);

#endif
