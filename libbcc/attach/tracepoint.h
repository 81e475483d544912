/* SPDX-License-Identifier: Apache-2.0 */
/* Perf events of tracepoints. */
#ifndef LIBBCC_ATTACH_TRACEPOINT_H
#define LIBBCC_ATTACH_TRACEPOINT_H

#include "attach.h"

/* Returns a perf event that is not enabled, or a negative errno with the error recorded. */
int bcc_tracepoint_open(struct bcc *b, const char *category, const char *name);

/* Attaches to all tracepoints of a category whose names match, as one link. `glob`: of fnmatch(3). Returns 0
 * or a negative errno with the error recorded: -ENOENT if there is none. */
int bcc_tracepoint_attach_pattern(
	struct bcc_program *p, const char *category, const char *glob, struct bcc_link **link);

#endif
