/* SPDX-License-Identifier: Apache-2.0 */
/* The parser and --help, made of the tables of options. */
#ifndef TOOLS_LIB_OPTIONS_H
#define TOOLS_LIB_OPTIONS_H

#include "tool.h"

/* All options of a tool, own and standard, in the order of --help; ended by one without a name. The caller
 * frees the array. */
struct tool_option *options_of(const struct tool *t);

/* Reads the command line into settings and the tool's own variables; ends the program with status 2 if it is
 * wrong. */
void options_parse(const struct tool *t, int argc, char **argv);

#endif
