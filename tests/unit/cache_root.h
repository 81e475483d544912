/* SPDX-License-Identifier: Apache-2.0 */
/* A directory for the cache, made anew for each test. */
#ifndef TESTS_UNIT_CACHE_ROOT_H
#define TESTS_UNIT_CACHE_ROOT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char root[64], directory[128];

static inline int make_root(void **state)
{
	strcpy(root, "/tmp/bcc-test-cache.XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(directory, sizeof(directory), "%s/cache", root);
	setenv("BCC_CACHE_DIR", directory, 1);
	setenv("BCC_CACHE", "1", 1);
	unsetenv("BCC_CACHE_SIZE");
	return 0;
}

static inline int remove_root(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

#endif
