/* SPDX-License-Identifier: Apache-2.0 */
/* What is probed in the place of functions that a kernel has under other names, and what is said of it. */
#include "libbcc/kernel/renamed_functions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libbcc/symbols/kernel/kernel_symbols.h"

/* A kernel: names in the order of /proc/kallsyms, NULL at the end. A "!" stands before variables, a
 * "+" before functions that are not local. */
static const char *const *kernel;

int __wrap_bcc_kernel_symbols_each(bcc_kernel_symbol_fn fn, void *ctx);

int __wrap_bcc_kernel_symbols_each(bcc_kernel_symbol_fn fn, void *ctx)
{
	int stop = 0;

	for (size_t i = 0; kernel[i] && !stop; i++) {
		char mark = *kernel[i];
		bool is_marked = mark == '!' || mark == '+';
		struct bcc_kernel_symbol symbol = {.type = mark == '!'	 ? 'd'
							   : mark == '+' ? 'T'
									 : 't',
			.name = kernel[i] + is_marked,
			.module = ""};

		stop = fn(ctx, &symbol);
	}
	return stop;
}

/* `instead`: the names in the order in which they are tried, with what differs; NULL at the end. */
static void expect(const char *const *symbols, const char *name, const char *const *instead)
{
	struct bcc_renamed_function found = {0};
	char text[BCC_FUNCTION_NAME_SIZE + 128];

	kernel = symbols;
	for (; *instead; instead++) {
		assert_true(bcc_renamed_function(name, &found));
		snprintf(text, sizeof(text), "%s%s%s", found.name, found.more_parameters ? "(…, more)" : "",
			found.differs);
		assert_string_equal(text, *instead);
	}
	assert_false(bcc_renamed_function(name, &found));
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *const[]){NULL})

static void test_variants(void **state)
{
	expect(NAMES("other", "f.cold", "f.isra.0"), "f",
		NAMES("f.isra.0, which the compiler may have given fewer arguments"));
	expect(NAMES("f.constprop.0", "f.constprop.0.cold"), "f",
		NAMES("f.constprop.0, which the compiler may have given fewer arguments"));
	expect(NAMES("f.part.0"), "f",
		NAMES("f.part.0, which is a part of it: calls that end before that are missed"));
	expect(NAMES("f.llvm.123456"), "f", NAMES("f.llvm.123456"));
	expect(NAMES("f.isra.0", "g.isra.0", "f.part.0"), "f",
		NAMES("f.isra.0, which is one of its variants: calls of the others are missed"));
	expect(NAMES("f.cold", "g.isra.0", "ff.isra.0", "f.unknown.0", "!f.isra.0"), "f", NOTHING);
}

static void test_renamed(void **state)
{
	expect(NAMES("kmem_cache_alloc_noprof"), "kmem_cache_alloc", NAMES("kmem_cache_alloc_noprof"));
	expect(NAMES("kfree_skb_reason"), "kfree_skb", NAMES("kfree_skb_reason(…, more)"));
	expect(NAMES("folio_account_dirtied"), "account_page_dirtied", NAMES("folio_account_dirtied"));
	expect(NAMES("hrtimer_setup"), "hrtimer_init",
		NAMES("hrtimer_setup, whose arguments are others but for the first"));
	expect(NAMES("do_mmap"), "do_mmap_pgoff",
		NAMES("do_mmap, whose arguments can be others from the sixth on"));
	/* the best of several comes first, wherever it stands */
	expect(NAMES("blk_update_request", "blk_mq_start_request", "__blk_account_io_done",
		       "__blk_account_io_start"),
		"blk_account_io_done",
		NAMES("__blk_account_io_done",
			"blk_update_request, whose arguments are others but for the first"));
	expect(NAMES("blk_mq_start_request"), "blk_account_io_start",
		NAMES("blk_mq_start_request, which is called when the driver gets the request"));
}

static void test_gone(void **state)
{
	kernel = NAMES("splice_to_socket");
	assert_string_equal(bcc_gone_function("tcp_sendpage"), "tcp_sendmsg");
	assert_null(bcc_gone_function("tcp_sendmsg"));
	kernel = NAMES("tcp_sendmsg");
	assert_null(bcc_gone_function("tcp_sendpage"));
}

static void test_inline(void **state)
{
	kernel = NAMES("+dev_queue_xmit", "__dev_queue_xmit");
	assert_false(bcc_inline_function("dev_queue_xmit"));
	kernel = NAMES("__dev_queue_xmit", "dev_queue_xmit", "dev_queue_xmit");
	assert_true(bcc_inline_function("dev_queue_xmit"));
	assert_false(bcc_inline_function("__dev_queue_xmit"));
	/* without its name there is no copy either */
	kernel = NAMES("__dev_queue_xmit");
	assert_true(bcc_inline_function("dev_queue_xmit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_inline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
