/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "hist.h"
#include "hist_heatmap.h"
#include "hist_percentiles.h"
#include "hist_picture.h"
#include "hist_section.h"
#include "text.h"

enum {
	SLOT_BYTES = 8,
	LOG2_SLOTS = 65, /* bpf_log2l() of a u64, plus one */
	LINEAR_SLOTS = 65536,
	STARS = 40,
	SHORT_LOG2_SLOTS = 32, /* up to here, both ends of a slot fit into 10 digits */
};

/* A slot of a section. */
struct hist_count {
	uint64_t before, now; /* of the look before, and of this one */
};

struct hist {
	size_t key_size, section_size;
	/* sorted by key after each look; keys and counts have the same indexes */
	char *keys;
	struct hist_count *counts;
	size_t count, room, sorted;
	struct hist_count sum;
	struct hist *section_sums; /* slot 0 of each section is its sum; NULL: there are none */
	const struct hist_percentiles *percentiles; /* that are shown; NULL: none */
	bool heatmap;				    /* tables show shades */
	struct hist_picture *picture;		    /* NULL: none */
};

struct hist *hist_new(size_t key_size)
{
	struct hist *h = calloc(1, sizeof(*h));

	if (!h)
		buffer_no_memory();
	h->key_size = key_size;
	h->section_size = key_size - SLOT_BYTES;
	return h;
}

void hist_free(struct hist *h)
{
	if (!h)
		return;
	hist_free(h->section_sums);
	free(h->keys);
	free(h->counts);
	free(h);
}

void hist_show_percentiles(struct hist *h, const struct hist_percentiles *percentiles)
{
	h->percentiles = percentiles;
}

void hist_show_heatmap(struct hist *h)
{
	h->heatmap = true;
}

void hist_draw(struct hist *h, struct hist_picture *picture)
{
	h->picture = picture;
}

static const char *hist_key(const struct hist *h, size_t index)
{
	return h->keys + index * h->key_size;
}

static uint64_t hist_slot(const struct hist *h, size_t index)
{
	uint64_t slot;

	memcpy(&slot, hist_key(h, index) + h->section_size, sizeof(slot));
	return slot;
}

static int hist_compare_numbers(const char *a, const char *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Sections that are one number by their value, others bytewise; then by slot. */
static int hist_compare(const struct hist *h, const char *a, const char *b)
{
	int order = h->section_size == sizeof(uint64_t) ? hist_compare_numbers(a, b)
							: memcmp(a, b, h->section_size);

	return order ? order : hist_compare_numbers(a + h->section_size, b + h->section_size);
}

/* ---- a look ---- */

void hist_begin(struct hist *h)
{
	for (size_t i = 0; i < h->count; i++)
		h->counts[i].before = h->counts[i].now;
	h->sum.before = h->sum.now;
	if (h->section_sums)
		hist_begin(h->section_sums);
}

void hist_set_sum(struct hist *h, uint64_t sum)
{
	h->sum.now = sum;
}

/* The index of a key among those that are sorted; -1 if it is new. */
static ssize_t hist_find(const struct hist *h, const char *key)
{
	size_t from = 0, to = h->sorted;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = hist_compare(h, key, hist_key(h, middle));

		if (!order)
			return middle;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return -1;
}

void hist_add(struct hist *h, const void *key, uint64_t count)
{
	ssize_t found = hist_find(h, key);

	if (found >= 0) {
		h->counts[found].now = count;
		return;
	}
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 128;
		h->keys = buffer_grow(h->keys, h->room * h->key_size);
		h->counts = buffer_grow(h->counts, h->room * sizeof(*h->counts));
	}
	memcpy(h->keys + h->count * h->key_size, key, h->key_size);
	h->counts[h->count++] = (struct hist_count){.now = count};
}

struct hist_order {
	const struct hist *hist;
	size_t index;
};

static int hist_compare_order(const void *a, const void *b)
{
	const struct hist_order *x = a, *y = b;

	return hist_compare(x->hist, hist_key(x->hist, x->index), hist_key(y->hist, y->index));
}

static void hist_sort(struct hist *h)
{
	struct hist_order *order;
	struct hist_count *counts;
	char *keys;

	if (h->sorted == h->count)
		return;
	order = calloc(h->count, sizeof(*order));
	counts = calloc(h->room, sizeof(*counts));
	keys = calloc(h->room, h->key_size);
	if (!order || !counts || !keys)
		buffer_no_memory();
	for (size_t i = 0; i < h->count; i++)
		order[i] = (struct hist_order){.hist = h, .index = i};
	qsort(order, h->count, sizeof(*order), hist_compare_order);
	for (size_t i = 0; i < h->count; i++) {
		memcpy(keys + i * h->key_size, hist_key(h, order[i].index), h->key_size);
		counts[i] = h->counts[order[i].index];
	}
	free(order);
	free(h->keys);
	free(h->counts);
	h->keys = keys;
	h->counts = counts;
	h->sorted = h->count;
}

/* ---- sums of sections ---- */

/* The key of a section's sum; freed by the caller. */
static char *hist_sum_key(const struct hist *h, const void *section)
{
	char *key = calloc(1, h->key_size);

	if (!key)
		buffer_no_memory();
	memcpy(key, section, h->section_size);
	return key;
}

void hist_set_section_sum(struct hist *h, const void *section, uint64_t sum)
{
	char *key = hist_sum_key(h, section);

	if (!h->section_sums)
		h->section_sums = hist_new(h->key_size);
	hist_add(h->section_sums, key, sum);
	free(key);
}

/* What was added to the sum of a section since the look before. */
static uint64_t hist_section_sum(struct hist *h, const void *section)
{
	struct hist *sums = h->section_sums;
	char *key = hist_sum_key(h, section);
	ssize_t found = -1;

	if (sums) {
		hist_sort(sums);
		found = hist_find(sums, key);
	}
	free(key);
	return found < 0 ? 0 : sums->counts[found].now - sums->counts[found].before;
}

/* ---- a section ---- */

static void hist_stars(struct buffer *b, uint64_t value, uint64_t max, int width)
{
	/* 128 bits: a counter may be near its end */
	int stars = max ? (int)((unsigned __int128)value * width / max) : 0;

	buffer_char(b, '|');
	buffer_fill(b, '*', stars);
	buffer_fill(b, ' ', width - stars);
	buffer_text(b, "|\n");
}

static void hist_write_linear_rows(struct buffer *b, const struct hist_section *s)
{
	buffer_printf(b, "     %-13s : count     distribution\n", s->view->unit);
	for (uint64_t i = 0; i <= s->last; i++) {
		uint64_t low, high;

		hist_section_range(s->view, i, &low, &high);
		buffer_printf(b, "        %-10llu : %-8llu ", (unsigned long long)low,
			(unsigned long long)s->slots[i]);
		hist_stars(b, s->slots[i], s->max, STARS);
	}
}

static void hist_write_log2_rows(struct buffer *b, const struct hist_section *s)
{
	bool wide = s->last > SHORT_LOG2_SLOTS;
	int digits = wide ? 20 : 10;

	buffer_printf(
		b, "%*s%-*s : count     distribution\n", wide ? 15 : 5, "", wide ? 29 : 19, s->view->unit);
	for (uint64_t i = 1; i <= s->last; i++) {
		uint64_t low, high;

		hist_section_range(s->view, i, &low, &high);
		buffer_printf(b, "%*llu -> %-*llu : %-8llu ", digits, (unsigned long long)low, digits,
			(unsigned long long)high, (unsigned long long)s->slots[i]);
		hist_stars(b, s->slots[i], s->max, wide ? STARS / 2 : STARS);
	}
}

void hist_add_log2(struct buffer *out, const char *unit, const uint64_t *slots, uint64_t count)
{
	const struct tool_view view = {.unit = unit};
	struct hist_section s = {.slots = slots, .view = &view};

	for (uint64_t i = 0; i < count; i++) {
		if (slots[i])
			s.last = i;
		if (slots[i] > s.max)
			s.max = slots[i];
	}
	hist_write_log2_rows(out, &s);
}

static void hist_write_table(struct writer *w, const struct hist_section *s)
{
	if (s->view->section) {
		buffer_char(&w->out, '\n');
		hist_section_write(w, s);
		if (s->view->section_sum)
			buffer_printf(&w->out, " [AVG %" PRIu64 "]", s->average);
		buffer_char(&w->out, '\n');
	}
	if (s->view->linear)
		hist_write_linear_rows(&w->out, s);
	else
		hist_write_log2_rows(&w->out, s);
	if (s->percentiles)
		hist_percentiles_write(&w->out, s);
}

void hist_write_header(struct writer *w, const struct tool_view *view)
{
	if (w->format != WRITER_CSV)
		return;
	buffer_text(&w->out, "TIME,");
	if (view->section)
		buffer_printf(&w->out, "%s,", view->section->name);
	if (view->section_name)
		buffer_printf(&w->out, "%s,", view->section_name->name);
	buffer_printf(&w->out, "FROM(%s),TO(%s),COUNT", view->unit, view->unit);
	if (view->sum || view->section_sum)
		buffer_printf(&w->out, ",AVG(%s)", view->unit);
	if (view->sum)
		buffer_printf(&w->out, ",TOTAL(%s)", view->unit);
	buffer_char(&w->out, '\n');
}

static void hist_write_csv_name(
	struct writer *w, const struct hist_section *s, const struct tool_column *column)
{
	struct value value;

	if (!column)
		return;
	hist_section_get(s, column, &value);
	if (value.kind == VALUE_TEXT)
		writer_csv_text(&w->out, value.text, value.length);
	else if (value.kind != VALUE_NONE)
		writer_number(w, column, &value);
	buffer_char(&w->out, ',');
}

/* A line of CSV has all that is known of it: what is one number elsewhere is the same in each line. */
static void hist_write_csv_sums(struct writer *w, const struct hist_section *s)
{
	if (s->view->sum || s->view->section_sum)
		buffer_printf(&w->out, ",%" PRIu64, s->average);
	if (s->view->sum)
		buffer_printf(&w->out, ",%" PRIu64, s->total);
}

static void hist_write_csv(struct writer *w, const struct hist_section *s)
{
	for (uint64_t i = s->view->linear ? 0 : 1; i <= s->last; i++) {
		uint64_t low, high;

		clock_add(&w->out, s->time,
			w->time_format < 0 ? CLOCK_RFC3339 : (enum clock_format)w->time_format);
		buffer_char(&w->out, ',');
		hist_write_csv_name(w, s, s->view->section);
		hist_write_csv_name(w, s, s->view->section_name);
		hist_section_range(s->view, i, &low, &high);
		buffer_unsigned(&w->out, low);
		buffer_char(&w->out, ',');
		buffer_unsigned(&w->out, high);
		buffer_char(&w->out, ',');
		buffer_unsigned(&w->out, s->slots[i]);
		hist_write_csv_sums(w, s);
		buffer_char(&w->out, '\n');
	}
}

static struct json_object *hist_json_rows(const struct hist_section *s)
{
	struct json_object *rows = json_object_new_array();

	for (uint64_t i = s->view->linear ? 0 : 1; i <= s->last; i++) {
		struct json_object *row = json_object_new_object();
		uint64_t low, high;

		hist_section_range(s->view, i, &low, &high);
		json_object_object_add(row, "interval-start", json_object_new_uint64(low));
		json_object_object_add(row, "interval-end", json_object_new_uint64(high));
		json_object_object_add(row, "count", json_object_new_uint64(s->slots[i]));
		json_object_array_add(rows, row);
	}
	return rows;
}

static struct json_object *hist_json_name(
	struct writer *w, const struct hist_section *s, const struct tool_column *column)
{
	struct value value;

	hist_section_get(s, column, &value);
	if (value.kind == VALUE_NONE)
		return NULL;
	if (value.kind == VALUE_SIGNED)
		return json_object_new_int64(value.signed_number);
	if (value.kind != VALUE_TEXT)
		return json_object_new_uint64(value.number);
	w->scratch.size = 0;
	text_add_utf8(&w->scratch, value.text, value.length);
	return json_object_new_string_len(w->scratch.data ? w->scratch.data : "", w->scratch.size);
}

static void hist_json_add(struct writer *w, struct json_object *record, const struct hist_section *s,
	const struct tool_column *column)
{
	char name[64];

	if (!column)
		return;
	column_json(column, name, sizeof(name));
	json_object_object_add(record, name, hist_json_name(w, s, column));
}

/* What each record begins with, the time as in rows. */
static struct json_object *hist_json_new(struct writer *w, const struct tool_view *view, uint64_t time)
{
	struct json_object *record = json_object_new_object();

	w->scratch.size = 0;
	clock_add(&w->scratch, time, w->time_format < 0 ? CLOCK_RFC3339 : (enum clock_format)w->time_format);
	json_object_object_add(record, "ts", json_object_new_string_len(w->scratch.data, w->scratch.size));
	json_object_object_add(record, "val_type", json_object_new_string(view->unit));
	return record;
}

static void hist_json_write(struct writer *w, struct json_object *record)
{
	const char *text;
	size_t length;

	text = json_object_to_json_string_length(
		record, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
	if (!text)
		buffer_no_memory();
	buffer_add(&w->out, text, length);
	buffer_char(&w->out, '\n');
	json_object_put(record);
}

/* BCC's shape. */
static void hist_write_json(struct writer *w, const struct hist_section *s)
{
	struct json_object *record = hist_json_new(w, s->view, s->time);

	hist_json_add(w, record, s, s->view->section);
	hist_json_add(w, record, s, s->view->section_name);
	if (s->view->section_sum)
		json_object_object_add(record, "avg", json_object_new_uint64(s->average));
	json_object_object_add(record, "data", hist_json_rows(s));
	if (s->percentiles)
		json_object_object_add(record, "percentiles", hist_percentiles_json(s));
	hist_json_write(w, record);
}

static void hist_write_section(const struct hist *h, struct writer *w, const struct hist_section *s)
{
	if (h->picture)
		hist_picture_add(h->picture, w, s);
	if (h->heatmap && w->format == WRITER_TABLE) {
		hist_heatmap_write(w, s);
		return;
	}
	switch (w->format) {
	case WRITER_TABLE:
		hist_write_table(w, s);
		break;
	case WRITER_CSV:
		hist_write_csv(w, s);
		break;
	case WRITER_JSON:
		hist_write_json(w, s);
		break;
	}
}

/* Average, sum and count, as BCC's tools write them; in CSV they are columns. */
static void hist_write_sum(
	struct writer *w, const struct tool_view *view, uint64_t time, uint64_t sum, uint64_t count)
{
	struct json_object *record;

	if (w->format == WRITER_TABLE)
		buffer_printf(&w->out,
			"\navg = %" PRIu64 " %s, total: %" PRIu64 " %s, count: %" PRIu64 "\n\n", sum / count,
			view->unit, sum, view->unit, count);
	if (w->format != WRITER_JSON)
		return;
	record = hist_json_new(w, view, time);
	json_object_object_add(record, "avg", json_object_new_uint64(sum / count));
	json_object_object_add(record, "total", json_object_new_uint64(sum));
	json_object_object_add(record, "count", json_object_new_uint64(count));
	hist_json_write(w, record);
}

static uint64_t hist_count(const struct hist *h)
{
	uint64_t count = 0;

	for (size_t i = 0; i < h->count; i++)
		count += h->counts[i].now - h->counts[i].before;
	return count;
}

void hist_write(struct hist *h, struct writer *w, const struct tool_view *view, uint64_t time)
{
	size_t limit = view->linear ? LINEAR_SLOTS : LOG2_SLOTS;
	uint64_t *slots = calloc(limit, sizeof(*slots)), count = hist_count(h), unit = view->sum_unit ?: 1;
	uint64_t total = (h->sum.now - h->sum.before) / unit;

	if (!slots)
		buffer_no_memory();
	hist_sort(h);
	if (h->picture)
		hist_picture_begin(h->picture, time);
	for (size_t i = 0; i < h->count;) {
		struct hist_section s = {.key = hist_key(h, i),
			.key_size = h->key_size,
			.slots = slots,
			.average = count ? total / count : 0,
			.total = total,
			.percentiles = h->percentiles,
			.view = view,
			.time = time};

		for (; i < h->count && !memcmp(s.key, hist_key(h, i), h->section_size); i++) {
			uint64_t slot = hist_slot(h, i), added = h->counts[i].now - h->counts[i].before;

			/* the text's fault; shown in the last slot rather than not at all */
			if (slot >= limit)
				slot = limit - 1;
			if (!added)
				continue;
			slots[slot] += added;
			s.count += added;
			if (slots[slot] > s.max)
				s.max = slots[slot];
			if (slot > s.last)
				s.last = slot;
		}
		if (s.count && view->section_sum)
			s.average = hist_section_sum(h, s.key) / unit / s.count;
		if (s.count)
			hist_write_section(h, w, &s);
		memset(slots, 0, (s.last + 1) * sizeof(*slots));
	}
	free(slots);
	if (h->heatmap && w->format == WRITER_TABLE) {
		/* an interval in which nothing happened has its line too */
		if (!count && !view->section)
			hist_heatmap_write(w, &(struct hist_section){.view = view, .time = time});
		return;
	}
	if (view->sum && count)
		hist_write_sum(w, view, time, total, count);
}

/* ---- the table ---- */

static int hist_add_entry(void *ctx, const void *key, const void *value)
{
	uint64_t count;

	memcpy(&count, value, sizeof(count));
	hist_add(ctx, key, count);
	return 0;
}

static int hist_read_sum(struct hist *h, struct bcc *b, const struct tool_view *view)
{
	struct bcc_table *t = bcc_table_find(b, view->sum);
	size_t bytes = bcc_table_value_bytes(t);
	uint64_t *values = malloc(bytes), sum = 0;
	uint32_t zero = 0;
	int ret;

	if (!values)
		buffer_no_memory();
	ret = bcc_table_get(t, &zero, sizeof(zero), values, bytes);
	for (size_t i = 0; i < bytes / sizeof(*values) && !ret; i++)
		sum += values[i];
	free(values);
	if (!ret)
		hist_set_sum(h, sum);
	return ret;
}

static int hist_add_section_sum(void *ctx, const void *key, const void *value)
{
	uint64_t sum;

	memcpy(&sum, value, sizeof(sum));
	hist_set_section_sum(ctx, key, sum);
	return 0;
}

int hist_read(struct hist *h, struct bcc *b, const struct tool_view *view)
{
	int ret;

	hist_sort(h);
	if (h->section_sums)
		hist_sort(h->section_sums);
	hist_begin(h);
	ret = view->sum ? hist_read_sum(h, b, view) : 0;
	if (!ret && view->section_sum)
		ret = bcc_table_each(bcc_table_find(b, view->section_sum), hist_add_section_sum, h);
	return ret ? ret : bcc_table_each(bcc_table_find(b, view->table), hist_add_entry, h);
}

struct hist *hist_open(struct bcc *b, const struct tool_view *view)
{
	struct bcc_table_info info = {.size = sizeof(info)};

	if (bcc_table_info(bcc_table_find(b, view->table), &info) || info.key_size < SLOT_BYTES)
		return NULL;
	return hist_new(info.key_size);
}
