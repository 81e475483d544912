/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"

#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libbcc/log.h"
#include "libbcc/table/table.h"
#include "build.h"
#include "shared_tables.h"

static int open_types(struct bcc_build *build)
{
	const struct bcc_section *types = bcc_elf_section(&build->elf, ".BTF");
	const struct bcc_section *lines = bcc_elf_section(&build->elf, ".BTF.ext");
	struct bcc *b = build->b;
	int ret;

	if (!types || !types->data)
		return 0;
	ret = bcc_btf_parse(types->data, types->size, &b->btf, &b->err);
	if (ret == 0)
		ret = bcc_btf_complete(b->btf, &build->elf, &b->err);
	/* after what may move the strings of the types, in which lines name their sections */
	if (ret == 0 && lines && lines->data)
		ret = bcc_btf_ext_parse(&build->ext, lines->data, lines->size, b->btf, &b->err);
	if (ret < 0)
		return ret;
	b->btf_fd = bcc_btf_load(b, b->btf);
	if (b->btf_fd < 0)
		b->btf_fd = -1;
	return 0;
}

static int read_license(struct bcc_build *build)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, "license");

	if (section && section->data && section->size)
		build->b->object->license = strndup((const char *)section->data, section->size);
	else
		build->b->object->license = strdup("GPL");
	return build->b->object->license ? 0 : bcc_fail(&build->b->err, -ENOMEM, "out of memory");
}

static int object_read_events(struct bcc_build *build)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, ".bcc.events");
	struct bcc_object *object = build->b->object;

	/* of a well-formed one the last string is empty, and walks end there */
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

static int open_object(struct bcc_build *build, const void *elf, size_t size)
{
	int ret = bcc_elf_parse(&build->elf, elf, size, &build->b->err);

	if (ret < 0)
		return ret;
	build->section_fds = malloc(build->elf.section_count * sizeof(*build->section_fds));
	if (!build->section_fds)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	memset(build->section_fds, -1, build->elf.section_count * sizeof(*build->section_fds));
	ret = read_license(build);
	if (ret == 0)
		ret = object_read_events(build);
	if (ret == 0)
		ret = bcc_build_functions(build);
	if (ret == 0)
		ret = open_types(build);
	if (ret == 0)
		ret = bcc_build_maps(build);
	if (ret == 0)
		ret = bcc_build_programs(build);
	return ret;
}

int bcc_object_open(struct bcc *b, const void *elf, size_t size)
{
	struct bcc_build build = {.b = b};
	BCC_LOG_SCOPE(b);
	int ret;

	b->object = calloc(1, sizeof(*b->object));
	if (!b->object)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	ret = open_object(&build, elf, size);
	bcc_elf_free(&build.elf);
	bcc_btf_ext_free(&build.ext);
	free(build.functions);
	free(build.table_offsets);
	free(build.values_offsets);
	free(build.section_fds);
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
	free(p->func_info);
	free(p->line_info);
	free(p->attach_to);
}

static void close_table(struct bcc_table *t)
{
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
	bcc_name_index_free(&b->program_names);
	bcc_name_index_free(&b->table_names);
	free(b->programs);
	free(b->tables);
	b->programs = NULL;
	b->tables = NULL;
	b->program_count = b->table_count = 0;
	if (b->btf_fd >= 0)
		close(b->btf_fd);
	b->btf_fd = -1;
	btf__free(b->btf);
	b->btf = NULL;
	if (!b->object)
		return;
	for (size_t i = 0; i < b->object->data_fd_count; i++)
		close(b->object->data_fds[i]);
	free(b->object->data_fds);
	free(b->object->license);
	free(b->object->events);
	btf__free(b->object->kernel_btf);
	free(b->object);
	b->object = NULL;
}
