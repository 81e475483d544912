/* SPDX-License-Identifier: Apache-2.0 */
#include "abi.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/printable.h"

int bcc_abi_result(int ret)
{
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

int bcc_abi_fail(int code, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	text = bcc_printable(text, true);
	fprintf(stderr, "bpf: %s\n", text ? text : "out of memory");
	free(text);
	return bcc_abi_result(code);
}

int bcc_abi_missing(const char *function)
{
	return bcc_abi_fail(-ENOSYS, "%s() is not available in version %s", function, bcc_version());
}

void bcc_abi_lift_memory_limit(void)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
}
