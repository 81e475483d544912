/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the two manglings of Rust: a name that is read, and the text made from it. */
#ifndef LIBBCC_SYMBOLS_DEMANGLE_RUST_NAME_H
#define LIBBCC_SYMBOLS_DEMANGLE_RUST_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A name refers back to its parts, so a short one can expand to an enormous one. */
#define BCC_RUST_MAX_LENGTH 16384

struct bcc_rust_name {
	const char *name; /* after "_R" */
	size_t length, at;
	char *out;
	size_t used;
	unsigned depth, bound_lifetimes;
	bool bad, quiet; /* quiet: parse without writing */
};

/* Appends to the text unless it is quiet; text that becomes too long sets `bad`. */
void bcc_rust_put(struct bcc_rust_name *d, const char *text, size_t length);
void bcc_rust_puts(struct bcc_rust_name *d, const char *text);
void bcc_rust_put_number(struct bcc_rust_name *d, uint64_t number);
void bcc_rust_put_utf8(struct bcc_rust_name *d, uint32_t c);

/* rust_v0.c: reads a name of the v0 mangling. Returns false if it is not one. */
bool bcc_rust_v0(struct bcc_rust_name *d);

#endif
