/* SPDX-License-Identifier: Apache-2.0 */
#include "ifunc.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"

struct loaded {
	struct stat file;
	const char *path; /* NULL: not loaded here */
	uint64_t base, end;
};

static int ifunc_look(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct loaded *l = ctx;
	struct stat st;

	if (!info->dlpi_name || !*info->dlpi_name || stat(info->dlpi_name, &st) ||
		st.st_dev != l->file.st_dev || st.st_ino != l->file.st_ino)
		return 0;
	l->path = info->dlpi_name;
	l->base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			l->end = l->base + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
	return 1;
}

bool bcc_ifunc_choice(int fd, const char *symbol, uint64_t *address)
{
	struct loaded l = {0};
	size_t length = strcspn(symbol, "@");
	bcc_auto_free char *name = strndup(symbol, length);
	const char *version = symbol + length + strspn(symbol + length, "@");
	uintptr_t code;
	void *library;

	if (!name || fstat(fd, &l.file) || !dl_iterate_phdr(ifunc_look, &l))
		return false;
	library = dlopen(l.path, RTLD_LAZY | RTLD_NOLOAD);
	if (!library)
		return false;
	code = (uintptr_t)(*version ? dlvsym(library, name, version) : dlsym(library, name));
	dlclose(library);
	if (code < l.base || code >= l.end)
		return false; /* dlsym() also searches the library's dependencies */
	*address = code - l.base;
	return true;
}
