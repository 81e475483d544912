/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and packages: what bpfcc inspect shows of them, and what is said of damaged ones. */
#include "tests/kernel/tool_run.h"

#include <netinet/in.h>
#include <resolv.h>
#include <zlib.h>

#define BPFCC "command/bpfcc"
#define OBJECT TEST_DATA "/../../kernel/data/core-19.bpf.o"

static char path[] = "/tmp/bcc-inspect-XXXXXX";
static uint8_t object[65536];
static size_t object_size;

static int set_up(void **state)
{
	FILE *file = fopen(OBJECT, "re");
	int fd = mkstemp(path);

	if (fd < 0 || !file)
		return -1;
	close(fd);
	object_size = fread(object, 1, sizeof(object), file);
	return fclose(file);
}

static int tear_down(void **state)
{
	return unlink(path);
}

static void write_file(const void *bytes, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* A package whose object is `size` bytes of the real one, and that says it has so many. */
static void write_package(size_t size, size_t stated)
{
	static uint8_t packed[sizeof(object)];
	static char text[2 * sizeof(object)], json[2 * sizeof(object) + 128];
	uLongf packed_size = sizeof(packed);
	int length;

	assert_int_equal(compress(packed, &packed_size, object, size), Z_OK);
	assert_true(b64_ntop(packed, packed_size, text, sizeof(text)) > 0);
	length = snprintf(json, sizeof(json),
		"\n{\"meta\": {}, \"bpf_object\": \"%s\", \"bpf_object_size\": %zu}\n", text, stated);
	write_file(json, length);
}

static void end_well(struct tool_run *run)
{
	tool_end(run, 120);
	if (run->status)
		fail_msg("status %d; stderr:\n%s", run->status, run->errors);
}

static const char shown[] = "programs:\n"
			    "  ask: syscall\n"
			    "  count: raw_tp/sys_enter\n"
			    "tables:\n"
			    "  out: array, 16 entries, u32 -> u64\n"
			    "variables:\n"
			    "  events: u64\n"
			    "  wanted: const int\n";

static void test_object(void **state)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "inspect", OBJECT);
	end_well(&run);
	tool_assert_output(&run, shown);
	tool_free(&run);
	tool_start(&run, BPFCC, "inspect", "-j", OBJECT);
	end_well(&run);
	tool_assert_output(&run,
		"{\"name\":\"core-19.bpf.o\",\"programs\":[{\"name\":\"ask\",\"section\":\"syscall\"},"
		"{\"name\":\"count\",\"section\":\"raw_tp/sys_enter\"}],"
		"\"tables\":[{\"name\":\"out\",\"type\":\"array\",\"key\":\"u32\",\"value\":\"u64\",\"key_bytes\":4,"
		"\"value_bytes\":8,\"max_entries\":16,\"flags\":0}],"
		"\"variables\":[{\"name\":\"events\",\"type\":\"u64\",\"bytes\":8,\"constant\":false},"
		"{\"name\":\"wanted\",\"type\":\"int\",\"bytes\":4,\"constant\":true}],\"events\":[]}\n");
	tool_free(&run);
}

static void test_variables_are_options(void **state)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "run", "-h", OBJECT);
	end_well(&run);
	assert_non_null(strstr(run.text,
		"which are options too:\n  --events=VALUE  (u64, 0)\n  --wanted=VALUE  (int, 0)\n"));
	tool_free(&run);
}

static void test_text(void **state)
{
	static const char text[] =
		"struct event { int pid; };\n"
		"BPF_RINGBUF_OUTPUT(events, 1);\n"
		"int f(void *ctx) { struct event e = {}; events.ringbuf_output(&e, sizeof(e), 0); return 0; }\n"
		"int kprobe__vfs_read(void *ctx) { return 0; }\n";
	struct tool_run run;

	write_file(text, strlen(text));
	tool_start(&run, BPFCC, "inspect", path);
	end_well(&run);
	assert_non_null(strstr(run.text, "programs:\n  f\n  kprobe__vfs_read: kprobe/vfs_read\n"));
	assert_non_null(strstr(run.text, "events:\n  events: struct event { int pid; }\n"));
	tool_free(&run);
}

static void test_package(void **state)
{
	struct tool_run run;

	write_package(object_size, object_size);
	tool_start(&run, BPFCC, "inspect", path);
	end_well(&run);
	tool_assert_output(&run, shown);
	tool_free(&run);
}

static void expect_failure(const char *says)
{
	tool_expect_end(1, says, BPFCC, "inspect", path);
}

static void test_damaged(void **state)
{
	static const char *const packages[] = {"{", "{}", "{\"bpf_object\": 1, \"bpf_object_size\": 1}",
		"{\"bpf_object\": \"!!!!\", \"bpf_object_size\": 3}", "{\"bpf_object\": \"\"}",
		"{\"bpf_object\": \"\", \"bpf_object_size\": -3}",
		"{\"bpf_object\": \"eJxz\", \"bpf_object_size\": 1e3}"};

	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
		write_file(packages[i], strlen(packages[i]));
		expect_failure("not a package, or damaged");
	}
	write_package(object_size, object_size + 1);
	expect_failure("not a package, or damaged");
	write_package(object_size, object_size - 1);
	expect_failure("not a package, or damaged");
	write_package(object_size, (size_t)1 << 40);
	expect_failure("not a package, or damaged");
	write_package(100, 100);
	expect_failure("object is damaged");
	write_file(object, object_size / 2);
	expect_failure("object is damaged");
	write_file("a\0b", 3);
	expect_failure("zero byte at offset 1");
	tool_expect_end(1, "/nonexistent: No such file or directory", BPFCC, "inspect", "/nonexistent");
	tool_expect_end(2, "a file is missing", BPFCC, "inspect", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_variables_are_options),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_package),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
