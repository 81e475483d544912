/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own variables and functions, which headers declare and a text only takes the address of, or
 * reads through it: `init_task.pid`, `sk->sk_prot == &tcp_prot`. The compiler marks their declarations with a
 * section, the rewriter makes reads of them safe and gives their symbols a prefix, and the loader finds the
 * address of what has it.
 */
#ifndef COMMON_KERNEL_SYMBOL_H
#define COMMON_KERNEL_SYMBOL_H

#include <stddef.h>
#include <string.h>

/* What headers say of the section where per-CPU memory begins comes behind it. */
#define BCC_KERNEL_SYMBOL_SECTION ".bcc.kernel"

/* No name in C is like this. */
#define BCC_KERNEL_SYMBOL_PREFIX ".bcc.kernel."

/* Begins the name under which stand_ins.h declares, weak, what a kernel need not have: not the same symbol as
 * the one that a text names. */
#define BCC_KERNEL_SYMBOL_ANY "__bcc_any_"

/* The kernel's name, NULL: it is not the kernel's. */
static inline const char *bcc_kernel_symbol(const char *symbol)
{
	size_t length = strlen(BCC_KERNEL_SYMBOL_PREFIX);

	return strncmp(symbol, BCC_KERNEL_SYMBOL_PREFIX, length) ? NULL : symbol + length;
}

#endif
