/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#undef bcc_fail /* the analyzer's replacement for it */
#undef bcc_fail_prefix

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
