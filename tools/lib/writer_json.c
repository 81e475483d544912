/* SPDX-License-Identifier: Apache-2.0 */
/* JSON lines. The record is built once, and only its values change from row to row. */
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "writer.h"

enum { JSON_SCHEMA = 1, JSON_NAME = 64 };

/* A column's member, and those that stand beside it. */
struct json_member {
	const struct tool_column *column;
	char name[JSON_NAME];
	char hex_name[JSON_NAME]; /* the bytes of a text that is no UTF-8 */
	char more_name[JSON_NAME];
	char ns_name[JSON_NAME];	/* of times */
	enum value_kind kind;		/* of `value` */
	struct json_object *value, *ns; /* owned by the record */
	bool has_hex, has_more;
};

static void json_put(struct json_object *record, const char *name, struct json_object *value, bool is_null)
{
	if ((!value && !is_null) || json_object_object_add(record, name, value))
		buffer_no_memory();
}

static void json_print(struct writer *w, struct json_object *record)
{
	size_t length;
	const char *text = json_object_to_json_string_length(
		record, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);

	if (!text)
		buffer_no_memory();
	buffer_add(&w->out, text, length);
	buffer_char(&w->out, '\n');
}

static void json_print_once(struct writer *w, struct json_object *record)
{
	json_print(w, record);
	json_object_put(record);
}

/* ---- the members ---- */

static bool json_has(const struct writer *w, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(w->members[i].name, name))
			return true;
	return false;
}

static void json_add_member(struct writer *w, size_t *count, const struct tool_column *column)
{
	struct json_member *m = &w->members[*count];

	column_json(column, m->name, sizeof(m->name) - 16);
	if (json_has(w, *count, m->name))
		return; /* the same value in another form, such as both of the times */
	m->column = column;
	snprintf(m->hex_name, sizeof(m->hex_name), "%.48s_hex", m->name);
	snprintf(m->more_name, sizeof(m->more_name), "%.48s_truncated", m->name);
	snprintf(m->ns_name, sizeof(m->ns_name), "%.48s_ns", m->name);
	++*count;
}

void writer_json_init(struct writer *w, const struct tool_column *columns, bool named)
{
	size_t count = 0, all = 0;

	while (columns[all].name)
		all++;
	w->record = json_object_new_object();
	w->members = calloc(w->choice.count + all + 1, sizeof(*w->members));
	if (!w->record || !w->members)
		buffer_no_memory();
	for (size_t i = 0; i < all && !named && !count; i++)
		if (columns[i].kind == VALUE_TIME)
			json_add_member(w, &count, &columns[i]);
	for (size_t i = 0; i < w->choice.count; i++)
		if (named || !w->choice.columns[i]->not_in_json)
			json_add_member(w, &count, w->choice.columns[i]);
	for (size_t i = 0; i < all && !named; i++)
		if (columns[i].in_json)
			json_add_member(w, &count, &columns[i]);
	/* the choice is not used any more, but for how many there are */
	w->choice.count = count;
}

void writer_json_free(struct writer *w)
{
	json_object_put(w->record);
	free(w->members);
	w->record = NULL;
	w->members = NULL;
}

/* ---- values ---- */

static struct json_object *json_new(const struct value *v)
{
	switch (v->kind) {
	case VALUE_UNSIGNED:
		return json_object_new_uint64(v->number);
	case VALUE_SIGNED:
	case VALUE_DURATION:
		return json_object_new_int64(v->signed_number);
	case VALUE_BOOL:
		return json_object_new_boolean(v->number != 0);
	case VALUE_REAL:
		return isfinite(v->real) ? json_object_new_double(v->real) : NULL;
	case VALUE_TEXT:
	case VALUE_TIME:
		return json_object_new_string("");
	case VALUE_LIST:
		return json_object_new_array();
	case VALUE_NONE:
		break;
	}
	return NULL;
}

static void json_set_string(struct json_object *value, const struct buffer *text)
{
	if (!json_object_set_string_len(value, text->data ? text->data : "", text->size))
		buffer_no_memory();
}

static void json_hex(struct buffer *b, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	b->size = 0;
	for (size_t i = 0; i < length; i++) {
		buffer_char(b, digits[(unsigned char)bytes[i] >> 4]);
		buffer_char(b, digits[bytes[i] & 15]);
	}
}

/* Adds NAME_hex, with the bytes as they were, or takes it away. */
static void json_set_hex(struct writer *w, struct json_member *m, const struct value *v, bool wrong)
{
	struct json_object *hex;

	if (!wrong && !m->has_hex)
		return;
	m->has_hex = wrong;
	if (!wrong) {
		json_object_object_del(w->record, m->hex_name);
		return;
	}
	json_hex(&w->scratch, v->text, v->length);
	hex = json_object_new_string_len(w->scratch.data, w->scratch.size);
	json_put(w->record, m->hex_name, hex, false);
}

static void json_set_more(struct writer *w, struct json_member *m, bool more)
{
	if (more == m->has_more)
		return;
	m->has_more = more;
	if (more)
		json_put(w->record, m->more_name, json_object_new_boolean(true), false);
	else
		json_object_object_del(w->record, m->more_name);
}

static void json_set_text(struct writer *w, struct json_member *m, const struct value *v)
{
	bool wrong;

	w->scratch.size = 0;
	wrong = text_add_utf8(&w->scratch, v->text, v->length);
	json_set_string(m->value, &w->scratch);
	json_set_hex(w, m, v, wrong);
	json_set_more(w, m, v->more);
}

static void json_set_list(struct writer *w, struct json_member *m, const struct value *v)
{
	size_t count = json_object_array_length(m->value);
	bool wrong = false;

	if (count)
		json_object_array_del_idx(m->value, 0, count);
	for (const char *at = v->text, *end = at + v->length; at < end;) {
		size_t length = strnlen(at, end - at);
		struct json_object *item;

		w->scratch.size = 0;
		wrong |= text_add_utf8(&w->scratch, at, length);
		item = json_object_new_string_len(w->scratch.data ? w->scratch.data : "", w->scratch.size);
		if (!item || json_object_array_add(m->value, item))
			buffer_no_memory();
		at += length + 1;
	}
	json_set_hex(w, m, v, wrong);
	json_set_more(w, m, v->more);
}

static void json_set_time(struct writer *w, struct json_member *m, const struct value *v)
{
	w->scratch.size = 0;
	clock_add(&w->scratch, v->number,
		w->time_format < 0 ? CLOCK_RFC3339 : (enum clock_format)w->time_format);
	json_set_string(m->value, &w->scratch);
	if (!m->ns)
		json_put(w->record, m->ns_name, m->ns = json_object_new_uint64(0), false);
	json_object_set_uint64(m->ns, clock_epoch(v->number));
}

static void json_set(struct writer *w, struct json_member *m, const struct value *v)
{
	if (v->kind != m->kind || !m->value) {
		json_set_hex(w, m, v, false);
		json_set_more(w, m, false);
		json_object_object_del(w->record, m->ns_name);
		m->ns = NULL;
		m->value = json_new(v);
		m->kind = v->kind;
		json_put(w->record, m->name, m->value,
			v->kind == VALUE_NONE || (v->kind == VALUE_REAL && !isfinite(v->real)));
	}
	switch (v->kind) {
	case VALUE_UNSIGNED:
		json_object_set_uint64(m->value, v->number);
		break;
	case VALUE_SIGNED:
	case VALUE_DURATION:
		json_object_set_int64(m->value, v->signed_number);
		break;
	case VALUE_BOOL:
		json_object_set_boolean(m->value, v->number != 0);
		break;
	case VALUE_REAL:
		json_put(w->record, m->name, m->value = json_new(v), true);
		break;
	case VALUE_TEXT:
		json_set_text(w, m, v);
		break;
	case VALUE_LIST:
		json_set_list(w, m, v);
		break;
	case VALUE_TIME:
		json_set_time(w, m, v);
		break;
	case VALUE_NONE:
		break;
	}
}

void writer_json_row(struct writer *w, const struct tool_row *row)
{
	for (size_t i = 0; i < w->choice.count; i++) {
		struct value value;

		column_get(w->members[i].column, row, &value);
		json_set(w, &w->members[i], &value);
	}
	json_print(w, w->record);
}

/* ---- records that are no rows ---- */

void writer_json_start(struct writer *w, const char *tool, const char *version, const char *kernel)
{
	struct json_object *record = json_object_new_object();

	json_put(record, "schema", json_object_new_int(JSON_SCHEMA), false);
	json_put(record, "tool", json_object_new_string(tool), false);
	json_put(record, "version", json_object_new_string(version), false);
	json_put(record, "kernel", json_object_new_string(kernel), false);
	json_print_once(w, record);
}

void writer_json_lost(struct writer *w, const char *what, uint64_t count)
{
	struct json_object *record = json_object_new_object();

	json_put(record, what, json_object_new_uint64(count), false);
	json_print_once(w, record);
}
