/* SPDX-License-Identifier: Apache-2.0 */
#include "libdw.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "common/array.h"

#define LIBDW_NAME(name) {#name, offsetof(struct libdw, name)},
static const struct {
	const char *name;
	size_t offset;
} libdw_names[] = {LIBDW_FUNCTIONS(LIBDW_NAME)};

const struct libdw *libdw_load(void)
{
	static struct libdw functions;
	static void *library;

	if (library)
		return &functions;
	library = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; library && i < ARRAY_SIZE(libdw_names); i++) {
		void *function = dlsym(library, libdw_names[i].name);

		if (!function) {
			dlclose(library);
			library = NULL;
			break;
		}
		memcpy((char *)&functions + libdw_names[i].offset, &function, sizeof(function));
	}
	return library ? &functions : NULL;
}
