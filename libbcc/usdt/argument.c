/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIZE@OPERAND, separated by blanks: "-4@%edi 8@-16(%rbp) 4@$7" on x86-64, "-4@w0 8@[sp, 16] 4@7" on arm64
 * (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation; operands: GNU as, "AT&T Mnemonic" and
 * "AArch64 Syntax"). A negative size means a signed number; a size with f means floating point.
 */
#include "argument.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* One operand, from `at` to `end`. */
struct cursor {
	const struct bcc_arch *arch;
	const char *at, *end;
};

static void usdt_argument_blanks(struct cursor *c)
{
	while (c->at < c->end && isblank((unsigned char)*c->at))
		c->at++;
}

static bool next_is(struct cursor *c, char what)
{
	usdt_argument_blanks(c);
	return c->at < c->end && *c->at == what;
}

static bool usdt_argument_take(struct cursor *c, char what)
{
	if (!next_is(c, what))
		return false;
	c->at++;
	return true;
}

static bool at_end(struct cursor *c)
{
	usdt_argument_blanks(c);
	return c->at == c->end;
}

/* Decimal, 0x… or octal, as in as(1); wraps around like it, so that 0xffff… is -1. */
static bool usdt_argument_number(struct cursor *c, uint64_t *out)
{
	unsigned base = 10, digit;
	const char *start;

	if (c->at >= c->end || !isdigit((unsigned char)*c->at))
		return false;
	if (*c->at == '0' && c->end - c->at > 2 && (c->at[1] | 0x20) == 'x' &&
		isxdigit((unsigned char)c->at[2])) {
		base = 16;
		c->at += 2;
	} else if (*c->at == '0') {
		base = 8;
	}
	*out = 0;
	for (start = c->at; c->at < c->end && isxdigit((unsigned char)*c->at); c->at++) {
		digit = isdigit((unsigned char)*c->at) ? (unsigned)(*c->at - '0')
						       : (unsigned)((*c->at | 0x20) - 'a' + 10);
		if (digit >= base || *out > (UINT64_MAX - digit) / base)
			return false;
		*out = *out * base + digit;
	}
	return c->at > start;
}

static bool is_symbol_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* A plain symbol name: NAME@GOTPCREL, NAME@tpoff and others refer to the dynamic loader's tables. */
static bool usdt_argument_symbol(struct cursor *c, struct bcc_usdt_operand *o)
{
	const char *start = c->at;

	while (c->at < c->end && is_symbol_character(*c->at))
		c->at++;
	if (c->at == start || o->symbol || (c->at < c->end && *c->at == '@'))
		return false;
	o->symbol = start;
	o->symbol_length = (size_t)(c->at - start);
	return true;
}

/* Numbers and at most one symbol, added and subtracted. */
static bool usdt_argument_sum(struct cursor *c, struct bcc_usdt_operand *o)
{
	uint64_t total = 0, value;
	bool minus = false;

	for (;;) {
		while (next_is(c, '-') || next_is(c, '+'))
			minus ^= *c->at++ == '-';
		if (c->at < c->end && isdigit((unsigned char)*c->at)) {
			if (!usdt_argument_number(c, &value))
				return false;
			total += minus ? -value : value;
		} else if (minus || !usdt_argument_symbol(c, o)) {
			return false;
		}
		if (!next_is(c, '+') && !next_is(c, '-'))
			break;
		minus = false;
	}
	o->displacement = (int64_t)total;
	return true;
}

static bool named_register(struct cursor *c, struct bcc_register_part *out)
{
	const char *start = c->at;

	while (c->at < c->end && isalnum((unsigned char)*c->at))
		c->at++;
	return bcc_arch_register_find(c->arch, start, (size_t)(c->at - start), out);
}

/* ---- BCC_OPERANDS_ATT ---- */

static bool att_register(struct cursor *c, struct bcc_register_part *out)
{
	return usdt_argument_take(c, '%') && named_register(c, out);
}

/* (BASE), (BASE,INDEX), (BASE,INDEX,SCALE), (,INDEX,SCALE) */
static bool att_memory(struct cursor *c, struct bcc_usdt_operand *o)
{
	uint64_t scale = 1;

	if (next_is(c, '%')) {
		if (!att_register(c, &o->base))
			return false;
		o->has_base = true;
	}
	if (usdt_argument_take(c, ',')) {
		if (!att_register(c, &o->index))
			return false;
		o->has_index = true;
	}
	if (o->has_index && usdt_argument_take(c, ',')) {
		usdt_argument_blanks(c);
		if (!usdt_argument_number(c, &scale) ||
			(scale != 1 && scale != 2 && scale != 4 && scale != 8))
			return false;
	}
	o->scale = (uint8_t)scale;
	return (o->has_base || o->has_index) && usdt_argument_take(c, ')');
}

static bool att_operand(struct cursor *c, struct bcc_usdt_operand *o)
{
	if (usdt_argument_take(c, '$')) {
		o->form = BCC_USDT_CONSTANT;
		return usdt_argument_sum(c, o);
	}
	if (next_is(c, '%')) {
		o->form = BCC_USDT_REGISTER;
		o->has_base = att_register(c, &o->base);
		return o->has_base;
	}
	o->form = BCC_USDT_MEMORY;
	if (!next_is(c, '(') && !usdt_argument_sum(c, o))
		return false;
	if (usdt_argument_take(c, '(') && !att_memory(c, o))
		return false;
	/* SYMBOL(%rip) is the address of the symbol itself: the instruction pointer is not added */
	o->symbol_is_absolute =
		o->symbol &&
		(o->has_index || (o->has_base && strcmp(o->base.name, c->arch->instruction_pointer)));
	return true;
}

/* ---- BCC_OPERANDS_ARM64 ---- */

static bool usdt_argument_word(struct cursor *c, const char *what)
{
	size_t length = strlen(what);

	usdt_argument_blanks(c);
	if ((size_t)(c->end - c->at) < length || memcmp(c->at, what, length))
		return false;
	c->at += length;
	return true;
}

/* The index may be shifted, and a 32-bit one is extended. */
static bool arm64_index(struct cursor *c, struct bcc_usdt_operand *o)
{
	uint64_t shift = 0;

	usdt_argument_blanks(c);
	if (!named_register(c, &o->index))
		return false;
	o->has_index = true;
	o->scale = 1;
	if (!usdt_argument_take(c, ','))
		return o->index.bytes == 8;
	o->index_is_signed = usdt_argument_word(c, "sxtw") || usdt_argument_word(c, "sxtx");
	if (!o->index_is_signed && !usdt_argument_word(c, "uxtw") && !usdt_argument_word(c, "lsl"))
		return false;
	usdt_argument_take(c, '#');
	usdt_argument_blanks(c);
	if (c->at < c->end && isdigit((unsigned char)*c->at) &&
		(!usdt_argument_number(c, &shift) || shift > 4))
		return false;
	o->scale = (uint8_t)(1 << shift);
	return true;
}

static bool arm64_displacement(struct cursor *c, struct bcc_usdt_operand *o)
{
	usdt_argument_take(c, '#');
	o->symbol_low_bits = usdt_argument_word(c, ":lo12:");
	usdt_argument_blanks(c);
	if (o->symbol_low_bits)
		return usdt_argument_sum(c, o);
	return usdt_argument_sum(c, o) && !o->symbol;
}

/* [BASE], [BASE, DISPLACEMENT], [BASE, INDEX …] */
static bool arm64_memory(struct cursor *c, struct bcc_usdt_operand *o)
{
	usdt_argument_blanks(c);
	o->has_base = named_register(c, &o->base);
	if (!o->has_base)
		return false;
	if (usdt_argument_take(c, ',')) {
		bool is_index = next_is(c, 'x') || next_is(c, 'w');

		if (!(is_index ? arm64_index(c, o) : arm64_displacement(c, o)))
			return false;
	}
	return usdt_argument_take(c, ']');
}

static bool arm64_operand(struct cursor *c, struct bcc_usdt_operand *o)
{
	if (usdt_argument_take(c, '[')) {
		o->form = BCC_USDT_MEMORY;
		return arm64_memory(c, o);
	}
	if (next_is(c, '#') || next_is(c, '-') || next_is(c, '+') ||
		(c->at < c->end && isdigit((unsigned char)*c->at))) {
		usdt_argument_take(c, '#');
		o->form = BCC_USDT_CONSTANT;
		return usdt_argument_sum(c, o) && !o->symbol;
	}
	if (usdt_argument_word(c, "xzr") || usdt_argument_word(c, "wzr")) {
		o->form = BCC_USDT_CONSTANT;
		return true;
	}
	o->form = BCC_USDT_REGISTER;
	o->has_base = named_register(c, &o->base);
	return o->has_base;
}

/* ---- all ---- */

/* Up to the next blank outside brackets. */
static const char *operand_end(const char *text)
{
	int depth = 0;

	for (; *text && (depth > 0 || !isblank((unsigned char)*text)); text++)
		depth += (*text == '[' || *text == '(') - (*text == ']' || *text == ')');
	return text;
}

/* "-4@"; an operand without it has the size of a word. */
static bool usdt_argument_size(struct cursor *c, struct bcc_usdt_operand *o)
{
	struct cursor s = *c;
	bool minus = usdt_argument_take(&s, '-');
	uint64_t bytes;

	o->size = 8;
	if (!usdt_argument_number(&s, &bytes) || s.at >= s.end || (*s.at != '@' && *s.at != 'f'))
		return true;
	if (*s.at == 'f' || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
		return false;
	c->at = s.at + 1;
	o->size = (uint8_t)bytes;
	o->is_signed = minus;
	return true;
}

static bool usdt_argument_operand(struct cursor *c, struct bcc_usdt_operand *o)
{
	switch (c->arch->operands) {
	case BCC_OPERANDS_ATT:
		return att_operand(c, o);
	case BCC_OPERANDS_ARM64:
		return arm64_operand(c, o);
	}
	return false;
}

int bcc_usdt_operand_next(const struct bcc_arch *arch, const char **text, struct bcc_usdt_operand *out)
{
	struct cursor c = {.arch = arch, .at = *text + strspn(*text, " \t")};
	bool understood;

	memset(out, 0, sizeof(*out));
	if (!*c.at)
		return 0;
	c.end = operand_end(c.at);
	*text = c.end;
	understood = usdt_argument_size(&c, out) && usdt_argument_operand(&c, out) && at_end(&c);
	if (!understood) {
		uint8_t bytes = out->size;

		*out = (struct bcc_usdt_operand){
			.form = BCC_USDT_UNKNOWN, .size = bytes, .is_signed = out->is_signed};
	}
	return 1;
}
