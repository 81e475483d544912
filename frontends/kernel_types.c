/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_types.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/suggestions.h"
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

/* Tags that a text names, ended by NULL. */
struct tags {
	const char *names[9];
	size_t count;
};

static int kernel_types_note(void *ctx, const char *tag)
{
	struct tags *tags = ctx;

	if (tags->count + 1 < ARRAY_SIZE(tags->names))
		tags->names[tags->count++] = tag;
	return 0;
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
	const char *const *tags, bcc_btf_module_fn fn, void *ctx, struct bcc_err *err)
{
	struct bcc_module_folders folders = {.loaded = BCC_BTF_FOLDER};
	struct btf *kernel, *modules;
	struct utsname name;
	char files[sizeof("/lib/modules/") + sizeof(name.release)];
	int ret;

	if (tags && !uname(&name)) {
		snprintf(files, sizeof(files), "/lib/modules/%s", name.release);
		folders.files = files;
	}
	if (!bcc_btf_has_modules(&folders))
		return -ESRCH;
	kernel = btf__new(types->kernel.data, types->kernel.size);
	ret = libbpf_get_error(kernel);
	if (ret)
		return bcc_fail(err, ret, "cannot read the kernel's types: %s", strerror(-ret));
	ret = bcc_btf_add_modules(kernel, &folders, names, everything, tags, fn, ctx, &modules, err);
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
	struct tags named = {0};
	int ret = write_kernel(types, names, err);

	if (ret || (!everything && !bcc_names_lacking_tags(names, kernel_types_found, NULL)))
		return ret;
	/* those that only kernel's types lead to are too many to look for in files */
	if (everything) {
		bcc_names_lacking_tags(names, kernel_types_note, &named);
		bcc_names_use_reached(names);
	}
	ret = write_with_modules(types, names, everything, everything ? named.names : NULL, fn, ctx, err);
	return ret == -ESRCH && !everything ? 0 : ret;
}

/* ---- what is lacking ---- */

struct explanation {
	struct bcc_err *err;
	const struct bcc_btf_bytes *kernel;
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

static bool kernel_types_is_tag(const struct btf_type *t)
{
	return btf_is_composite(t) || btf_is_any_enum(t);
}

/* "; did you mean …?" of the kernel's structs, unions and enums; "": none is near. */
static const char *kernel_types_near_tag(
	const struct bcc_btf_bytes *kernel, const char *tag, char *buf, size_t size)
{
	struct bcc_near_names near;

	bcc_near_init(&near, tag);
	for (uint32_t i = 0; i < kernel->named_count; i++) {
		const struct btf_type *t = bcc_btf_type_at(kernel, kernel->named[i].id);

		if (kernel_types_is_tag(t))
			bcc_near_offer(&near, kernel->strings + t->name_off);
	}
	return bcc_near_text(&near, buf, size);
}

/* Offers the names of a struct's members, and those of structs without a name in it. */
static void kernel_types_offer_members(
	const struct bcc_btf_bytes *kernel, uint32_t id, struct bcc_near_names *near, int depth)
{
	const struct btf_type *t = id && id < kernel->type_count ? bcc_btf_type_at(kernel, id) : NULL;

	if (!t || !btf_is_composite(t))
		return;
	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (m->name_off)
			bcc_near_offer(near, kernel->strings + m->name_off);
		else if (depth)
			kernel_types_offer_members(kernel, m->type, near, depth - 1);
	}
}

/* clang only sees the members that a text names: it cannot suggest others. */
static void kernel_types_explain_member(const struct bcc_btf_bytes *kernel, struct bcc_err *err)
{
	char member[BCC_NEAR_LENGTH], tag[BCC_NEAR_LENGTH], hint[3 * BCC_NEAR_LENGTH + 32], *more = NULL;
	const char *at = err->text;
	struct bcc_near_names near;
	size_t size;
	FILE *out = open_memstream(&more, &size);

	while (out && (at = strstr(at, "no member named '"))) {
		at += strlen("no member named '");
		if (sscanf(at, "%127[^']' in 'struct %127[^']'\n", member, tag) != 2)
			continue;
		bcc_near_init(&near, member);
		kernel_types_offer_members(kernel, bcc_btf_find_type(kernel, tag, BTF_KIND_STRUCT), &near, 3);
		if (near.count)
			fprintf(out, "struct %s has no member %s%s\n", tag, member,
				bcc_near_text(&near, hint, sizeof(hint)));
	}
	if (out && !fclose(out) && size)
		bcc_fail(err, err->code, "%s%s", err->text, more);
	free(more);
}

static int explain_tag(void *ctx, const char *tag)
{
	struct explanation *e = ctx;
	char hint[3 * BCC_NEAR_LENGTH + 32];
	size_t module;

	if (!complains_of(e->err->text, tag))
		return 0;
	module = likely_module(e->dependencies, tag);
	if (module)
		bcc_fail(e->err, e->err->code,
			"%s%s is not a type of this kernel or of a loaded module; it may belong to "
			"a module that is not loaded: modprobe %.*s\n",
			e->err->text, tag, (int)module, tag);
	else if (e->kernel && *kernel_types_near_tag(e->kernel, tag, hint, sizeof(hint)))
		bcc_fail(e->err, e->err->code, "%s%s is not a type of this kernel or of a loaded module%s\n",
			e->err->text, tag, hint);
	else
		bcc_fail(e->err, e->err->code,
			"%s%s is not a type of this kernel or of a loaded module; if it belongs to a "
			"module, load that first\n",
			e->err->text, tag);
	return 0;
}

void bcc_kernel_types_explain(
	const struct bcc_names *names, int btf_fd, const char *dependencies, struct bcc_err *err)
{
	struct bcc_kernel_types types;
	struct explanation e = {err, NULL, dependencies};

	if (!err->text)
		return;
	if (!bcc_kernel_types_open(&types, btf_fd))
		e.kernel = &types.kernel;
	bcc_names_lacking_tags(names, explain_tag, &e);
	if (e.kernel)
		kernel_types_explain_member(e.kernel, err);
	bcc_kernel_types_free(&types);
}
