/* SPDX-License-Identifier: Apache-2.0 */
/* Names of C++ and Rust as their programmers wrote them. */
#ifndef LIBBCC_SYMBOLS_DEMANGLE_DEMANGLE_H
#define LIBBCC_SYMBOLS_DEMANGLE_DEMANGLE_H

#include <stddef.h>

/* A new string, or NULL: the name is not mangled (or no memory). */
char *bcc_demangle(const char *name);
/* Only of Rust, both its manglings: rust_demangle.c. */
char *bcc_rust_demangle(const char *name);

/* What was demangled before, by the address of the mangled name (which stays what it is). */
struct bcc_demangled {
	struct bcc_demangled_name {
		const char *raw;
		char *name; /* NULL: is not mangled */
	} *names;
	size_t count, buckets;
};

/* `raw` itself when it is not mangled. Valid until bcc_demangled_clear(). */
const char *bcc_demangled_get(struct bcc_demangled *cache, const char *raw);
void bcc_demangled_clear(struct bcc_demangled *cache);

#endif
