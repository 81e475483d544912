/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms of a table of slots, in the layout that BCC's users and their scripts know. */
#include "table.h"

#include "common/cleanup.h"
#include "common/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOG2_SLOTS 65	   /* bpf_log2l() of a u64, plus one */
#define LINEAR_SLOTS 65536 /* more rows than anybody would want to read */
#define STARS 40
#define SHORT_LOG2_SLOTS 32 /* up to here, both ends of a slot fit into 10 digits */

/* ---- rows ---- */

static void print_stars(FILE *out, uint64_t value, uint64_t max, int width)
{
	/* 128 bits: a counter may be near its end */
	int stars = max ? (int)((unsigned __int128)value * width / max) : 0;

	fprintf(out, "|%.*s%*s|\n", stars, "****************************************", width - stars, "");
}

static void print_log2_rows(
	FILE *out, const struct bcc_hist_opts *o, const uint64_t *slots, uint32_t last, uint64_t max)
{
	bool wide = last > SHORT_LOG2_SLOTS, leading = o->strip_leading_zero;
	int digits = wide ? 20 : 10;

	/* slot 0 holds nothing: bpf_log2l() starts at 1 */
	if (!last)
		return;
	fprintf(out, "%*s%-*s : count     distribution\n", wide ? 15 : 5, "", wide ? 29 : 19, o->value_type);
	for (uint32_t i = 1; i <= last; i++) {
		uint64_t low = i > 1 ? 1ULL << (i - 1) : 0;
		uint64_t high = i < 64 ? (1ULL << i) - 1 : UINT64_MAX;

		leading = leading && !slots[i];
		if (leading)
			continue;
		fprintf(out, "%*llu -> %-*llu : %-8llu ", digits, (unsigned long long)low, digits,
			(unsigned long long)high, (unsigned long long)slots[i]);
		print_stars(out, slots[i], max, wide ? STARS / 2 : STARS);
	}
}

static void print_linear_rows(
	FILE *out, const struct bcc_hist_opts *o, const uint64_t *slots, uint32_t last, uint64_t max)
{
	const unsigned long long step = o->step ? o->step : 1;
	bool leading = o->strip_leading_zero;

	fprintf(out, "     %-13s : count     distribution\n", o->value_type);
	for (uint32_t i = 0; i <= last; i++) {
		leading = leading && !slots[i];
		if (leading)
			continue;
		fprintf(out, "        %-10llu : %-8llu ", o->base + i * step, (unsigned long long)slots[i]);
		print_stars(out, slots[i], max, STARS);
	}
}

/* ---- entries ---- */

/* The position of an integer in a key or value. */
struct integer {
	uint32_t offset, bytes;
	bool is_signed;
};

struct entry {
	uint64_t slot, count;
	char *bucket; /* owned; NULL if there are none */
};

struct hist {
	struct bcc_table *t;
	struct bcc_hist_opts o;
	bool log2;
	struct integer slot, count;
	uint32_t bucket_bytes;		/* 0: the whole table is one histogram */
	const struct bcc_field *bucket; /* if it is a single field */
	struct entry *entries;
	size_t entry_count, entry_room;
	int err;
};

static uint64_t load_integer(const void *data, const struct integer *at)
{
	const char *p = (const char *)data + at->offset;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;

	switch (at->bytes) {
	case 1:
		memcpy(&u8, p, sizeof(u8));
		return at->is_signed ? (uint64_t)(int8_t)u8 : u8;
	case 2:
		memcpy(&u16, p, sizeof(u16));
		return at->is_signed ? (uint64_t)(int16_t)u16 : u16;
	case 4:
		memcpy(&u32, p, sizeof(u32));
		return at->is_signed ? (uint64_t)(int32_t)u32 : u32;
	default:
		memcpy(&u64, p, sizeof(u64));
		return u64;
	}
}

static bool field_integer(const struct bcc_field *field, struct integer *at)
{
	uint32_t bytes = field->bit_size / 8;

	if (field->array_elements || field->bit_offset % 8 || field->bit_size % 8 || bytes & (bytes - 1) ||
		!bytes || bytes > 8)
		return false;
	*at = (struct integer){
		.offset = field->bit_offset / 8, .bytes = bytes, .is_signed = field->is_signed};
	return true;
}

/* A table without type information (BTF stripped) still has sizes. */
static bool size_integer(uint32_t size, struct integer *at)
{
	*at = (struct integer){.bytes = size};
	return size == 4 || size == 8;
}

static bool value_layout(struct hist *h)
{
	const struct bcc_field *fields;
	int n = bcc_table_value_fields(h->t, &fields);

	if (!n)
		return size_integer(h->t->value_size, &h->count);
	return n == 1 && field_integer(fields, &h->count);
}

/* The last field is the slot; what precedes it is the bucket. */
static bool key_layout(struct hist *h)
{
	const struct bcc_field *fields;
	int n = bcc_table_key_fields(h->t, &fields);

	if (!n)
		return size_integer(h->t->key_size, &h->slot);
	if (n < 0 || !field_integer(&fields[n - 1], &h->slot))
		return false;
	h->bucket_bytes = h->slot.offset;
	h->bucket = n == 2 ? fields : NULL;
	return (n == 1) == !h->bucket_bytes;
}

static uint64_t load_count(const struct hist *h, const char *value)
{
	size_t row = (h->t->value_size + 7) & ~7U;
	size_t cpus = bcc_table_value_bytes(h->t) > h->t->value_size ? bcc_table_value_bytes(h->t) / row : 1;
	uint64_t sum = 0;

	for (size_t i = 0; i < cpus; i++)
		sum += load_integer(value + i * row, &h->count);
	return sum;
}

static int add_entry(void *ctx, const void *key, const void *value)
{
	struct hist *h = ctx;
	uint32_t limit = h->log2 ? LOG2_SLOTS : LINEAR_SLOTS;
	struct entry e = {.slot = load_integer(key, &h->slot), .count = load_count(h, value)};

	if (!e.count && !h->bucket_bytes)
		return 0;
	if (e.slot >= limit)
		return bcc_fail(&h->t->owner->err, -ERANGE,
			"table \"%s\" is not a %s histogram: it has slot %lld, outside 0 to %u", h->t->name,
			h->log2 ? "log2" : "linear", (long long)e.slot, limit - 1);
	if (h->entry_count == h->entry_room) {
		size_t room = h->entry_room ? h->entry_room * 2 : 128;
		struct entry *more = realloc(h->entries, room * sizeof(*more));

		if (!more)
			return bcc_fail(&h->t->owner->err, -ENOMEM,
				"out of memory for the entries of table \"%s\"", h->t->name);
		h->entries = more;
		h->entry_room = room;
	}
	if (h->bucket_bytes) {
		e.bucket = malloc(h->bucket_bytes);
		if (!e.bucket)
			return bcc_fail(&h->t->owner->err, -ENOMEM,
				"out of memory for the entries of table \"%s\"", h->t->name);
		memcpy(e.bucket, key, h->bucket_bytes);
	}
	h->entries[h->entry_count++] = e;
	return 0;
}

/* Compares buckets: numbers by value, anything else bytewise. */
static int compare_entries(const void *a, const void *b, void *ctx)
{
	const struct entry *left = a, *right = b;
	const struct hist *h = ctx;
	struct integer at;

	if (h->bucket && field_integer(h->bucket, &at)) {
		uint64_t l = load_integer(left->bucket, &at), r = load_integer(right->bucket, &at);

		if (at.is_signed)
			return ((int64_t)l > (int64_t)r) - ((int64_t)l < (int64_t)r);
		return (l > r) - (l < r);
	}
	return memcmp(left->bucket, right->bucket, h->bucket_bytes);
}

/* ---- print ---- */

static void bucket_name(const struct hist *h, const char *bucket, char *buf, size_t size)
{
	struct integer at;
	size_t len = 0;

	if (h->o.print_bucket) {
		h->o.print_bucket(h->o.ctx, bucket, buf, size);
		buf[size - 1] = '\0';
		return;
	}
	if (h->bucket && field_integer(h->bucket, &at)) {
		uint64_t number = load_integer(bucket, &at);

		snprintf(buf, size, at.is_signed ? "%lld" : "%llu", (unsigned long long)number);
	} else if (h->bucket && h->bucket->is_char) {
		snprintf(buf, size, "%.*s", (int)h->bucket->array_elements,
			bucket + h->bucket->bit_offset / 8);
	} else {
		for (uint32_t i = 0; i < h->bucket_bytes && len + 3 < size; i++)
			len += snprintf(buf + len, size - len, "%02x", (uint8_t)bucket[i]);
	}
}

/* Prints one histogram, of entries [from, to). */
static void print_group(const struct hist *h, FILE *out, size_t from, size_t to, uint64_t *slots)
{
	uint64_t max = 0;
	uint32_t last = 0;
	char name[256] = "";

	for (size_t i = from; i < to; i++) {
		const struct entry *e = &h->entries[i];

		slots[e->slot] += e->count;
		if (slots[e->slot] > max)
			max = slots[e->slot];
		if (e->count && e->slot > last)
			last = e->slot;
	}
	if (h->bucket_bytes) {
		bucket_name(h, h->entries[from].bucket, name, sizeof(name));
		fprintf(out, "\n%s = %s\n", h->o.section, name);
	}
	if (!max)
		return;
	if (h->log2)
		print_log2_rows(out, &h->o, slots, last, max);
	else
		print_linear_rows(out, &h->o, slots, last, max);
}

static int print_groups(struct hist *h, FILE *out)
{
	const size_t slot_count = h->log2 ? LOG2_SLOTS : LINEAR_SLOTS;
	bcc_auto_free uint64_t *slots = calloc(slot_count, sizeof(*slots));
	size_t from = 0, to;

	if (!slots)
		return bcc_fail(&h->t->owner->err, -ENOMEM, "out of memory for a histogram of table \"%s\"",
			h->t->name);
	if (h->bucket_bytes)
		qsort_r(h->entries, h->entry_count, sizeof(*h->entries), compare_entries, h);
	for (; from < h->entry_count; from = to) {
		for (to = from + 1; to < h->entry_count; to++)
			if (h->bucket_bytes && compare_entries(&h->entries[from], &h->entries[to], h))
				break;
		memset(slots, 0, slot_count * sizeof(*slots));
		print_group(h, out, from, to, slots);
	}
	if (fflush(out) || ferror(out))
		return bcc_fail(&h->t->owner->err, -EIO, "the histogram of table \"%s\" cannot be written",
			h->t->name);
	return 0;
}

static int print_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts, bool log2)
{
	struct hist h = {.t = t, .log2 = log2};
	int ret;

	if (!t)
		return -EINVAL;
	ret = bcc_opts(&t->owner->err, &h.o, sizeof(h.o), opts);
	if (ret)
		return ret;
	if (!out)
		return bcc_fail(&t->owner->err, -EINVAL,
			"the file to print the histogram of table \"%s\" to is missing", t->name);
	if (!h.o.value_type)
		h.o.value_type = "value";
	if (!h.o.section)
		h.o.section = "Bucket ptr";
	if (!key_layout(&h))
		return bcc_fail(&t->owner->err, -EINVAL,
			"table \"%s\" is not a histogram: its key is neither an integer nor a struct that ends in an integer slot",
			t->name);
	if (!value_layout(&h))
		return bcc_fail(&t->owner->err, -EINVAL,
			"table \"%s\" is not a histogram: its value is not an integer", t->name);
	ret = bcc_table_each(t, add_entry, &h);
	if (!ret)
		ret = print_groups(&h, out);
	for (size_t i = 0; i < h.entry_count; i++)
		free(h.entries[i].bucket);
	free(h.entries);
	return ret;
}

int bcc_print_log2_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts)
{
	return print_hist(t, out, opts, true);
}

int bcc_print_linear_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts)
{
	return print_hist(t, out, opts, false);
}
