/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_KERNEL_KERNEL_SYMBOLS_H
#define TESTS_KERNEL_KERNEL_SYMBOLS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "testlib.h"

/* Whether /proc/kallsyms has `symbol`. */
static inline bool kernel_has(const char *symbol)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[1024], name[512];
	bool found = false;

	assert_non_null(symbols);
	while (!found && fgets(line, sizeof(line), symbols))
		found = sscanf(line, "%*s %*s %511s", name) == 1 && !strcmp(name, symbol);
	fclose(symbols);
	return found;
}

#endif
