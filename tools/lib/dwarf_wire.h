/* SPDX-License-Identifier: Apache-2.0 */
/* What a tool (debug_info.c) asks the process that reads debug information for it (dwarf_reader.c), and the
 * answers: a packet for each. */
#ifndef TOOLS_LIB_DWARF_WIRE_H
#define TOOLS_LIB_DWARF_WIRE_H

#include <stdint.h>

#include "stack_snapshot.h"
#include "symbol.h"

enum dwarf_question {
	DWARF_SEE,     /* looks at the process now; the answer is empty */
	DWARF_INLINED, /* the answer is `count` names, each with its NUL */
	DWARF_UNWIND,  /* the answer is `count` addresses of frames, the innermost first */
	/* of no process: the request is followed by texts, the answer is BTF (dwarf_signature.h) */
	DWARF_SIGNATURE,
};

/* How a stack ends. */
enum dwarf_end {
	DWARF_END_WHOLE,   /* where the thread began; or there are more frames than can be shown */
	DWARF_END_BEYOND,  /* more of the stack would be needed */
	DWARF_END_NO_RULE, /* no file says how to go on */
};

struct dwarf_request {
	struct symbol_owner owner;
	enum dwarf_question question;
	uint64_t address;
	uint32_t size; /* of what follows the request */
	/* of a snapshot, which follows */
	uint64_t stack;
	uint64_t registers[SNAPSHOT_REGISTERS];
};

struct dwarf_answer {
	uint32_t count, size;
	enum dwarf_end end;
	char bytes[1 << 17]; /* a packet can be larger, if the system has not been told otherwise */
};

#endif
