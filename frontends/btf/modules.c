/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A module's BTF is "split": its type ids and string offsets continue where the kernel's end, as if there
 * were no other module. To combine several, they are appended to each other here, and references to a
 * module's own types and strings are shifted.
 */
#include "modules.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/btf_layout.h"
#include "common/cleanup.h"
#include "append.h"
#include "module_files.h"

/* A growing section. */
struct section {
	char *data;
	uint32_t size;
};

struct joined {
	struct btf *kernel;
	uint32_t first_type, first_string; /* first that is not the kernel's */
	uint32_t type_count, string_size;  /* of what is not the kernel's, so far */
	struct section types, strings;
};

static const char *btf_modules_name_of(const struct btf *btf, uint32_t offset)
{
	const char *name = btf__name_by_offset(btf, offset);

	return name ? name : "";
}

static uint32_t enumerator_name(const struct btf_type *t, int i)
{
	return btf_is_enum64(t) ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off;
}

static bool learn_enumerators(const struct btf *btf, const struct btf_type *t, struct bcc_names *names)
{
	bool found = false;

	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = btf_modules_name_of(btf, enumerator_name(t, i));

		if (!bcc_names_has_enumerator(names, name) || !bcc_names_lacks(names, name))
			continue;
		bcc_names_know(names, name);
		found = true;
	}
	return found;
}

static bool learn_tag(const char *name, struct bcc_names *names)
{
	if (!*name || !bcc_names_lacks_tag(names, name))
		return false;
	bcc_names_know_tag(names, name);
	return true;
}

/* Whether the type was lacking; from then on it is not. */
static bool learn_type(
	const struct btf *btf, const struct btf_type *t, struct bcc_names *names, bool everything)
{
	const char *name = btf_modules_name_of(btf, t->name_off);
	bool learned;

	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return learn_tag(name, names);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		learned = learn_tag(name, names);
		return (everything && learn_enumerators(btf, t, names)) || learned;
	case BTF_KIND_TYPEDEF:
		if (!everything || !bcc_names_lacks(names, name))
			return false;
		bcc_names_know(names, name);
		return true;
	default:
		return false;
	}
}

static bool learn_types(
	const struct joined *j, const struct btf *module, struct bcc_names *names, bool everything)
{
	bool found = false;

	for (uint32_t id = j->first_type; id < btf__type_cnt(module); id++)
		found |= learn_type(module, btf__type_by_id(module, id), names, everything);
	return found;
}

static int btf_modules_append(struct section *section, const void *data, uint32_t size)
{
	char *more;

	if (size > UINT32_MAX / 2 - section->size)
		return -E2BIG;
	more = realloc(section->data, section->size + size);
	if (!more)
		return -ENOMEM;
	section->data = more;
	memcpy(more + section->size, data, size);
	section->size += size;
	return 0;
}

static void shift_string(void *ctx, uint32_t *offset)
{
	const struct joined *j = ctx;

	if (*offset >= j->first_string)
		*offset += j->string_size;
}

static void shift_type(void *ctx, uint32_t *id)
{
	const struct joined *j = ctx;

	if (*id >= j->first_type)
		*id += j->type_count;
}

/* `from` is where the module's own types begin in j->types. */
static void shift_types(struct joined *j, uint32_t from, uint32_t count)
{
	const struct bcc_btf_visitor shift = {shift_type, shift_string, j};
	char *at = j->types.data + from;

	for (uint32_t i = 0; i < count; i++) {
		struct btf_type *t = (struct btf_type *)at;

		bcc_btf_visit(t, &shift);
		at += bcc_btf_type_size(t);
	}
}

static int join_types(struct joined *j, const struct bcc_btf_more *own, uint32_t count)
{
	uint32_t from = j->types.size;
	int ret = btf_modules_append(&j->types, own->types, own->type_size);

	if (!ret)
		ret = btf_modules_append(&j->strings, own->strings, own->string_size);
	if (ret)
		return ret;
	shift_types(j, from, count);
	j->type_count += count;
	j->string_size += own->string_size;
	return 0;
}

static int join_module(struct joined *j, const struct btf *module)
{
	uint32_t size;
	const struct btf_header *header = btf__raw_data(module, &size);
	const char *content = (const char *)header + (header ? header->hdr_len : 0);

	if (!header)
		return -ENOMEM;
	return join_types(j,
		&(struct bcc_btf_more){content + header->type_off, content + header->str_off,
			header->type_len, header->str_len},
		btf__type_cnt(module) - j->first_type);
}

static uint32_t definition_of(const struct btf *btf, uint32_t first, const char *name)
{
	for (uint32_t id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_is_composite(t) && !strcmp(btf_modules_name_of(btf, t->name_off), name))
			return id;
	}
	return 0;
}

static bool btf_modules_refers(const struct btf_type *t)
{
	return btf_is_ptr(t) || btf_is_mod(t) || btf_is_typedef(t);
}

/* A type that the kernel only declares and a module defines becomes one type. */
static int resolve_forwards(const struct btf *btf, uint32_t first, const struct bcc_names *names)
{
	uint32_t count = btf__type_cnt(btf), *definitions = calloc(count, sizeof(*definitions));

	if (!definitions)
		return -ENOMEM;
	for (uint32_t id = 1; id < count; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_is_fwd(t) && bcc_names_has_tag(names, btf_modules_name_of(btf, t->name_off)))
			definitions[id] = definition_of(btf, first, btf_modules_name_of(btf, t->name_off));
	}
	for (uint32_t id = 1; id < count; id++) {
		struct btf_type *t = (struct btf_type *)btf__type_by_id(btf, id);

		if (btf_modules_refers(t) && t->type < count && definitions[t->type])
			t->type = definitions[t->type];
	}
	free(definitions);
	return 0;
}

static int btf_modules_is_module(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux") != 0;
}

struct search {
	const struct bcc_module_folders *folders;
	struct bcc_names *names;
	bool everything;
	bcc_btf_module_fn fn;
	void *ctx;
	size_t files; /* that may still be looked into: each costs some 20 ms */
};

/* A module that cannot be read (it may be being unloaded) has no types. */
static int search_module(const struct search *s, struct joined *j, const char *name)
{
	char path[PATH_MAX];
	struct btf *module;
	int ret = 0;

	if (snprintf(path, sizeof(path), "%s/%s", s->folders->loaded, name) >= (int)sizeof(path))
		return 0;
	module = btf__parse_raw_split(path, j->kernel);
	if (libbpf_get_error(module))
		return 0;
	if (learn_types(j, module, s->names, s->everything)) {
		s->fn(s->ctx, path);
		ret = join_module(j, module);
	}
	btf__free(module);
	return ret;
}

static int search_modules(const struct search *s, struct joined *j)
{
	struct dirent **entries;
	/* sorted, so that the same modules always give the same types */
	int count = scandir(s->folders->loaded, &entries, btf_modules_is_module, alphasort), r = 0;

	if (count < 0)
		return errno == ENOMEM ? -ENOMEM : 0;
	for (int i = 0; i < count; i++) {
		if (!r)
			r = search_module(s, j, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static bool defines(const struct btf *btf, uint32_t first, const char *tag)
{
	for (uint32_t id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if ((btf_is_composite(t) || btf_is_any_enum(t)) &&
			!strcmp(btf_modules_name_of(btf, t->name_off), tag))
			return true;
	}
	return false;
}

/* The types of the first of the files that has the tag. */
static int search_files_for(struct search *s, struct joined *j, const char *tag)
{
	struct bcc_module_files files;
	int ret = bcc_module_files_likely(s->folders->files, tag, &files);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	for (size_t i = 0; !ret && i < files.count && s->files && bcc_names_lacks_tag(s->names, tag); i++) {
		struct bcc_module_file file;

		s->files--;
		ret = bcc_module_file_open(&file, files.paths[i], j->kernel);
		if (!ret && defines(file.all, j->first_type, tag)) {
			learn_types(j, file.all, s->names, s->everything);
			s->fn(s->ctx, files.paths[i]);
			ret = join_types(j, &file.own, btf__type_cnt(file.all) - j->first_type);
		}
		bcc_module_file_close(&file);
		ret = ret == -ENOENT ? 0 : ret;
	}
	bcc_module_files_free(&files);
	return ret;
}

static int search_files(struct search *s, struct joined *j, const char *const *tags)
{
	int ret = 0;

	for (; !ret && s->folders->files && tags && *tags; tags++)
		if (bcc_names_lacks_tag(s->names, *tags))
			ret = search_files_for(s, j, *tags);
	return ret;
}

bool bcc_btf_has_modules(const struct bcc_module_folders *folders)
{
	bcc_auto_dir DIR *dir = opendir(folders->loaded);
	struct dirent *entry;

	if (folders->files && !access(folders->files, F_OK))
		return true;

	while (dir && (entry = readdir(dir)))
		if (btf_modules_is_module(entry))
			return true;
	return false;
}

static uint32_t string_size(const struct btf *btf)
{
	uint32_t size;
	const struct btf_header *header = btf__raw_data(btf, &size);

	return header ? header->str_len : 0;
}

int bcc_btf_add_modules(struct btf *kernel, const struct bcc_module_folders *folders, struct bcc_names *names,
	bool everything, const char *const *tags, bcc_btf_module_fn fn, void *ctx, struct btf **out,
	struct bcc_err *err)
{
	struct search search = {folders, names, everything, fn, ctx, 2 * (size_t)BCC_MODULE_FILES};
	struct joined j = {
		.kernel = kernel, .first_type = btf__type_cnt(kernel), .first_string = string_size(kernel)};
	int ret = j.first_string ? search_modules(&search, &j) : -ENOMEM;

	*out = NULL;
	if (!ret)
		ret = search_files(&search, &j, tags);
	if (!ret && j.type_count)
		ret = bcc_btf_append(kernel,
			&(struct bcc_btf_more){j.types.data, j.strings.data, j.types.size, j.strings.size},
			out);
	if (*out)
		ret = resolve_forwards(*out, j.first_type, names);
	free(j.types.data);
	free(j.strings.data);
	if (ret) {
		btf__free(*out);
		*out = NULL;
		bcc_fail(err, ret, "cannot read the types of the kernel's modules: %s", strerror(-ret));
	}
	return ret;
}
