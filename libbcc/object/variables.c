/* SPDX-License-Identifier: Apache-2.0 */
#include "variables.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/options.h"
#include "libbcc/table/type_description.h"
#include "build.h"

/* A data section: an array of one element holds all its variables. */
struct bcc_variable_section {
	const char *name;
	uint32_t index; /* index in the object */
	size_t bytes;
	bool is_constant;
	int fd;		 /* -1 until it is created */
	char *memory;	 /* mapped on first use, NULL: not yet */
	bool unmappable; /* kernels before 5.5 */
	bool in_arena;	 /* whose memory it is */
};

struct bcc_variable {
	struct bcc *owner;
	const char *name; /* from the BTF */
	struct bcc_variable_section *section;
	uint32_t offset, bytes, type;
	char *declaration;
};

/* ---- reading the object ---- */

static bool holds_variables(const char *section)
{
	static const char *const prefixes[] = {".data", ".rodata", ".bss", BCC_ARENA_SECTION, NULL};

	for (const char *const *prefix = prefixes; *prefix; prefix++) {
		size_t length = strlen(*prefix);

		if (!strncmp(section, *prefix, length) && (!section[length] || section[length] == '.'))
			return true;
	}
	return false;
}

/* NULL if it is not a section of variables, or a damaged one. */
static const struct bcc_section *section_of(const struct bcc_build *build, const struct btf_type *type)
{
	const char *name = btf_is_datasec(type) ? btf__name_by_offset(build->b->btf, type->name_off) : NULL;
	const struct bcc_section *section =
		name && holds_variables(name) ? bcc_elf_section(&build->elf, name) : NULL;

	return section && section->flags & SHF_ALLOC && section->size && section->size <= INT32_MAX ? section
												    : NULL;
}

static void add_variable(
	struct bcc *b, struct bcc_variable_section *section, const struct btf_var_secinfo *info)
{
	const struct btf_type *var = btf__type_by_id(b->btf, info->type);

	if (!var || !btf_is_var(var) || info->offset > section->bytes ||
		info->size > section->bytes - info->offset)
		return;
	b->variables[b->variable_count++] = (struct bcc_variable){
		.owner = b,
		.name = btf__name_by_offset(b->btf, var->name_off),
		.section = section,
		.offset = info->offset,
		.bytes = info->size,
		.type = var->type,
	};
}

static int index_variables(struct bcc *b)
{
	if (bcc_name_index_init(&b->variable_names, b->variable_count) < 0)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < b->variable_count; i++)
		bcc_name_index_add(&b->variable_names, b->variables[i].name, i);
	bcc_name_index_sort(&b->variable_names);
	return 0;
}

int bcc_build_variables(struct bcc_build *build)
{
	struct bcc *b = build->b;
	uint32_t types = b->btf ? btf__type_cnt(b->btf) : 0;
	size_t count = 0, sections = 0;

	for (uint32_t id = 1; id < types; id++) {
		const struct btf_type *type = btf__type_by_id(b->btf, id);

		if (section_of(build, type)) {
			count += btf_vlen(type);
			sections++;
		}
	}
	if (!count)
		return 0;
	b->variables = calloc(count, sizeof(*b->variables));
	b->variable_sections = calloc(sections, sizeof(*b->variable_sections));
	if (!b->variables || !b->variable_sections)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	for (uint32_t id = 1; id < types; id++) {
		const struct btf_type *type = btf__type_by_id(b->btf, id);
		const struct bcc_section *section = section_of(build, type);
		struct bcc_variable_section *s = &b->variable_sections[b->variable_section_count];

		if (!section)
			continue;
		*s = (struct bcc_variable_section){
			.name = btf__name_by_offset(b->btf, type->name_off),
			.index = bcc_elf_section_index(&build->elf, section),
			.bytes = section->size,
			.is_constant = !(section->flags & SHF_WRITE),
			.fd = -1,
		};
		b->variable_section_count++;
		for (int i = 0; i < btf_vlen(type); i++)
			add_variable(b, s, &btf_var_secinfos(type)[i]);
	}
	return index_variables(b);
}

int bcc_variables_open(struct bcc *b)
{
	for (size_t i = 0; i < b->variable_section_count; i++) {
		struct bcc_variable_section *s = &b->variable_sections[i];
		const struct bcc_build *build = b->object->build;
		int fd;

		s->in_arena = !strcmp(s->name, BCC_ARENA_SECTION);
		if (s->in_arena && !build->arena)
			continue;
		if (s->in_arena)
			s->memory = build->arena->arena + build->arena_at;
		fd = s->in_arena ? build->arena->fd : bcc_build_data(b->object->build, s->index);
		if (fd < 0)
			return fd;
		s->fd = fd; /* belongs to the object */
	}
	return 0;
}

void bcc_variables_close(struct bcc *b)
{
	for (size_t i = 0; i < b->variable_count; i++)
		free(b->variables[i].declaration);
	for (size_t i = 0; i < b->variable_section_count; i++)
		if (b->variable_sections[i].memory && !b->variable_sections[i].in_arena)
			munmap(b->variable_sections[i].memory, b->variable_sections[i].bytes);
	bcc_name_index_free(&b->variable_names);
	free(b->variables);
	free(b->variable_sections);
	b->variables = NULL;
	b->variable_sections = NULL;
	b->variable_count = b->variable_section_count = 0;
}

/* ---- the calls of bcc.h ---- */

size_t bcc_variable_count(const struct bcc *b)
{
	return b ? b->variable_count : 0;
}

struct bcc_variable *bcc_variable_at(struct bcc *b, size_t index)
{
	return b && index < b->variable_count ? &b->variables[index] : NULL;
}

struct bcc_variable *bcc_variable_find(struct bcc *b, const char *name)
{
	const struct bcc_name *found = b && name ? bcc_name_index_find(&b->variable_names, name) : NULL;

	return found ? &b->variables[found->index] : NULL;
}

struct bcc *bcc_variable_owner(const struct bcc_variable *v)
{
	return v ? v->owner : NULL;
}

int bcc_variable_info(const struct bcc_variable *v, struct bcc_variable_info *info)
{
	struct bcc_variable_info found;
	size_t size;

	if (!v || !info || info->size < sizeof(info->size))
		return -EINVAL;
	size = info->size;
	found = (struct bcc_variable_info){
		.size = size,
		.name = v->name,
		.section = v->section->name,
		.bytes = v->bytes,
		.is_constant = v->section->is_constant,
	};
	memcpy(info, &found, size < sizeof(found) ? size : sizeof(found));
	return 0;
}

const char *bcc_variable_type(struct bcc_variable *v)
{
	if (!v)
		return "";
	if (!v->declaration)
		v->declaration = bcc_type_declaration(v->owner->btf, v->type);
	return v->declaration ? v->declaration : "";
}

int bcc_variable_fields(struct bcc_variable *v, const struct bcc_field **fields)
{
	int ret;

	if (!v || !fields)
		return -EINVAL;
	ret = bcc_type_fields(v->owner, v->owner->btf, v->type, fields);
	if (ret < 0)
		return bcc_fail(&v->owner->err, ret, "the type of variable \"%s\" cannot be read: %s",
			v->name, strerror(-ret));
	return ret;
}

/* The variable's value before it is created: in a copy of its section. NULL when out of memory. */
static uint8_t *initial_value(struct bcc_variable *v)
{
	struct bcc_build *build = v->owner->object->build;
	const struct bcc_section *section = &build->elf.sections[v->section->index];
	uint8_t **values = &build->section_values[v->section->index];

	if (!*values) {
		*values = calloc(1, section->size);
		if (*values && section->data)
			memcpy(*values, section->data, section->size);
	}
	return *values ? *values + v->offset : NULL;
}

static bool is_created(const struct bcc_variable *v)
{
	return v->section->fd >= 0;
}

/* NULL if this kernel cannot map it. */
static char *mapped(struct bcc_variable *v)
{
	struct bcc_variable_section *s = v->section;

	if (!s->memory && !s->unmappable && is_created(v)) {
		int access = s->is_constant ? PROT_READ : PROT_READ | PROT_WRITE;
		void *memory = mmap(NULL, s->bytes, access, MAP_SHARED, s->fd, 0);

		if (memory == MAP_FAILED)
			s->unmappable = true;
		else
			s->memory = memory;
	}
	return s->memory ? s->memory + v->offset : NULL;
}

static int check_variable_size(struct bcc_variable *v, const void *value, size_t size)
{
	if (!value || size != v->bytes)
		return bcc_fail(&v->owner->err, -EINVAL, "variable \"%s\" has %u bytes (%s), not %zu",
			v->name, v->bytes, bcc_variable_type(v), value ? size : 0);
	return 0;
}

int bcc_variable_set(struct bcc_variable *v, const void *value, size_t size)
{
	uint8_t *initial;
	char *memory;
	int ret;

	if (!v)
		return -EINVAL;
	ret = check_variable_size(v, value, size);
	if (ret < 0)
		return ret;
	if (!is_created(v)) {
		initial = initial_value(v);
		if (!initial)
			return bcc_fail(&v->owner->err, -ENOMEM, "out of memory");
		memcpy(initial, value, size);
		return 0;
	}
	if (v->section->is_constant)
		return bcc_fail(&v->owner->err, -EPERM,
			"variable \"%s\" is const: it can only be set before bcc_create(), in a handle that was opened "
			"with .deferred",
			v->name);
	memory = mapped(v);
	if (!memory)
		return bcc_fail(&v->owner->err, -EOPNOTSUPP,
			"variable \"%s\" cannot be set once it is created: this needs Linux 5.5, where tables can be mapped",
			v->name);
	memcpy(memory, value, size);
	return 0;
}

/* Reads the whole section, for kernels that cannot map it. */
static int read_section_value(struct bcc_variable *v, void *value)
{
	const uint32_t zero = 0;
	char *all = malloc(v->section->bytes);
	int ret;

	if (!all)
		return bcc_fail(&v->owner->err, -ENOMEM, "out of memory");
	ret = bpf_map_lookup_elem(v->section->fd, &zero, all);
	if (ret < 0)
		ret = bcc_fail(
			&v->owner->err, ret, "variable \"%s\" cannot be read: %s", v->name, strerror(-ret));
	else
		memcpy(value, all + v->offset, v->bytes);
	free(all);
	return ret;
}

int bcc_variable_get(struct bcc_variable *v, void *value, size_t size)
{
	const void *from;
	int ret;

	if (!v)
		return -EINVAL;
	ret = check_variable_size(v, value, size);
	if (ret < 0)
		return ret;
	from = is_created(v) ? (const void *)mapped(v) : initial_value(v);
	if (!from && is_created(v))
		return read_section_value(v, value);
	if (!from)
		return bcc_fail(&v->owner->err, -ENOMEM, "out of memory");
	memcpy(value, from, size);
	return 0;
}

void *bcc_variable_memory(struct bcc_variable *v)
{
	return v ? mapped(v) : NULL;
}
