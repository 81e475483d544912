/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_enum.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

enum { TYPES = 4 };

struct kernel_enum {
	const char *type;
	char **names;
	uint32_t *values;
	unsigned count;
};

static struct kernel_enum kernel_enums[TYPES];

static void kernel_enum_read(struct kernel_enum *e, const struct btf *btf, const struct btf_type *t)
{
	const struct btf_enum *member = btf_enum(t);

	e->names = calloc(btf_vlen(t) + 1, sizeof(*e->names));
	e->values = calloc(btf_vlen(t) + 1, sizeof(*e->values));
	if (!e->names || !e->values)
		buffer_no_memory();
	for (; e->count < btf_vlen(t); e->count++, member++) {
		e->names[e->count] = strdup(btf__name_by_offset(btf, member->name_off));
		e->values[e->count] = member->val;
		if (!e->names[e->count])
			buffer_no_memory();
	}
}

static const struct kernel_enum *kernel_enum_find(const char *type)
{
	struct kernel_enum *e = kernel_enums;
	struct btf *btf;
	int id;

	while (e->type && strcmp(e->type, type))
		if (++e == kernel_enums + TYPES)
			abort(); /* tools ask for a few */
	if (e->type)
		return e;
	e->type = type;
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return e;
	id = btf__find_by_name_kind(btf, type, BTF_KIND_ENUM);
	if (id > 0)
		kernel_enum_read(e, btf, btf__type_by_id(btf, id));
	btf__free(btf);
	return e;
}

const char *kernel_enum_name(const char *type, uint32_t value)
{
	const struct kernel_enum *e = kernel_enum_find(type);

	for (unsigned i = 0; i < e->count; i++)
		if (e->values[i] == value)
			return e->names[i];
	return NULL;
}

void kernel_enum_close(void)
{
	for (struct kernel_enum *e = kernel_enums; e < kernel_enums + TYPES; e++) {
		for (unsigned i = 0; i < e->count; i++)
			free(e->names[i]);
		free(e->names);
		free(e->values);
		*e = (struct kernel_enum){0};
	}
}
