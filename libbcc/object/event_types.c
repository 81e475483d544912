/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler leaves a pointer to each type in section .bcc.event_types, called __bcc_event_INDEX_BUFFER
 * (frontends/clang/submitted_events.cpp). Only their BTF is of interest: no program refers to them.
 */
#include "event_types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libbcc/table/type_description.h"
#include "build.h"

#define EVENT_TYPES_PREFIX "__bcc_event_"

struct bcc_event_type {
	const char *buffer; /* from the BTF */
	unsigned long index;
	uint32_t type;
	char *declaration; /* NULL until it is asked for */
};

static void add_event_type(struct bcc *b, const struct btf_var_secinfo *info)
{
	const size_t length = strlen(EVENT_TYPES_PREFIX);
	const struct btf_type *var = btf__type_by_id(b->btf, info->type), *pointer;
	const char *name = var && btf_is_var(var) ? btf__name_by_offset(b->btf, var->name_off) : "";
	unsigned long index;
	char *end;

	pointer = *name ? btf__type_by_id(b->btf, var->type) : NULL;
	if (!pointer || !btf_is_ptr(pointer) || strncmp(name, EVENT_TYPES_PREFIX, length))
		return;
	index = strtoul(name + length, &end, 10);
	if (end == name + length || *end != '_')
		return;
	b->event_types[b->event_type_count++] =
		(struct bcc_event_type){.buffer = end + 1, .index = index, .type = pointer->type};
}

int bcc_build_event_types(struct bcc_build *build)
{
	struct bcc *b = build->b;
	int id = b->btf ? btf__find_by_name_kind(b->btf, ".bcc.event_types", BTF_KIND_DATASEC) : -ENOENT;
	const struct btf_type *section = id > 0 ? btf__type_by_id(b->btf, id) : NULL;

	if (!section || !btf_vlen(section))
		return 0;
	b->event_types = calloc(btf_vlen(section), sizeof(*b->event_types));
	if (!b->event_types)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	for (int i = 0; i < btf_vlen(section); i++)
		add_event_type(b, &btf_var_secinfos(section)[i]);
	return 0;
}

void bcc_event_types_close(struct bcc *b)
{
	for (size_t i = 0; i < b->event_type_count; i++)
		free(b->event_types[i].declaration);
	free(b->event_types);
	b->event_types = NULL;
	b->event_type_count = 0;
}

/* ---- the calls of bcc.h ---- */

size_t bcc_event_type_count(const struct bcc *b, const char *table)
{
	size_t count = 0;

	for (size_t i = 0; b && table && i < b->event_type_count; i++)
		count += !strcmp(b->event_types[i].buffer, table);
	return count;
}

static struct bcc_event_type *event_type_at(struct bcc *b, const char *table, size_t index)
{
	for (size_t i = 0; b && table && i < b->event_type_count; i++)
		if (b->event_types[i].index == index && !strcmp(b->event_types[i].buffer, table))
			return &b->event_types[i];
	return NULL;
}

const char *bcc_event_type(struct bcc *b, const char *table, size_t index, size_t *bytes)
{
	struct bcc_event_type *event = event_type_at(b, table, index);
	int64_t size = event ? btf__resolve_size(b->btf, event->type) : 0;

	if (bytes)
		*bytes = size > 0 ? size : 0;
	if (!event)
		return "";
	if (!event->declaration)
		event->declaration = bcc_type_declaration(b->btf, event->type);
	return event->declaration ? event->declaration : "";
}

int bcc_event_fields(struct bcc *b, const char *table, size_t index, const struct bcc_field **fields)
{
	const struct bcc_event_type *event = event_type_at(b, table, index);
	int ret;

	if (!b)
		return -EINVAL;
	if (!table || !fields)
		return bcc_fail(
			&b->err, -EINVAL, "the table's name, or the place for the fields, is missing");
	*fields = NULL;
	if (!event && !bcc_table_find(b, table))
		return bcc_fail(&b->err, -ENOENT, "the text has no table \"%s\"", table);
	if (!event)
		return bcc_fail(&b->err, -ENOENT,
			"the text submits %zu types to table \"%s\" that the compiler recognised, so there is no number %zu",
			bcc_event_type_count(b, table), table, index);
	ret = bcc_type_fields(b, b->btf, event->type, fields);
	if (ret < 0)
		return bcc_fail(&b->err, ret, "the type of the events in \"%s\" cannot be read: %s", table,
			strerror(-ret));
	return ret;
}
