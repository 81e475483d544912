/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of a tool: until a signal, the end of its time, its command, its processes or its rows, or until
 * nobody reads the output any more. */
#ifndef TOOLS_LIB_RUN_H
#define TOOLS_LIB_RUN_H

#include "tool.h"

/* Says what to print; ends the program with status 2 if the options name columns that it has not. */
void run_choose(const struct tool_view *view);

/* Prints it until the end. `processes` is what filter_watch() returned. Returns the exit status. */
int run_view(struct bcc *b, int processes);

/* Prints what tool.list() lists. Returns the exit status. */
int run_list(void);

/* Blocks the signals that end the tool: from here on they are waited for. Returns 0, or a negative errno
 * after it has said why. */
int run_catch_signals(void);

#endif
