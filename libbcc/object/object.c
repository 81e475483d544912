/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"

#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libbcc/load/pinned_program.h"
#include "libbcc/log.h"
#include "libbcc/table/table.h"
#include "libbcc/table/type_description.h"
#include "core/relocate.h"
#include "build.h"
#include "event_types.h"
#include "pinned.h"
#include "refused_events.h"
#include "shared_tables.h"
#include "struct_ops.h"
#include "variables.h"

/* Before it is linked with others, not even its tables can be told. */
static int object_find_undefined(struct bcc_build *build, const struct bcc_section *lines)
{
	struct bcc *b = build->b;
	const char *name, *file;
	unsigned line;
	int ret = bcc_build_undefined(build, &name);

	if (ret || !name)
		return ret;
	if (lines && lines->data)
		ret = bcc_btf_ext_parse(&build->ext, lines->data, lines->size, b->btf, &b->err);
	if (ret)
		return ret;
	line = bcc_build_line_of_use(build, name, &file);
	if (line)
		ret = asprintf(&b->object->undefined, "%s:%u: %s", file, line, name);
	else
		ret = asprintf(&b->object->undefined, "%s", name);
	if (ret >= 0)
		return 0;
	b->object->undefined = NULL;
	return bcc_fail(&b->err, -ENOMEM, "out of memory");
}

static int open_types(struct bcc_build *build)
{
	const struct bcc_section *types = bcc_elf_section(&build->elf, ".BTF");
	const struct bcc_section *lines = bcc_elf_section(&build->elf, ".BTF.ext");
	struct bcc *b = build->b;
	int ret;

	if (!types || !types->data)
		return 0;
	ret = bcc_btf_parse(types->data, types->size, &b->btf, &b->err);
	if (ret == 0 && b->libbpf && b->portable)
		ret = object_find_undefined(build, lines);
	if (ret || b->object->undefined)
		return ret;
	if (ret == 0)
		ret = bcc_build_read_kconfig(build);
	if (ret == 0)
		ret = bcc_btf_complete(b->btf, &build->elf, &b->err);
	/* after everything that may move the strings of the types, by which lines name their sections */
	if (ret == 0 && lines && lines->data)
		ret = bcc_btf_ext_parse(&build->ext, lines->data, lines->size, b->btf, &b->err);
	return ret;
}

static int read_license(struct bcc_build *build)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, "license");

	if (section && section->data && section->size)
		build->b->object->license = strndup((const char *)section->data, section->size);
	else
		build->b->object->license = strdup(""); /* of BCC's dialect the compiler gives one */
	return build->b->object->license ? 0 : bcc_fail(&build->b->err, -ENOMEM, "out of memory");
}

static int object_read_events(struct bcc_build *build)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, ".bcc.events");
	struct bcc_object *object = build->b->object;

	/* in well-formed data the last string is empty, which ends the loops over it */
	if (!section || !section->data || !section->size || section->size < 2 ||
		section->data[section->size - 1] || section->data[section->size - 2])
		return 0;
	object->events = malloc(section->size);
	if (!object->events)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	memcpy(object->events, section->data, section->size);
	object->events_size = section->size;
	return 0;
}

static int allocate_sections(struct bcc_build *build)
{
	uint32_t count = build->elf.section_count;

	build->section_fds = malloc(count * sizeof(*build->section_fds));
	build->section_values = calloc(count, sizeof(*build->section_values));
	build->section_types = calloc(count, sizeof(*build->section_types));
	if (!build->section_fds || !build->section_values || !build->section_types)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	memset(build->section_fds, -1, count * sizeof(*build->section_fds));
	return 0;
}

static int read_object(struct bcc_build *build, const void *elf, size_t size)
{
	int ret = bcc_elf_parse(&build->elf, elf, size, &build->b->err);

	if (ret == 0)
		ret = allocate_sections(build);
	if (ret == 0)
		ret = read_license(build);
	if (ret == 0)
		ret = object_read_events(build);
	if (ret == 0)
		ret = bcc_build_functions(build);
	if (ret == 0)
		ret = open_types(build);
	if (ret == 0 && build->b->object->undefined)
		return bcc_build_read_programs(build);
	if (ret == 0)
		ret = bcc_build_read_maps(build);
	if (ret == 0)
		ret = bcc_build_variables(build);
	if (ret == 0)
		ret = bcc_build_event_types(build);
	if (ret == 0)
		ret = bcc_build_read_programs(build);
	return ret;
}

static void free_build(struct bcc_object *object)
{
	struct bcc_build *build = object->build;

	if (!build)
		return;
	for (uint32_t i = 0; build->section_values && i < build->elf.section_count; i++)
		free(build->section_values[i]);
	free(build->section_values);
	free(build->section_fds);
	free(build->section_types);
	free(build->functions);
	free(build->table_offsets);
	free(build->wanted);
	free(build->kconfig);
	free(build->kernel_addresses);
	bcc_core_close(build);
	bcc_btf_ext_free(&build->ext);
	bcc_elf_free(&build->elf);
	free(build);
	object->build = NULL;
	free(object->bytes);
	object->bytes = NULL;
}

int bcc_object_read(struct bcc *b, const void *elf, size_t size)
{
	struct bcc_build *build = calloc(1, sizeof(*build));

	b->object = calloc(1, sizeof(*b->object));
	if (!b->object || !build) {
		free(build);
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	}
	build->b = b;
	build->kconfig_fd = -1;
	b->object->build = build;
	return read_object(build, elf, size);
}

int bcc_object_keep(struct bcc *b, const void *elf, size_t size)
{
	void *copy = malloc(size ? size : 1);
	int ret;

	if (!copy)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	memcpy(copy, elf, size);
	ret = bcc_object_read(b, copy, size);
	if (b->object) {
		b->object->bytes = copy;
		b->object->size = size;
	} else {
		free(copy);
	}
	return ret;
}

const void *bcc_object(const struct bcc *b, size_t *bytes)
{
	const struct bcc_object *object = b && b->portable ? b->object : NULL;

	if (bytes)
		*bytes = object && object->bytes ? object->size : 0;
	return object ? object->bytes : NULL;
}

int bcc_object_create(struct bcc *b)
{
	struct bcc_build *build = b->object ? b->object->build : NULL;
	BCC_LOG_SCOPE(b);
	int ret;

	if (!b->object)
		return bcc_fail(&b->err, -EINVAL, "no text is open");
	if (b->object->failed)
		return bcc_fail(&b->err, b->object->failed,
			"the text's tables and variables could not be created before");
	if (b->object->undefined)
		return bcc_fail(&b->err, -EINVAL,
			"%s is declared, and not defined, nor is it said to be the kernel's (__ksym): this is a part of "
			"an object, to be linked with others",
			b->object->undefined);
	if (!build)
		return 0;
	if (b->btf) {
		b->btf_fd = bcc_btf_load(b, b->btf);
		if (b->btf_fd < 0)
			b->btf_fd = -1;
	}
	ret = bcc_core_open(build);
	if (ret == 0)
		ret = bcc_build_maps(build);
	if (ret == 0)
		ret = bcc_build_arena(build);
	if (ret == 0)
		ret = bcc_build_programs(build);
	if (ret == 0)
		ret = bcc_build_struct_ops(build);
	if (ret == 0)
		ret = bcc_build_refused_events(build);
	if (ret == 0)
		ret = bcc_variables_open(b);
	free_build(b->object);
	b->object->failed = ret < 0 ? ret : 0;
	return ret;
}

static void close_program(struct bcc_program *p)
{
	if (p->fd >= 0)
		close(p->fd);
	free((char *)p->name);
	free((char *)p->section);
	free(p->insns);
	free(p->optional);
	for (size_t i = 0; i < p->missing_count; i++)
		free(p->missing[i].name);
	free(p->missing);
	free(p->func_info);
	free(p->line_info);
	free(p->attach_to);
}

static void close_table(struct bcc_table *t)
{
	bcc_arena_close(t);
	if (t->fd >= 0)
		close(t->fd);
	free((char *)t->name);
	bcc_table_types_free(t);
}

void bcc_object_close(struct bcc *b)
{
	for (size_t i = 0; i < b->program_count; i++)
		close_program(&b->programs[i]);
	bcc_shared_tables_forget(b);
	for (size_t i = 0; i < b->table_count; i++)
		close_table(&b->tables[i]);
	bcc_opened_tables_close(b);
	bcc_opened_programs_close(b);
	bcc_name_index_free(&b->program_names);
	bcc_name_index_free(&b->table_names);
	free(b->programs);
	free(b->tables);
	b->programs = NULL;
	b->tables = NULL;
	b->program_count = b->table_count = 0;
	bcc_type_fields_free(b);
	bcc_event_types_close(b);
	bcc_refused_events_close(b);
	if (b->btf_fd >= 0)
		close(b->btf_fd);
	b->btf_fd = -1;
	btf__free(b->btf);
	b->btf = NULL;
	if (!b->object)
		return;
	free_build(b->object);
	bcc_variables_close(b);
	for (size_t i = 0; i < b->object->data_fd_count; i++)
		close(b->object->data_fds[i]);
	for (size_t i = 1; i < b->object->module_fd_count; i++)
		close(b->object->module_fds[i]);
	free(b->object->module_fds);
	free(b->object->slots);
	bcc_struct_ops_close(b->object);
	free(b->object->data_fds);
	free(b->object->license);
	free(b->object->undefined);
	free(b->object->events);
	btf__free(b->object->kernel_btf);
	free(b->object);
	b->object = NULL;
}
