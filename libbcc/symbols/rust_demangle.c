/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of Rust: the old mangling, which looks like C++'s and ends in a hash, and the new ("v0", RFC 2603). The grammar's
 * productions are named after the document's. Hashes and disambiguators are left out, as people do when they talk of a function.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demangle.h"

/* A name refers back to its parts, so a short one can stand for an enormous one. */
#define MAX_LENGTH 16384
#define MAX_DEPTH 128

struct demangler {
	const char *name; /* behind "_R" */
	size_t length, at;
	char *out;
	size_t used;
	unsigned depth, bound_lifetimes;
	bool bad, quiet; /* quiet: read, but not written */
};

static void put(struct demangler *d, const char *text, size_t length)
{
	if (d->quiet || d->bad)
		return;
	if (length >= MAX_LENGTH - d->used) {
		d->bad = true;
		return;
	}
	memcpy(d->out + d->used, text, length);
	d->used += length;
}

static void puts_(struct demangler *d, const char *text)
{
	put(d, text, strlen(text));
}

static void put_number(struct demangler *d, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	puts_(d, text);
}

static void put_utf8(struct demangler *d, uint32_t c)
{
	char text[4];
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		d->bad = true;
		return;
	}
	for (int i = n - 1; i > 0; i--, c >>= 6)
		text[i] = (char)(0x80 | (c & 0x3f));
	text[0] = (char)(n == 1 ? c : (0xf00 >> n & 0xff) | c);
	put(d, text, n);
}

/* ---- the old mangling ---- */

static bool legacy_escape(struct demangler *d, const char **at, const char *end)
{
	static const char *const escapes[] = {
		"$SP$@", "$BP$*", "$RF$&", "$LT$<", "$GT$>", "$LP$(", "$RP$)", "$C$,", NULL};
	char *stop;

	for (const char *const *escape = escapes; *escape; escape++) {
		size_t length = strlen(*escape) - 1;

		if ((size_t)(end - *at) >= length && !strncmp(*at, *escape, length)) {
			put(d, *escape + length, 1);
			*at += length;
			return true;
		}
	}
	if (end - *at > 3 && (*at)[1] == 'u' && isxdigit((unsigned char)(*at)[2])) {
		put_utf8(d, strtoul(*at + 2, &stop, 16));
		*at = stop + 1;
		return *stop == '$' && stop < end && !d->bad;
	}
	return false;
}

static bool legacy_identifier(struct demangler *d, const char *at, const char *end)
{
	if (end - at > 1 && at[0] == '_' && at[1] == '$')
		at++;
	while (at < end) {
		if (at[0] == '.' && end - at > 1 && at[1] == '.') {
			puts_(d, "::");
			at += 2;
		} else if (*at == '$') {
			if (!legacy_escape(d, &at, end))
				return false;
		} else {
			put(d, at++, 1);
		}
	}
	return !d->bad;
}

static bool is_hash(const char *at, size_t length)
{
	return length == 17 && at[0] == 'h' && strspn(at + 1, "0123456789abcdef") >= 16;
}

/* "ZN" ("LENGTH" "IDENTIFIER")... "17hHASH" "E" */
static bool legacy(struct demangler *d)
{
	const char *at = d->name, *end = d->name + d->length;

	for (bool first = true;; first = false) {
		char *identifier;
		unsigned long length;

		if (!isdigit((unsigned char)*at))
			return false;
		length = strtoul(at, &identifier, 10);
		if (length > (size_t)(end - identifier))
			return false;
		at = identifier + length;
		if (is_hash(identifier, length) && *at == 'E')
			return !first && (!at[1] || at[1] == '.');
		if (!first)
			puts_(d, "::");
		if (!legacy_identifier(d, identifier, at))
			return false;
	}
}

/* ---- the new mangling: reading ---- */

static char peek(const struct demangler *d)
{
	return d->at < d->length ? d->name[d->at] : '\0';
}

static char next(struct demangler *d)
{
	if (d->at < d->length)
		return d->name[d->at++];
	d->bad = true;
	return '\0';
}

static bool eat(struct demangler *d, char c)
{
	if (d->bad || peek(d) != c)
		return false;
	d->at++;
	return true;
}

/* base-62-number: "_" is 0, "0_" is 1 */
static uint64_t base_62(struct demangler *d)
{
	uint64_t value = 0;

	if (eat(d, '_'))
		return 0;
	while (!d->bad && !eat(d, '_')) {
		char c = next(d);
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

/* A number after `tag`, 0 without: disambiguators, binders. */
static uint64_t optional_62(struct demangler *d, char tag)
{
	return eat(d, tag) ? base_62(d) + 1 : 0;
}

/* RFC 3492 with the parameters of its section 5; Rust writes "_" for its "-". */
static void put_punycode(struct demangler *d, const char *text, size_t length)
{
	uint32_t out[256], n = 128, i = 0, bias = 72;
	size_t count = 0, at = 0;
	const char *basic = memrchr(text, '_', length);

	for (; basic && text + at < basic && count < 256; at++)
		out[count++] = (unsigned char)text[at];
	at = basic ? (size_t)(basic - text) + 1 : 0;
	while (at < length && count < 256) {
		uint32_t old = i, weight = 1, delta, k;

		for (k = 36;; k += 36) {
			uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
			char c = at < length ? text[at++] : '\0';
			uint32_t digit = islower((unsigned char)c)   ? c - 'a'
					 : isdigit((unsigned char)c) ? c - '0' + 26
								     : 36;

			if (digit >= 36 || digit > (UINT32_MAX - i) / weight) {
				d->bad = true;
				return;
			}
			i += digit * weight;
			if (digit < t)
				break;
			if (weight > UINT32_MAX / (36 - t)) {
				d->bad = true;
				return;
			}
			weight *= 36 - t;
		}
		delta = (old ? (i - old) / 2 : i / 700);
		delta += delta / (count + 1);
		for (bias = 0; delta > 455; bias += 36)
			delta /= 35;
		bias += 36 * delta / (delta + 38);
		n += i / (count + 1);
		i %= count + 1;
		memmove(out + i + 1, out + i, (count - i) * sizeof(*out));
		out[i++] = n;
		count++;
	}
	for (size_t c = 0; c < count; c++)
		put_utf8(d, out[c]);
}

/* ["u"] decimal-number ["_"] bytes */
static void identifier(struct demangler *d, bool write)
{
	bool is_punycode = eat(d, 'u');
	size_t length = 0;

	if (!isdigit((unsigned char)peek(d)))
		d->bad = true;
	if (!eat(d, '0'))
		while (isdigit((unsigned char)peek(d)) && length < MAX_LENGTH)
			length = length * 10 + (next(d) - '0');
	eat(d, '_');
	if (d->bad || length > d->length - d->at) {
		d->bad = true;
		return;
	}
	if (write && is_punycode)
		put_punycode(d, d->name + d->at, length);
	else if (write)
		put(d, d->name + d->at, length);
	d->at += length;
}

/* ---- the new mangling: paths, types, constants ---- */

static void path(struct demangler *d, bool in_value);
static void type(struct demangler *d);
static void constant(struct demangler *d);

/* What `read` does at the place that a back reference names. */
static void back_reference(struct demangler *d, void (*read)(struct demangler *d))
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

static void value_path(struct demangler *d)
{
	path(d, true);
}

static void type_path(struct demangler *d)
{
	path(d, false);
}

static void lifetime(struct demangler *d, uint64_t index)
{
	uint64_t depth;

	if (!index) {
		puts_(d, "'_");
		return;
	}
	if (index > d->bound_lifetimes) {
		d->bad = true;
		return;
	}
	depth = d->bound_lifetimes - index;
	if (depth < 26) {
		char text[] = {'\'', (char)('a' + depth)};

		put(d, text, 2);
	} else {
		puts_(d, "'_");
		put_number(d, depth);
	}
}

static void generic_argument(struct demangler *d)
{
	if (eat(d, 'L'))
		lifetime(d, base_62(d));
	else if (eat(d, 'K'))
		constant(d);
	else
		type(d);
}

/* Calls `read` up to "E"; returns how often. */
static size_t list(struct demangler *d, void (*read)(struct demangler *d), const char *separator)
{
	size_t count = 0;

	while (!d->bad && !eat(d, 'E')) {
		if (count++)
			puts_(d, separator);
		read(d);
	}
	return count;
}

/* [disambiguator] path: where an impl is, which nobody wants to read */
static void impl_path(struct demangler *d)
{
	bool quiet = d->quiet;

	d->quiet = true;
	optional_62(d, 's');
	path(d, false);
	d->quiet = quiet;
}

static void nested_path(struct demangler *d, bool in_value)
{
	char namespace = next(d);
	uint64_t disambiguator;

	path(d, in_value);
	disambiguator = optional_62(d, 's');
	if (isupper((unsigned char)namespace)) {
		puts_(d, "::{");
		if (namespace == 'C' || namespace == 'S')
			puts_(d, namespace == 'C' ? "closure" : "shim");
		else
			put(d, &namespace, 1);
		if (peek(d) != '0')
			puts_(d, ":");
		identifier(d, true);
		puts_(d, "#");
		put_number(d, disambiguator);
		puts_(d, "}");
	} else if (islower((unsigned char)namespace)) {
		if (peek(d) != '0')
			puts_(d, "::");
		identifier(d, true);
	} else {
		d->bad = true;
	}
}

static void impl(struct demangler *d, bool has_path, bool has_trait)
{
	if (has_path)
		impl_path(d);
	puts_(d, "<");
	type(d);
	if (has_trait) {
		puts_(d, " as ");
		path(d, false);
	}
	puts_(d, ">");
}

static void path_of(struct demangler *d, bool in_value)
{
	switch (next(d)) {
	case 'C':
		optional_62(d, 's');
		identifier(d, true);
		return;
	case 'N':
		nested_path(d, in_value);
		return;
	case 'M':
		impl(d, true, false);
		return;
	case 'X':
		impl(d, true, true);
		return;
	case 'Y':
		impl(d, false, true);
		return;
	case 'I':
		path(d, in_value);
		puts_(d, in_value ? "::<" : "<");
		list(d, generic_argument, ", ");
		puts_(d, ">");
		return;
	case 'B':
		back_reference(d, in_value ? value_path : type_path);
		return;
	default:
		d->bad = true;
	}
}

static void path(struct demangler *d, bool in_value)
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
static void binder(struct demangler *d)
{
	uint64_t count = optional_62(d, 'G');

	if (!count || d->bad)
		return;
	if (count > 64) {
		d->bad = true;
		return;
	}
	puts_(d, "for<");
	for (uint64_t i = 0; i < count; i++) {
		if (i)
			puts_(d, ", ");
		d->bound_lifetimes++;
		lifetime(d, 1);
	}
	puts_(d, "> ");
}

static void function_type(struct demangler *d)
{
	unsigned bound = d->bound_lifetimes;

	binder(d);
	if (eat(d, 'U'))
		puts_(d, "unsafe ");
	if (eat(d, 'K')) {
		puts_(d, "extern \"");
		if (eat(d, 'C')) {
			puts_(d, "C");
		} else {
			size_t from = d->used;

			identifier(d, true);
			for (size_t i = from; i < d->used; i++)
				if (d->out[i] == '_')
					d->out[i] = '-';
		}
		puts_(d, "\" ");
	}
	puts_(d, "fn(");
	list(d, type, ", ");
	puts_(d, ")");
	if (!eat(d, 'u')) { /* the unit type is what a function returns without an arrow */
		puts_(d, " -> ");
		type(d);
	}
	d->bound_lifetimes = bound;
}

/* path {"p" identifier type} */
static void dyn_trait(struct demangler *d)
{
	bool open = false;
	size_t end;

	path(d, false);
	end = d->used;
	while (eat(d, 'p')) {
		/* what is given to the trait joins its generic arguments */
		if (!open && end && d->out[end - 1] == '>' && !d->quiet) {
			d->used--;
			puts_(d, ", ");
		} else {
			puts_(d, open ? ", " : "<");
		}
		open = true;
		identifier(d, true);
		puts_(d, " = ");
		type(d);
	}
	if (open)
		puts_(d, ">");
}

static void dyn_type(struct demangler *d)
{
	unsigned bound = d->bound_lifetimes;
	uint64_t index;

	puts_(d, "dyn ");
	binder(d);
	list(d, dyn_trait, " + ");
	d->bound_lifetimes = bound;
	if (!eat(d, 'L')) {
		d->bad = true;
		return;
	}
	index = base_62(d);
	if (index) {
		puts_(d, " + ");
		lifetime(d, index);
	}
}

static const char *basic_type(char tag)
{
	static const char *const types[26] = {"i8", "bool", "char", "f64", "str", "f32", NULL, "u8", "isize",
		"usize", NULL, "i32", "u32", "i128", "u128", "_", NULL, NULL, "i16", "u16", "()", "...", NULL,
		"i64", "u64", "!"};

	return tag >= 'a' && tag <= 'z' ? types[tag - 'a'] : NULL;
}

static void reference(struct demangler *d, char tag)
{
	puts_(d, "&");
	if (eat(d, 'L')) {
		uint64_t index = base_62(d);

		if (index) {
			lifetime(d, index);
			puts_(d, " ");
		}
	}
	if (tag == 'Q')
		puts_(d, "mut ");
	type(d);
}

static void sequence(struct demangler *d, char tag)
{
	puts_(d, "[");
	type(d);
	if (tag == 'A') {
		puts_(d, "; ");
		constant(d);
	}
	puts_(d, "]");
}

static void type_of(struct demangler *d)
{
	char tag = next(d);
	const char *basic = basic_type(tag);

	if (basic) {
		puts_(d, basic);
		return;
	}
	switch (tag) {
	case 'A':
	case 'S':
		sequence(d, tag);
		return;
	case 'T':
		puts_(d, "(");
		if (list(d, type, ", ") == 1)
			puts_(d, ",");
		puts_(d, ")");
		return;
	case 'R':
	case 'Q':
		reference(d, tag);
		return;
	case 'P':
	case 'O':
		puts_(d, tag == 'P' ? "*const " : "*mut ");
		type(d);
		return;
	case 'F':
		function_type(d);
		return;
	case 'D':
		dyn_type(d);
		return;
	case 'B':
		back_reference(d, type);
		return;
	default:
		d->at--;
		path(d, false);
	}
}

static void type(struct demangler *d)
{
	if (d->depth == MAX_DEPTH)
		d->bad = true;
	if (d->bad)
		return;
	d->depth++;
	type_of(d);
	d->depth--;
}

/* ["n"] {hex-digit} "_"; what is larger than 64 bits stays in hex */
static void number_of(struct demangler *d, char tag)
{
	const char *digits;
	size_t count;
	uint64_t value;

	if (eat(d, 'n'))
		puts_(d, "-");
	digits = d->name + d->at;
	count = strspn(digits, "0123456789abcdef");
	d->at += count;
	if (!eat(d, '_') || d->bad) {
		d->bad = true;
		return;
	}
	value = count && count <= 16 ? strtoull(digits, NULL, 16) : 0;
	if (tag == 'b') {
		puts_(d, value ? "true" : "false");
	} else if (tag == 'c') {
		puts_(d, "'");
		put_utf8(d, (uint32_t)value);
		puts_(d, "'");
	} else if (count > 16) {
		puts_(d, "0x");
		put(d, digits, count);
	} else {
		put_number(d, value);
	}
}

static void constant(struct demangler *d)
{
	char tag = next(d);

	if (d->bad || d->depth == MAX_DEPTH) {
		d->bad = true;
		return;
	}
	d->depth++;
	if (tag == 'B')
		back_reference(d, constant);
	else if (tag == 'p')
		puts_(d, "_");
	else if (tag && strchr("abchijlmnostxy", tag))
		number_of(d, tag);
	else
		d->bad = true;
	d->depth--;
}

/* [decimal-number] path [instantiating-crate] [vendor-specific-suffix] */
static bool v0(struct demangler *d)
{
	if (isdigit((unsigned char)peek(d))) /* a version of the mangling that is not known */
		return false;
	path(d, true);
	if (!d->bad && isupper((unsigned char)peek(d))) {
		d->quiet = true;
		path(d, false);
	}
	return !d->bad && (d->at == d->length || strchr(".$", d->name[d->at]));
}

char *bcc_rust_demangle(const char *name)
{
	struct demangler d = {.length = strlen(name)};
	bool is_legacy = !strncmp(name, "_ZN", 3);

	if ((!is_legacy && strncmp(name, "_R", 2)) || d.length > MAX_LENGTH)
		return NULL;
	/* most names with _ZN are C++'s, which this costs little */
	if (is_legacy && !strstr(name, "17h"))
		return NULL;
	d.name = name + (is_legacy ? 3 : 2);
	d.length -= is_legacy ? 3 : 2;
	d.out = malloc(MAX_LENGTH + 1);
	if (!d.out || !(is_legacy ? legacy(&d) : v0(&d)) || d.bad || !d.used) {
		free(d.out);
		return NULL;
	}
	d.out[d.used] = '\0';
	name = strdup(d.out);
	free(d.out);
	return (char *)name;
}
