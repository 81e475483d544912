/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's symbols by name, as /proc/kallsyms lists them. */
#ifndef LIBBCC_SYMBOLS_KERNEL_KERNEL_SYMBOLS_H
#define LIBBCC_SYMBOLS_KERNEL_KERNEL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bcc_kernel_symbol {
	uint64_t address; /* 0 if the kernel hides addresses from this user */
	char type;	  /* as nm(1) prints it */
	const char *name;
	const char *module; /* "" for the kernel itself */
};

/* Return non-zero to stop. */
typedef int (*bcc_kernel_symbol_fn)(void *ctx, const struct bcc_kernel_symbol *symbol);

/* Calls `fn` for each symbol, which is valid during the call, in file order (ascending addresses within each
 * part of the kernel). Returns the value that stopped it, 0 at the end, or the negative errno of opening the
 * file. */
int bcc_kernel_symbols_each(bcc_kernel_symbol_fn fn, void *ctx);

static inline bool bcc_kernel_symbol_is_text(const struct bcc_kernel_symbol *symbol)
{
	return symbol->type == 't' || symbol->type == 'T' || symbol->type == 'w' || symbol->type == 'W';
}

#endif
