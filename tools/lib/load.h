/* SPDX-License-Identifier: Apache-2.0 */
/* From the description to programs that run: opens the text, sets its variables, attaches. */
#ifndef TOOLS_LIB_LOAD_H
#define TOOLS_LIB_LOAD_H

#include "tool.h"

/* Prints the text with its macros and variables (--ebpf). */
void load_print(void);

/* Returns the handle, or NULL after it has said why on stderr. */
struct bcc *load_open(const struct tool *t);

/* Frees what tool_define() keeps. */
void load_free(void);

#endif
