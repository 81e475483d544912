/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of older kernels get the places of their source lines; those of newer ones stay as they are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "common/array.h"
#include "libbcc/load/verifier_log.h"

static struct bpf_line_info lines[3];
static struct bcc handle;
static struct bcc_program program;

static int set_up(void **state)
{
	int file, text;

	handle.btf = btf__new_empty();
	file = btf__add_str(handle.btf, "/home/me/probe.c");
	text = btf__add_str(handle.btf, "return *value;");
	for (int i = 0; i < 3; i++)
		lines[i] = (struct bpf_line_info){.insn_off = i * 4,
			.file_name_off = file,
			.line_off = text,
			.line_col = (i + 11) << 10 | 5};
	program = (struct bcc_program){.owner = &handle,
		.line_info = lines,
		.line_info_count = 3,
		.line_info_rec_size = sizeof(lines[0])};
	return 0;
}

static int tear_down(void **state)
{
	btf__free(handle.btf);
	return 0;
}

static void expect(const char *log, const char *result)
{
	char *text = bcc_verifier_log_with_places(&program, log);

	assert_string_equal(text, result);
	free(text);
}

static void test_places_are_added(void **state)
{
	expect("0: R1=ctx()\n; int f(void *ctx)\n0: (b4) w1 = 1\n; return *value;\n4: (79) r0 = 1\n5: (95) exit\n",
		"0: R1=ctx()\n; int f(void *ctx) @ probe.c:11\n0: (b4) w1 = 1\n; return *value; @ probe.c:12\n"
		"4: (79) r0 = 1\n5: (95) exit\n");
	/* the record that begins before the instruction */
	expect("; x\n7: (95) exit\n", "; x @ probe.c:12\n7: (95) exit\n");
	expect("; x\n70: (95) exit", "; x @ probe.c:13\n70: (95) exit");
}

static void test_the_rest_is_untouched(void **state)
{
	static const char *const logs[] = {
		"",
		"\n",
		"no newline",
		"; return *value; @ other.c:7\n4: (79) r0 = 1\n",
		"; a comment that no instruction follows\nR0 invalid mem access\n",
		"; the last line",
		";\n4: (79)\n",
		"; x\n4 (79)\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(logs); i++)
		expect(logs[i], logs[i]);
}

static void test_a_line_that_looks_annotated(void **state)
{
	expect("; mail(\"me @ home\");\n0: (95) exit\n",
		"; mail(\"me @ home\"); @ probe.c:11\n0: (95) exit\n");
	expect("; a = b ? c : 7\n0: (95) exit\n", "; a = b ? c : 7 @ probe.c:11\n0: (95) exit\n");
}

static void test_a_program_without_lines(void **state)
{
	struct bcc_program bare = {.owner = &handle};
	char *text = bcc_verifier_log_with_places(&bare, "; x\n0: (95) exit\n");

	assert_string_equal(text, "; x\n0: (95) exit\n");
	free(text);
}

static void test_hints(void **state)
{
	assert_non_null(strstr(bcc_verifier_hint("R0 invalid mem access 'map_value_or_null'\n"), "NULL"));
	assert_non_null(strstr(
		bcc_verifier_hint("invalid access to packet, off=0 size=1, R1(id=0,off=0,r=0)\n"), "end"));
	assert_non_null(
		strstr(bcc_verifier_hint("program of this type cannot use helper bpf_override_return#58\n"),
			"CONFIG_BPF_KPROBE_OVERRIDE"));
	assert_non_null(strstr(bcc_verifier_hint("unknown func bpf_override_return#58\n"), "LSM_PROBE"));
	assert_non_null(strstr(bcc_verifier_hint("vfs_read() is not modifiable\n"), "security_"));
	assert_non_null(strstr(
		bcc_verifier_hint("program of this type cannot use helper bpf_send_signal#109\n"), "5.3"));
	assert_non_null(strstr(bcc_verifier_hint("unknown func bpf_send_signal_thread#117\n"), "5.6"));
	assert_non_null(strstr(bcc_verifier_hint("bpf_lsm_capable is not sleepable\n"), "without .s"));
	assert_non_null(
		strstr(bcc_verifier_hint("Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops "
					 "programs can be sleepable\n"),
			"without .s"));
	assert_non_null(
		strstr(bcc_verifier_hint("helper call might sleep in a non-sleepable prog\n"), "lsm.s"));
	assert_non_null(
		strstr(bcc_verifier_hint("program of this type cannot use helper bpf_x#9\n"), "helper"));
	assert_string_equal(bcc_verifier_hint("something else\n"), "");
}

/* What the kernel does with a log: `text` in a buffer of at least `room` bytes, then `ret`. */
struct kernel_log {
	const char *text;
	int ret, loads;
};

static int write_kernel_log(void *ctx, char *log, size_t size)
{
	struct kernel_log *k = ctx;

	k->loads++;
	assert_true(size > 1024 * 1024);
	strcpy(log, k->text);
	return k->ret;
}

static void expect_log(const char *text, int ret, const char *result)
{
	struct kernel_log k = {.text = text, .ret = ret};
	char *log = strdup("of an earlier load");

	assert_int_equal(bcc_load_with_log(write_kernel_log, &k, &log), ret);
	assert_string_equal(log, result);
	assert_int_equal(k.loads, 1);
	free(log);
}

static void test_logs_that_are_too_long(void **state)
{
	(void)state;
	expect_log("0: (95) exit\nprocessed 1 insns (limit 1000000)\n", 3,
		"0: (95) exit\nprocessed 1 insns (limit 1000000)\n");
	expect_log("0: (95) exit\nR0 !read_ok\n", -EACCES, "0: (95) exit\nR0 !read_ok\n");
	expect_log("", -EINVAL, "");
	/* of its end, the first line is a piece */
	expect_log("4: (79) r0\n5: (95) exit\nR0 !read_ok\nprocessed 9 insns (limit 1000000) peak_states 7\n",
		-ENOSPC, "5: (95) exit\nR0 !read_ok\nprocessed 9 insns (limit 1000000) peak_states 7\n");
	/* of its beginning, nothing says what is wrong */
	expect_log("0: (b7) r0 = 0\n1: (95) ex", -ENOSPC, "");
	expect_log("func#0 @0\n", -ENOSPC, "");
}

static void test_programs_that_are_too_complex(void **state)
{
	(void)state;
	assert_true(bcc_verifier_gave_up(
		"BPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns\n"));
	assert_true(bcc_verifier_gave_up("The sequence of 8193 jumps is too complex.\n"));
	assert_false(bcc_verifier_gave_up("R0 !read_ok\nprocessed 9 insns (limit 1000000)\n"));
	assert_false(bcc_verifier_gave_up(""));
	assert_false(bcc_verifier_gave_up(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places_are_added),
		cmocka_unit_test(test_the_rest_is_untouched),
		cmocka_unit_test(test_a_line_that_looks_annotated),
		cmocka_unit_test(test_a_program_without_lines),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_logs_that_are_too_long),
		cmocka_unit_test(test_programs_that_are_too_complex),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
