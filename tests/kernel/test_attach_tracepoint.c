/* SPDX-License-Identifier: Apache-2.0 */
/* Tracepoints and raw tracepoints: this process makes a known number of system calls, and as many are
 * counted. */
#include <sys/syscall.h>

#include "testlib.h"

#define CALLS 137

static const char text[] = "#include <uapi/linux/ptrace.h>\n"
			   "BPF_ARRAY(counts, u64, 8);\n"
			   "static inline void count(int slot, u64 amount)\n"
			   "{\n"
			   "	u64 *v = counts.lookup(&slot);\n"
			   "	if (v && bpf_get_current_pid_tgid() >> 32 == PID)\n"
			   "		__sync_fetch_and_add(v, amount);\n"
			   "}\n"
			   "TRACEPOINT_PROBE(raw_syscalls, sys_enter)\n"
			   "{\n"
			   "	if (args->id == GETPRIORITY) { count(0, 1); count(1, args->args[1]); }\n"
			   "	return 0;\n"
			   "}\n"
			   "RAW_TRACEPOINT_PROBE(sys_exit)\n"
			   "{\n"
			   "	count(2, 1);\n"
			   "	return 0;\n"
			   "}\n"
			   "int plain(void *ctx) { count(3, 1); return 0; }\n"
			   "int plain_raw(struct bpf_raw_tracepoint_args *ctx)\n"
			   "{\n"
			   "	if (ctx->args[1] == GETPRIORITY) count(4, 1);\n"
			   "	return 0;\n"
			   "}\n";

static struct bcc *open_text(void)
{
	char flag[64];

	snprintf(flag, sizeof(flag), "-DGETPRIORITY=%d", SYS_getpriority);
	return open_test_text(text, flag);
}

/* getpriority(which = PRIO_PROCESS, who = 1..CALLS): arguments whose sum is known */
static void make_calls(void)
{
	for (int i = 1; i <= CALLS; i++)
		syscall(SYS_getpriority, 0, i);
}

static void test_all_by_name(void **state)
{
	struct bcc *b = open_text();

	expect_return(b, bcc_attach_all(b), 2);
	make_calls();
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	assert_int_equal(table_u64(b, "counts", 1), CALLS * (CALLS + 1) / 2);
	assert_true(table_u64(b, "counts", 2) >= CALLS);
	bcc_close(b);
}

static void test_attach_and_detach(void **state)
{
	struct bcc *b = open_text();
	struct bcc_link *link, *raw;

	expect_ok(b, bcc_attach_tracepoint(b, "plain", "raw_syscalls", "sys_enter", &link));
	expect_ok(b, bcc_attach_raw_tracepoint(b, "plain_raw", "sys_enter", &raw));
	make_calls();
	assert_int_equal(table_u64(b, "counts", 4), CALLS);
	assert_true(table_u64(b, "counts", 3) >= CALLS);
	assert_int_equal(bcc_detach(link), 0);
	assert_int_equal(bcc_detach(raw), 0);
	set_table_u64(b, "counts", 3, 0);
	make_calls();
	assert_int_equal(table_u64(b, "counts", 3), 0);
	assert_int_equal(table_u64(b, "counts", 4), CALLS);
	/* the program stays loaded and can be attached again */
	expect_ok(b, bcc_attach_raw_tracepoint(b, "plain_raw", "sys_enter", NULL));
	make_calls();
	assert_int_equal(table_u64(b, "counts", 4), 2 * CALLS);
	bcc_close(b);
}

/* One program at two tracepoints, and twice at one: each attachment counts separately. */
static void test_several_links(void **state)
{
	struct bcc *b = open_text();
	struct bcc_link *second;
	int err;

	expect_ok(b, bcc_attach_raw_tracepoint(b, "plain_raw", "sys_enter", NULL));
	expect_ok(b, bcc_attach_raw_tracepoint(b, "plain_raw", "sched_switch", NULL));
	make_calls();
	assert_int_equal(table_u64(b, "counts", 4), CALLS);
	err = bcc_attach_raw_tracepoint(b, "plain_raw", "sys_enter", &second);
	if (err == -EEXIST) { /* kernels before 6.10 */
		expect_sentence(b, "already");
	} else {
		expect_ok(b, err);
		make_calls();
		assert_int_equal(table_u64(b, "counts", 4), 3 * CALLS);
		bcc_detach(second);
	}
	bcc_close(b);
}

static void test_bad_input(void **state)
{
	struct bcc *b = open_text();

	expect_return(b, bcc_attach_tracepoint(b, "plain", "sched", "sched_swich", NULL), -ENOENT);
	expect_sentence(b, "sched:sched_swich");
	expect_sentence(b, "did you mean sched_switch");
	expect_return(b, bcc_attach_tracepoint(b, "plain", "shed", "sched_switch", NULL), -ENOENT);
	expect_sentence(b, "did you mean sched");
	expect_return(b, bcc_attach_tracepoint(b, "plain", "../sched", "sched_switch", NULL), -EINVAL);
	expect_return(b, bcc_attach_tracepoint(b, "plain", NULL, NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_tracepoint(b, "absent", "sched", "sched_switch", NULL), -ENOENT);
	expect_sentence(b, "\"absent\"");
	expect_return(b, bcc_attach_tracepoint(b, NULL, "sched", "sched_switch", NULL), -EINVAL);
	expect_return(b, bcc_attach_raw_tracepoint(b, "plain_raw", "sys_entr", NULL), -ENOENT);
	expect_sentence(b, "did you mean sys_enter");
	expect_return(b, bcc_attach_raw_tracepoint(b, "plain_raw", NULL, NULL), -EINVAL);
	/* it is loaded for raw tracepoints now */
	expect_return(b, bcc_attach_tracepoint(b, "plain_raw", "sched", "sched_switch", NULL), -EBUSY);
	bcc_close(b);
}

/* If one of several cannot be attached, none stays. */
static void test_all_or_nothing(void **state)
{
	struct bcc *b = open_test_text("BPF_ARRAY(counts, u64, 1);\n"
				       "int raw_tracepoint__sys_enter(void *ctx)\n"
				       "{\n"
				       "	int zero = 0;\n"
				       "	u64 *v = counts.lookup(&zero);\n"
				       "	if (v && bpf_get_current_pid_tgid() >> 32 == PID)\n"
				       "		__sync_fetch_and_add(v, 1);\n"
				       "	return 0;\n"
				       "}\n"
				       "int raw_tracepoint__no_such_thing(void *ctx) { return 0; }\n",
		NULL);

	expect_return(b, bcc_attach_all(b), -ENOENT);
	expect_sentence(b, "no_such_thing");
	set_table_u64(b, "counts", 0, 0); /* the failed call made system calls too */
	make_calls();
	assert_int_equal(table_u64(b, "counts", 0), 0);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_by_name),
		cmocka_unit_test(test_attach_and_detach),
		cmocka_unit_test(test_several_links),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
