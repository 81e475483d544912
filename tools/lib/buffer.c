/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

void buffer_no_memory(void)
{
	fprintf(stderr, "%s: out of memory\n", program_invocation_short_name);
	exit(EXIT_FAILURE);
}

void *buffer_grow(void *old, size_t size)
{
	void *grown = realloc(old, size);

	if (!grown)
		buffer_no_memory();
	return grown;
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

char *buffer_reserve(struct buffer *b, size_t size)
{
	if (b->room - b->size < size) {
		size_t room = b->room ? b->room : 256;

		while (room - b->size < size)
			room *= 2;
		b->data = buffer_grow(b->data, room);
		b->room = room;
	}
	return b->data + b->size;
}

void buffer_add(struct buffer *b, const void *data, size_t size)
{
	if (size)
		memcpy(buffer_reserve(b, size), data, size);
	b->size += size;
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_char(struct buffer *b, char c)
{
	*buffer_reserve(b, 1) = c;
	b->size++;
}

void buffer_fill(struct buffer *b, char c, size_t count)
{
	memset(buffer_reserve(b, count), c, count);
	b->size += count;
}

void buffer_unsigned(struct buffer *b, uint64_t value)
{
	char digits[20], *at = digits + sizeof(digits);

	do {
		*--at = '0' + value % 10;
		value /= 10;
	} while (value);
	buffer_add(b, at, digits + sizeof(digits) - at);
}

void buffer_signed(struct buffer *b, int64_t value)
{
	if (value < 0)
		buffer_char(b, '-');
	buffer_unsigned(b, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static uint64_t buffer_power(unsigned digits)
{
	uint64_t power = 1;

	while (digits--)
		power *= 10;
	return power;
}

void buffer_fraction(struct buffer *b, int64_t value, unsigned divisor_digits, unsigned digits)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = buffer_power(digits),
		 rest;

	if (digits < divisor_digits) {
		uint64_t dropped = buffer_power(divisor_digits - digits);

		/* a half is rounded up, without overflow */
		magnitude = magnitude / dropped + (magnitude % dropped >= (dropped + 1) / 2);
	} else {
		magnitude *= buffer_power(digits - divisor_digits);
	}
	if (value < 0 && magnitude)
		buffer_char(b, '-');
	buffer_unsigned(b, magnitude / unit);
	if (!digits)
		return;
	buffer_char(b, '.');
	rest = magnitude % unit;
	while (digits--) {
		unit /= 10;
		buffer_char(b, '0' + rest / unit);
		rest %= unit;
	}
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	char text[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length > 0)
		buffer_add(b, text, length < (int)sizeof(text) ? (size_t)length : sizeof(text) - 1);
}
