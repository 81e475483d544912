/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that the compiler has inlined. For dwarf_reader.c only. */
#ifndef TOOLS_LIB_DWARF_INLINED_H
#define TOOLS_LIB_DWARF_INLINED_H

#include "dwarf_process.h"
#include "dwarf_wire.h"

/* Adds the names of the functions that are inlined at an address, the innermost first. */
void dwarf_inlined_find(
	const struct libdw *dw, struct dwarf_process *p, uint64_t address, struct dwarf_answer *answer);

#endif
