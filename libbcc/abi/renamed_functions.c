/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs name kernel functions as they were in their authors' kernels. Compilers make variants of functions
 * under other names (NAME.isra.0, NAME.constprop.0, NAME.part.0) or inline them, and kernels rename them.
 */
#include "renamed_functions.h"

#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "libbcc/symbols/kernel/kernel_symbols.h"

/* In order of preference, after the compiler's variants of the name itself. */
static const struct {
	const char *name, *instead;
} known[] = {
	/* became inline functions in 5.16 (block/blk-mq.c): even where they are not inlined, the kernel
	 * refuses probes in them, as in everything marked notrace. Used instead: what gets each request
	 * shortly after or before them, when it is passed to its driver, … */
	{"blk_account_io_start", "__blk_account_io_start"},
	{"blk_account_io_start", "blk_mq_start_request"},
	/* … and when it has ended. The first two of these also see requests that end in batches (NVMe,
	 * virtio). */
	{"blk_account_io_done", "__blk_account_io_done"},
	{"blk_account_io_done", "blk_mq_finish_request"},
	{"blk_account_io_done", "blk_account_io_completion.part.0"},
	{"blk_account_io_done", "blk_update_request"},
	/* became macros around functions of this name in 6.10, for memory allocation profiling
	 * (include/linux/slab.h) */
	{"kmem_cache_alloc", "kmem_cache_alloc_noprof"},
	{"kmem_cache_alloc_lru", "kmem_cache_alloc_lru_noprof"},
	{"kmem_cache_alloc_node", "kmem_cache_alloc_node_noprof"},
	{"kmem_cache_alloc_bulk", "kmem_cache_alloc_bulk_noprof"},
	{"__kmalloc", "__kmalloc_noprof"},
	{"__kmalloc_node", "__kmalloc_node_noprof"},
	{"vmalloc", "vmalloc_noprof"},
	{"__alloc_pages", "__alloc_pages_noprof"},
};

/* Functions that were removed without anything being lost: their callers now call one that programs probe as
 * well. */
static const struct {
	const char *name, *sign, *by; /* sign: a function that was added when it was removed */
} gone[] = {
	{"tcp_sendpage", "splice_to_socket", "tcp_sendmsg"}, /* 6.5 */
};

#define NONE (ARRAY_SIZE(known) + 2)

struct search {
	const char *name;
	char *instead;
	size_t after; /* only what ranks after this */
	size_t rank;  /* of what was found; the lower the better */
};

/* NAME.isra.0, NAME.constprop.0.isra.0, …; not NAME.cold, which is not an entry point. */
static bool is_variant(const char *symbol, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(symbol, name, length) || symbol[length] != '.' || strstr(symbol, ".cold"))
		return false;
	return !strncmp(symbol + length, ".isra.", 6) || !strncmp(symbol + length, ".constprop.", 11) ||
	       !strncmp(symbol + length, ".part.", 6);
}

static size_t abi_renamed_functions_rank_of(const char *symbol, const char *name)
{
	if (is_variant(symbol, name))
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, name) && !strcmp(known[i].instead, symbol))
			return i + 2;
	return NONE;
}

static int abi_renamed_functions_look(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct search *search = ctx;
	size_t rank;

	if (!bcc_kernel_symbol_is_text(symbol))
		return 0;
	rank = abi_renamed_functions_rank_of(symbol->name, search->name);
	if (rank <= search->after || rank >= search->rank || strlen(symbol->name) >= BCC_FUNCTION_NAME_SIZE)
		return 0;
	search->rank = rank;
	snprintf(search->instead, BCC_FUNCTION_NAME_SIZE, "%s", symbol->name);
	return 0;
}

bool bcc_renamed_function(const char *name, size_t *rank, char instead[BCC_FUNCTION_NAME_SIZE])
{
	struct search search = {.name = name, .instead = instead, .after = *rank, .rank = NONE};

	if (bcc_kernel_symbols_each(abi_renamed_functions_look, &search) < 0 || search.rank == NONE)
		return false;
	*rank = search.rank;
	return true;
}

static int abi_renamed_functions_look_for(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	return !strcmp(symbol->name, ctx);
}

const char *bcc_gone_function(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (!strcmp(gone[i].name, name) &&
			bcc_kernel_symbols_each(abi_renamed_functions_look_for, (void *)gone[i].sign) > 0)
			return gone[i].by;
	return NULL;
}
