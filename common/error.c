/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#undef bcc_fail /* the analyzer's replacement for it */
#undef bcc_fail_prefix

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where to look when a limit is the reason, whatever was being opened. */
static const char *error_limit_hint(int code, const char *text)
{
	if (code == -EMFILE && !strstr(text, "ulimit -n"))
		return " (this process has as many files open as it may: raise the limit, ulimit -n, or close some)";
	if (code == -ENFILE && !strstr(text, "file-max"))
		return " (this machine has as many files open as it may: sysctl fs.file-max)";
	return "";
}

int bcc_fail(struct bcc_err *err, int code, const char *format, ...)
{
	va_list args;
	char *text;

	if (!err)
		return code;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
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
	return code;
}

int bcc_fail_prefix(struct bcc_err *err, const char *format, ...)
{
	va_list args;
	char *prefix;
	int ret;

	if (!err)
		return 0;
	va_start(args, format);
	if (vasprintf(&prefix, format, args) < 0)
		prefix = NULL;
	va_end(args);
	ret = bcc_fail(err, err->code, "%s: %s", prefix ? prefix : "", err->text ? err->text : "");
	free(prefix);
	return ret;
}

void bcc_err_clear(struct bcc_err *err)
{
	free(err->text);
	err->text = NULL;
	err->code = 0;
}
