/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What debug information (DWARF) tells about addresses of programs. It is read by a process of its own: files
 * that programs have mapped are written by anybody, and libdw, which reads them, may crash, hang or use up
 * memory over them. Then only what was asked for is not known.
 */
#ifndef TOOLS_LIB_DEBUG_INFO_H
#define TOOLS_LIB_DEBUG_INFO_H

#include <stdbool.h>

#include "dwarf_wire.h"

struct btf;

/* Starts that process. Ends the program if libdw is not installed. */
void debug_info_open(void);
bool debug_info_is_open(void);

/* The same, without an end: returns whether it is open now. */
bool debug_info_try_open(void);

/* The process, to be left out; 0: there is none. */
int debug_info_reader(void);

/* Looks at a process now: what it has mapped is known even if it ends. */
void debug_info_see(const struct symbol_owner *owner);

/* The names of functions that are inlined at an address, the innermost first, each with its NUL; `count`
 * receives how many. They are valid until the next call. */
const char *debug_info_inlined(const struct symbol_owner *owner, uint64_t address, unsigned *count);

/* The frames of a snapshot, the innermost first: STACK_FRAMES at most. Returns how many; 0: nothing is known.
 */
unsigned debug_info_unwind(const struct symbol_owner *owner, const struct stack_snapshot *snapshot,
	uint64_t *frames, enum dwarf_end *end);

/* The arguments of a function of a program or library, in BTF whose last type is the function: the caller
 * frees it. Its structs have names that begin with `prefix`, and pointers are marked as those of a process.
 * NULL: there is no debug information about it, or it is not called in the way of C. Needs no
 * debug_info_open(). A static probe is asked about as dwarf_signature.h says. */
struct btf *debug_info_types(const char *path, const char *function, const char *prefix);

void debug_info_close(void);

#endif
