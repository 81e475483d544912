/* SPDX-License-Identifier: Apache-2.0 */
/* Names of functions that addresses of events are in. */
#ifndef TOOLS_LIB_SYMBOL_H
#define TOOLS_LIB_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

/* Whose addresses: the kernel's, if `pid` is 0. `start` tells processes apart that have had the same ID one
 * after another: task->group_leader->start_time, say; `exec`, if not 0, the programs that a process has run
 * one after another. */
struct symbol_owner {
	uint32_t pid;
	uint32_t exec;
	uint64_t start;
};

/* Looks at a process now: what it has mapped is known even if it ends. */
void symbol_see(const struct symbol_owner *owner);

/* Adds "name", with BCC_SYMBOL_OFFSET and BCC_SYMBOL_MODULE (bcc/symbols.h) "name+0x1f [module]"; the address
 * instead of the name if that is not known. A process is looked at when it is first asked about: what it has
 * mapped is known even if it has ended since. */
void symbol_add(struct buffer *b, const struct symbol_owner *owner, uint64_t address, unsigned flags);

/* The same, but for "[unknown]" instead of the address. */
void symbol_add_known(struct buffer *b, const struct symbol_owner *owner, uint64_t address, unsigned flags);

/*
 * How many frames of a process's stack are worth a line; of `addresses`, the innermost comes first, and 0 is
 * the end. Code without frame pointers ends a chain of them anywhere, in a list of the C library that leads
 * back to itself, say, and the kernel takes what it finds there for frames. Those behind the last one in
 * memory that can be executed stand for callers that are not known: one of them is left.
 */
size_t symbol_stack_frames(const struct symbol_owner *owner, const void *addresses, size_t count);

/* Whether there can be code at an address, as far as is known. */
bool symbol_is_code(const struct symbol_owner *owner, uint64_t address);

/* Forgets all. */
void symbol_close(void);

#endif
