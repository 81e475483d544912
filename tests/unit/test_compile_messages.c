/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler says of the wrong texts in tests/messages/compile.txt. */
#include <unistd.h>

#include "common/compile_request.h"
#include "tests/messages/catalog.h"

#define TEXTS_AT_LEAST 120

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

static void keep_warning(void *ctx, int level, const char *text)
{
	char **said = ctx, *joined;

	if (level != 0)
		return;
	assert_true(asprintf(&joined, "%s%s", *said ? *said : "", text) >= 0);
	free(*said);
	*said = joined;
}

static int compile_and_check(const struct wrong_text *w)
{
	char *said = NULL;
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI,
		.text = w->text,
		.name = "text.c",
		.tracefs_fd = -1,
		.tracefs_why = "it is a test",
		.log = keep_warning,
		.log_ctx = &said,
	};
	struct bcc_compile_result result;
	bool opens = strcmp(w->how, "open") != 0;
	int ret = bcc_compile_1(&request, &result), wrong;

	if (opens != !ret && strcmp(w->how, "either") != 0) {
		print_error("%s: %s\n%s\n", w->name, ret ? "it does not compile" : "it compiles",
			result.error ? result.error : "");
		wrong = 1;
	} else {
		wrong = catalog_check(w, ret ? result.error : said ? said : "");
	}
	free(said);
	bcc_compile_free_1(&result);
	return wrong;
}

static void test_messages(void **state)
{
	char *file, *at;
	struct wrong_text w;
	int count = 0, wrong = 0;

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
		skip();
	}
	file = at = catalog_read("compile.txt");
	for (; catalog_next(&at, &w); count++)
		wrong += compile_and_check(&w);
	free(file);
	assert_true(count >= TEXTS_AT_LEAST);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages)};

	unsetenv("BCC_KERNEL_SOURCE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
