/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc list, and bcc_probes_each() below it: what they say of this program's own functions and probes, and
 * of events of the kernel that do not change. */
#include <bcc/kernel_features.h>

#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "static_probe.h"
#include "tool_run.h"

#define BPFCC "command/bpfcc"

static char self[PATH_MAX];
STATIC_PROBE_SEMAPHORE(bcc_list_semaphore);

__attribute__((noinline, used)) static void probes(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_list", "plain", "0", ""));
	__asm__ volatile(STATIC_PROBE("bcc_list", "two", "bcc_list_semaphore", "-4@$7 8@-8(%rbp,%rax,4)"));
}

__attribute__((noinline, used)) static void bcc_list_own_function(void)
{
	__asm__ volatile("");
}

static void run_list(struct tool_run *run, int status, const char *a, const char *b, const char *c)
{
	tool_start(run, BPFCC, "list", a, b, c);
	tool_end(run, 60);
	if (run->status != status)
		fail_msg("%s %s %s: status %d: %s", a, b ? b : "", c ? c : "", run->status, run->errors);
}

static void check(
	int status, const char *a, const char *b, const char *c, const char *output, const char *errors)
{
	struct tool_run run;

	run_list(&run, status, a, b, c);
	assert_string_equal(run.text, output);
	if (!strstr(run.errors, errors))
		fail_msg("instead of \"%s\": %s", errors, run.errors);
	assert_int_equal(!*run.errors, !*errors);
	tool_free(&run);
}

static void test_own_probes(void **state)
{
	char pattern[2 * PATH_MAX], expected[4 * PATH_MAX], pid[16];

	sprintf(pattern, "usdt:%s:bcc_list:*", self);
	sprintf(expected,
		"usdt:%s:bcc_list:plain\n"
		"usdt:%s:bcc_list:two\n    s32 arg1\n    u64 arg2\n    -4@$7 8@-8(%%rbp,%%rax,4)\n",
		self, self);
	check(0, "-v", pattern, NULL, expected, "");
	sprintf(pid, "%d", getpid());
	sprintf(expected, "usdt:%s:bcc_list:plain\n", self);
	check(0, "-p", pid, "usdt:bcc_list:pl*", expected, "");
	sprintf(pattern, "uprobe:%s:bcc_list_own_f*", self);
	sprintf(expected, "uprobe:%s:bcc_list_own_function\n", self);
	check(0, pattern, NULL, NULL, expected, "");
}

static void test_kernel(void **state)
{
	struct tool_run run;

	check(0, "-v", "tracepoint:syscalls:sys_exit_getpriority", NULL,
		"tracepoint:syscalls:sys_exit_getpriority\n    int __syscall_nr\n    long ret\n", "");
	check(0, "-j", "syscall:getpriority", NULL,
		"{\"probe\":\"syscall:getpriority\",\"kind\":\"syscall\",\"place\":\"\",\"name\":\"getpriority\","
		"\"result\":\"long\",\"arguments\":[{\"name\":\"which\",\"type\":\"int\"},{\"name\":\"who\","
		"\"type\":\"int\"}],\"detail\":null,\"obstacle\":null}\n",
		"");
	check(0, "-v", "software:page-faults", NULL, "software:page-faults\n    type=1,config=0x2\n", "");
	/* whether or not this kernel has kprobes: one that is named is listed, with why not */
	run_list(&run, 0, "-v", "kprobe:vfs_read", NULL);
	assert_non_null(strstr(run.text, "kprobe:vfs_read\n    struct file *file\n    char *buf\n"));
	tool_free(&run);
	run_list(&run, 0, "-v", "raw_tracepoint:sched_process_fork", NULL);
	assert_string_equal(run.text, "raw_tracepoint:sched_process_fork\n    struct task_struct *parent\n"
				      "    struct task_struct *child\n");
	tool_free(&run);
}

static void test_errors(void **state)
{
	check(1, "tracepoint:bcc_no:*", NULL, NULL, "", "tracepoint:bcc_no:*: nothing matches");
	check(1, "uprobe:/bcc/no/file:x", NULL, NULL, "", "/bcc/no/file");
	check(1, "-p", "2147483647", NULL, "", "2147483647");
	check(2, "-p", "12x", NULL, "", "this is not the number of a process");
	check(2, "uprobe:", NULL, NULL, "", "the program or library is missing");
}

/* ---- the call ---- */

struct seen {
	unsigned count, obstacles, wrong;
	const char *name;
};

static int count_probe(void *ctx, const struct bcc_probe *probe)
{
	struct seen *seen = ctx;

	seen->count++;
	seen->obstacles += probe->obstacle != NULL;
	seen->wrong += !*probe->name || !probe->place || !probe->result || !probe->detail ||
		       !probe->arguments != !probe->argument_count;
	return seen->name && !strcmp(seen->name, probe->name);
}

/* What is said of a counter is what happens when it is opened. */
static void test_perf_events(void **state)
{
	struct perf_event_attr attr = {.size = sizeof(attr),
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.disabled = 1,
		.exclude_hv = 1};
	const struct bcc_probes_opts opts = {.size = sizeof(opts), .glob = "instructions"};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	struct bcc_features *f;
	struct seen seen = {0};

	assert_int_equal(bcc_features_open(&f), 0);
	assert_int_equal(bcc_probes_each(f, BCC_PROBE_HARDWARE, &opts, count_probe, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.obstacles, fd < 0);
	if (fd >= 0)
		close((int)fd);
	bcc_features_close(f);
}

static void test_all_kinds(void **state)
{
	struct bcc_features *f;

	assert_int_equal(bcc_features_open(&f), 0);
	for (int kind = 0; kind < BCC_PROBE_UPROBE; kind++) {
		/* there are many, and each is described from files or types */
		bool many = kind == BCC_PROBE_TRACEPOINT || kind == BCC_PROBE_FENTRY;
		const struct bcc_probes_opts opts = {.size = sizeof(opts), .glob = many ? "sched_*" : "*"};
		struct seen seen = {0};
		int ret;

		if (kind == BCC_PROBE_KPROBE)
			continue; /* the functions of fentry */
		ret = bcc_probes_each(f, kind, &opts, count_probe, &seen);

		/* 6.1 does not tell of kfuncs, and a machine need not have a PMU */
		if (ret && (ret != -EOPNOTSUPP || !*bcc_features_error(f)))
			fail_msg("%s: %d: %s", bcc_probe_kind_name(kind), ret, bcc_features_error(f));
		if (!ret && !seen.count && kind != BCC_PROBE_PMU && kind != BCC_PROBE_STRUCT_OPS)
			fail_msg("%s: there are none", bcc_probe_kind_name(kind));
		assert_int_equal(seen.wrong, 0);
	}
	/* "bpf_iter_num_new" is a function that programs call */
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"task", "bpf_map", "num_new"};
		const struct bcc_probes_opts opts = {.size = sizeof(opts), .glob = names[i]};
		struct seen seen = {0};

		assert_int_equal(bcc_probes_each(f, BCC_PROBE_ITERATOR, &opts, count_probe, &seen), 0);
		assert_int_equal(seen.count, i < 2);
	}
	assert_null(bcc_probe_kind_name(-1));
	assert_null(bcc_probe_kind_name(BCC_PROBE_USDT + 1));
	assert_int_equal(bcc_probes_each(f, BCC_PROBE_USDT + 1, NULL, count_probe, NULL), -EINVAL);
	assert_int_equal(bcc_probes_each(f, BCC_PROBE_USDT, NULL, count_probe, NULL), -EINVAL);
	assert_int_equal(bcc_probes_each(f, BCC_PROBE_SOFTWARE, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(bcc_probes_each(NULL, BCC_PROBE_SOFTWARE, NULL, count_probe, NULL), -EINVAL);
	bcc_features_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_probes),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_perf_events),
		cmocka_unit_test(test_all_kinds),
	};

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
