/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#undef bcc_fail /* the analyzer's replacement for it */
#undef bcc_fail_prefix

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

/* Where to look when a limit is the reason, whatever was being opened. */
static const char *error_limit_hint(int code, const char *text)
{
	if (code == -EMFILE && !strstr(text, "ulimit -n"))
		return " (this process has as many files open as it may: raise the limit, ulimit -n, or close some)";
	if (code == -ENFILE && !strstr(text, "file-max"))
		return " (this machine has as many files open as it may: sysctl fs.file-max)";
	return "";
}

static void error_set(struct bcc_err *err, int code, char *text)
{
	if (text && *error_limit_hint(code, text)) {
		char *more;

		if (asprintf(&more, "%s%s", text, error_limit_hint(code, text)) >= 0) {
			free(text);
			text = more;
		}
	}
	free(err->text); /* after formatting: the arguments may point into it */
	err->text = text;
	err->code = code;
}

/* A sentence stays on one line, whatever names are in it. Diagnostics and logs have lines, and so may what is
 * added to an earlier message. */
static bool error_has_lines(const struct bcc_err *err, const char *format, va_list args)
{
	va_list copy;
	bool is_added;

	if (strchr(format, '\n') || strcmp(format, "%s") == 0)
		return true;
	if (!err->text || strncmp(format, "%s", 2) != 0)
		return false;
	va_copy(copy, args);
	is_added = va_arg(copy, const char *) == err->text;
	va_end(copy);
	return is_added;
}

int bcc_fail(struct bcc_err *err, int code, const char *format, ...)
{
	va_list args;
	bool has_lines;
	char *text;

	if (!err)
		return code;
	va_start(args, format);
	has_lines = error_has_lines(err, format, args);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	error_set(err, code, bcc_printable(text, has_lines));
	return code;
}

int bcc_fail_prefix(struct bcc_err *err, const char *format, ...)
{
	va_list args;
	char *prefix, *text;

	if (!err)
		return 0;
	va_start(args, format);
	if (vasprintf(&prefix, format, args) < 0)
		prefix = NULL;
	va_end(args);
	prefix = bcc_printable(prefix, false);
	if (asprintf(&text, "%s: %s", prefix ? prefix : "", err->text ? err->text : "") < 0)
		text = NULL;
	free(prefix);
	error_set(err, err->code, text);
	return err->code;
}

void bcc_err_clear(struct bcc_err *err)
{
	free(err->text);
	err->text = NULL;
	err->code = 0;
}
