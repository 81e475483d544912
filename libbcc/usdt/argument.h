/* SPDX-License-Identifier: Apache-2.0 */
/* What a static probe's note says about the location of its arguments: operands in assembler syntax. */
#ifndef LIBBCC_USDT_ARGUMENT_H
#define LIBBCC_USDT_ARGUMENT_H

#include <stdbool.h>

#include "common/arch/arch.h"

#define BCC_USDT_MAX_ARGUMENTS 12 /* of <sys/sdt.h> */

enum bcc_usdt_form {
	BCC_USDT_UNKNOWN,  /* floating point, thread-local, or unsupported */
	BCC_USDT_CONSTANT, /* displacement (with a symbol: its address) */
	BCC_USDT_REGISTER, /* base */
	BCC_USDT_MEMORY,   /* at base + index * scale + displacement */
};

struct bcc_usdt_operand {
	enum bcc_usdt_form form;
	uint8_t size; /* size of the argument: 1, 2, 4, 8 */
	bool is_signed;
	bool has_base, has_index;
	struct bcc_register_part base, index;
	bool index_is_signed;
	uint8_t scale; /* 1, 2, 4, 8, … */
	int64_t displacement;
	/* A symbol whose address has to be added to the displacement; points into the text. */
	const char *symbol;
	size_t symbol_length;
	bool symbol_low_bits;	 /* only the low 12 bits of the sum (arm64's :lo12:) */
	bool symbol_is_absolute; /* not relative to the instruction pointer */
};

/*
 * Reads the next argument at `*text` and moves past it. Returns 1, or 0 at the end of the text. An argument
 * that cannot be parsed has the form BCC_USDT_UNKNOWN, so that those after it keep their numbers.
 */
int bcc_usdt_operand_next(const struct bcc_arch *arch, const char **text, struct bcc_usdt_operand *out);

#endif
