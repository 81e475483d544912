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
	{"kmem_cache_alloc_trace", "kmalloc_trace"},	      /* 6.1 */
	{"kmem_cache_alloc_trace", "__kmalloc_cache_noprof"}, /* 6.11 */
	{"kmem_cache_alloc_node_trace", "kmalloc_node_trace"},
	{"kmem_cache_alloc_node_trace", "__kmalloc_cache_node_noprof"},
	{"kmalloc_trace", "__kmalloc_cache_noprof"},
	{"kmalloc_node_trace", "__kmalloc_cache_node_noprof"},
	{"__get_free_pages", "get_free_pages_noprof"}, /* 6.10 */
	/* pages are folios: the address is the same for a page that is not part of a larger one */
	{"mark_page_accessed", "folio_mark_accessed"},	   /* 5.16 */
	{"account_page_dirtied", "folio_account_dirtied"}, /* 5.16 */
	{"__set_page_dirty", "__folio_mark_dirty"},	   /* 5.16 */
	{"wait_on_page_bit", "folio_wait_bit"},		   /* 5.16 */
	{"page_referenced", "folio_referenced"},	   /* 5.18 */
	{"shrink_page_list", "shrink_folio_list"},	   /* 6.0 */
	{"isolate_lru_pages", "isolate_lru_folios"},	   /* 6.0 */
	{"lru_cache_add", "folio_add_lru"},		   /* 5.16 */
	{"swap_readpage", "swap_read_folio"},		   /* 6.8 */
	{"try_charge", "try_charge_memcg"},		   /* 5.14 */
	{"mem_cgroup_charge", "__mem_cgroup_charge"},	   /* 5.16 */
	{"generic_make_request", "submit_bio_noacct"},	   /* 5.9 */
	{"do_mmap_pgoff", "do_mmap"},			   /* 5.9 */
	{"dev_queue_xmit", "__dev_queue_xmit"},		   /* inline since 6.0 */
	{"kfree_skb", "kfree_skb_reason"},		   /* inline since 5.17 */
	{"napi_complete", "napi_complete_done"},	   /* inline since 4.19 */
	{"__send_signal", "__send_signal_locked"},	   /* 5.19 */
	{"send_signal", "send_signal_locked"},		   /* 5.19 */
	{"hrtimer_init", "hrtimer_setup"},		   /* 6.15 */
	{"del_timer", "timer_delete"},			   /* 6.2 */
	{"del_timer_sync", "timer_delete_sync"},	   /* 6.2 */
	{"try_to_del_timer_sync", "timer_delete_sync_try"},
	/* 6.10 */
	{"scheduler_tick", "sched_tick"},
	{"trigger_load_balance", "sched_balance_trigger"},
	{"load_balance", "sched_balance_rq"},
	{"newidle_balance", "sched_balance_newidle"},
	{"rebalance_domains", "sched_balance_domains"},
	{"run_rebalance_domains", "sched_balance_softirq"},
	{"find_busiest_group", "sched_balance_find_src_group"},
	{"find_busiest_queue", "sched_balance_find_src_rq"},
	{"update_blocked_averages", "sched_balance_update_blocked_averages"},
};

#define OTHER_ARGUMENTS ", whose arguments are others but for the first"

/* Those that do not get the same arguments, or not at the same time. */
static const struct {
	const char *instead, *differs;
} different[] = {
	{"blk_mq_start_request", ", which is called when the driver gets the request"},
	{"blk_mq_finish_request", OTHER_ARGUMENTS},
	{"blk_account_io_completion.part.0", OTHER_ARGUMENTS},
	{"blk_update_request", OTHER_ARGUMENTS},
	/* vm_flags came before pgoff in 6.6 */
	{"do_mmap", ", whose arguments can be others from the sixth on"},
	{"hrtimer_setup", OTHER_ARGUMENTS},
};

/* Those with the same parameters, and others behind them. */
static const char *const longer[] = {"kfree_skb_reason", "__dev_queue_xmit", "napi_complete_done"};

/* Those that became inline. The kernel marks all such functions notrace. */
static const char *const made_inline[] = {"blk_account_io_start", "blk_account_io_done", "dev_queue_xmit",
	"kfree_skb", "napi_complete", "try_charge"};

/* Functions that were removed without anything being lost: their callers now call one that programs probe as
 * well. */
static const struct {
	const char *name, *sign, *by; /* sign: a function that was added when it was removed */
} gone[] = {
	{"tcp_sendpage", "splice_to_socket", "tcp_sendmsg"}, /* 6.5 */
};

enum { VARIANT = 1, NOPROF, KNOWN };
#define NONE (ARRAY_SIZE(known) + KNOWN)

struct search {
	const char *name;
	struct bcc_renamed_function *found;
	size_t after;	   /* only what ranks after this */
	unsigned variants; /* how many the compiler made */
};

/* NAME.isra.0, NAME.constprop.0.isra.0, …; not NAME.cold, which is not an entry point. */
static bool is_variant(const char *symbol, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(symbol, name, length) || symbol[length] != '.' || strstr(symbol, ".cold"))
		return false;
	return !strncmp(symbol + length, ".isra.", 6) || !strncmp(symbol + length, ".constprop.", 11) ||
	       !strncmp(symbol + length, ".part.", 6) || !strncmp(symbol + length, ".llvm.", 6) ||
	       !strncmp(symbol + length, ".lto_priv.", 10);
}

/* Allocating functions became macros around functions of this name in 6.10, for memory allocation profiling
 * (include/linux/slab.h). */
static bool is_noprof(const char *symbol, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(symbol, name, length) && !strcmp(symbol + length, "_noprof");
}

static size_t renamed_functions_rank_of(const char *symbol, const char *name)
{
	if (is_variant(symbol, name))
		return VARIANT;
	if (is_noprof(symbol, name))
		return NOPROF;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, name) && !strcmp(known[i].instead, symbol))
			return i + KNOWN;
	return NONE;
}

static int renamed_functions_look(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct search *search = ctx;
	size_t rank;

	if (!bcc_kernel_symbol_is_text(symbol))
		return 0;
	rank = renamed_functions_rank_of(symbol->name, search->name);
	search->variants += rank == VARIANT;
	if (rank <= search->after || rank >= search->found->rank ||
		strlen(symbol->name) >= BCC_FUNCTION_NAME_SIZE)
		return 0;
	search->found->rank = rank;
	snprintf(search->found->name, BCC_FUNCTION_NAME_SIZE, "%s", symbol->name);
	return 0;
}

/* gcc drops arguments that are not used or always the same (isra, constprop), and moves the beginning of a
 * function that often ends early into its callers (part). */
static const char *renamed_functions_differs(const struct search *search)
{
	const char *suffixes;

	if (search->found->rank != VARIANT) {
		for (size_t i = 0; i < ARRAY_SIZE(different); i++)
			if (!strcmp(different[i].instead, search->found->name))
				return different[i].differs;
		return "";
	}
	suffixes = search->found->name + strlen(search->name);
	if (search->variants > 1)
		return ", which is one of its variants: calls of the others are missed";
	if (strstr(suffixes, ".part."))
		return ", which is a part of it: calls that end before that are missed";
	if (strstr(suffixes, ".isra.") || strstr(suffixes, ".constprop."))
		return ", which the compiler may have given fewer arguments";
	return "";
}

static bool renamed_functions_is_in(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

bool bcc_renamed_function(const char *name, struct bcc_renamed_function *found)
{
	struct search search = {.name = name, .found = found, .after = found->rank};

	found->rank = NONE;
	if (bcc_kernel_symbols_each(renamed_functions_look, &search) < 0 || found->rank == NONE)
		return false;
	found->differs = renamed_functions_differs(&search);
	found->more_parameters = renamed_functions_is_in(longer, ARRAY_SIZE(longer), found->name);
	return true;
}

/* Copies of inline functions are local to the files that they were made in. */
static int renamed_functions_look_for_global(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	return symbol->type == 'T' && !strcmp(symbol->name, ctx);
}

bool bcc_inline_function(const char *name)
{
	return renamed_functions_is_in(made_inline, ARRAY_SIZE(made_inline), name) &&
	       !bcc_kernel_symbols_each(renamed_functions_look_for_global, (void *)name);
}

static int renamed_functions_look_for(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	return !strcmp(symbol->name, ctx);
}

const char *bcc_gone_function(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (!strcmp(gone[i].name, name) &&
			bcc_kernel_symbols_each(renamed_functions_look_for, (void *)gone[i].sign) > 0)
			return gone[i].by;
	return NULL;
}
