/* SPDX-License-Identifier: Apache-2.0
 * The table of names of the kernel's own headers, where this build could make one. */
#ifndef TESTS_KERNEL_TABLE_H
#define TESTS_KERNEL_TABLE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static inline const char *header_table(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", getenv("BCC_HEADER_NAMES"), name);
	return path;
}

/* Both tables are made by one command. Where the headers of a kernel are not there it makes only the other,
 * which must be there then: else nothing was made, and a skip would hide it. */
static inline void need_kernel_table(void)
{
	if (!access(header_table("kernel.names"), R_OK))
		return;
	if (access(header_table("uapi.names"), R_OK))
		fail_msg("the build made no %s", header_table("uapi.names"));
	printf("SKIP: this build has no headers of a kernel, and so no kernel.names\n");
	skip();
}

#endif
