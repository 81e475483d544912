/* SPDX-License-Identifier: Apache-2.0 */
/* The text made from a mangled name of Rust. */
#include <stdio.h>
#include <string.h>

#include "rust_name.h"

void bcc_rust_put(struct bcc_rust_name *d, const char *text, size_t length)
{
	if (d->quiet || d->bad)
		return;
	if (length >= BCC_RUST_MAX_LENGTH - d->used) {
		d->bad = true;
		return;
	}
	memcpy(d->out + d->used, text, length);
	d->used += length;
}

void bcc_rust_puts(struct bcc_rust_name *d, const char *text)
{
	bcc_rust_put(d, text, strlen(text));
}

void bcc_rust_put_number(struct bcc_rust_name *d, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	bcc_rust_puts(d, text);
}

void bcc_rust_put_utf8(struct bcc_rust_name *d, uint32_t c)
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
	bcc_rust_put(d, text, n);
}
