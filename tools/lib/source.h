/* SPDX-License-Identifier: Apache-2.0 */
/* Where the events come from: attaching the programs of a text by their names. */
#ifndef TOOLS_LIB_SOURCE_H
#define TOOLS_LIB_SOURCE_H

#include "tool.h"

/* Attaches what belongs to source number `index`, and what belongs to none; `attached`: how many programs.
 * Returns 0, or a negative errno; bcc_error() has the reason, unless the text has no program of the source
 * for this kernel (-ENOENT). */
int source_attach(struct bcc *b, const struct tool *t, size_t index, size_t *attached);

/* Whether the text has a program of source number `index` that is needed. */
bool source_is_offered(struct bcc *b, const struct tool *t, size_t index);

/* How many sources there are. */
size_t source_count(const struct tool_source *sources);

#endif
