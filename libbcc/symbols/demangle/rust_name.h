/* SPDX-License-Identifier: Apache-2.0 */
/* What the two manglings of Rust share: a name that is read, and the text that comes of it. */
#ifndef LIBBCC_SYMBOLS_DEMANGLE_RUST_NAME_H
#define LIBBCC_SYMBOLS_DEMANGLE_RUST_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A name refers back to its parts, so a short one can stand for an enormous one. */
#define BCC_RUST_MAX_LENGTH 16384

struct bcc_rust_name {
	const char *name; /* behind "_R" */
	size_t length, at;
	char *out;
	size_t used;
	unsigned depth, bound_lifetimes;
	bool bad, quiet; /* quiet: read, but not written */
};

/* Add to the text, unless it is quiet; a text that becomes too long is bad. */
void bcc_rust_put(struct bcc_rust_name *d, const char *text, size_t length);
void bcc_rust_puts(struct bcc_rust_name *d, const char *text);
void bcc_rust_put_number(struct bcc_rust_name *d, uint64_t number);
void bcc_rust_put_utf8(struct bcc_rust_name *d, uint32_t c);

/* rust_v0.c: reads a name of the new mangling. False: it is none. */
bool bcc_rust_v0(struct bcc_rust_name *d);

#endif
