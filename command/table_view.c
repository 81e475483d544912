/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "globals.h"
#include "hist.h"
#include "output.h"
#include "table_view.h"
#include "typed.h"
#include "writer.h"

enum table_kind {
	TABLE_NOT_SHOWN,
	TABLE_HISTOGRAM, /* BCC's: the slot is the key, or its last member */
	TABLE_SLOTS,	 /* libbpf's tools': the value has an array of slots */
	TABLE_ROWS,
};

struct table_view {
	struct bcc *b;
	struct bcc_table *table; /* NULL: it is a variable, which is shown like an array of its elements */
	struct bcc_variable *variable; /* or NULL */
	struct bcc_field element;      /* of a variable that is an array */
	char *start, *now; /* of a variable: its value before programs ran, and room for another */
	struct bcc_table_info info;
	enum table_kind kind;
	size_t cpus;	    /* values in a row */
	size_t cpu_stride;  /* bytes from one to the next */
	size_t value_start; /* in a record: the key comes before it */
	size_t record_size;
	struct typed *columns; /* of rows; of histograms those of the section */
	struct writer writer;

	/* rows */
	const struct tool_column *by; /* what they are ordered by, NULL: nothing */
	char *records;
	size_t count, room;

	/* histograms */
	struct hist *hist;
	struct tool_view view;
	struct tool_column section;
	struct buffer section_text;
	const struct bcc_field *slots; /* of TABLE_SLOTS */
	size_t slot_offset, slot_size; /* of TABLE_HISTOGRAM, in the key */
};

struct table_views {
	struct table_view *views;
	size_t count;
};

/* ---- tables, and variables like them ---- */

static bool table_is_indexed(const struct table_view *v)
{
	return v->table || v->info.max_entries > 1;
}

/* None for a variable that is no array. */
static int table_key_fields(const struct table_view *v, const struct bcc_field **fields)
{
	static const struct bcc_field index = {
		.name = "", .type = "u32", .bit_size = 32, .kind = BCC_FIELD_UNSIGNED};

	if (v->table)
		return bcc_table_key_fields(v->table, fields);
	*fields = &index;
	return table_is_indexed(v);
}

static int table_value_fields(struct table_view *v, const struct bcc_field **fields)
{
	const struct bcc_field *array;
	int count;

	if (v->table)
		return bcc_table_value_fields(v->table, fields);
	count = bcc_variable_fields(v->variable, fields);
	if (!table_is_indexed(v) || count <= 0)
		return count;
	array = *fields;
	if (array->kind == BCC_FIELD_STRUCT || array->kind == BCC_FIELD_UNION)
		return bcc_field_members(v->b, array, fields);
	v->element = *array;
	v->element.is_array = false;
	v->element.array_elements = 0;
	*fields = &v->element;
	return 1;
}

/* The elements of a variable that programs have changed. */
static int table_each_element(struct table_view *v, bcc_entry_fn add)
{
	size_t bytes = v->info.value_size;
	int ret = bcc_variable_get(v->variable, v->now, bytes * v->info.max_entries);

	for (uint32_t i = 0; i < v->info.max_entries && !ret; i++)
		if (memcmp(v->start + i * bytes, v->now + i * bytes, bytes))
			ret = add(v, &i, v->now + i * bytes);
	return ret;
}

/* ---- which tables ---- */

static bool table_is_number(const struct bcc_field *field)
{
	return (field->kind == BCC_FIELD_UNSIGNED || field->kind == BCC_FIELD_SIGNED) && !field->is_array &&
	       !(field->bit_offset % 8) && !(field->bit_size % 8) && field->bit_size <= 64;
}

/* "slots[27]" of a value; NULL: it has none. */
static const struct bcc_field *table_find_slots(const struct bcc_field *fields, int count)
{
	for (int i = 0; i < count; i++)
		if ((strstr(fields[i].name, "slots") || strstr(fields[i].name, "hist")) &&
			fields[i].is_array && fields[i].kind == BCC_FIELD_UNSIGNED &&
			fields[i].array_elements <= 64 &&
			(fields[i].bit_size == 32 || fields[i].bit_size == 64))
			return &fields[i];
	return NULL;
}

/* Whether the text has WORD(NAME: "BPF_HISTOGRAM(dist". */
static bool table_declared_by(const char *text, const char *word, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = text; (at = strstr(at, word));) {
		at += strlen(word);
		at += strspn(at, " \t\n");
		if (*at != '(')
			continue;
		at++;
		at += strspn(at, " \t\n");
		if (!strncmp(at, name, length) && !isalnum((unsigned char)at[length]) && at[length] != '_')
			return true;
	}
	return false;
}

static bool table_has_entries(int type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
		return true;
	default:
		return false;
	}
}

static enum table_kind table_kind(struct table_view *v, const char *text)
{
	const struct bcc_field *key, *value;
	int keys = table_key_fields(v, &key), values = table_value_fields(v, &value);

	if (values <= 0 || (v->table && !table_has_entries(v->info.type)))
		return TABLE_NOT_SHOWN;
	v->slots = table_find_slots(value, values);
	if (v->slots)
		return TABLE_SLOTS;
	if (v->variable)
		return TABLE_ROWS;
	if (values == 1 && table_is_number(value) && keys > 0 && table_is_number(&key[keys - 1]) &&
		(key[keys - 1].bit_offset + key[keys - 1].bit_size) / 8 <= v->info.key_size &&
		((text && table_declared_by(text, "BPF_HISTOGRAM", v->info.name)) ||
			!strcmp(key[keys - 1].name, "slot"))) {
		v->slot_offset = key[keys - 1].bit_offset / 8;
		v->slot_size = key[keys - 1].bit_size / 8;
		return TABLE_HISTOGRAM;
	}
	/* a single element of a struct is where programs put together what they send */
	if (v->info.max_entries == 1 && values > 1)
		return TABLE_NOT_SHOWN;
	return TABLE_ROWS;
}

/* ---- rows ---- */

static void table_name(const void *of, const struct tool_row *row, struct value *value)
{
	const struct table_view *v = of;

	(void)row;
	value_text(value, v->info.name, strlen(v->info.name));
}

static void table_open_rows(struct table_view *v)
{
	const struct bcc_field *fields;
	int count = table_key_fields(v, &fields);
	const struct tool_column *columns;
	size_t keys;

	typed_add(v->columns, fields, count < 0 ? 0 : count, 0, v->info.key_size, "key");
	keys = typed_count(v->columns);
	count = table_value_fields(v, &fields);
	typed_add(v->columns, fields, count < 0 ? 0 : count, v->value_start,
		v->value_start + v->info.value_size, "value");
	typed_add_column(v->columns, &(struct tool_column){.name = "TABLE",
					     .json = typed_has(v->columns, "table") ? "of_table" : "table",
					     .help = "",
					     .hidden = true,
					     .in_json = true,
					     .kind = VALUE_TEXT,
					     .get_of = table_name,
					     .of = v});
	columns = typed_columns(v->columns);
	writer_init(&v->writer, output.format, columns, NULL, NULL);
	for (size_t i = keys; columns[i].name && !v->by; i++)
		if (columns[i].get_of != table_name && !columns[i].below && columns[i].width >= 0)
			v->by = &columns[i];
}

/* Adds up what is a number; the rest is of the CPU that has something. */
static void table_join_cpus(struct table_view *v, const char *values, char *to)
{
	const struct bcc_field *fields;
	int count = bcc_table_value_fields(v->table, &fields);

	for (size_t cpu = 0; cpu < v->cpus; cpu++) {
		const char *value = values + cpu * v->cpu_stride;
		bool is_zero = true;

		for (size_t i = 0; i < v->info.value_size; i++)
			is_zero &= !value[i];
		if (!is_zero || !cpu) {
			memcpy(to, value, v->info.value_size);
			if (!is_zero)
				break;
		}
	}
	for (int i = 0; i < count; i++) {
		size_t bytes = fields[i].bit_size / 8, offset = fields[i].bit_offset / 8;
		uint64_t sum = 0;

		if (!table_is_number(&fields[i]) || offset + bytes > v->info.value_size)
			continue;
		for (size_t cpu = 0; cpu < v->cpus; cpu++) {
			uint64_t number = 0;

			memcpy(&number, values + cpu * v->cpu_stride + offset, bytes);
			sum += number;
		}
		memcpy(to + offset, &sum, bytes);
	}
}

static bool table_is_array(const struct table_view *v)
{
	return v->table && (v->info.type == BPF_MAP_TYPE_ARRAY || v->info.type == BPF_MAP_TYPE_PERCPU_ARRAY);
}

/* The record of an entry: its key, and its value with all CPUs in one. */
static void table_record(struct table_view *v, const void *key, const void *value, char *record)
{
	memset(record, 0, v->record_size);
	memcpy(record, key, v->info.key_size);
	if (v->cpus > 1)
		table_join_cpus(v, value, record + v->value_start);
	else
		memcpy(record + v->value_start, value, v->info.value_size);
}

static int table_add_row(void *ctx, const void *key, const void *value)
{
	struct table_view *v = ctx;
	char *record;
	bool is_zero = true;

	if (v->count == v->room) {
		v->room = v->room ? 2 * v->room : 64;
		v->records = buffer_grow(v->records, v->room * v->record_size);
	}
	record = v->records + v->count * v->record_size;
	table_record(v, key, value, record);
	/* elements of arrays are always there; those that nobody has set say nothing */
	for (size_t i = v->value_start; i < v->record_size && table_is_array(v); i++)
		is_zero &= !record[i];
	v->count += !table_is_array(v) || !is_zero;
	return 0;
}

static const struct table_view *table_sorted; /* by qsort() */

static double table_rank(const struct tool_column *by, const void *record)
{
	struct tool_row row = {.data = record, .size = table_sorted->record_size};
	struct value value;

	column_get(by, &row, &value);
	switch (value.kind) {
	case VALUE_UNSIGNED:
		return value.number;
	case VALUE_SIGNED:
		return value.signed_number;
	case VALUE_REAL:
		return value.real;
	default:
		return 0;
	}
}

static int table_compare(const void *a, const void *b)
{
	const struct tool_column *by = table_sorted->by, *key = typed_columns(table_sorted->columns);
	double x = by ? table_rank(by, a) : 0, y = by ? table_rank(by, b) : 0;

	if (x != y)
		return x < y ? 1 : -1;
	x = table_rank(key, a);
	y = table_rank(key, b);
	if (x != y)
		return x < y ? -1 : 1;
	return memcmp(a, b, table_sorted->info.key_size);
}

static void table_show_rows(struct table_view *v)
{
	table_sorted = v;
	if (v->count)
		qsort(v->records, v->count, v->record_size, table_compare);
	if (v->count && output.format == WRITER_TABLE) {
		buffer_printf(&v->writer.out, "\n%s:\n", v->info.name);
		writer_header(&v->writer);
		output.last = NULL;
	}
	for (size_t i = 0; i < v->count; i++)
		writer_row(&v->writer,
			&(struct tool_row){.data = v->records + i * v->record_size, .size = v->record_size});
	output_flush(&v->writer);
	v->count = 0;
}

/* ---- histograms ---- */

/* The section of a histogram as a text: the members of its key, "pid = 7, comm = cat". */
static void table_section(const void *of, const struct tool_row *row, struct value *value)
{
	struct table_view *v = (struct table_view *)of;
	const struct tool_column *columns = typed_columns(v->columns);
	struct writer w = {.format = WRITER_TABLE, .time_format = -1};

	for (size_t i = 0; columns[i].name; i++) {
		struct value part;

		column_get(&columns[i], row, &part);
		if (part.kind == VALUE_NONE || part.kind == VALUE_LIST)
			continue;
		if (w.out.size)
			buffer_printf(&w.out, ", ");
		if (columns[1].name)
			buffer_printf(&w.out, "%s = ", columns[i].json);
		if (part.kind == VALUE_TEXT)
			buffer_add(&w.out, part.text, part.length);
		else
			writer_number(&w, &columns[i], &part);
	}
	buffer_free(&v->section_text);
	v->section_text = w.out;
	value_text(value, v->section_text.data ? v->section_text.data : "", v->section_text.size);
}

static void table_open_hist(struct table_view *v, const char *text)
{
	const struct bcc_field *fields;
	int count = table_key_fields(v, &fields);
	bool has_section = v->kind == TABLE_SLOTS ? v->info.max_entries > 1 : count > 1;
	/* the key without the slot: its last member */
	int members = v->kind == TABLE_SLOTS ? count : count - 1;

	if (has_section && members > 0)
		typed_add(v->columns, fields, members, 0, v->info.key_size, "key");
	v->section = (struct tool_column){
		.name = "key", .help = "", .kind = VALUE_TEXT, .get_of = table_section, .of = v};
	if (has_section && members == 1 && *fields->name)
		v->section.name = fields->name;
	v->view = (struct tool_view){
		.kind = TOOL_HISTOGRAM,
		.unit = v->info.name,
		.section = has_section && members > 0 ? &v->section : NULL,
		/* a text that never takes a logarithm counts values as they are */
		.linear = v->kind == TABLE_HISTOGRAM && text && !strstr(text, "log2"),
	};
	v->hist = hist_new(v->record_size + sizeof(uint64_t));
	writer_init(&v->writer, output.format, typed_columns(v->columns), NULL, NULL);
}

static uint64_t table_counter(const char *at, size_t bytes)
{
	uint64_t number = 0;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&number + sizeof(number) - bytes, at, bytes);
#else
	memcpy(&number, at, bytes);
#endif
	return number;
}

static int table_add_slot(void *ctx, const void *key, const void *value)
{
	struct table_view *v = ctx;
	uint64_t slot = table_counter((const char *)key + v->slot_offset, v->slot_size), count = 0;
	char *section = buffer_grow(NULL, v->record_size + sizeof(slot));

	memset(section, 0, v->record_size);
	memcpy(section, key, v->info.key_size);
	memset(section + v->slot_offset, 0, v->slot_size);
	memcpy(section + v->record_size, &slot, sizeof(slot));
	for (size_t cpu = 0; cpu < v->cpus; cpu++)
		count += table_counter((const char *)value + cpu * v->cpu_stride,
			v->info.value_size < sizeof(count) ? v->info.value_size : sizeof(count));
	hist_add(v->hist, section, count);
	free(section);
	return 0;
}

static int table_add_slots(void *ctx, const void *key, const void *value)
{
	struct table_view *v = ctx;
	size_t bytes = v->slots->bit_size / 8;
	char *section = buffer_grow(NULL, v->record_size + sizeof(uint64_t));

	memset(section, 0, v->record_size);
	memcpy(section, key, v->info.key_size);
	for (uint64_t i = 0; i < v->slots->array_elements; i++) {
		size_t offset = v->slots->bit_offset / 8 + i * bytes;
		uint64_t count = 0, slot = i + 1; /* slot 0 of these counts 0 and 1: log2() of the value */

		for (size_t cpu = 0; cpu < v->cpus && offset + bytes <= v->info.value_size; cpu++)
			count += table_counter((const char *)value + cpu * v->cpu_stride + offset, bytes);
		memcpy(section + v->record_size, &slot, sizeof(slot));
		if (count)
			hist_add(v->hist, section, count);
	}
	free(section);
	return 0;
}

static void table_show_hist(struct table_view *v)
{
	if (output.format == WRITER_TABLE)
		output.last = NULL;
	hist_write(v->hist, &v->writer, &v->view, clock_now());
	if (v->writer.out.size && output.format == WRITER_TABLE && !v->view.section)
		output_line("");
	output_flush(&v->writer);
	/* the tables keep what is in them: the next output is of all that was counted, as that of other
	 * tables */
	hist_free(v->hist);
	v->hist = hist_new(v->record_size + sizeof(uint64_t));
}

/* ---- all tables ---- */

static void table_view_open(struct table_view *v, const char *text)
{
	size_t row = v->table ? bcc_table_value_bytes(v->table) : 0;

	v->cpu_stride = (v->info.value_size + 7) / 8 * 8;
	v->cpus = v->info.percpu && v->cpu_stride ? row / v->cpu_stride : 1;
	v->value_start = (v->info.key_size + 7) / 8 * 8;
	v->record_size = v->kind == TABLE_ROWS ? v->value_start + v->cpu_stride : v->value_start;
	v->columns = typed_new(v->b);
	if (v->kind == TABLE_ROWS)
		table_open_rows(v);
	else
		table_open_hist(v, text);
}

static bool table_is_named(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static void table_forget_variable(struct table_view *v)
{
	free(v->start);
	free(v->now);
}

/* Whether it is one that programs may count in, and can be shown. */
static bool table_take_variable(struct table_view *v, struct bcc *b, struct bcc_variable *variable)
{
	struct bcc_variable_info info = {.size = sizeof(info)};
	const struct bcc_field *fields;
	uint32_t elements = 1;

	if (bcc_variable_info(variable, &info) || info.is_constant || !info.bytes ||
		!globals_is_users(info.name) || bcc_variable_fields(variable, &fields) <= 0)
		return false;
	if (!*fields->name && fields->is_array && !fields->is_char && fields->array_elements)
		elements = fields->array_elements;
	*v = (struct table_view){
		.b = b,
		.variable = variable,
		.info = {.size = sizeof(v->info),
			.name = info.name,
			.key_size = sizeof(uint32_t),
			.value_size = info.bytes / elements,
			.max_entries = elements},
		.start = buffer_grow(NULL, info.bytes),
		.now = buffer_grow(NULL, info.bytes),
	};
	v->kind = bcc_variable_get(variable, v->start, info.bytes) ? TABLE_NOT_SHOWN : table_kind(v, NULL);
	if (v->kind == TABLE_NOT_SHOWN)
		table_forget_variable(v);
	return v->kind != TABLE_NOT_SHOWN;
}

struct table_views *table_views_open(
	struct bcc *b, const char *text, const char *const *names, bool has_events, const char *name)
{
	struct table_views *views = calloc(1, sizeof(*views));
	bool has_histograms = false;

	if (!views)
		buffer_no_memory();
	views->views = calloc(bcc_table_count(b) + bcc_variable_count(b) + 1, sizeof(*views->views));
	if (!views->views)
		buffer_no_memory();
	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct table_view *v = &views->views[views->count];

		*v = (struct table_view){
			.b = b, .table = bcc_table_at(b, i), .info = {.size = sizeof(v->info)}};
		if (bcc_table_info(v->table, &v->info))
			continue;
		v->kind = table_kind(v, text);
		/* the library's own */
		if (!strncmp(v->info.name, "__", 2) && !table_is_named(names, v->info.name))
			v->kind = TABLE_NOT_SHOWN;
		views->count += v->kind != TABLE_NOT_SHOWN;
	}
	for (size_t i = 0; i < bcc_variable_count(b); i++)
		views->count += table_take_variable(&views->views[views->count], b, bcc_variable_at(b, i));
	for (size_t i = 0; i < views->count; i++)
		has_histograms |= views->views[i].kind != TABLE_ROWS;
	for (size_t i = 0, n = views->count; i < n; i++) {
		struct table_view v = views->views[i];

		if (!i)
			views->count = 0;
		/* what programs only remember for themselves is not what they are run for */
		if (v.kind == TABLE_ROWS && (has_events || has_histograms || *names) &&
			!table_is_named(names, v.info.name)) {
			table_forget_variable(&v);
			continue;
		}
		views->views[views->count++] = v;
	}
	for (size_t i = 0; i < views->count; i++)
		table_view_open(&views->views[i], text);
	return views;
}

size_t table_views_count(const struct table_views *views)
{
	return views->count;
}

int table_views_show(struct table_views *views, const char *name)
{
	static const bcc_entry_fn add[] = {[TABLE_ROWS] = table_add_row,
		[TABLE_HISTOGRAM] = table_add_slot,
		[TABLE_SLOTS] = table_add_slots};

	for (size_t i = 0; i < views->count; i++) {
		struct table_view *v = &views->views[i];
		int ret = v->table ? bcc_table_each(v->table, add[v->kind], v)
				   : table_each_element(v, add[v->kind]);

		if (ret) {
			fprintf(stderr, "%s: %s\n", name, bcc_error(v->b));
			return ret;
		}
		if (v->kind == TABLE_ROWS)
			table_show_rows(v);
		else
			table_show_hist(v);
	}
	return 0;
}

void table_views_close(struct table_views *views)
{
	if (!views)
		return;
	for (size_t i = 0; i < views->count; i++) {
		struct table_view *v = &views->views[i];

		writer_free(&v->writer);
		typed_free(v->columns);
		hist_free(v->hist);
		buffer_free(&v->section_text);
		free(v->records);
		table_forget_variable(v);
	}
	free(views->views);
	free(views);
}
