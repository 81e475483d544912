/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks: the functions of a program call each other in a known order, and its stack must show that. */
#include "testlib.h"

#include <sys/syscall.h>

#include <bcc/symbols.h>

#include "tests/targets/traced.h"
#include "tool_run.h"

static const char user_text[] = "BPF_STACK_TRACE(stacks, 16384); BPF_ARRAY(ids, s64, 2);\n"
				"int leaf(struct pt_regs *ctx)\n"
				"{\n"
				"	int zero = 0, one = 1;\n"
				"	s64 id = stacks.get_stackid(ctx, BPF_F_USER_STACK);\n"
				"	ids.update(&zero, &id);\n"
				"	id = 1; ids.update(&one, &id);\n"
				"	return 0;\n"
				"}\n";

/* Attaches `leaf` of the text to the target's function that calls no other. */
static struct bcc *open_target(const char *text, struct traced *t, const char *program)
{
	struct bcc *b;
	struct bcc_uprobe_opts opts = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "target_leaf");
	int err;

	traced_start(t, program);
	b = open_test_text(text, NULL);
	opts.pid = t->pid;
	err = bcc_attach_uprobe(b, "leaf", program, &opts, NULL);
	if (err == -EOPNOTSUPP)
		test_missing("%s", bcc_error(b));
	if (err)
		fail_msg("%s", bcc_error(b));
	return b;
}

/*
 * The functions that called each other, innermost first. At the first byte of a function its frame is not set
 * up yet, so kernels before 6.11 do not see its caller; later ones do if it begins by saving the frame
 * pointer.
 */
static const char *const functions[] = {"target_leaf", "target_innermost", "target_middle", "target_outer"};

static size_t function_after(size_t before, const char *name)
{
	return before == 0 && strcmp(name, functions[1]) != 0 ? 2 : before + 1;
}

static void expect_user_stack(const char *program)
{
	struct bcc_fold_opts fold = BCC_OPTS(struct bcc_fold_opts, .comm = "a;b", .kernel_id = -EFAULT);
	uint64_t addresses[BCC_STACK_DEPTH];
	struct bcc_symbol_info info;
	struct bcc_table *stacks;
	struct bcc_symbols *s;
	struct traced t;
	struct bcc *b = open_target(user_text, &t, program);
	char line[4096];
	int depth, length;

	traced_tell(&t, "call");
	assert_int_equal(table_u64(b, "ids", 1), 1);
	stacks = bcc_table_find(b, "stacks");
	fold.user_id = (int64_t)table_u64(b, "ids", 0);
	depth = bcc_stack_read(stacks, fold.user_id, addresses, BCC_STACK_DEPTH);
	if (depth < 3)
		fail_msg("%d: %s", depth, bcc_error(b));
	/* the probe is at the function's first byte; the others are in the middle of a call */
	assert_int_equal(addresses[0], t.functions[1].address);
	assert_int_equal(bcc_symbols_open_process(t.pid, NULL, &s), 0);
	for (size_t i = 0, at = 0; at < 3; i++) {
		assert_int_equal(bcc_symbols_resolve(s, addresses[i], &info), 0);
		at = i ? function_after(at, info.name) : 0;
		assert_string_equal(info.name, functions[at]);
		assert_string_equal(info.module, program);
	}
	/* reading less is reading the innermost */
	addresses[1] = 0;
	assert_int_equal(bcc_stack_read(stacks, fold.user_id, addresses, 1), depth);
	assert_int_equal(addresses[1], 0);

	fold.user = s;
	length = bcc_stack_fold(stacks, &fold, line, sizeof(line));
	assert_int_equal(length, strlen(line));
	assert_int_equal(strncmp(line, "a:b;", 4), 0);
	if (!strstr(line, ";target_outer;target_middle;") ||
		strcmp(line + length - strlen(";target_leaf"), ";target_leaf") != 0)
		fail_msg("%s", line);
	/* cut where there is no room, but the length is that of the whole line */
	assert_int_equal(bcc_stack_fold(stacks, &fold, line, 3), length);
	assert_string_equal(line, "a:");
	assert_int_equal(bcc_stack_fold(stacks, &fold, NULL, 0), length);
	fold.offsets = true;
	assert_true(bcc_stack_fold(stacks, &fold, line, sizeof(line)) > length);
	assert_non_null(strstr(line, ";target_leaf+0x0"));

	expect_ok(b, bcc_table_clear(stacks));
	expect_return(b, bcc_stack_read(stacks, fold.user_id, addresses, 1), -ENOENT);
	bcc_symbols_close(s);
	bcc_close(b);
	traced_end(&t);
}

static void test_user_stack(void **state)
{
	expect_user_stack(TARGETS "/target_pie");
}

static void test_user_stack_at_fixed_addresses(void **state)
{
	expect_user_stack(TARGETS "/target_no_pie");
}

static bool all_have_build_ids(const struct bcc_build_id_frame *frames, int count)
{
	for (int i = 0; i < count; i++)
		if (!frames[i].has_build_id)
			return false;
	return true;
}

static void test_build_ids(void **state)
{
	static const char text[] = "BPF_STACK_TRACE_BUILDID(stacks, 1024); BPF_ARRAY(ids, s64, 1);\n"
				   "int leaf(struct pt_regs *ctx)\n"
				   "{\n"
				   "	int zero = 0;\n"
				   "	s64 id = stacks.get_stackid(ctx, BPF_F_USER_STACK);\n"
				   "	ids.update(&zero, &id);\n"
				   "	return 0;\n"
				   "}\n";
	struct bcc_build_id_frame frames[BCC_STACK_DEPTH] = {};
	struct bcc_fold_opts fold = BCC_OPTS(struct bcc_fold_opts, .kernel_id = -EFAULT);
	struct bcc_symbol_info info;
	struct bcc_table *stacks;
	struct bcc_symbols *s;
	struct traced t;
	struct bcc *b = open_target(text, &t, TARGETS "/target_pie");
	uint64_t address;
	char line[4096];

	stacks = bcc_table_find(b, "stacks");
	/* the kernel gives up if somebody else holds the process's map, or the file's first page is not in
	 * memory */
	for (int tries = 0; tries < 1000 && !all_have_build_ids(frames, 3); tries++) {
		expect_ok(b, bcc_table_clear(stacks));
		traced_tell(&t, "call");
		fold.user_id = (int64_t)table_u64(b, "ids", 0);
		assert_true(bcc_stack_read_build_ids(stacks, fold.user_id, frames, BCC_STACK_DEPTH) >= 3);
	}
	assert_int_equal(bcc_symbols_open_build_ids(NULL, &s), 0);
	assert_true(frames[0].has_build_id);
	assert_int_equal(
		bcc_symbols_resolve_build_id(s, frames[0].build_id, frames[0].offset, &info), -ENOENT);
	assert_int_equal(bcc_symbols_add_file(s, TARGETS "/target_pie"), 0);
	for (size_t i = 0, at = 0; at < 3; i++) {
		assert_true(frames[i].has_build_id);
		assert_int_equal(
			bcc_symbols_resolve_build_id(s, frames[i].build_id, frames[i].offset, &info), 0);
		at = i ? function_after(at, info.name) : 0;
		assert_string_equal(info.name, functions[at]);
		assert_string_equal(info.module, TARGETS "/target_pie");
	}
	fold.user = s;
	bcc_stack_fold(stacks, &fold, line, sizeof(line));
	if (!strstr(line, "target_outer;target_middle;"))
		fail_msg("%s", line);
	/* each kind of table is read with its own call */
	expect_return(b, bcc_stack_read(stacks, fold.user_id, &address, 1), -EINVAL);
	assert_int_equal(bcc_symbols_resolve(s, 1, &info), -EINVAL);
	assert_int_equal(bcc_symbols_find(s, NULL, "x", &address), -EINVAL);
	assert_int_equal(bcc_symbols_add_file(s, "/no/such/file"), -ENOENT);
	assert_int_equal(bcc_symbols_add_file(s, "/etc/passwd"), -ENOEXEC);
	assert_int_equal(bcc_symbols_add_file(s, TARGETS "/target_debuglink"), -ENODATA);
	bcc_symbols_close(s);
	bcc_close(b);
	traced_end(&t);
}

/* Two stacks of one of our own system calls, with room for `entries`. */
static struct bcc *open_syscall(const char *entries)
{
	static const char text[] =
		"BPF_STACK_TRACE(stacks, ENTRIES); BPF_ARRAY(ids, s64, 2);\n"
		"RAW_TRACEPOINT_PROBE(sys_enter)\n"
		"{\n"
		"	int zero = 0, one = 1; s64 id;\n"
		"	if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != NUMBER)\n"
		"		return 0;\n"
		"	id = stacks.get_stackid(ctx, BPF_F_USER_STACK);\n"
		"	ids.update(&zero, &id);\n"
		"	id = stacks.get_stackid(ctx, 0);\n"
		"	ids.update(&one, &id);\n"
		"	return 0;\n"
		"}\n";
	char pid[32], number[32];
	const char *cflags[] = {pid, number, entries};
	struct bcc *b;
	int err;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	snprintf(number, sizeof(number), "-DNUMBER=%d", SYS_getppid);
	err = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = cflags, .cflags_count = 3), &b);
	if (err || bcc_attach_all(b) != 1)
		fail_msg("%s", bcc_error(b));
	return b;
}

static void test_kernel_stack(void **state)
{
	struct bcc *b = open_syscall("-DENTRIES=8192");
	struct bcc_table *stacks = bcc_table_find(b, "stacks");
	struct bcc_fold_opts fold = BCC_OPTS(struct bcc_fold_opts, .mark_kernel = true, .delimit = true);
	uint64_t addresses[BCC_STACK_DEPTH];
	struct bcc_symbol_info info;
	struct bcc_symbols *kernel, *user;
	char line[8192];
	bool has_syscall = false;
	int depth;

	syscall(SYS_getppid);
	/* if both stacks collide in the table, they do not from another place in the program */
	if ((int64_t)table_u64(b, "ids", 1) == -EEXIST) {
		expect_ok(b, bcc_table_clear(stacks));
		getppid();
	}
	fold.user_id = (int64_t)table_u64(b, "ids", 0);
	fold.kernel_id = (int64_t)table_u64(b, "ids", 1);
	depth = bcc_stack_read(stacks, fold.kernel_id, addresses, BCC_STACK_DEPTH);
	if (depth <= 0)
		fail_msg("%d: %s", depth, bcc_error(b));
	assert_int_equal(bcc_symbols_open_kernel(NULL, &kernel), 0);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &user), 0);
	for (int i = 0; i < depth; i++) {
		int err = bcc_symbols_resolve(kernel, addresses[i], &info);

		if (err == -EPERM)
			test_missing("%s", bcc_symbols_error(kernel));
		if (err)
			fail_msg("frame %d, %#llx: %d %s", i, (unsigned long long)addresses[i], err,
				bcc_symbols_error(kernel));
		assert_non_null(info.module);
		/* x86-64: do_syscall_64; arm64: el0_svc and others; s390: __do_syscall */
		has_syscall = has_syscall || strstr(info.name, "syscall") || strstr(info.name, "el0_svc");
	}
	assert_true(has_syscall);
	fold.kernel = kernel;
	fold.user = user;
	assert_true(bcc_stack_fold(stacks, &fold, line, sizeof(line)) > 0);
	/* our own function called the C library's; the kernel's frames follow */
	if (!strstr(line, "_[k]") || !strstr(line, ";-;"))
		fail_msg("%s", line);
	assert_true(strstr(line, ";-;") < strstr(line, "_[k]"));
	fold.kernel = NULL;
	assert_true(bcc_stack_fold(stacks, &fold, line, sizeof(line)) > 0);
	assert_non_null(strstr(line, ";0x"));
	bcc_symbols_close(kernel);
	bcc_symbols_close(user);
	bcc_close(b);
}

/* There is only one slot, which the first stack has taken. */
static void test_collision(void **state)
{
	struct bcc *b = open_syscall("-DENTRIES=1");
	struct bcc_table *stacks = bcc_table_find(b, "stacks");
	struct bcc_fold_opts fold = BCC_OPTS(struct bcc_fold_opts, .comm = "comm", .user_id = -EFAULT);
	int64_t user, kernel;
	uint64_t address;
	char line[256];

	syscall(SYS_getppid);
	user = (int64_t)table_u64(b, "ids", 0);
	kernel = (int64_t)table_u64(b, "ids", 1);
	fold.kernel_id = kernel;
	assert_int_equal(user, 0);
	assert_int_equal(kernel, -EEXIST);
	assert_true(bcc_stack_read(stacks, user, &address, 1) > 0);
	expect_return(b, bcc_stack_read(stacks, kernel, &address, 1), -EEXIST);
	expect_sentence(b, "make the table larger");
	expect_return(b, bcc_stack_read(stacks, -EFAULT, &address, 1), -EFAULT);
	assert_int_equal(bcc_stack_fold(stacks, &fold, line, sizeof(line)), strlen("comm;[lost]"));
	assert_string_equal(line, "comm;[lost]");
	fold.kernel_id = -EFAULT;
	assert_int_equal(bcc_stack_fold(stacks, &fold, line, sizeof(line)), strlen("comm"));
	assert_string_equal(line, "comm");
	/* not a table of stacks */
	expect_return(b, bcc_stack_read(bcc_table_find(b, "ids"), 0, &address, 1), -EINVAL);
	expect_return(b, bcc_stack_fold(bcc_table_find(b, "ids"), &fold, line, sizeof(line)), -EINVAL);
	bcc_close(b);
}

/* ---- the example ---- */

static __attribute__((noinline)) void spin_here(void)
{
	for (volatile unsigned long i = 0;; i++)
		;
}

static void test_example_folded_stacks(void **state)
{
	pid_t child = fork();
	time_t end = time(NULL) + 60;
	struct tool_run run;
	char pid[16], begin[32];
	bool found = false;

	assert_true(child >= 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		spin_here();
	}
	snprintf(pid, sizeof(pid), "%d", child);
	snprintf(begin, sizeof(begin), "%d;", child);
	while (!found && time(NULL) < end) {
		tool_start(&run, "examples/folded_stacks", pid, "1", NULL);
		tool_end(&run, 120);
		assert_int_equal(run.status, 0);
		/* the function is the innermost: the count follows it */
		found = strstr(run.text, ";spin_here ") && !strncmp(run.text, begin, strlen(begin));
		if (!found)
			printf("%s%s", run.text, run.errors);
		tool_free(&run);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(found);
	/* now there is no such process */
	tool_start(&run, "examples/folded_stacks", pid, "1", NULL);
	tool_end(&run, 120);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "no process"));
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user_stack),
		cmocka_unit_test(test_user_stack_at_fixed_addresses),
		cmocka_unit_test(test_build_ids),
		cmocka_unit_test(test_kernel_stack),
		cmocka_unit_test(test_collision),
		cmocka_unit_test(test_example_folded_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
