/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/spec.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

/* ---- what both have ---- */

/* The type of a tracepoint's record has its name. */
static void spec_check_tracepoint(struct token_reader *r, const char *from, const char *end)
{
	for (const char *at = from; at < end; at++)
		if (!isalnum((unsigned char)*at) && !strchr("_:", *at)) {
			token_fail(r, at,
				"fields of tracepoints can be read only if their names are of letters, digits and _");
			return;
		}
}

/* Reads the probe, up to a blank or a parenthesis; opens the reader behind it. */
static void spec_read_probe(struct spec *s, struct token_reader *r, struct probe_error *error)
{
	const char *from = s->text, *end;
	char *head;

	while (isspace((unsigned char)*from))
		from++;
	end = from + strcspn(from, " \t\n(");
	head = strndup(from, end - from);
	if (!head)
		buffer_no_memory();
	*r = (struct token_reader){
		.text = s->text, .at = end, .end = s->text + strlen(s->text), .error = error};
	r->now = (struct token){.text = end};
	if (probe_parse(&s->probe, head, PROBE_SINGLE | PROBE_RETURNS | PROBE_OFFSETS, error)) {
		r->failed = true;
		error->column += from - s->text;
	}
	free(head);
	if (!r->failed && s->probe.kind == PROBE_TRACEPOINT)
		spec_check_tracepoint(r, from, end);
	if (!r->failed)
		token_next(r);
}

static void spec_read_signature(struct spec *s, struct token_reader *r)
{
	const char *at = r->now.text;

	s->has_signature = true;
	signature_read(r, &s->signature);
	if (s->signature.count && s->probe.kind == PROBE_TRACEPOINT)
		token_fail(r, at, "a tracepoint declares its fields itself: they are args->NAME");
	if (s->signature.count && s->probe.kind == PROBE_USDT)
		token_fail(r, at,
			"arguments of static probes are not declared: they are arg1, arg2, …, or variables of the program");
}

static struct spec_value *spec_new_value(struct spec *s)
{
	s->values = buffer_grow(s->values, (s->count + 1) * sizeof(*s->values));
	s->values[s->count] = (struct spec_value){0};
	return &s->values[s->count++];
}

static void spec_read_value(struct token_reader *r, struct spec_value *v)
{
	v->from = r->now.text;
	v->tree = tree_read(r);
	v->end = r->now.text;
	while (v->end > v->from && isspace((unsigned char)v->end[-1]))
		v->end--;
}

static int spec_finish(struct spec *s, const struct token_reader *r)
{
	if (!r->failed)
		return 0;
	spec_free(s);
	return -EINVAL;
}

void spec_free(struct spec *s)
{
	probe_free(&s->probe);
	signature_free(&s->signature);
	tree_free(s->condition);
	while (s->count)
		tree_free(s->values[--s->count].tree);
	free(s->values);
	format_free(&s->format);
	free(s->label);
	*s = (struct spec){0};
}

/* ---- trace ---- */

static void spec_read_format(struct spec *s, struct token_reader *r)
{
	struct token token = r->now;

	if (token.kind != TOKEN_TEXT) {
		token_miss(r, "a format in quotes");
		return;
	}
	s->has_format = true;
	format_read(r, &token, &s->format);
	if (!r->failed)
		token_next(r);
}

static void spec_set_by_format(struct spec_value *v, const struct format_conversion *c)
{
	v->is_text = c->kind == FORMAT_TEXT;
	v->is_signed = c->kind == FORMAT_SIGNED || c->kind == FORMAT_CHARACTER;
	v->bytes = c->kind == FORMAT_TEXT ? 0 : c->bytes;
}

static void spec_read_format_values(struct spec *s, struct token_reader *r)
{
	/* BCC's tool takes values without it as well */
	token_takes(r, ",");
	while (!r->failed && r->now.kind != TOKEN_END) {
		const char *at = r->now.text;

		if (s->count == s->format.count) {
			token_fail(r, at, "the format has %zu conversion%s, and this is one value more",
				s->count, s->count == 1 ? "" : "s");
			return;
		}
		spec_read_value(r, spec_new_value(s));
		if (r->now.kind != TOKEN_END)
			token_wants(r, ",");
	}
	if (s->count < s->format.count)
		token_fail(r, s->format.conversions[s->count].at, "the value for this conversion is missing");
	for (size_t i = 0; i < s->count && !r->failed; i++)
		spec_set_by_format(&s->values[i], &s->format.conversions[i]);
}

int spec_read_trace(struct spec *s, const char *text, struct probe_error *error)
{
	struct token_reader r;

	*s = (struct spec){.text = text};
	spec_read_probe(s, &r, error);
	/* what follows immediately are the arguments */
	if (token_is(&r.now, "(") && r.now.text > text && !isspace((unsigned char)r.now.text[-1]))
		spec_read_signature(s, &r);
	if (token_takes(&r, "(")) {
		s->condition = tree_read(&r);
		token_wants(&r, ")");
	}
	if (!r.failed && r.now.kind != TOKEN_END) {
		spec_read_format(s, &r);
		spec_read_format_values(s, &r);
	}
	return spec_finish(s, &r);
}

/* ---- argdist ---- */

static bool spec_type_has(const struct spec_value *v, const char *word)
{
	struct probe_error ignored;
	struct token_reader r;

	for (token_open(&r, v->type, v->type, v->type_end, &ignored); r.now.kind != TOKEN_END; token_next(&r))
		if (token_is(&r.now, word))
			return true;
	return false;
}

/* Integers are shown with their sign if their type has one. */
static bool spec_type_is_signed(const struct spec_value *v)
{
	static const char *const words[] = {"int", "short", "char", "long", "signed", "s8", "s16", "s32",
		"s64", "__s8", "__s16", "__s32", "__s64", "int8_t", "int16_t", "int32_t", "int64_t",
		"ssize_t", "off_t", "loff_t", "pid_t", "time_t", "time64_t", "ptrdiff_t", "intptr_t",
		"ktime_t", "clock_t", "key_t", "suseconds_t"};

	if (spec_type_has(v, "unsigned") || spec_type_has(v, "*"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (spec_type_has(v, words[i]))
			return true;
	return false;
}

/* A pointer to char, and not to another pointer. */
static bool spec_type_is_text(const struct spec_value *v)
{
	const char *star = memchr(v->type, '*', v->type_end - v->type);

	return star && spec_type_has(v, "char") && !memchr(star + 1, '*', v->type_end - star - 1);
}

static bool spec_type_is_struct(const struct spec_value *v)
{
	return (spec_type_has(v, "struct") || spec_type_has(v, "union")) &&
	       !memchr(v->type, '*', v->type_end - v->type);
}

static void spec_read_types(struct spec *s, struct token_reader *r)
{
	do {
		struct spec_value *v = spec_new_value(s);

		if (!tree_read_type(r, &v->type, &v->type_end)) {
			token_miss(r, "a type");
			return;
		}
		v->is_text = spec_type_is_text(v);
		v->is_struct = spec_type_is_struct(v);
		v->is_signed = spec_type_is_signed(v);
	} while (token_takes(r, ","));
}

static void spec_read_typed_values(struct spec *s, struct token_reader *r)
{
	size_t read = 0;

	token_wants(r, ":");
	do {
		if (read == s->count) {
			token_fail(r, r->now.text, "there are fewer types than values");
			return;
		}
		spec_read_value(r, &s->values[read++]);
	} while (token_takes(r, ","));
	if (read < s->count)
		token_fail(r, s->values[read].type, "there are more types than values");
}

/* Without a value, calls are counted, or what they return. */
static void spec_set_default(struct spec *s, struct token_reader *r, bool is_histogram)
{
	const char *text = s->probe.at_return ? "$retval" : "1";
	struct token_reader fixed;
	struct spec_value *v;

	s->is_default = true;
	if (is_histogram && !s->probe.at_return) {
		token_fail(r, r->now.text, "a histogram needs a value, such as :u64:arg1");
		return;
	}
	v = spec_new_value(s);
	v->is_signed = s->probe.at_return;
	v->bytes = s->probe.at_return ? 4 : 8;
	token_open(&fixed, text, text, text + strlen(text), r->error);
	spec_read_value(&fixed, v);
}

static void spec_read_label(struct spec *s, struct token_reader *r)
{
	if (!token_is(&r->now, "#") && !token_is(&r->now, ";"))
		return;
	s->label = strdup(r->now.text + 1);
	if (!s->label)
		buffer_no_memory();
	r->now = (struct token){.text = r->end};
}

int spec_read_argdist(struct spec *s, const char *text, bool is_histogram, struct probe_error *error)
{
	struct token_reader r;

	*s = (struct spec){.text = text};
	spec_read_probe(s, &r, error);
	if (!r.failed && !token_is(&r.now, "("))
		token_fail(
			&r, r.now.text, "the function's arguments are missing: NAME() or NAME(TYPE NAME, …)");
	if (!r.failed)
		spec_read_signature(s, &r);
	if (token_takes(&r, ":")) {
		spec_read_types(s, &r);
		spec_read_typed_values(s, &r);
	} else if (!r.failed) {
		spec_set_default(s, &r, is_histogram);
	}
	if (!s->is_default && token_takes(&r, ":"))
		s->condition = tree_read(&r);
	spec_read_label(s, &r);
	if (!r.failed && r.now.kind != TOKEN_END)
		token_miss(&r, s->condition ? "#LABEL or the end" : "':', ',' or the end");
	if (!r.failed && is_histogram && s->count > 1)
		token_fail(&r, s->values[1].from, "a histogram has one value");
	if (!r.failed && is_histogram && s->values[0].is_text)
		token_fail(&r, s->values[0].type, "a histogram is of integers");
	return spec_finish(s, &r);
}
