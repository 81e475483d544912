/* SPDX-License-Identifier: Apache-2.0 */
/* The v0 mangling of Rust (RFC 2603). Functions are named after the RFC's grammar productions. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rust_name.h"

#define MAX_DEPTH 128 /* of nested names */

/* ---- reading ---- */

static char rust_v0_peek(const struct bcc_rust_name *d)
{
	return d->at < d->length ? d->name[d->at] : '\0';
}

static char rust_v0_next(struct bcc_rust_name *d)
{
	if (d->at < d->length)
		return d->name[d->at++];
	d->bad = true;
	return '\0';
}

static bool rust_v0_eat(struct bcc_rust_name *d, char c)
{
	if (d->bad || rust_v0_peek(d) != c)
		return false;
	d->at++;
	return true;
}

/* base-62-number: "_" is 0, "0_" is 1 */
static uint64_t base_62(struct bcc_rust_name *d)
{
	uint64_t value = 0;

	if (rust_v0_eat(d, '_'))
		return 0;
	while (!d->bad && !rust_v0_eat(d, '_')) {
		char c = rust_v0_next(d);
		int digit = isdigit((unsigned char)c)	? c - '0'
			    : islower((unsigned char)c) ? c - 'a' + 10
			    : isupper((unsigned char)c) ? c - 'A' + 36
							: -1;

		if (digit < 0 || value > (UINT64_MAX - 62) / 62)
			d->bad = true;
		else
			value = value * 62 + digit;
	}
	return value + 1;
}

/* A number after `tag`, 0 if there is none: disambiguators, binders. */
static uint64_t optional_62(struct bcc_rust_name *d, char tag)
{
	return rust_v0_eat(d, tag) ? base_62(d) + 1 : 0;
}

/* A variable-length integer of RFC 3492, least significant digit first, is added to *value; false if
 * malformed. */
static bool punycode_number(const char **at, const char *end, uint32_t bias, uint32_t *value)
{
	uint32_t weight = 1;

	for (uint32_t k = 36;; k += 36) {
		uint32_t threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
		char c = *at < end ? *(*at)++ : '\0';
		uint32_t digit = islower((unsigned char)c)   ? c - 'a'
				 : isdigit((unsigned char)c) ? c - '0' + 26
							     : 36;

		if (digit == 36 || digit > (UINT32_MAX - *value) / weight)
			return false;
		*value += digit * weight;
		if (digit < threshold)
			return true;
		if (weight > UINT32_MAX / 36)
			return false;
		weight *= 36 - threshold;
	}
}

static uint32_t next_bias(uint32_t delta, size_t count, bool first)
{
	uint32_t bias = 0;

	delta = first ? delta / 700 : delta / 2;
	delta += delta / count;
	for (; delta > 455; bias += 36)
		delta /= 35;
	return bias + 36 * delta / (delta + 38);
}

/* RFC 3492 with the parameters of its section 5; Rust writes "_" for its "-". */
static void put_punycode(struct bcc_rust_name *d, const char *text, size_t length)
{
	uint32_t out[256], n = 128, i = 0, bias = 72;
	const char *basic = memrchr(text, '_', length), *end = text + length;
	size_t count = 0;

	for (; basic && text < basic && count < 255; text++)
		out[count++] = (unsigned char)*text;
	text = basic ? basic + 1 : text;
	for (bool first = true; text < end && count < 256; first = false) {
		uint32_t before = i;

		if (!punycode_number(&text, end, bias, &i)) {
			d->bad = true;
			return;
		}
		bias = next_bias(i - before, count + 1, first);
		n += i / (count + 1);
		i %= count + 1;
		memmove(out + i + 1, out + i, (count - i) * sizeof(*out));
		out[i++] = n;
		count++;
	}
	for (size_t c = 0; c < count; c++)
		bcc_rust_put_utf8(d, out[c]);
}

/* ["u"] decimal-number ["_"] bytes */
static void rust_v0_identifier(struct bcc_rust_name *d, bool write)
{
	bool is_punycode = rust_v0_eat(d, 'u');
	size_t length = 0;

	if (!isdigit((unsigned char)rust_v0_peek(d)))
		d->bad = true;
	if (!rust_v0_eat(d, '0'))
		while (isdigit((unsigned char)rust_v0_peek(d)) && length < BCC_RUST_MAX_LENGTH)
			length = length * 10 + (rust_v0_next(d) - '0');
	rust_v0_eat(d, '_');
	if (d->bad || length > d->length - d->at) {
		d->bad = true;
		return;
	}
	if (write && is_punycode)
		put_punycode(d, d->name + d->at, length);
	else if (write)
		bcc_rust_put(d, d->name + d->at, length);
	d->at += length;
}

/* ---- paths, types, constants ---- */

static void rust_v0_path(struct bcc_rust_name *d, bool in_value);
static void rust_v0_type(struct bcc_rust_name *d);
static void rust_v0_constant(struct bcc_rust_name *d);

/* Calls `read` at the position that a back reference names. */
static void back_reference(struct bcc_rust_name *d, void (*read)(struct bcc_rust_name *d))
{
	size_t start = d->at - 1, place = base_62(d), here = d->at;

	if (d->bad || place >= start) {
		d->bad = true;
		return;
	}
	if (d->quiet)
		return;
	d->at = place;
	read(d);
	d->at = here;
}

static void value_path(struct bcc_rust_name *d)
{
	rust_v0_path(d, true);
}

static void type_path(struct bcc_rust_name *d)
{
	rust_v0_path(d, false);
}

static void rust_v0_lifetime(struct bcc_rust_name *d, uint64_t index)
{
	uint64_t depth;

	if (!index) {
		bcc_rust_puts(d, "'_");
		return;
	}
	if (index > d->bound_lifetimes) {
		d->bad = true;
		return;
	}
	depth = d->bound_lifetimes - index;
	if (depth < 26) {
		char text[] = {'\'', (char)('a' + depth)};

		bcc_rust_put(d, text, 2);
	} else {
		bcc_rust_puts(d, "'_");
		bcc_rust_put_number(d, depth);
	}
}

static void generic_argument(struct bcc_rust_name *d)
{
	if (rust_v0_eat(d, 'L'))
		rust_v0_lifetime(d, base_62(d));
	else if (rust_v0_eat(d, 'K'))
		rust_v0_constant(d);
	else
		rust_v0_type(d);
}

/* Calls `read` until "E"; returns the number of calls. */
static size_t rust_v0_list(
	struct bcc_rust_name *d, void (*read)(struct bcc_rust_name *d), const char *separator)
{
	size_t count = 0;

	while (!d->bad && !rust_v0_eat(d, 'E')) {
		if (count++)
			bcc_rust_puts(d, separator);
		read(d);
	}
	return count;
}

/* [disambiguator] path: where an impl is defined, which is not printed */
static void impl_path(struct bcc_rust_name *d)
{
	bool quiet = d->quiet;

	d->quiet = true;
	optional_62(d, 's');
	rust_v0_path(d, false);
	d->quiet = quiet;
}

static void nested_path(struct bcc_rust_name *d, bool in_value)
{
	char namespace = rust_v0_next(d);
	uint64_t disambiguator;

	rust_v0_path(d, in_value);
	disambiguator = optional_62(d, 's');
	if (isupper((unsigned char)namespace)) {
		bcc_rust_puts(d, "::{");
		if (namespace == 'C' || namespace == 'S')
			bcc_rust_puts(d, namespace == 'C' ? "closure" : "shim");
		else
			bcc_rust_put(d, &namespace, 1);
		if (rust_v0_peek(d) != '0')
			bcc_rust_puts(d, ":");
		rust_v0_identifier(d, true);
		bcc_rust_puts(d, "#");
		bcc_rust_put_number(d, disambiguator);
		bcc_rust_puts(d, "}");
	} else if (islower((unsigned char)namespace)) {
		if (rust_v0_peek(d) != '0')
			bcc_rust_puts(d, "::");
		rust_v0_identifier(d, true);
	} else {
		d->bad = true;
	}
}

static void rust_v0_impl(struct bcc_rust_name *d, bool has_path, bool has_trait)
{
	if (has_path)
		impl_path(d);
	bcc_rust_puts(d, "<");
	rust_v0_type(d);
	if (has_trait) {
		bcc_rust_puts(d, " as ");
		rust_v0_path(d, false);
	}
	bcc_rust_puts(d, ">");
}

static void path_of(struct bcc_rust_name *d, bool in_value)
{
	switch (rust_v0_next(d)) {
	case 'C':
		optional_62(d, 's');
		rust_v0_identifier(d, true);
		return;
	case 'N':
		nested_path(d, in_value);
		return;
	case 'M':
		rust_v0_impl(d, true, false);
		return;
	case 'X':
		rust_v0_impl(d, true, true);
		return;
	case 'Y':
		rust_v0_impl(d, false, true);
		return;
	case 'I':
		rust_v0_path(d, in_value);
		bcc_rust_puts(d, in_value ? "::<" : "<");
		rust_v0_list(d, generic_argument, ", ");
		bcc_rust_puts(d, ">");
		return;
	case 'B':
		back_reference(d, in_value ? value_path : type_path);
		return;
	default:
		d->bad = true;
	}
}

static void rust_v0_path(struct bcc_rust_name *d, bool in_value)
{
	if (d->depth == MAX_DEPTH)
		d->bad = true;
	if (d->bad)
		return;
	d->depth++;
	path_of(d, in_value);
	d->depth--;
}

/* ["G" number]: lifetimes of a "for<…>" */
static void rust_v0_binder(struct bcc_rust_name *d)
{
	uint64_t count = optional_62(d, 'G');

	if (!count || d->bad)
		return;
	if (count > 64) {
		d->bad = true;
		return;
	}
	bcc_rust_puts(d, "for<");
	for (uint64_t i = 0; i < count; i++) {
		if (i)
			bcc_rust_puts(d, ", ");
		d->bound_lifetimes++;
		rust_v0_lifetime(d, 1);
	}
	bcc_rust_puts(d, "> ");
}

static void function_type(struct bcc_rust_name *d)
{
	unsigned bound = d->bound_lifetimes;

	rust_v0_binder(d);
	if (rust_v0_eat(d, 'U'))
		bcc_rust_puts(d, "unsafe ");
	if (rust_v0_eat(d, 'K')) {
		bcc_rust_puts(d, "extern \"");
		if (rust_v0_eat(d, 'C')) {
			bcc_rust_puts(d, "C");
		} else {
			size_t from = d->used;

			rust_v0_identifier(d, true);
			for (size_t i = from; i < d->used; i++)
				if (d->out[i] == '_')
					d->out[i] = '-';
		}
		bcc_rust_puts(d, "\" ");
	}
	bcc_rust_puts(d, "fn(");
	rust_v0_list(d, rust_v0_type, ", ");
	bcc_rust_puts(d, ")");
	if (!rust_v0_eat(d, 'u')) { /* a function without an arrow returns the unit type */
		bcc_rust_puts(d, " -> ");
		rust_v0_type(d);
	}
	d->bound_lifetimes = bound;
}

/* path {"p" identifier type} */
static void dyn_trait(struct bcc_rust_name *d)
{
	bool open = false;
	size_t end;

	rust_v0_path(d, false);
	end = d->used;
	while (rust_v0_eat(d, 'p')) {
		/* associated types of the trait join its generic arguments */
		if (!open && end && d->out[end - 1] == '>' && !d->quiet) {
			d->used--;
			bcc_rust_puts(d, ", ");
		} else {
			bcc_rust_puts(d, open ? ", " : "<");
		}
		open = true;
		rust_v0_identifier(d, true);
		bcc_rust_puts(d, " = ");
		rust_v0_type(d);
	}
	if (open)
		bcc_rust_puts(d, ">");
}

static void dyn_type(struct bcc_rust_name *d)
{
	unsigned bound = d->bound_lifetimes;
	uint64_t index;

	bcc_rust_puts(d, "dyn ");
	rust_v0_binder(d);
	rust_v0_list(d, dyn_trait, " + ");
	d->bound_lifetimes = bound;
	if (!rust_v0_eat(d, 'L')) {
		d->bad = true;
		return;
	}
	index = base_62(d);
	if (index) {
		bcc_rust_puts(d, " + ");
		rust_v0_lifetime(d, index);
	}
}

static const char *basic_type(char tag)
{
	static const char *const types[26] = {"i8", "bool", "char", "f64", "str", "f32", NULL, "u8", "isize",
		"usize", NULL, "i32", "u32", "i128", "u128", "_", NULL, NULL, "i16", "u16", "()", "...", NULL,
		"i64", "u64", "!"};

	return tag >= 'a' && tag <= 'z' ? types[tag - 'a'] : NULL;
}

static void rust_v0_reference(struct bcc_rust_name *d, char tag)
{
	bcc_rust_puts(d, "&");
	if (rust_v0_eat(d, 'L')) {
		uint64_t index = base_62(d);

		if (index) {
			rust_v0_lifetime(d, index);
			bcc_rust_puts(d, " ");
		}
	}
	if (tag == 'Q')
		bcc_rust_puts(d, "mut ");
	rust_v0_type(d);
}

static void rust_v0_sequence(struct bcc_rust_name *d, char tag)
{
	bcc_rust_puts(d, "[");
	rust_v0_type(d);
	if (tag == 'A') {
		bcc_rust_puts(d, "; ");
		rust_v0_constant(d);
	}
	bcc_rust_puts(d, "]");
}

static void type_of(struct bcc_rust_name *d)
{
	char tag = rust_v0_next(d);
	const char *basic = basic_type(tag);

	if (basic) {
		bcc_rust_puts(d, basic);
		return;
	}
	switch (tag) {
	case 'A':
	case 'S':
		rust_v0_sequence(d, tag);
		return;
	case 'T':
		bcc_rust_puts(d, "(");
		if (rust_v0_list(d, rust_v0_type, ", ") == 1)
			bcc_rust_puts(d, ",");
		bcc_rust_puts(d, ")");
		return;
	case 'R':
	case 'Q':
		rust_v0_reference(d, tag);
		return;
	case 'P':
	case 'O':
		bcc_rust_puts(d, tag == 'P' ? "*const " : "*mut ");
		rust_v0_type(d);
		return;
	case 'F':
		function_type(d);
		return;
	case 'D':
		dyn_type(d);
		return;
	case 'B':
		back_reference(d, rust_v0_type);
		return;
	default:
		d->at--;
		rust_v0_path(d, false);
	}
}

static void rust_v0_type(struct bcc_rust_name *d)
{
	if (d->depth == MAX_DEPTH)
		d->bad = true;
	if (d->bad)
		return;
	d->depth++;
	type_of(d);
	d->depth--;
}

/* ["n"] {hex-digit} "_"; numbers of more than 64 bits stay in hex */
static void number_of(struct bcc_rust_name *d, char tag)
{
	const char *digits;
	size_t count;
	uint64_t value;

	if (rust_v0_eat(d, 'n'))
		bcc_rust_puts(d, "-");
	digits = d->name + d->at;
	count = strspn(digits, "0123456789abcdef");
	d->at += count;
	if (!rust_v0_eat(d, '_') || d->bad) {
		d->bad = true;
		return;
	}
	value = count && count <= 16 ? strtoull(digits, NULL, 16) : 0;
	if (tag == 'b') {
		bcc_rust_puts(d, value ? "true" : "false");
	} else if (tag == 'c') {
		bcc_rust_puts(d, "'");
		bcc_rust_put_utf8(d, (uint32_t)value);
		bcc_rust_puts(d, "'");
	} else if (count > 16) {
		bcc_rust_puts(d, "0x");
		bcc_rust_put(d, digits, count);
	} else {
		bcc_rust_put_number(d, value);
	}
}

static void rust_v0_constant(struct bcc_rust_name *d)
{
	char tag = rust_v0_next(d);

	if (d->bad || d->depth == MAX_DEPTH) {
		d->bad = true;
		return;
	}
	d->depth++;
	if (tag == 'B')
		back_reference(d, rust_v0_constant);
	else if (tag == 'p')
		bcc_rust_puts(d, "_");
	else if (tag && strchr("abchijlmnostxy", tag))
		number_of(d, tag);
	else
		d->bad = true;
	d->depth--;
}

/* [decimal-number] path [instantiating-crate] [vendor-specific-suffix] */
bool bcc_rust_v0(struct bcc_rust_name *d)
{
	if (isdigit((unsigned char)rust_v0_peek(d))) /* an unknown version of the mangling */
		return false;
	rust_v0_path(d, true);
	if (!d->bad && isupper((unsigned char)rust_v0_peek(d))) {
		d->quiet = true;
		rust_v0_path(d, false);
	}
	return !d->bad && (d->at == d->length || strchr(".$", d->name[d->at]));
}
