/* SPDX-License-Identifier: Apache-2.0 */
/* What the symbol tables of symbols.h have in common. */
#ifndef LIBBCC_SYMBOLS_RESOLVER_H
#define LIBBCC_SYMBOLS_RESOLVER_H

#include <bcc/symbols.h>

#include "common/error.h"
#include "libbcc/symbols/demangle/demangle.h"

/* One kind of symbol table; its struct begins with a struct bcc_symbols. NULL: it has no such operation. */
struct bcc_symbols_ops {
	void (*free)(struct bcc_symbols *s);
	/* Both: -ENOENT none; `info` is zero before, and name is not set. */
	int (*resolve)(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info);
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

/* A new table of `size` bytes with its options copied; NULL without memory. -E2BIG options that this version does not know
 * are recorded in it. */
int bcc_symbols_new(const struct bcc_symbols_ops *ops, size_t size, const struct bcc_symbols_opts *opts,
	struct bcc_symbols **out);

/* Milliseconds of a clock that is cheap to read; it ticks every few. */
uint64_t bcc_coarse_ms(void);

#endif
