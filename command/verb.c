/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "verb.h"

int verb_usage(const char *name, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n'%s --help' has more.\n", name);
	return 2;
}

int verb_fail(const char *name, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: ", name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return 1;
}

int verb_pid(struct argp_state *state, const char *argument)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(argument, &end, 10);
	if (errno || end == argument || *end || pid < 1 || pid > INT_MAX)
		argp_error(state, "-p %s: this is not the number of a process", argument);
	return (int)pid;
}

error_t verb_no_arguments(int key, const char *argument, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	argp_error(state, "%s: takes no arguments", argument);
	return EINVAL;
}
