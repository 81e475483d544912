/* SPDX-License-Identifier: Apache-2.0 */
/* --describe: a tool as JSON, of which the build makes manual pages and completions (manual.py). */
#ifndef TOOLS_LIB_DESCRIBE_H
#define TOOLS_LIB_DESCRIBE_H

#include "tool.h"

/* Prints it on stdout. */
void describe_print(const struct tool *t);

#endif
