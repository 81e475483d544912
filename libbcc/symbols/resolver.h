/* SPDX-License-Identifier: Apache-2.0 */
/* What all symbol tables of symbols.h have in common. */
#ifndef LIBBCC_SYMBOLS_RESOLVER_H
#define LIBBCC_SYMBOLS_RESOLVER_H

#include <bcc/symbols.h>

#include "common/error.h"
#include "libbcc/symbols/demangle/demangle.h"

/* The operations of one kind of symbol table, whose struct begins with a struct bcc_symbols. NULL: not
 * supported. */
struct bcc_symbols_ops {
	void (*free)(struct bcc_symbols *s);
	/* Both return -ENOENT if nothing is found. The caller has zeroed `info`, and sets the name
	 * afterwards. */
	int (*resolve)(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info);
	bool (*is_code)(struct bcc_symbols *s, uint64_t address);
	int (*resolve_build_id)(struct bcc_symbols *s, const uint8_t *build_id, uint64_t offset,
		struct bcc_symbol_info *info);
	int (*find)(struct bcc_symbols *s, const char *module, const char *name, uint64_t *address);
	int (*refresh)(struct bcc_symbols *s);
	int (*add_file)(struct bcc_symbols *s, const char *path);
	int (*each_function)(struct bcc_symbols *s, const char *regex, unsigned needs,
		bcc_kernel_function_fn fn, void *ctx);
};

struct bcc_symbols {
	const struct bcc_symbols_ops *ops;
	struct bcc_err err;
	struct bcc_symbols_opts opts;
	struct bcc_demangled demangled;
};

/* Allocates a table of `size` bytes and copies the options; NULL when out of memory. -E2BIG for options
 * unknown to this version is recorded in it. */
int bcc_symbols_new(const struct bcc_symbols_ops *ops, size_t size, const struct bcc_symbols_opts *opts,
	struct bcc_symbols **out);

/* Milliseconds of a clock that is cheap to read; it advances every few milliseconds. */
uint64_t bcc_coarse_ms(void);

#endif
