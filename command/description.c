/* SPDX-License-Identifier: Apache-2.0 */
/* The name by which the library of the tools speaks of this program. */
#include "tool.h"

const struct tool tool = {.name = "bpfcc"};

/* It has no text of its own. */
const char tool_text[] = "", tool_text_name[] = "";
