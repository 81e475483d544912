/* SPDX-License-Identifier: Apache-2.0 */
#include "dependencies.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <llvm-c/Core.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "frontends/clang/clang.h"

/* In the file that this code is in: the whole compiler is, where LLVM is linked into it. */
static bool is_in_own_file(const void *code)
{
	Dl_info own, info;

	/* a static program is only one file, of which there is nothing to look up */
	if (!dladdr((const void *)bcc_depend_compiler, &own))
		return true;
	return dladdr(code, &info) && own.dli_fbase == info.dli_fbase;
}

static void depend_on_library_of(const struct bcc_dependencies *to, const void *code)
{
	Dl_info info;
	char *path = dladdr(code, &info) && info.dli_fname ? realpath(info.dli_fname, NULL) : NULL;

	if (path)
		bcc_depend_library(to, path);
	else
		bcc_depend_other(to, "a library whose file is unknown");
	free(path);
}

/* Where this code is from: a library, or the program itself, which, being static, only the kernel knows. */
static char *own_folder(void)
{
	Dl_info info;
	char *path = NULL, *slash;

	if (dladdr((const void *)bcc_depend_compiler, &info) && info.dli_fname &&
		strstr(info.dli_fname, ".so"))
		path = realpath(info.dli_fname, NULL);
	if (!path)
		path = realpath("/proc/self/exe", NULL);
	slash = path ? strrchr(path, '/') : NULL;
	if (slash)
		*slash = '\0';
	return path;
}

char *bcc_header_names_folder(void)
{
	/* beside it, or in an installed tree beside the program */
	static const char *const places[] = {"", "/" BCC_LIBEXEC_FROM_COMPILER};
	bcc_auto_free char *own = own_folder();
	char path[PATH_MAX];

	for (size_t i = 0; own && i < ARRAY_SIZE(places); i++)
		if (snprintf(path, sizeof(path), "%s%s/uapi.names", own, places[i]) < (int)sizeof(path) &&
			access(path, R_OK) == 0) {
			*strrchr(path, '/') = '\0';
			return strdup(path);
		}
	return own ? strdup(own) : NULL;
}

void bcc_depend_compiler(const struct bcc_dependencies *to, bool known)
{
	const void *const code[] = {(const void *)bcc_depend_compiler, (const void *)LLVMContextCreate,
		bcc_clang_code(), (const void *)btf__load_vmlinux_btf};

	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		if (!known || !is_in_own_file(code[i]))
			depend_on_library_of(to, code[i]);
}

void bcc_depend_btf(const struct bcc_dependencies *to)
{
	/* the first place where libbpf looks */
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		bcc_depend_other(to, "a vmlinux file");
}

/* Directories are found through links, and through a Makefile. */
static void depend_on_folder(const struct bcc_dependencies *to, const char *folder)
{
	static const char *const links[] = {"", "/build", "/source"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (snprintf(path, sizeof(path), "%s%s", folder, links[i]) < (int)sizeof(path))
			bcc_depend_resolved(to, path);
	if (snprintf(path, sizeof(path), "%s/Makefile", folder) < (int)sizeof(path))
		bcc_depend_path(to, path);
}

void bcc_depend_headers(
	const struct bcc_dependencies *to, const char *path, const struct bcc_headers *headers)
{
	char modules[PATH_MAX];
	struct utsname name;

	if (headers->unpacked) {
		bcc_depend_other(to, headers->source);
		return;
	}
	if (!path && uname(&name) == 0) {
		snprintf(modules, sizeof(modules), "/lib/modules/%s", name.release);
		path = modules;
	}
	if (path)
		depend_on_folder(to, path);
	depend_on_folder(to, headers->build);
}
