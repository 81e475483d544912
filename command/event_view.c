/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "event_view.h"
#include "output.h"
#include "typed.h"
#include "writer.h"

/* A type of events. */
struct event_type {
	char *name; /* "struct event"; NULL: it is not known */
	char *word; /* "event", for rows */
	size_t bytes;
	struct typed *columns;
	struct writer writer;
};

struct event_buffer {
	struct bcc *b;
	const char *table; /* of the handle */
	bool is_perf;
	struct event_type *types; /* and one more for events of no type */
	size_t count;
	int chosen;	/* index of --event; -1: by their sizes */
	bool said_size; /* that sizes do not tell types apart */
};

struct event_views {
	struct event_buffer *buffers;
	size_t count;
};

/* ---- columns ---- */

static void event_time(const struct tool_row *row, struct value *value)
{
	(void)row;
	value->kind = VALUE_TIME;
	value->number = clock_now();
}

static void event_type_name(const void *of, const struct tool_row *row, struct value *value)
{
	const struct event_type *type = of;

	(void)row;
	value_text(value, type->word, strlen(type->word));
}

static void event_bytes(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, row->size);
}

static void event_hex(const struct tool_row *row, struct value *value)
{
	static const char digits[] = "0123456789abcdef";
	static char text[512];
	size_t n = 0;

	for (size_t i = 0; i < row->size && n < sizeof(text); i++) {
		unsigned char byte = ((const unsigned char *)row->data)[i];

		text[n++] = digits[byte >> 4];
		text[n++] = digits[byte & 15];
	}
	value_text(value, text, n);
	value->more = row->size > sizeof(text) / 2;
}

/* What all events have in common; of the user's names none is changed. */
static void event_add_common(struct event_type *type)
{
	const char *time = typed_has(type->columns, "time") ? "received" : "time";
	const char *kind = typed_has(type->columns, "type") ? "event_type" : "type";

	typed_add_column(type->columns, &(struct tool_column){.name = "TYPE",
						.json = kind,
						.help = "",
						.hidden = true,
						.in_json = true,
						.kind = VALUE_TEXT,
						.get_of = event_type_name,
						.of = type});
	typed_add_column(type->columns, &(struct tool_column){.name = "RECEIVED",
						.json = time,
						.hidden = true,
						.in_json = true,
						.help = "",
						.kind = VALUE_TIME,
						.get = event_time});
}

static void event_type_start(struct event_type *type)
{
	writer_init(&type->writer, output.format, typed_columns(type->columns), NULL, NULL);
}

/* Without "struct": the word that a row has. */
static char *event_word(const char *name)
{
	const char *blank = strrchr(name, ' ');
	char *word = strdup(blank ? blank + 1 : name);

	if (!word)
		buffer_no_memory();
	return word;
}

static const struct tool_column event_time_column = {.name = "TIME",
	.json = "time_of_day",
	.help = "",
	.not_in_json = true,
	.width = -8,
	.kind = VALUE_TEXT,
	.get = event_time};

static int event_type_open(struct event_buffer *buffer, size_t index)
{
	struct event_type *type = &buffer->types[index];
	const char *declaration = bcc_event_type(buffer->b, buffer->table, index, &type->bytes);
	const struct bcc_field *fields;
	int count = bcc_event_fields(buffer->b, buffer->table, index, &fields);

	if (count < 0)
		return count;
	/* "struct event { … }", "typedef struct { … } event_t", "u64" */
	if (!strncmp(declaration, "typedef ", 8))
		type->name = strdup(strrchr(declaration, ' ') + 1);
	else
		type->name = strndup(declaration, strcspn(declaration, "{"));
	if (!type->name)
		buffer_no_memory();
	for (size_t n = strlen(type->name); n && type->name[n - 1] == ' '; n--)
		type->name[n - 1] = '\0';
	type->word = event_word(type->name);
	type->columns = typed_new(buffer->b);
	typed_add_column(type->columns, &event_time_column);
	typed_add(type->columns, fields, count, 0, SIZE_MAX, "value");
	event_add_common(type);
	event_type_start(type);
	return 0;
}

static void event_type_open_unknown(struct event_buffer *buffer)
{
	struct event_type *type = &buffer->types[buffer->count];

	type->word = strdup("unknown");
	if (!type->word)
		buffer_no_memory();
	type->columns = typed_new(buffer->b);
	typed_add_column(type->columns, &event_time_column);
	typed_add_column(type->columns,
		&(struct tool_column){
			.name = "SIZE", .help = "", .width = 5, .kind = VALUE_UNSIGNED, .get = event_bytes});
	typed_add_column(type->columns,
		&(struct tool_column){.name = "DATA", .help = "", .kind = VALUE_TEXT, .get = event_hex});
	event_add_common(type);
	event_type_start(type);
}

/* ---- which type an event has ---- */

/* What perf buffers make of the size of a record. */
static size_t event_padded(size_t bytes)
{
	return (bytes + 4 + 7) / 8 * 8 - 4;
}

static bool event_fits(const struct event_buffer *buffer, const struct event_type *type, size_t size)
{
	return size == type->bytes || (buffer->is_perf && size == event_padded(type->bytes));
}

static void event_say_sizes(struct event_buffer *buffer, size_t size)
{
	if (buffer->said_size)
		return;
	buffer->said_size = true;
	fprintf(stderr, "bpfcc: %s: events of %zu bytes can be", buffer->table, size);
	for (size_t i = 0, n = 0; i < buffer->count; i++)
		if (event_fits(buffer, &buffer->types[i], size))
			fprintf(stderr, "%s %s", n++ ? " or" : "", buffer->types[i].name);
	fprintf(stderr, "; --event '%s=%s' says which\n", buffer->table, buffer->types[0].name);
}

static struct event_type *event_type_of(struct event_buffer *buffer, size_t size)
{
	struct event_type *found = NULL;

	if (buffer->chosen >= 0)
		return &buffer->types[buffer->chosen];
	/* the only one; it may be sent in part, or with more behind it */
	if (buffer->count == 1)
		return &buffer->types[0];
	for (size_t i = 0; i < buffer->count; i++) {
		if (!event_fits(buffer, &buffer->types[i], size))
			continue;
		if (found) {
			event_say_sizes(buffer, size);
			return &buffer->types[buffer->count];
		}
		found = &buffer->types[i];
	}
	return found ? found : &buffer->types[buffer->count];
}

static int event_show(void *ctx, int cpu, const void *data, size_t size)
{
	struct event_type *type = event_type_of(ctx, size);

	(void)cpu;
	output_row(&type->writer, data, size);
	return ++output.rows == output.most ? -ECANCELED : 0;
}

/* ---- all buffers ---- */

static int event_choose(struct event_buffer *buffer, const char *const *chosen, const char *name)
{
	size_t length = strlen(buffer->table);

	buffer->chosen = -1;
	for (; *chosen; chosen++) {
		if (strncmp(*chosen, buffer->table, length) != 0 || (*chosen)[length] != '=')
			continue;
		for (size_t i = 0; i < buffer->count; i++)
			if (!strcmp(*chosen + length + 1, buffer->types[i].name) ||
				!strcmp(*chosen + length + 1, buffer->types[i].word))
				buffer->chosen = i;
		if (buffer->chosen >= 0)
			continue;
		fprintf(stderr, "%s: --event %s: the text submits no such type to %s", name, *chosen,
			buffer->table);
		for (size_t i = 0; i < buffer->count; i++)
			fprintf(stderr, "%s %s", i ? "," : ", but", buffer->types[i].name);
		fputc('\n', stderr);
		return -ENOENT;
	}
	return 0;
}

static int event_buffer_open(struct event_buffer *buffer, const char *const *chosen, const char *name)
{
	struct bcc_perf_opts perf = BCC_OPTS(struct bcc_perf_opts, .page_count = 64);
	int ret = 0;

	buffer->count = bcc_event_type_count(buffer->b, buffer->table);
	buffer->types = calloc(buffer->count + 1, sizeof(*buffer->types));
	if (!buffer->types)
		buffer_no_memory();
	for (size_t i = 0; i < buffer->count && !ret; i++)
		ret = event_type_open(buffer, i);
	event_type_open_unknown(buffer);
	if (!ret) {
		ret = event_choose(buffer, chosen, name);
		if (ret)
			return ret;
		ret = buffer->is_perf ? bcc_open_perf(buffer->b, buffer->table, event_show, buffer, &perf)
				      : bcc_open_ring(buffer->b, buffer->table, event_show, buffer);
	}
	if (ret)
		fprintf(stderr, "%s: %s\n", name, bcc_error(buffer->b));
	return ret;
}

struct event_views *event_views_open(struct bcc *b, const char *const *chosen, const char *name)
{
	struct event_views *views = calloc(1, sizeof(*views));
	int ret = 0;

	if (!views)
		buffer_no_memory();
	views->buffers = calloc(bcc_table_count(b) + 1, sizeof(*views->buffers));
	if (!views->buffers)
		buffer_no_memory();
	for (size_t i = 0; i < bcc_table_count(b) && !ret; i++) {
		struct bcc_table_info info = {.size = sizeof(info)};
		struct event_buffer *buffer = &views->buffers[views->count];

		if (bcc_table_info(bcc_table_at(b, i), &info) ||
			(info.type != BPF_MAP_TYPE_RINGBUF && info.type != BPF_MAP_TYPE_PERF_EVENT_ARRAY))
			continue;
		*buffer = (struct event_buffer){
			.b = b, .table = info.name, .is_perf = info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY};
		views->count++;
		ret = event_buffer_open(buffer, chosen, name);
	}
	if (!ret)
		return views;
	event_views_close(views);
	return NULL;
}

size_t event_views_count(const struct event_views *views)
{
	return views->count;
}

void event_views_headings(struct event_views *views)
{
	if (views->count == 1 && views->buffers[0].count == 1 && !output.last)
		output_header(&views->buffers[0].types[0].writer);
}

void event_views_say_lost(struct event_views *views, const char *name)
{
	for (size_t i = 0; i < views->count; i++) {
		struct bcc_event_losses losses = {.size = sizeof(losses)};

		if (!bcc_event_losses(views->buffers[i].b, views->buffers[i].table, &losses) && losses.count)
			fprintf(stderr, "%s: %s%" PRIu64 " events of %s were lost: the buffer was full\n",
				name, losses.exact ? "" : "at least ", losses.count, views->buffers[i].table);
	}
}

void event_views_close(struct event_views *views)
{
	if (!views)
		return;
	for (size_t i = 0; i < views->count; i++) {
		struct event_buffer *buffer = &views->buffers[i];

		for (size_t n = 0; n <= buffer->count; n++) {
			struct event_type *type = &buffer->types[n];

			if (output.last == &type->writer)
				output.last = NULL;
			writer_free(&type->writer);
			typed_free(type->columns);
			free(type->name);
			free(type->word);
		}
		free(buffer->types);
	}
	free(views->buffers);
	free(views);
}
