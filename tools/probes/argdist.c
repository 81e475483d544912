/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "buffer.h"
#include "clock.h"
#include "counters.h"
#include "expr/struct_value.h"
#include "hist.h"
#include "hist_section.h"
#include "settings.h"
#include "text.h"
#include "tool.h"
#include "writer.h"

enum { MOST_BYTES = 512, SLOT_BYTES = 8, SLOTS = 65, ENTRIES = 10240 };

/* What one -C or -H asks for; asked[] has the rest. */
static struct counted {
	const char *label;
	size_t key_bytes;
	char *records; /* keys and counts of this output */
	size_t count, room;
	struct counters before;
	struct kernel_function *types; /* of structs; NULL: none is asked for */
	uint32_t *structs;	       /* of each value; 0: it is no struct */
	bool is_histogram;
	bool is_full; /* its table more than half: it is emptied at the next look */
} counted[ASKED_MOST];

/* A row where rows are wanted: JSON and CSV. */
struct row {
	uint32_t probe;
	uint32_t is_histogram;
	size_t event, event_size; /* in `events` */
	uint64_t from, to, count;
};

static const char *argdist_specs[2][ASKED_MOST]; /* of -C, -H */
static unsigned argdist_spec_count[2];
static uint64_t text_size = 80, top, outputs;
static bool cumulative, has_text, no_header;
static struct buffer events;
static uint64_t argdist_time;

/* ---- what has been counted ---- */

static int argdist_add(void *ctx, const void *key, const void *value)
{
	struct counted *c = ctx;
	size_t bytes = c->key_bytes + sizeof(uint64_t);
	char *to;

	if (c->count == c->room) {
		c->room = c->room ? 2 * c->room : 128;
		c->records = buffer_grow(c->records, c->room * bytes);
	}
	to = c->records + c->count++ * bytes;
	memcpy(to, key, c->key_bytes);
	memcpy(to + c->key_bytes, value, sizeof(uint64_t));
	return 0;
}

static uint64_t argdist_count(const struct counted *c, const char *record)
{
	uint64_t count;

	memcpy(&count, record + c->key_bytes, sizeof(count));
	return count;
}

/* Slots of histograms, or the least frequent values first. */
static int argdist_compare(const void *a, const void *b, void *ctx)
{
	const struct counted *c = ctx;
	uint64_t x = argdist_count(c, a), y = argdist_count(c, b);

	if (!c->is_histogram && x != y)
		return x < y ? -1 : 1;
	return memcmp(a, b, c->key_bytes);
}

/* Reads and empties a table. */
static int argdist_take(struct bcc_table *t, struct counted *c)
{
	uint64_t *values = buffer_grow(NULL, ENTRIES * sizeof(*values));
	char *keys = buffer_grow(NULL, ENTRIES * c->key_bytes);
	uint32_t count = ENTRIES;
	int ret = bcc_table_take(t, keys, values, &count);

	for (uint32_t i = 0; i < count; i++)
		argdist_add(c, keys + i * c->key_bytes, &values[i]);
	free(values);
	free(keys);
	return ret;
}

/* What has been added since the last look. Values that do not come again would fill the table. */
static void argdist_subtract(struct counted *c, bool taken)
{
	const struct counters_layout layout = {.bytes = c->key_bytes + sizeof(uint64_t),
		.key_bytes = c->key_bytes,
		.offset = c->key_bytes,
		.counters = 1};

	c->is_full = !taken && !c->is_histogram && c->count > ENTRIES / 2;
	c->count = counters_subtract(&c->before, &layout, c->records, c->count);
	if (taken)
		counters_free(&c->before);
}

static int argdist_read_one(struct bcc *b, unsigned i)
{
	struct counted *c = &counted[i];
	size_t bytes = c->key_bytes + sizeof(uint64_t);
	bool taken = c->is_full;
	struct bcc_table *t;
	char table[32];
	int ret;

	c->count = 0;
	snprintf(table, sizeof(table), "counts_%u", i);
	t = bcc_table_find(b, table);
	ret = taken ? argdist_take(t, c) : bcc_table_each(t, argdist_add, c);
	if (!ret && !cumulative)
		argdist_subtract(c, taken);
	if (ret || !c->count)
		return ret;
	qsort_r(c->records, c->count, bytes, argdist_compare, c);
	if (top && !c->is_histogram && c->count > top) {
		memmove(c->records, c->records + (c->count - top) * bytes, top * bytes);
		c->count = top;
	}
	return 0;
}

/* ---- values as text ---- */

/* As it was typed, but for $entry(size), which is "size". */
static void argdist_add_expression(struct buffer *to, const struct spec_value *v)
{
	static const char entry[] = "$entry(";

	for (const char *at = v->from; at < v->end; at++) {
		const char *close = NULL;

		if ((size_t)(v->end - at) >= sizeof(entry) && !strncmp(at, entry, sizeof(entry) - 1))
			close = memchr(at, ')', v->end - at);
		if (!close) {
			buffer_char(to, *at);
			continue;
		}
		buffer_add(to, at + sizeof(entry) - 1, close - at - (sizeof(entry) - 1));
		at = close;
	}
}

static void argdist_add_value(struct buffer *to, unsigned i, size_t n, const char *key)
{
	const struct program_field *field = &asked[i].program.fields[n];
	uint64_t number;

	if (field->memory) {
		struct_value_add(to, counted[i].types, counted[i].structs[n], asked[i].name,
			key + field->offset, field->memory);
		return;
	}
	if (field->is_text) {
		buffer_add(to, key + field->offset, strnlen(key + field->offset, field->size));
		return;
	}
	memcpy(&number, key + field->offset, sizeof(number));
	buffer_printf(to, field->is_signed ? "%" PRId64 : "%" PRIu64, number);
}

/* "size = 16, flags = 3" */
static void argdist_add_event(struct buffer *to, unsigned i, const char *key)
{
	const struct asked *a = &asked[i];

	if (a->spec.is_default && !a->spec.probe.at_return) {
		buffer_text(to, "total calls");
		return;
	}
	for (size_t n = 0; n < a->program.count; n++) {
		if (n)
			buffer_text(to, ", ");
		if (a->spec.is_default)
			buffer_text(to, "retval");
		else
			argdist_add_expression(to, &a->spec.values[n]);
		buffer_text(to, " = ");
		argdist_add_value(to, i, n, key);
	}
}

/* ---- as BCC's tool prints it ---- */

static void argdist_print_counts(struct buffer *out, unsigned i)
{
	const struct counted *c = &counted[i];
	size_t bytes = c->key_bytes + sizeof(uint64_t);

	if (!no_header) {
		text_add_printable(out, c->label, strlen(c->label));
		buffer_printf(out, "\n\t%-10s %s\n", "COUNT", "EVENT");
	}
	for (size_t n = 0; n < c->count; n++) {
		const char *record = c->records + n * bytes;

		events.size = 0;
		argdist_add_event(&events, i, record);
		buffer_printf(out, "\t%-10" PRIu64 " ", argdist_count(c, record));
		text_add_printable(out, events.data, events.size);
		buffer_char(out, '\n');
	}
}

/* The label; or the value as it was typed. */
static void argdist_print_histogram(struct buffer *out, unsigned i)
{
	const struct counted *c = &counted[i];
	struct hist *h = hist_new(SLOT_BYTES);
	struct writer w = {.format = WRITER_TABLE};
	struct buffer unit = {0};
	struct tool_view view = {.kind = TOOL_HISTOGRAM};

	events.size = 0;
	if (asked[i].spec.label)
		buffer_text(&events, asked[i].spec.label);
	else if (asked[i].spec.is_default)
		buffer_text(&events, "retval");
	else
		argdist_add_expression(&events, &asked[i].spec.values[0]);
	text_add_printable(&unit, events.data, events.size);
	buffer_char(&unit, '\0');
	view.unit = unit.data;
	hist_begin(h);
	for (size_t n = 0; n < c->count; n++) {
		const char *record = c->records + n * (SLOT_BYTES + sizeof(uint64_t));

		hist_add(h, record, argdist_count(c, record));
	}
	hist_write(h, &w, &view, argdist_time);
	buffer_add(out, w.out.data, w.out.size);
	buffer_free(&w.out);
	buffer_free(&unit);
	hist_free(h);
}

static void argdist_print(struct buffer *out)
{
	if (!no_header) {
		buffer_char(out, '[');
		clock_add(out, argdist_time,
			settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
		buffer_text(out, "]\n");
	}
	for (unsigned i = 0; i < asked_count; i++)
		if (counted[i].is_histogram)
			argdist_print_histogram(out, i);
		else
			argdist_print_counts(out, i);
}

/* ---- rows ---- */

static void argdist_add_row(
	void (*add)(void *ctx, const void *record), void *ctx, unsigned i, const char *record)
{
	const struct counted *c = &counted[i];
	struct row row = {.probe = i,
		.is_histogram = c->is_histogram,
		.event = events.size,
		.count = argdist_count(c, record)};
	uint64_t slot;

	if (c->is_histogram) {
		memcpy(&slot, record, sizeof(slot));
		hist_section_range(
			&(struct tool_view){0}, slot < SLOTS ? slot : SLOTS - 1, &row.from, &row.to);
	} else {
		argdist_add_event(&events, i, record);
	}
	row.event_size = events.size - row.event;
	add(ctx, &row);
}

static int argdist_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	argdist_time = clock_now();
	events.size = 0;
	for (unsigned i = 0; i < asked_count; i++) {
		const struct counted *c = &counted[i];
		int ret = argdist_read_one(b, i);

		if (ret)
			return ret;
		for (size_t n = 0; n < c->count && !has_text; n++)
			argdist_add_row(add, ctx, i, c->records + n * (c->key_bytes + sizeof(uint64_t)));
	}
	return 0;
}

static void argdist_get_probe(const struct tool_row *row, struct value *value)
{
	const char *label = counted[((const struct row *)row->data)->probe].label;

	value_text(value, label, strlen(label));
}

static void argdist_get_event(const struct tool_row *row, struct value *value)
{
	const struct row *r = row->data;

	if (!r->is_histogram)
		value_text(value, events.data + r->event, r->event_size);
	else
		value->kind = VALUE_NONE;
}

static void argdist_get_from(const struct tool_row *row, struct value *value)
{
	const struct row *r = row->data;

	value_unsigned(value, r->from);
	if (!r->is_histogram)
		value->kind = VALUE_NONE;
}

static void argdist_get_to(const struct tool_row *row, struct value *value)
{
	const struct row *r = row->data;

	value_unsigned(value, r->to);
	if (!r->is_histogram)
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -8, VALUE_TIME, tool_output_time, "when it was printed", .json = "time"),
	COLUMN_BY("PROBE", -32, VALUE_TEXT, argdist_get_probe, "the label, or what was asked for"),
	COLUMN_BY("FROM", 20, VALUE_UNSIGNED, argdist_get_from, "of a histogram: the least value"),
	COLUMN_BY("TO", 20, VALUE_UNSIGNED, argdist_get_to, "and the greatest"),
	COLUMN_OF(struct row, "COUNT", -10, count, "how often there were these values"),
	COLUMN_BY("EVENT", 0, VALUE_TEXT, argdist_get_event, "the values"),
	{0},
};

static const struct tool_view rows = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct row),
	.collect = argdist_collect,
	.headings_once = true,
};

/* The text is above rows of which there are none. */
static const struct tool_view text = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct row),
	.collect = argdist_collect,
	.above = argdist_print,
	.headings_once = true,
	.no_headings = true,
};

/* ---- the tool ---- */

static void argdist_keep_spec(bool is_histogram, const char *argument)
{
	if (argdist_spec_count[is_histogram] == ASKED_MOST)
		tool_usage("there are more than %d", ASKED_MOST);
	argdist_specs[is_histogram][argdist_spec_count[is_histogram]++] = argument;
}

static void argdist_count_option(const char *argument)
{
	argdist_keep_spec(false, argument);
}

static void argdist_histogram_option(const char *argument)
{
	argdist_keep_spec(true, argument);
}

static void argdist_read_spec(bool is_histogram, const char *argument)
{
	struct asked *a = asked_new(argument);
	struct counted *c = &counted[asked_count - 1];
	struct probe_error error;

	if (spec_read_argdist(&a->spec, argument, is_histogram, &error))
		asked_wrong(a, &error);
	c->is_histogram = is_histogram;
	c->label = a->spec.label ? a->spec.label : argument;
}

/* What values of structs are. */
static void argdist_find_types(unsigned i)
{
	struct counted *c = &counted[i];
	struct asked *a = &asked[i];
	struct probe_error error;

	for (size_t n = 0; n < a->spec.count; n++) {
		if (!a->spec.values[n].is_struct)
			continue;
		if (c->is_histogram)
			tool_usage("%s: a struct is no number, and has no histogram; -C counts it", a->text);
		if (!c->structs) {
			c->types = struct_value_types(&a->spec.probe, a->name);
			c->structs = buffer_grow(NULL, a->spec.count * sizeof(*c->structs));
		}
		c->structs[n] = struct_value_set(&a->spec, c->types, &a->spec.values[n], &error);
		if (!c->structs[n])
			asked_wrong(a, &error);
	}
}

/* The table, and how the program counts in it. */
static void argdist_write_table(struct buffer *to, unsigned i)
{
	struct counted *c = &counted[i];

	if (c->is_histogram) {
		c->key_bytes = SLOT_BYTES;
		buffer_printf(to, "BPF_HASH(counts_%u, u64, u64, %d);\n", i, SLOTS);
		buffer_printf(to, "#define ARGDIST_%u(values) ARGDIST_HIST(counts_%u, values)\n", i, i);
		return;
	}
	c->key_bytes = asked[i].program.size;
	buffer_printf(
		to, "struct argdist_key_%u {\n\tu64 words[%zu];\n};\n", i, c->key_bytes / sizeof(uint64_t));
	buffer_printf(to, "BPF_HASH(counts_%u, struct argdist_key_%u, u64, %d);\n", i, i, ENTRIES);
	buffer_printf(to,
		"#define ARGDIST_%u(values) ARGDIST_COUNT(counts_%u, struct argdist_key_%u, values)\n", i, i,
		i);
}

static void argdist_write_programs(void)
{
	const struct program_options options = {.text_size = text_size, .drops_addresses = true};
	struct buffer to = {0};

	asked_write_headers(&to);
	for (unsigned i = 0; i < asked_count; i++) {
		struct buffer programs = {0};

		argdist_find_types(i);
		asked_write(&programs, i, &options);
		/* the least that kernels allow as the most */
		if (asked[i].program.size > MOST_BYTES)
			tool_usage(
				"%s: its values take %u bytes, and there is room for %d; -z makes texts shorter",
				asked[i].text, asked[i].program.size, MOST_BYTES);
		argdist_write_table(&to, i);
		buffer_add(&to, programs.data, programs.size);
		buffer_free(&programs);
	}
	tool_add_text(to.data, to.size);
	buffer_free(&to);
}

static void argdist_set_up(void)
{
	for (int is_histogram = 0; is_histogram < 2; is_histogram++)
		for (unsigned i = 0; i < argdist_spec_count[is_histogram]; i++)
			argdist_read_spec(is_histogram, argdist_specs[is_histogram][i]);
	if (!asked_count && !settings.describe && !settings.dump_text)
		tool_usage("what is to be counted? For example: -C 'p:c:malloc(size_t size):size_t:size'");
	settings.count = outputs;
	if (!settings.interval)
		settings.interval = 1;
	has_text = settings.format == WRITER_TABLE && !settings.columns && !settings.filter &&
		   !settings.sort && !settings.rows;
	no_header = settings.no_header;
	if (has_text) {
		settings.no_header = false;
		tool_show(&text);
	}
	if (!settings.describe)
		argdist_write_programs();
}

static void argdist_tear_down(void)
{
	for (unsigned i = 0; i < asked_count; i++) {
		free(counted[i].records);
		counters_free(&counted[i].before);
		kernel_function_close(counted[i].types);
		free(counted[i].structs);
	}
	asked_free();
	buffer_free(&events);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('H', "histogram", "SPEC", argdist_histogram_option,
		"a histogram of a value: {p|r|t|u}:[LIBRARY|CATEGORY]:NAME(ARGUMENTS)[:TYPE:VALUE[:CONDITION]][#LABEL]"),
	OPTION_CUSTOM('C', "count", "SPEC", argdist_count_option,
		"how often there are which values, or calls: ...(ARGUMENTS)[:TYPE,…:VALUE,…[:CONDITION]][#LABEL]"),
	OPTION_LETTER('t', "tid"),
	OPTION_NUMBER('z', "string-size", "BYTES", 1, 4096, "most bytes of a text, with its NUL; default: 80",
		.value = &text_size),
	OPTION_NUMBER('i', "interval", "SECONDS", 1, UINT32_MAX, "between outputs; default: 1",
		.value = &settings.interval),
	OPTION_NUMBER('n', "number", "COUNT", 1, UINT32_MAX, "end after so many outputs", .value = &outputs),
	OPTION_FLAG(
		'c', "cumulative", "since the beginning, not since the output before", .value = &cumulative),
	OPTION_NUMBER(
		'T', "top", "COUNT", 1, UINT32_MAX, "only the most frequent values; of -C", .value = &top),
	OPTION_CUSTOM(
		'I', "include", "HEADER", asked_header, "a header that declares what values are made of"),
	{0},
};

const struct tool tool = {
	.name = "argdist",
	.purpose =
		"Shows which values functions, tracepoints and static probes have, as counts or histograms.",
	.details =
		"Values are expressions of C: arg1 to arg9, names of arguments, as (ARGUMENTS) declares them or, if "
		"these are empty, the kernel's BTF or a program's debug information, args->FIELD of tracepoints; "
		"$retval, $entry(NAME) and $latency, in nanoseconds, at returns; $PID $COMM $pid $tgid $uid $gid "
		"$cpu $task, STRCMP(\"text\", pointer), "
		"STRSTR(\"text\", pointer). A value of type char * is a text, one of type struct NAME a whole struct, or what a "
		"pointer to one points to. Without a value, -C counts calls, and "
		"results at returns.",
	.examples = {{"-H 'p::vfs_write(void *file, void *data, size_t count):size_t:count'",
			     "sizes of writes, as a histogram"},
		{"-C 'p:c:malloc(size_t size):size_t:size:size >= 4096' -T 5",
			"the most frequent large sizes"},
		{"-H 'r:c:read():u64:$latency/1000#usecs'", "times of read()"},
		{"-C 't:irq:irq_handler_entry():int:args->irq'", "interrupts by their numbers"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &rows,
	.set_up = argdist_set_up,
	.needs = asked_needs,
	.attached = asked_attach,
	.tear_down = argdist_tear_down,
};
