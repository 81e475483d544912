/* SPDX-License-Identifier: Apache-2.0 */
#include "own_file.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/symbols/process/process_maps.h"

struct own_file {
	uint64_t address; /* any address in it */
	char *path;
	size_t size;
};

static int is_own_file(void *ctx, const struct bcc_process_mapping *mapping)
{
	struct own_file *own = ctx;

	if (own->address < mapping->start || own->address >= mapping->end)
		return 0;
	snprintf(own->path, own->size, "%s", mapping->path);
	return 1;
}

/* The file that this library was loaded from. The loader's name for it is relative if LD_LIBRARY_PATH is, and
 * the program may have changed directory since. */
static bool find_own_file(char *path, size_t size)
{
	struct own_file own = {.address = (uintptr_t)bcc_own_file_neighbour, .path = path, .size = size};
	bcc_auto_file FILE *maps = NULL;
	Dl_info self;

	if (dladdr(bcc_own_file_neighbour, &self) && self.dli_fname && self.dli_fname[0] == '/')
		return (size_t)snprintf(path, size, "%s", self.dli_fname) < size;
	maps = fopen("/proc/self/maps", "re");
	return maps && bcc_process_maps_each(maps, is_own_file, &own) == 1 && path[0] == '/';
}

bool bcc_own_file_neighbour(const char *from_here, char *path, size_t size)
{
	char own[PATH_MAX];
	int length;

	if (!find_own_file(own, sizeof(own)))
		return false;
	strrchr(own, '/')[1] = '\0';
	length = snprintf(path, size, "%s%s", own, from_here);
	return length > 0 && (size_t)length < size;
}
