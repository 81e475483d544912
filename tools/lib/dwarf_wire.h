/* SPDX-License-Identifier: Apache-2.0 */
/* What a tool (debug_info.c) asks the process that reads debug information for it (dwarf_reader.c), and the
 * answers: a packet for each. */
#ifndef TOOLS_LIB_DWARF_WIRE_H
#define TOOLS_LIB_DWARF_WIRE_H

#include <stdint.h>

#include "symbol.h"

enum dwarf_question {
	DWARF_SEE,     /* looks at the process now; the answer is empty */
	DWARF_INLINED, /* the answer is `count` names, each with its NUL */
};

struct dwarf_request {
	struct symbol_owner owner;
	enum dwarf_question question;
	uint64_t address;
};

struct dwarf_answer {
	uint32_t count, size;
	char bytes[8192];
};

#endif
