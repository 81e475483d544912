/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "tool.h"
#include "variables.h"

struct setting {
	struct setting *next;
	const char *name;
	bool is_number; /* of the variable's size */
	uint64_t number;
	size_t size;
	void *value; /* owned */
};

static struct setting *first, **last = &first;

static struct setting *variables_new(const char *name)
{
	struct setting *s = calloc(1, sizeof(*s));

	if (!s)
		buffer_no_memory();
	s->name = name;
	*last = s;
	last = &s->next;
	return s;
}

void tool_set_number(const char *variable, uint64_t value)
{
	struct setting *s = variables_new(variable);

	s->is_number = true;
	s->number = value;
}

void tool_set(const char *variable, const void *value, size_t size)
{
	struct setting *s = variables_new(variable);

	s->value = malloc(size);
	if (!s->value)
		buffer_no_memory();
	memcpy(s->value, value, size);
	s->size = size;
}

/* ---- sizes of tables ---- */

static struct {
	const char *table;
	uint64_t entries;
} sizes[8];
static size_t size_count;

void tool_set_entries(const char *table, uint64_t entries)
{
	size_t i = 0;

	while (i < size_count && strcmp(sizes[i].table, table))
		i++;
	if (i == ARRAY_SIZE(sizes))
		abort(); /* a tool has a fixed number of tables */
	sizes[i].table = table;
	sizes[i].entries = entries;
	size_count += i == size_count;
}

static int variables_size_tables(struct bcc *b)
{
	int ret = 0;

	for (size_t i = 0; i < size_count && !ret; i++) {
		struct bcc_table *t = bcc_table_find(b, sizes[i].table);

		ret = bcc_table_set_max_entries(t, sizes[i].entries);
		if (ret)
			tool_warn("the table %s cannot have %" PRIu64 " entries: %s", sizes[i].table,
				sizes[i].entries, bcc_error(b));
	}
	return ret;
}

/* ---- variables ---- */

/* A number takes the lower bytes of the variable, a text ends with zeros. */
static int variables_set(struct bcc *b, const struct setting *s)
{
	struct bcc_variable *v = bcc_variable_find(b, s->name);
	struct bcc_variable_info info = {.size = sizeof(info)};
	const void *from = s->is_number ? &s->number : s->value;
	size_t size = s->is_number ? sizeof(s->number) : s->size;
	char *value;
	int ret;

	if (!v) {
		tool_warn("the BPF text does not use a variable %s", s->name);
		return -ENOENT;
	}
	ret = bcc_variable_info(v, &info);
	if (ret)
		return ret;
	if (size > info.bytes && !s->is_number) {
		tool_warn("%zu bytes do not fit into the variable %s", size, s->name);
		return -E2BIG;
	}
	value = calloc(1, info.bytes);
	if (!value)
		buffer_no_memory();
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	if (s->is_number && size > info.bytes)
		from = (const char *)from + size - info.bytes;
#endif
	memcpy(value, from, size < info.bytes ? size : info.bytes);
	ret = bcc_variable_set(v, value, info.bytes);
	if (ret)
		tool_warn("%s", bcc_error(b));
	free(value);
	return ret;
}

int variables_apply(struct bcc *b)
{
	int ret = variables_size_tables(b);

	for (const struct setting *s = first; s && !ret; s = s->next)
		ret = variables_set(b, s);
	return ret;
}

void variables_print(FILE *out)
{
	for (const struct setting *s = first; s; s = s->next) {
		const unsigned char *bytes = s->value;

		fprintf(out, "// %s =", s->name);
		if (s->is_number)
			fprintf(out, " %" PRIu64, s->number);
		for (size_t i = 0; i < s->size; i++)
			fprintf(out, " %02x", bytes[i]);
		fputc('\n', out);
	}
}

void variables_free(void)
{
	while (first) {
		struct setting *next = first->next;

		free(first->value);
		free(first);
		first = next;
	}
	last = &first;
}
