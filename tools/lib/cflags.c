/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "common/array.h"
#include "tool.h"

void tool_cflag(struct tool *t, const char *format, ...)
{
	va_list args;
	int length;

	if (t->cflag_count == ARRAY_SIZE(t->cflags))
		abort(); /* a tool has a fixed number of flags */
	va_start(args, format);
	length = vasprintf(&t->cflags[t->cflag_count], format, args);
	va_end(args);
	if (length < 0) {
		fprintf(stderr, "%s: out of memory\n", t->name);
		exit(EXIT_FAILURE);
	}
	t->cflag_count++;
}
