/* SPDX-License-Identifier: Apache-2.0 */
/* A text that grows at its end: what a writer makes of a row. A tool that has no memory for a row ends. */
#ifndef TOOLS_LIB_BUFFER_H
#define TOOLS_LIB_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	char *data; /* not NUL-terminated */
	size_t size, room;
};

void buffer_free(struct buffer *b);

/* Makes room for `size` bytes at the end and returns where they are; the caller adds to b->size what it
 * wrote. */
char *buffer_reserve(struct buffer *b, size_t size);

void buffer_add(struct buffer *b, const void *data, size_t size);
void buffer_text(struct buffer *b, const char *text);
void buffer_char(struct buffer *b, char c);
void buffer_fill(struct buffer *b, char c, size_t count);
void buffer_unsigned(struct buffer *b, uint64_t value);
void buffer_signed(struct buffer *b, int64_t value);

/* `value` divided by 10^`divisor_digits`, rounded to `digits` decimals: (1234567, 6, 2) is 1.23. */
void buffer_fraction(struct buffer *b, int64_t value, unsigned divisor_digits, unsigned digits);

void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* realloc() that does not fail. */
void *buffer_grow(void *old, size_t size);

/* Ends the program for want of memory. */
void buffer_no_memory(void) __attribute__((noreturn));

#endif
