/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's "Data" and "Debugging", by its numbers: what each function tells a program is compared with
 * what the test knows. */
#include "put_numbers.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#include "common/array.h"

#define HEAD "#include <linux/sched.h>\n"

static struct bcc *run_with(const char *before, const char *statements)
{
	return run_put(HEAD, before, statements);
}

static struct bcc *run(const char *statements)
{
	return run_with("", statements);
}

/* Eight bytes as a program reads them as a u64. */
static uint64_t as_u64(const char *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static void data_1_bpf_probe_read_kernel(void **state)
{
	struct bcc *b =
		run("struct task_struct *t = (void *)bpf_get_current_task(); u32 tgid = 0, kept = 5;\n"
		    "put(0, bpf_probe_read_kernel(&tgid, sizeof(tgid), &t->tgid)); put(1, tgid);\n"
		    "put(2, bpf_probe_read_kernel(&kept, sizeof(kept), (void *)8)); put(3, kept);");

	assert_int_equal(out(b, 0), 0);
	assert_int_equal(out(b, 1), getpid());
	assert_true((int64_t)out(b, 2) < 0); /* -ERANGE or -EFAULT, by version */
	assert_int_equal(out(b, 3), 0);
	bcc_close(b);
}

static void data_2_bpf_probe_read_kernel_str(void **state)
{
	struct bcc *b;
	char old[16];

	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, "kernels");
	b = run("struct task_struct *t = (void *)bpf_get_current_task(); char s[8] = {}, few[4] = {}, none[4] = {};\n"
		"put(0, bpf_probe_read_kernel_str(s, sizeof(s), t->comm)); put(1, *(u64 *)s);\n"
		"put(2, bpf_probe_read_kernel_str(few, sizeof(few), t->comm)); put(3, *(u32 *)few);\n"
		"put(4, bpf_probe_read_kernel_str(none, sizeof(none), (void *)8));");
	prctl(PR_SET_NAME, old);
	assert_int_equal(out(b, 0), 8);
	assert_int_equal(out(b, 1), as_u64("kernels"));
	assert_int_equal(out(b, 2), 4);
	assert_int_equal(out(b, 3), as_u64("ker\0\0\0\0"));
	assert_true((int64_t)out(b, 4) < 0);
	bcc_close(b);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void data_3_bpf_ktime_get_ns(void **state)
{
	struct bcc *b = run("put(0, bpf_ktime_get_ns());");
	uint64_t before = now();

	own_event(1);
	assert_in_range(out(b, 0), before, now());
	bcc_close(b);
}

static void data_4_bpf_get_current_pid_tgid(void **state)
{
	struct bcc *b =
		run("u64 id = bpf_get_current_pid_tgid(); u32 pid = id; put(0, id >> 32); put(1, pid);");

	assert_int_equal(out(b, 0), getpid());
	assert_int_equal(out(b, 1), syscall(SYS_gettid));
	bcc_close(b);
}

static const char *other_ids(void)
{
	static char said[128];
	struct bcc *b =
		run("u64 id = bpf_get_current_uid_gid(); u32 uid = id; put(0, id >> 32); put(1, uid);");
	uint32_t slots[] = {0, 1};
	uint64_t ids[2];

	if (syscall(SYS_setresgid, 4242, 4242, 0) || syscall(SYS_setresuid, 2424, 2424, 0))
		return "the ids cannot be changed";
	own_event(1);
	if (syscall(SYS_setresuid, 0, 0, 0))
		return "root cannot come back";
	for (int i = 0; i < 2; i++)
		if (bcc_table_get(bcc_table_find(b, "out"), &slots[i], 4, &ids[i], 8))
			return bcc_error(b);
	bcc_close(b);
	snprintf(said, sizeof(said), "gid %lu, uid %lu", (long)ids[0], (long)ids[1]);
	return ids[0] == 4242 && ids[1] == 2424 ? NULL : said;
}

static void data_5_bpf_get_current_uid_gid(void **state)
{
	in_child(other_ids);
}

static void data_6_bpf_get_current_comm(void **state)
{
	struct bcc *b;
	char old[16];

	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, "fifteen letters");
	b = run("char comm[TASK_COMM_LEN]; put(0, bpf_get_current_comm(&comm, sizeof(comm)));\n"
		"put(1, *(u64 *)&comm[0]); put(2, *(u64 *)&comm[8]);");
	prctl(PR_SET_NAME, old);
	assert_int_equal(out(b, 0), 0);
	assert_int_equal(out(b, 1), as_u64("fifteen "));
	assert_int_equal(out(b, 2), as_u64("letters"));
	bcc_close(b);
}

static void data_7_bpf_get_current_task(void **state)
{
	struct bcc *b = run("struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n"
			    "put(0, t->tgid); put(1, t->real_parent->tgid);");

	assert_int_equal(out(b, 0), getpid());
	assert_int_equal(out(b, 1), getppid());
	bcc_close(b);
}

/* BCC's numbers of slots: one more than the logarithm, so that 0 has its own. */
static void data_8_bpf_log2l(void **state)
{
	static const struct {
		uint64_t value, slot;
	} known[] = {{0, 1}, {1, 1}, {2, 2}, {3, 2}, {4, 3}, {1023, 10}, {1024, 11}, {0x7fffff00, 31}};
	struct bcc *b = run("put(0, bpf_log2l(n)); put(1, bpf_log2l(n << 32)); put(2, bpf_log2(n));");

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		own_event(known[i].value);
		assert_int_equal(out(b, 0), known[i].slot);
		if (known[i].value)
			assert_int_equal(out(b, 1), known[i].slot + 32);
		assert_int_equal(out(b, 2), known[i].slot - 1);
	}
	bcc_close(b);
}

/* Of four random words no two are the same, except once in 700 million runs. */
static void data_9_bpf_get_prandom_u32(void **state)
{
	struct bcc *b = run("for (int i = 0; i < 4; i++) put(i, bpf_get_prandom_u32());");

	for (int i = 0; i < 4; i++) {
		assert_true(out(b, i) <= UINT32_MAX);
		for (int j = 0; j < i; j++)
			assert_int_not_equal(out(b, i), out(b, j));
	}
	bcc_close(b);
}

static char memory[16] = "in user space";

static void data_10_bpf_probe_read_user(void **state)
{
	char *statements;
	struct bcc *b;

	assert_true(
		asprintf(&statements,
			"u64 w = 0; put(0, bpf_probe_read_user(&w, sizeof(w), (void *)%#lxUL)); put(1, w);\n"
			"put(2, bpf_probe_read_user(&w, sizeof(w), (void *)8)); put(3, w);\n"
			"w = 1; put(4, bpf_probe_read_user(&w, sizeof(w), (void *)bpf_get_current_task())); put(5, w);",
			(unsigned long)memory) > 0);
	b = run(statements);
	free(statements);
	assert_int_equal(out(b, 0), 0);
	assert_int_equal(out(b, 1), as_u64(memory));
	assert_int_equal((int64_t)out(b, 2), -EFAULT);
	assert_int_equal(out(b, 3), 0);
	assert_int_equal((int64_t)out(b, 4), -EFAULT);
	assert_int_equal(out(b, 5), 0);
	bcc_close(b);
}

static void data_11_bpf_probe_read_user_str(void **state)
{
	char *statements;
	struct bcc *b;

	assert_true(
		asprintf(&statements,
			"char s[32] = {}, few[8] = {};\n"
			"put(0, bpf_probe_read_user_str(s, sizeof(s), (void *)%#lxUL)); put(1, *(u64 *)&s[8]);\n"
			"put(2, bpf_probe_read_user_str(few, sizeof(few), (void *)%#lxUL)); put(3, *(u64 *)few);\n",
			(unsigned long)memory, (unsigned long)memory) > 0);
	b = run(statements);
	free(statements);
	assert_int_equal(out(b, 0), strlen(memory) + 1);
	assert_int_equal(out(b, 1), as_u64("space\0\0"));
	assert_int_equal(out(b, 2), 8);
	assert_int_equal(out(b, 3), as_u64("in user"));
	bcc_close(b);
}

static void data_12_bpf_get_ns_current_pid_tgid(void **state)
{
	struct stat ns;
	char *statements;
	struct bcc *b;

	assert_int_equal(stat("/proc/self/ns/pid", &ns), 0);
	assert_true(
		asprintf(&statements,
			"struct bpf_pidns_info ns = {}; put(0, bpf_get_ns_current_pid_tgid(%lu, %lu, &ns, sizeof(ns)));\n"
			"put(1, ns.tgid); put(2, ns.pid);\n"
			"put(3, bpf_get_ns_current_pid_tgid(%lu, %lu, &ns, sizeof(ns)));",
			(long)ns.st_dev, (long)ns.st_ino, (long)ns.st_dev, (long)ns.st_ino + 1) > 0);
	b = run(statements);
	free(statements);
	assert_int_equal(out(b, 0), 0);
	assert_int_equal(out(b, 1), getpid());
	assert_int_equal(out(b, 2), syscall(SYS_gettid));
	assert_int_equal((int64_t)out(b, 3), -EINVAL);
	bcc_close(b);
}

/* System calls are functions that allow error injection. */
static void debugging_1_bpf_override_return(void **state)
{
	struct bcc *b;
	int err;

	if (!have_kprobes())
		test_missing("this kernel has no kprobes");
	b = open_test_text(
		"#include <uapi/linux/ptrace.h>\n"
		"int kprobe__sys_getpgid(struct pt_regs *ctx, int pid)\n"
		"{ if (bpf_get_current_pid_tgid() >> 32 == PID && pid == 0x7fffff77) bpf_override_return(ctx, 8765); return 0; }\n",
		NULL);
	err = bcc_attach_all(b);
	if (err == -EINVAL && strstr(bcc_error(b), "bpf_override_return"))
		test_too_old("this kernel has no CONFIG_BPF_KPROBE_OVERRIDE");
	expect_return(b, err, 1);
	assert_int_equal(syscall(SYS_getpgid, 0x7fffff77), 8765);
	assert_int_equal(syscall(SYS_getpgid, 0x7fffff78), -1);
	bcc_close(b);
	assert_int_equal(syscall(SYS_getpgid, 0x7fffff77), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_1_bpf_probe_read_kernel),
		cmocka_unit_test(data_2_bpf_probe_read_kernel_str),
		cmocka_unit_test(data_3_bpf_ktime_get_ns),
		cmocka_unit_test(data_4_bpf_get_current_pid_tgid),
		cmocka_unit_test(data_5_bpf_get_current_uid_gid),
		cmocka_unit_test(data_6_bpf_get_current_comm),
		cmocka_unit_test(data_7_bpf_get_current_task),
		cmocka_unit_test(data_8_bpf_log2l),
		cmocka_unit_test(data_9_bpf_get_prandom_u32),
		cmocka_unit_test(data_10_bpf_probe_read_user),
		cmocka_unit_test(data_11_bpf_probe_read_user_str),
		cmocka_unit_test(data_12_bpf_get_ns_current_pid_tgid),
		cmocka_unit_test(debugging_1_bpf_override_return),
	};

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
