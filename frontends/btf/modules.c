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

#include "common/cleanup.h"
#include "layout.h"

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

static int join_module(struct joined *j, const struct btf *module)
{
	uint32_t size, from = j->types.size, count = btf__type_cnt(module) - j->first_type;
	const struct btf_header *header = btf__raw_data(module, &size);
	const char *content;
	int ret;

	if (!header)
		return -ENOMEM;
	content = (const char *)header + header->hdr_len;
	ret = btf_modules_append(&j->types, content + header->type_off, header->type_len);
	if (!ret)
		ret = btf_modules_append(&j->strings, content + header->str_off, header->str_len);
	if (ret)
		return ret;
	shift_types(j, from, count);
	j->type_count += count;
	j->string_size += header->str_len;
	return 0;
}

/* Makes one BTF of the kernel's and everything that was joined, whose ids continue the kernel's. */
static int btf_modules_finish(const struct joined *j, struct btf **out)
{
	uint32_t size;
	const struct btf_header *kernel = btf__raw_data(j->kernel, &size);
	const char *content = (const char *)kernel + (kernel ? kernel->hdr_len : 0);
	struct btf_header header = {.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(header)};
	struct section all = {0};
	int ret = kernel ? btf_modules_append(&all, &header, sizeof(header)) : -ENOMEM;

	if (!ret)
		ret = btf_modules_append(&all, content + kernel->type_off, kernel->type_len);
	if (!ret)
		ret = btf_modules_append(&all, j->types.data, j->types.size);
	if (!ret)
		ret = btf_modules_append(&all, content + kernel->str_off, kernel->str_len);
	if (!ret)
		ret = btf_modules_append(&all, j->strings.data, j->strings.size);
	if (!ret) {
		header.type_len = header.str_off = kernel->type_len + j->types.size;
		header.str_len = kernel->str_len + j->strings.size;
		memcpy(all.data, &header, sizeof(header));
		*out = btf__new(all.data, all.size);
		ret = libbpf_get_error(*out);
	}
	if (ret)
		*out = NULL;
	free(all.data);
	return ret;
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
	const char *folder;
	struct bcc_names *names;
	bool everything;
	bcc_btf_module_fn fn;
	void *ctx;
};

/* A module that cannot be read (it may be being unloaded) has no types. */
static int search_module(const struct search *s, struct joined *j, const char *name)
{
	char path[PATH_MAX];
	struct btf *module;
	int ret = 0;

	if (snprintf(path, sizeof(path), "%s/%s", s->folder, name) >= (int)sizeof(path))
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
	int count = scandir(s->folder, &entries, btf_modules_is_module, alphasort), r = 0;

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

bool bcc_btf_has_modules(const char *folder)
{
	bcc_auto_dir DIR *dir = opendir(folder);
	struct dirent *entry;

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

int bcc_btf_add_modules(struct btf *kernel, const char *folder, struct bcc_names *names, bool everything,
	bcc_btf_module_fn fn, void *ctx, struct btf **out, struct bcc_err *err)
{
	const struct search search = {folder, names, everything, fn, ctx};
	struct joined j = {
		.kernel = kernel, .first_type = btf__type_cnt(kernel), .first_string = string_size(kernel)};
	int ret = j.first_string ? search_modules(&search, &j) : -ENOMEM;

	*out = NULL;
	if (!ret && j.type_count)
		ret = btf_modules_finish(&j, out);
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
