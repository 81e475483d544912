/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's configuration as flags: from a small one, plain and compressed, only what a text asks for. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "common/compile_request.h"
#include "frontends/kernel_config.h"

static const char config[] =
	"#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_SMP=y\nCONFIG_HZ=250\n"
	"CONFIG_HZ_250=y\n# CONFIG_NUMA is not set\nCONFIG_IPV6=m\nCONFIG_BASE=0xffff\n"
	"CONFIG_NAME=\"one two=3\"\nCONFIG_EMPTY=\"\"\nCONFIG_LAST=y";

static char path[] = "/tmp/bcc-config.XXXXXX";

static void write_config(const char *mode, const char *text, size_t size)
{
	gzFile file = gzopen(path, mode);

	assert_non_null(file);
	assert_int_equal(gzwrite(file, text, size), size);
	assert_int_equal(gzclose(file), Z_OK);
}

/* The flags that `text` gets, each followed by a space. */
static char *flags_of(const char *text)
{
	struct bcc_flags flags = {0};
	struct bcc_err err = {0};
	char *all = calloc(1, 1024);

	if (bcc_config_flags_of(path, text, &flags, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < flags.count; i++)
		sprintf(all + strlen(all), "%s ", flags.list[i]);
	bcc_flags_free(&flags);
	return all;
}

static void expect(const char *text, const char *expected)
{
	char *flags = flags_of(text);

	assert_string_equal(flags, expected);
	free(flags);
}

static void check_values(void)
{
	expect("#ifdef CONFIG_SMP", "-DCONFIG_SMP=1 ");
	expect("CONFIG_HZ", "-DCONFIG_HZ=250 ");
	expect("#if CONFIG_HZ_250 || CONFIG_HZ > 3\n", "-DCONFIG_HZ=250 -DCONFIG_HZ_250=1 ");
	expect("CONFIG_NUMA", "");
	expect("IS_ENABLED(CONFIG_IPV6)", "-DCONFIG_IPV6_MODULE=1 ");
	expect("defined(CONFIG_IPV6_MODULE)", "-DCONFIG_IPV6_MODULE=1 ");
	expect("CONFIG_IPV", "");
	expect("CONFIG_IPV6_MODULES", "");
	expect("MY_CONFIG_SMP", "");
	expect("XCONFIG_SMP CONFIG_BASE", "-DCONFIG_BASE=0xffff ");
	expect("CONFIG_NAME+CONFIG_EMPTY", "-DCONFIG_NAME=\"one two=3\" -DCONFIG_EMPTY=\"\" ");
	expect("CONFIG_LAST", "-DCONFIG_LAST=1 ");
	expect("", "");
	expect("CONFIG_", "");
}

static void test_plain(void **state)
{
	write_config("wbT", config, sizeof(config) - 1);
	check_values();
}

static void test_compressed(void **state)
{
	write_config("wb", config, sizeof(config) - 1);
	check_values();
}

static void test_damaged(void **state)
{
	struct bcc_flags flags = {0};
	struct bcc_err err = {0};
	size_t size = 200000;
	char *noise = malloc(size);
	uint32_t seed = 1;

	assert_non_null(noise);
	for (size_t i = 0; i < size; i++)
		noise[i] = "CONFIG_X=y\n"[(seed = seed * 1664525 + 1013904223) >> 24 & 7];
	write_config("wb", noise, size);
	free(noise);
	assert_int_equal(truncate(path, 1000), 0);
	assert_int_equal(bcc_config_flags_of(path, "CONFIG_X", &flags, &err), -EIO);
	assert_non_null(strstr(err.text, path));
	bcc_flags_free(&flags);
	assert_int_equal(bcc_config_flags_of("/no/such/config", "CONFIG_X", &flags, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/no/such/config"));
	bcc_err_clear(&err);
}

static void test_wanted(void **state)
{
	assert_true(bcc_config_wanted("#ifdef CONFIG_X"));
	assert_true(bcc_config_wanted("x = MY_CONFIG_Y; CONFIG_X"));
	assert_false(bcc_config_wanted("x = MY_CONFIG_Y;"));
	assert_false(bcc_config_wanted("CONFIG"));
	assert_false(bcc_config_wanted(""));
}

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* Within a text: this kernel's own configuration, where BPF is set, and options that no kernel has. */
static void test_in_a_text(void **state)
{
	static const char text[] =
		"#ifndef CONFIG_BPF_SYSCALL\n#error not set\n#endif\n"
		"#ifdef CONFIG_NO_SUCH_OPTION\n#error set\n#endif\n"
		"_Static_assert(IS_ENABLED(CONFIG_BPF_SYSCALL), \"\");\n"
		"_Static_assert(IS_BUILTIN(CONFIG_BPF_SYSCALL), \"\");\n"
		"_Static_assert(!IS_MODULE(CONFIG_BPF_SYSCALL), \"\");\n"
		"_Static_assert(!IS_ENABLED(CONFIG_NO_SUCH_OPTION), \"\");\n"
		"#if IS_ENABLED(CONFIG_NO_SUCH_OPTION) || !IS_ENABLED(CONFIG_BPF_SYSCALL)\n#error if\n#endif\n"
		"_Static_assert(CONFIG_HZ >= 24 && CONFIG_HZ <= 10000, \"\");\n"
		"int f(void *ctx) { return 0; }\n";
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI, .text = text, .name = "text.c", .tracefs_fd = -1, .btf_fd = -1};
	struct bcc_compile_result result;
	struct bcc_flags flags = {0};

	if (access("/sys/kernel/btf/vmlinux", R_OK) || bcc_config_flags(text, NULL, &flags, NULL)) {
		printf("SKIP: this kernel's BTF or configuration cannot be read\n");
		skip();
	}
	bcc_flags_free(&flags);
	if (bcc_compile_1(&request, &result))
		fail_msg("%s", result.error);
	bcc_compile_free_1(&result);
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 || close(fd);
}

static int remove_path(void **state)
{
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_in_a_text),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
