/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LIB_STANDARD_OPTIONS_H
#define TOOLS_LIB_STANDARD_OPTIONS_H

#include "tool.h"

/* Options of all tools, and those that only some have; ended by one without a name. */
extern const struct tool_option standard_options[];

/* Whether a tool has this one of them. */
bool standard_option_applies(const struct tool *t, const struct tool_option *option);

#endif
