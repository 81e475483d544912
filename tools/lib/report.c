/* SPDX-License-Identifier: Apache-2.0 */
/* How a tool ends: with errors on stderr, and an exit status. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

int tool_failed(struct tool *t)
{
	const char *why = bcc_error(t->bcc);
	size_t length = strlen(why);

	fflush(stdout);
	fprintf(stderr, "%s: %s%s", t->name, why, length && why[length - 1] == '\n' ? "" : "\n");
	return EXIT_FAILURE;
}

int tool_finish(struct tool *t)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_SUCCESS;
	fprintf(stderr, "%s: cannot write the output: %s\n", t->name, strerror(errno));
	return EXIT_FAILURE;
}
