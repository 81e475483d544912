/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a variable is where a static probe says that an argument is. For dwarf_signature.c only. */
#ifndef TOOLS_LIB_DWARF_OPERAND_H
#define TOOLS_LIB_DWARF_OPERAND_H

#include <stdbool.h>
#include <stdint.h>

#include "libbcc/usdt/argument.h"
#include "libdw.h"

/* Where the probe is. */
struct dwarf_operand_place {
	const struct libdw *dw;
	Dwfl_Module *module;
	uint64_t address;    /* as the file has it */
	Dwarf_Addr bias;     /* of its debug information */
	Dwarf_Die *function; /* that it is in; NULL: not known */
};

/* `size`: of the variable's type. */
bool dwarf_operand_is(const struct dwarf_operand_place *p, const struct bcc_usdt_operand *operand,
	Dwarf_Die *variable, uint64_t size);

#endif
