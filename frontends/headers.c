/* SPDX-License-Identifier: Apache-2.0 */
#include "headers.h"

#include "common/arch/arch.h"
#include "common/array.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* These files identify the halves: one that kernels have had for a long time, and one that only configuring
 * creates. */
#define SOURCE_MARK "include/linux/kconfig.h"
#define BUILD_MARK "include/generated/autoconf.h"
#define ARCH_MARK "include/asm/ptrace.h"

static bool headers_has(const char *folder, const char *file)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, file);

	return length > 0 && (size_t)length < sizeof(path) && !access(path, R_OK);
}

/* The resolved path of directory `base`/`name` (base: may be NULL), or NULL if it does not contain `mark`. */
static char *folder_with(const char *base, const char *name, const char *mark)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s%s%s", base ? base : "", base ? "/" : "", name);

	if (length < 0 || (size_t)length >= sizeof(path) || !headers_has(path, mark))
		return NULL;
	return realpath(path, NULL);
}

/* A build directory's Makefile tells where its sources are: "include
 * /usr/src/linux-headers-6.1.0-56-common/Makefile", in Debian's packages and in the kernel's own out-of-tree
 * builds (absolute, or relative to the build directory). */
static char *source_of_makefile(const char *build)
{
	char path[PATH_MAX], line[PATH_MAX + 32], *found = NULL;
	FILE *makefile;

	snprintf(path, sizeof(path), "%s/Makefile", build);
	makefile = fopen(path, "re");
	if (!makefile)
		return NULL;
	while (!found && fgets(line, sizeof(line), makefile)) {
		char *name = line + strlen("include "), *slash = strrchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "include ", strlen("include ")) || !slash || strcmp(slash, "/Makefile"))
			continue;
		*slash = '\0';
		found = folder_with(*name == '/' ? NULL : build, name, SOURCE_MARK);
	}
	fclose(makefile);
	return found;
}

static char *find_source(const char *path, const char *build)
{
	char *found = folder_with(NULL, build, SOURCE_MARK);

	if (!found)
		found = folder_with(build, "source", SOURCE_MARK);
	if (!found)
		found = source_of_makefile(build);
	if (!found)
		found = folder_with(path, "source", SOURCE_MARK);
	return found;
}

/* /lib/modules/RELEASE/build is often given; the other half is next to it. */
static char *find_neighbour(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	if (!slash || strcmp(slash, "/build") ||
		(size_t)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path) >= sizeof(folder))
		return NULL;
	return folder_with(folder, "source", SOURCE_MARK);
}

/* Whether the sources include this machine's architecture; `path` becomes the file that shows it. */
static bool headers_are_of_host(const struct bcc_headers *headers, char *path, size_t size)
{
	snprintf(path, size, "arch/%s/%s", bcc_arch_host->kernel_directory, ARCH_MARK);
	return headers_has(headers->source, path);
}

int bcc_headers_at(const char *path, struct bcc_headers *headers, struct bcc_err *err)
{
	char mark[128];

	*headers = (struct bcc_headers){0};
	headers->build = folder_with(NULL, path, BUILD_MARK);
	if (!headers->build)
		headers->build = folder_with(path, "build", BUILD_MARK);
	if (!headers->build) {
		if (access(path, F_OK))
			return bcc_fail(err, -ENOENT, "no kernel headers at %s: %m", path);
		if (headers_has(path, SOURCE_MARK))
			return bcc_fail(err, -ENOENT,
				"%s has a kernel's source but no configuration: there is no %s; name the build folder "
				"(of a Debian package: linux-headers-RELEASE-ARCHITECTURE, not …-common), or run `make "
				"prepare` in the sources",
				path, BUILD_MARK);
		return bcc_fail(err, -ENOENT,
			"%s is not a tree of kernel headers: it contains neither %s nor build/%s", path,
			BUILD_MARK, BUILD_MARK);
	}
	headers->source = find_source(path, headers->build);
	if (!headers->source)
		headers->source = find_neighbour(path);
	if (!headers->source)
		bcc_fail(err, -ENOENT,
			"the kernel headers at %s are one half of a tree: %s is neither there nor where its source link and "
			"its Makefile lead (Debian has it in linux-headers-…-common)",
			headers->build, SOURCE_MARK);
	else if (!headers_are_of_host(headers, mark, sizeof(mark)))
		bcc_fail(err, -ENOENT,
			"the kernel headers at %s are not for this machine's architecture: there is no %s",
			headers->source, mark);
	else
		return 0;
	bcc_headers_free(headers);
	return -ENOENT;
}

int bcc_headers_of_kernel(
	const char *modules, const char *release, struct bcc_headers *headers, struct bcc_err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/build", modules, release);
	/* a complete tree has both links, and some distributions only have the second */
	if (!headers_has(path, BUILD_MARK))
		snprintf(path, sizeof(path), "%s/%s/source", modules, release);
	if (!headers_has(path, BUILD_MARK))
		return bcc_fail(err, -ENOENT, "neither %s/%s/build nor …/source has %s", modules, release,
			BUILD_MARK);
	return bcc_headers_at(path, headers, err);
}

int bcc_headers_of_running(const char *modules, const char *release, const struct bcc_compile_host *host,
	struct bcc_headers *headers, struct bcc_err *err)
{
	struct bcc_err none = {0};
	const char *folder;
	int ret;

	*headers = (struct bcc_headers){0};
	ret = bcc_headers_of_kernel(modules, release, headers, err);
	if (!ret || !host || !host->unpack_headers)
		return ret;
	ret = host->unpack_headers(host->ctx, &folder, &none);
	if (ret) {
		bcc_fail(err, ret, "%s; %s", err && err->text ? err->text : "", none.text ? none.text : "");
		bcc_err_clear(&none);
		return ret;
	}
	if (err)
		bcc_err_clear(err); /* the message that there are no others */
	ret = bcc_headers_at(folder, headers, err);
	headers->unpacked = !ret;
	return ret;
}

void bcc_headers_free(struct bcc_headers *headers)
{
	free(headers->source);
	free(headers->build);
	*headers = (struct bcc_headers){0};
}

/* In the order of LINUXINCLUDE in the kernel's top Makefile; as system headers, so that their warnings are
 * not shown. */
static int add_folders(const struct bcc_headers *headers, struct bcc_flags *flags)
{
	const struct {
		const char *root;
		bool of_arch; /* below arch/ARCH */
		const char *folder;
	} folders[] = {
		{headers->source, true, "include"},
		{headers->build, true, "include/generated"},
		{headers->source, false, "include"},
		{headers->build, false, "include"},
		{headers->source, true, "include/uapi"},
		{headers->build, true, "include/generated/uapi"},
		{headers->source, false, "include/uapi"},
		{headers->build, false, "include/generated/uapi"},
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(folders); i++) {
		ret = bcc_flags_add(flags, "-isystem");
		if (!ret)
			ret = bcc_flags_add(flags, "%s/%s%s%s%s", folders[i].root,
				folders[i].of_arch ? "arch/" : "",
				folders[i].of_arch ? bcc_arch_host->kernel_directory : "",
				folders[i].of_arch ? "/" : "", folders[i].folder);
	}
	return ret;
}

int bcc_headers_flags(const struct bcc_headers *headers, struct bcc_flags *flags)
{
	/*  - __NO_FORTIFY: memcpy() and the like stay plain, without run-time checks that call the kernel
	 *  - CC_USING_FENTRY: on x86, ftrace's headers require a compiler with it
	 *  - KBUILD_…: what kbuild defines for each file of the kernel; texts often define the first
	 *    themselves */
	static const char *const fixed[] = {"-D__KERNEL__", "-D__BPF_TRACING__", "-D__NO_FORTIFY",
		"-D__DISABLE_EXPORTS", "-DCC_USING_FENTRY", "-DKBUILD_MODNAME=\"bcc\"",
		"-DKBUILD_BASENAME=\"bcc\"", "-DKBUILD_MODFILE=\"bcc\"", "-Wno-macro-redefined"};
	int ret = add_folders(headers, flags);

	for (size_t i = 0; !ret && i < ARRAY_SIZE(fixed); i++)
		ret = bcc_flags_add(flags, "%s", fixed[i]);
	return ret;
}

int bcc_headers_macro_flags(const struct bcc_headers *headers, struct bcc_flags *flags)
{
	static const char *const files[] = {BUILD_MARK, "include/generated/uapi/linux/version.h"};
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(files); i++) {
		ret = bcc_flags_add(flags, "-include");
		if (!ret)
			ret = bcc_flags_add(flags, "%s/%s", headers->build, files[i]);
	}
	return ret;
}
