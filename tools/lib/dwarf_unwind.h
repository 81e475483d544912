/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of a snapshot of a stack, by what files say about frames. For dwarf_reader.c only. */
#ifndef TOOLS_LIB_DWARF_UNWIND_H
#define TOOLS_LIB_DWARF_UNWIND_H

#include "dwarf_process.h"
#include "dwarf_wire.h"

/* Puts the addresses of the frames into the answer, the innermost first. `bytes` are those of the stack. */
void dwarf_unwind(const struct libdw *dw, struct dwarf_process *p, const struct dwarf_request *request,
	const char *bytes, struct dwarf_answer *answer);

#endif
