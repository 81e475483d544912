/* SPDX-License-Identifier: Apache-2.0 */
/* The files that processes have mapped, as libdw knows them. They are opened when a process is looked at, so
 * that they can be read when it has ended. For dwarf_reader.c only. */
#ifndef TOOLS_LIB_DWARF_PROCESS_H
#define TOOLS_LIB_DWARF_PROCESS_H

#include <stdbool.h>

#include "libdw.h"
#include "symbol.h"

struct dwarf_process;

/* A process, which is looked at if that has not been done before, or with `again`. NULL: nothing is known.
 * It is valid until the next call. */
struct dwarf_process *dwarf_process_get(const struct libdw *dw, const struct symbol_owner *owner, bool again);

/* What is mapped at an address; NULL: nothing. The process is looked at again, but not too often. */
Dwfl_Module *dwarf_process_module(const struct libdw *dw, struct dwarf_process *p, uint64_t address);

/* Whether something is mapped there that was not known before. */
bool dwarf_process_is_new(const struct libdw *dw, struct dwarf_process *p, uint64_t address);

/* For calls about stacks of the process, which has one thread then; NULL: nothing is known of it. */
Dwfl *dwarf_process_attach(
	const struct libdw *dw, struct dwarf_process *p, const Dwfl_Thread_Callbacks *callbacks, void *ctx);

#endif
