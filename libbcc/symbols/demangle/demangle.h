/* SPDX-License-Identifier: Apache-2.0 */
/* Names of C++ and Rust as in the source code. */
#ifndef LIBBCC_SYMBOLS_DEMANGLE_DEMANGLE_H
#define LIBBCC_SYMBOLS_DEMANGLE_DEMANGLE_H

#include <stddef.h>

/* Returns a new string, or NULL if the name is not mangled (or out of memory). */
char *bcc_demangle(const char *name);
/* Rust only, both manglings: rust_legacy.c, rust_v0.c. */
char *bcc_rust_demangle(const char *name);

/* Names demangled so far, by the address of the mangled name (which must stay valid). */
struct bcc_demangled {
	struct bcc_demangled_name {
		const char *raw;
		char *name; /* NULL: not mangled */
	} *names;
	size_t count, buckets;
};

/* Returns `raw` itself if it is not mangled. Valid until bcc_demangled_clear(). */
const char *bcc_demangled_get(struct bcc_demangled *cache, const char *raw);
void bcc_demangled_clear(struct bcc_demangled *cache);

#endif
