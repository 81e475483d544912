/* SPDX-License-Identifier: Apache-2.0 */
/* What a tool says on stderr, and how it ends. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "progress.h"
#include "report.h"
#include "settings.h"
#include "standard_output.h"
#include "tool.h"

static void (*diverted)(const char *line);

void report_divert(void (*to)(const char *line))
{
	diverted = to;
}

static void report_pass_on(const char *format, va_list args)
{
	char text[1024];
	int length = snprintf(text, sizeof(text), "%s: ", tool.name);

	vsnprintf(text + length, sizeof(text) - length, format, args);
	diverted(text);
}

void tool_warn(const char *format, ...)
{
	va_list args;

	if (diverted) {
		va_start(args, format);
		report_pass_on(format, args);
		va_end(args);
		return;
	}
	progress_end();
	fflush(stdout);
	fprintf(stderr, "%s: ", tool.name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

bool tool_is_verbose(void)
{
	return settings.verbose;
}

int report_failure(struct bcc *b)
{
	const char *why = bcc_error(b);
	size_t length = strlen(why);

	tool_warn("%.*s", (int)(length && why[length - 1] == '\n' ? length - 1 : length), why);
	return EXIT_FAILURE;
}

int report_output(void)
{
	return standard_output_has_arrived(tool.name) ? EXIT_SUCCESS : EXIT_FAILURE;
}
