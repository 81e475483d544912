/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "meminfo.h"

uint64_t meminfo_bytes(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "re");
	uint64_t kb, found = 0;
	char line[128];
	size_t length = strlen(name);

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, length) && sscanf(line + length, ": %" SCNu64 " kB", &kb) == 1)
			found = kb * 1024;
	if (f)
		fclose(f);
	return found;
}
