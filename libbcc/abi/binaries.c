/* SPDX-License-Identifier: Apache-2.0 */
/* Programs and libraries: where they are, and the functions in them. */
#include "symbols.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/symbols/elf/elf_symbols.h"
#include "libbcc/symbols/elf/ifunc.h"
#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/elf/zip_member.h"
#include "libbcc/symbols/process/process_maps.h"
#include "abi.h"

/* The address of a function as given in the file; 0: not found. Of an indirect function (IFUNC) it is that of
 * the implementation that processes call, unless `types` asks for such symbols alone: clients that look for
 * the implementation themselves want the resolver. */
static uint64_t address_of(
	const struct bcc_binary *binary, struct bcc_elf *elf, const char *symname, uint32_t types)
{
	const uint32_t plain = 1U << STT_FUNC | 1U << STT_NOTYPE, indirect = 1U << STT_GNU_IFUNC;
	struct bcc_elf_function function;
	uint64_t address;

	if (bcc_elf_find_function(NULL, elf, symname, &function))
		return 0;
	if (!(types & (function.is_ifunc ? indirect : plain)))
		return 0;
	address = function.address;
	if (function.is_ifunc && types & plain && !bcc_ifunc_choice(binary->fd, symname, &address))
		return 0;
	return address;
}

/* A path by which the client can open the file later. For a file that only the process sees, the path goes
 * through our descriptor, which is about to be closed; the file can also be reached through the process's
 * root directory. */
static char *lasting_file(const struct bcc_binary *binary, int pid)
{
	char target[PATH_MAX], path[PATH_MAX + 32];
	ssize_t length = strncmp(binary->path, "/proc/self/fd/", 14)
				 ? -1
				 : readlink(binary->path, target, sizeof(target) - 1);
	struct stat by_fd, by_path;

	if (!pid || length <= 0)
		return strdup(binary->path);
	target[length] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/root%s", pid, target);
	if (stat(binary->path, &by_fd) || stat(path, &by_path) || by_fd.st_dev != by_path.st_dev ||
		by_fd.st_ino != by_path.st_ino)
		return strdup(binary->path);
	return strdup(path);
}

/* The same of a file in an archive. */
static char *lasting_path(const struct bcc_binary *binary, int pid)
{
	char *file = lasting_file(binary, pid), *path;

	if (!file || !binary->member)
		return file;
	if (asprintf(&path, "%s" BCC_ZIP_SEPARATOR "%s", file, binary->member) < 0)
		path = NULL;
	free(file);
	return path;
}

static int abi_binaries_resolve(const struct bcc_binary *binary, const char *symname, uint64_t address,
	int pid, uint32_t types, struct bcc_symbol *sym)
{
	struct bcc_elf *elf;
	uint64_t offset;
	int ret = bcc_elf_open(NULL, binary->fd, binary->path, &elf);

	if (ret)
		return ret;
	if (!address && symname)
		address = address_of(binary, elf, symname, types);
	ret = address ? bcc_elf_file_offset(NULL, elf, address, &offset) : -ENOENT;
	bcc_elf_close(elf);
	if (ret)
		return ret;
	sym->module = lasting_path(binary, pid);
	sym->name = symname;
	sym->offset = offset;
	return sym->module ? 0 : -ENOMEM;
}

int bcc_resolve_symname(const char *module, const char *symname, uint64_t addr, int pid,
	struct bcc_symbol_option *option, struct bcc_symbol *sym)
{
	struct bcc_binary binary;
	int ret;

	if (sym)
		memset(sym, 0, sizeof(*sym));
	if (!sym || !module || !*module)
		return bcc_abi_result(-EINVAL);
	ret = bcc_binary_open(NULL, module, pid > 0 ? pid : 0, &binary);
	if (ret)
		return bcc_abi_result(ret);
	ret = abi_binaries_resolve(&binary, symname, addr, pid > 0 ? pid : 0,
		option && option->use_symbol_type ? option->use_symbol_type : UINT32_MAX, sym);
	bcc_binary_close(&binary);
	return bcc_abi_result(ret);
}

struct abi_listing {
	const struct bcc_binary *binary;
	SYM_CB cb;
	bool has_ended; /* the client wants no more */
};

static int abi_binaries_pass_on(const char *name, uint64_t start, uint64_t size, void *payload)
{
	struct abi_listing *listing = payload;
	int ret = listing->cb(name, start);

	listing->has_ended = ret < 0;
	return ret;
}

/* The implementation that processes call, where it can be told: the resolver is over before anything is
 * traced. */
static int abi_binaries_pass_on_indirect(const char *name, uint64_t start, uint64_t size, void *payload)
{
	struct abi_listing *listing = payload;
	uint64_t address = start;

	bcc_ifunc_choice(listing->binary->fd, name, &address);
	return abi_binaries_pass_on(name, address, size, payload);
}

static int abi_binaries_list(
	struct abi_listing *listing, const char *path, unsigned type, bcc_elf_symcb pass_on)
{
	struct bcc_symbol_option option = {
		.use_debug_file = 1,
		.check_debug_file_crc = 1,
		.lazy_symbolize = 1,
		.use_symbol_type = 1U << type,
	};

	return listing->has_ended ? 0 : bcc_elf_foreach_sym(path, pass_on, &option, listing);
}

int bcc_foreach_function_symbol(const char *module, SYM_CB cb)
{
	struct abi_listing listing = {.cb = cb};
	const char *path;
	struct bcc_binary binary;
	int ret;

	if (!module || !cb)
		return bcc_abi_result(-EINVAL);
	ret = bcc_binary_open(NULL, module, 0, &binary);
	if (ret)
		return bcc_abi_result(ret);
	listing.binary = &binary;
	path = binary.member ? module : binary.path;
	ret = abi_binaries_list(&listing, path, STT_FUNC, abi_binaries_pass_on);
	if (!ret)
		ret = abi_binaries_list(&listing, path, STT_GNU_IFUNC, abi_binaries_pass_on_indirect);
	bcc_binary_close(&binary);
	return bcc_abi_result(ret ? -ENOEXEC : 0);
}

char *bcc_procutils_which_so(const char *libname, int pid)
{
	struct bcc_binary binary;
	char *path;

	if (!libname || !*libname)
		return NULL;
	if (strchr(libname, '/'))
		return strdup(libname);
	if (bcc_binary_open(NULL, libname, pid > 0 ? pid : 0, &binary))
		return NULL;
	path = strdup(binary.path);
	bcc_binary_close(&binary);
	return path;
}

char *bcc_procutils_which_so_in_process(const char *libname, int pid)
{
	return bcc_procutils_which_so(libname, pid);
}

char *bcc_procutils_which(const char *binpath)
{
	const char *path = getenv("PATH");

	if (!binpath || !*binpath)
		return NULL;
	if (strchr(binpath, '/'))
		return access(binpath, X_OK) ? NULL : strdup(binpath);
	while (path && *path) {
		size_t length = strcspn(path, ":");
		char file[PATH_MAX];

		snprintf(file, sizeof(file), "%.*s/%s", (int)length, path, binpath);
		if (length && !access(file, X_OK))
			return strdup(file);
		path += length + (path[length] == ':');
	}
	return NULL;
}

void bcc_procutils_free(const char *ptr)
{
	free((char *)ptr);
}

static const char *const languages[] = {"java", "node", "perl", "php", "python", "ruby", NULL};

static const char *language_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (const char *const *language = languages; *language; language++)
		if (strstr(slash ? slash + 1 : path, *language))
			return *language;
	return NULL;
}

struct libraries {
	const char *language;
	bool libc;
};

static int abi_binaries_look(void *ctx, const struct bcc_process_mapping *mapping)
{
	struct libraries *l = ctx;

	if (!strstr(mapping->path, "/lib"))
		return 0;
	l->language = language_of(mapping->path);
	l->libc |= strstr(mapping->path, "libc.so") || strstr(mapping->path, "libc-2.");
	return l->language != NULL;
}

/* Decides by the name of the program, then by the libraries that it has mapped: "c" if there is only libc. */
const char *bcc_procutils_language(int pid)
{
	char path[64], exe[PATH_MAX];
	struct libraries l = {0};
	bcc_auto_file FILE *maps = NULL;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	n = readlink(path, exe, sizeof(exe) - 1);
	if (n > 0) {
		exe[n] = '\0';
		l.language = language_of(exe);
	}
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = l.language ? NULL : fopen(path, "re");
	if (maps)
		bcc_process_maps_each(maps, abi_binaries_look, &l);
	return l.language ?: l.libc ? "c" : NULL;
}
