/* SPDX-License-Identifier: Apache-2.0 */
/* #include of what is not a regular file, or that the user may not read, ends at once, with an error at its
 * line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/compile_request.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* What is said if the text includes `path`, and what is not (NULL: anything else may be). It does not return
 * as long as the file blocks. */
static void refuse(const char *path, const char *expected, const char *secret)
{
	struct bcc_compile_result result;
	char text[4096];
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.tracefs_fd = -1,
		.btf_fd = -1,
	};

	snprintf(text, sizeof(text), "int one;\n#include \"%s\"\nint f(void *ctx) { return 0; }\n", path);
	assert_int_equal(bcc_compile_1(&request, &result), -EINVAL);
	if (!strstr(result.error, "text.c:2:") || !strstr(result.error, expected) ||
		(secret && strstr(result.error, secret)))
		fail_msg("\"%s\" is not said of %s, but: %s", expected, path, result.error);
	bcc_compile_free_1(&result);
}

static void test_devices(void **state)
{
	static const char *const devices[] = {"/dev/zero", "/dev/full", "/dev/urandom", "/dev/tty"};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (access(devices[i], F_OK) == 0)
			refuse(devices[i], "not a regular file", NULL);
}

static void test_fifo(void **state)
{
	char folder[] = "/tmp/bcc-special.XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/fifo.h", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	refuse(path, "not a regular file", NULL);
	unlink(path);
	rmdir(folder);
}

/* Its size is 0, and reading it would go on for as long as there is memory. */
static void test_memory_of_the_process(void **state)
{
	struct bcc_compile_result result;
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI,
		.text = "#include \"/proc/self/mem\"\nint f(void *ctx) { return 0; }\n",
		.name = "text.c",
		.tracefs_fd = -1,
		.btf_fd = -1,
	};

	assert_int_equal(bcc_compile_1(&request, &result), 0);
	bcc_compile_free_1(&result);
}

static void test_large_file(void **state)
{
	char path[] = "/tmp/bcc-large.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 65L << 20), 0);
	refuse(path, "larger than 64 MB", NULL);
	close(fd);
	unlink(path);
}

/* A set-user-ID program reads no file for its caller that the caller could not read. */
static void test_file_of_another(void **state)
{
	char path[] = "/tmp/bcc-secret.XXXXXX";
	int fd = mkstemp(path);

	if (geteuid()) {
		printf("SKIP: only root can be another user too\n");
		skip();
	}
	assert_true(fd >= 0);
	assert_int_equal(dprintf(fd, "secret:word\n"), 12);
	/* the real user */
	assert_int_equal(setreuid(65534, 0), 0);
	refuse(path, "Permission denied", "secret:word");
	assert_int_equal(fchmod(fd, 0644), 0);
	refuse(path, "secret:word", NULL);
	assert_int_equal(setreuid(0, 0), 0);
	refuse(path, "secret:word", NULL);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_memory_of_the_process),
		cmocka_unit_test(test_large_file),
		cmocka_unit_test(test_file_of_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
