/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_types.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "frontends/btf/needed_types.h"
#include "frontends/btf/slice.h"

int bcc_kernel_types_open(struct bcc_kernel_types *types, int btf_fd)
{
	bcc_auto_fd int own = btf_fd < 0 ? open(BCC_BTF_FOLDER, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	*types = (struct bcc_kernel_types){0};
	return bcc_btf_bytes_open(&types->kernel, btf_fd < 0 ? own : btf_fd);
}

void bcc_kernel_types_free(struct bcc_kernel_types *types)
{
	free(types->text);
	bcc_btf_bytes_close(&types->kernel);
	*types = (struct bcc_kernel_types){0};
}

static int kernel_types_found(void *ctx, const char *tag)
{
	return 1;
}

static int write_kernel(struct bcc_kernel_types *types, struct bcc_names *names, struct bcc_err *err)
{
	struct btf *subset;
	int ret = bcc_btf_subset(&types->kernel, names, &subset, err);

	if (ret)
		return ret;
	ret = bcc_btf_slice(subset, names, &types->text, err);
	btf__free(subset);
	return ret;
}

/* Including the modules' types; -ESRCH if they have nothing of what is lacking. Modules refer to the kernel's
 * types by number, so these are needed completely. */
static int write_with_modules(struct bcc_kernel_types *types, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct bcc_err *err)
{
	struct btf *kernel, *modules;
	int ret;

	if (!bcc_btf_has_modules(BCC_BTF_FOLDER))
		return -ESRCH;
	kernel = btf__new(types->kernel.data, types->kernel.size);
	ret = libbpf_get_error(kernel);
	if (ret)
		return bcc_fail(err, ret, "cannot read the kernel's types: %s", strerror(-ret));
	ret = bcc_btf_add_modules(kernel, BCC_BTF_FOLDER, names, everything, fn, ctx, &modules, err);
	if (!ret && !modules)
		ret = -ESRCH;
	if (!ret) {
		free(types->text);
		types->text = NULL;
		ret = bcc_btf_slice(modules, names, &types->text, err);
		btf__free(modules);
	}
	btf__free(kernel);
	return ret;
}

int bcc_kernel_types_write(struct bcc_kernel_types *types, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct bcc_err *err)
{
	int ret = write_kernel(types, names, err);

	if (everything)
		bcc_names_use_reached(names);
	if (ret || (!everything && !bcc_names_lacking_tags(names, kernel_types_found, NULL)))
		return ret;
	ret = write_with_modules(types, names, everything, fn, ctx, err);
	return ret == -ESRCH && !everything ? 0 : ret;
}

/* ---- what is lacking ---- */

struct explanation {
	struct bcc_err *err;
	const char *dependencies;
};

/* Whether a line of modules.dep ("kernel/fs/nfs/nfs.ko.xz: …") is for module `name`. */
static bool is_module_line(const char *line, const char *name, size_t length)
{
	const char *end = strchr(line, ':'), *file = line;

	if (!end)
		return false;
	for (const char *c = line; c < end; c++)
		if (*c == '/')
			file = c + 1;
	return !strncmp(file, name, length) && !strncmp(file + length, ".ko", 3);
}

static bool kernel_types_is_module(const char *dependencies, const char *name, size_t length)
{
	FILE *file = fopen(dependencies, "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	if (!file)
		return false;
	while (!found && getline(&line, &room, file) > 0)
		found = is_module_line(line, name, length);
	free(line);
	fclose(file);
	return found;
}

/* Modules name their types after themselves: struct xfs_inode. Returns the length of the longest such module
 * name, 0 if there is none. */
static size_t likely_module(const char *dependencies, const char *tag)
{
	for (size_t length = strlen(tag); length > 1; length--)
		if ((tag[length] == '_' || !tag[length]) && kernel_types_is_module(dependencies, tag, length))
			return length;
	return 0;
}

/* "… 'struct TAG'", as clang quotes types; or within a message about a pointer to one. */
static bool complains_of(const char *diagnostics, const char *tag)
{
	size_t length = strlen(tag);

	for (const char *at = diagnostics; (at = strstr(at, tag)); at += length) {
		bool tagged = (at - diagnostics >= 7 && !memcmp(at - 7, "struct ", 7)) ||
			      (at - diagnostics >= 6 && !memcmp(at - 6, "union ", 6)) ||
			      (at - diagnostics >= 5 && !memcmp(at - 5, "enum ", 5));

		if (tagged && (at[length] == '\'' || at[length] == ' '))
			return true;
	}
	return false;
}

static int explain_tag(void *ctx, const char *tag)
{
	struct explanation *e = ctx;
	size_t module;

	if (!complains_of(e->err->text, tag))
		return 0;
	module = likely_module(e->dependencies, tag);
	if (module)
		bcc_fail(e->err, e->err->code,
			"%s%s is not a type of this kernel or of a loaded module; it may belong to "
			"a module that is not loaded: modprobe %.*s\n",
			e->err->text, tag, (int)module, tag);
	else
		bcc_fail(e->err, e->err->code,
			"%s%s is not a type of this kernel or of a loaded module; if it belongs to a "
			"module, load that first\n",
			e->err->text, tag);
	return 0;
}

void bcc_kernel_types_explain(const struct bcc_names *names, const char *dependencies, struct bcc_err *err)
{
	struct explanation e = {err, dependencies};

	if (err->text)
		bcc_names_lacking_tags(names, explain_tag, &e);
}
