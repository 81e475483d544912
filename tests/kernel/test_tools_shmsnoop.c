/* SPDX-License-Identifier: Apache-2.0 */
/* shmsnoop shows the calls that a process is known to have made. */
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define SHMSNOOP "tools/shmsnoop"
#define HEADER "PID    COMM                SYS              RET ARGs"

enum { SIZE = 8192, NO_SEGMENT = 0x7fffffff, NO_COMMAND = 99 };

/* What the kernel has chosen, for comparison. */
static struct {
	long id, address;
	unsigned long info;
} *chosen;

static int set_up(void **state)
{
	chosen = mmap(NULL, sizeof(*chosen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return chosen == MAP_FAILED;
}

/* By number: a C library of some machines would make one call of them all. */
static void share(void *ctx)
{
	static struct shmid_ds info;

	chosen->info = (unsigned long)&info;
	chosen->id = syscall(SYS_shmget, IPC_PRIVATE, SIZE, IPC_CREAT | IPC_EXCL | 0600);
	chosen->address = syscall(SYS_shmat, chosen->id, NULL, SHM_RDONLY);
	syscall(SYS_shmctl, chosen->id, IPC_STAT, &info);
	syscall(SYS_shmctl, chosen->id, IPC_RMID, NULL);
	syscall(SYS_shmdt, chosen->address);
	syscall(SYS_shmdt, chosen->address + 1);
	syscall(SYS_shmat, NO_SEGMENT, NULL, SHM_RND | SHM_REMAP | SHM_EXEC);
	syscall(SYS_shmget, (int)0xfedcba98, 1, 0);
	syscall(SYS_shmget, (int)0xfedcba98, 1, SHM_HUGETLB | 21 << 26 | SHM_NORESERVE | 0400);
	syscall(SYS_shmget, (int)0xfedcba98, 1, SHM_HUGETLB | 30 << 26);
	syscall(SYS_shmctl, NO_SEGMENT, NO_COMMAND, NULL);
}

/* As the tool shows them, but for the first columns. */
static void expect_calls(char *text, const char *prefix)
{
	const struct {
		const char *sys;
		long ret;
		char arguments[128];
	} calls[] = {
		{"SHMGET", chosen->id, "key: 0x0, size: 8192, shmflg: 0x780 (IPC_CREAT|IPC_EXCL|0600)"},
		{"SHMAT", chosen->address, "shmid: 0x%lx, shmaddr: 0x0, shmflg: 0x1000 (SHM_RDONLY)"},
		{"SHMCTL", 0, "shmid: 0x%lx, cmd: 2 (IPC_STAT), buf: 0x%lx"},
		{"SHMCTL", 0, "shmid: 0x%lx, cmd: 0 (IPC_RMID), buf: 0x0"},
		{"SHMDT", 0, "shmaddr: 0x%lx"},
		{"SHMDT", -EINVAL, "shmaddr: 0x%lx"},
		{"SHMAT", -EINVAL,
			"shmid: 0x7fffffff, shmaddr: 0x0, shmflg: 0xe000 (SHM_RND|SHM_REMAP|SHM_EXEC)"},
		{"SHMGET", -ENOENT, "key: 0xfedcba98, size: 1, shmflg: 0x0"},
		{"SHMGET", -ENOENT,
			"key: 0xfedcba98, size: 1, shmflg: 0x54001900 (SHM_HUGETLB|SHM_HUGE_2MB|SHM_NORESERVE|0400)"},
		{"SHMGET", -ENOENT,
			"key: 0xfedcba98, size: 1, shmflg: 0x78000800 (SHM_HUGETLB|SHM_HUGE_1GB)"},
		{"SHMCTL", -EINVAL, "shmid: 0x7fffffff, cmd: 99, buf: 0x0"},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		bool of_address = !strcmp(calls[i].sys, "SHMDT");
		long first = of_address ? chosen->address + (calls[i].ret != 0) : chosen->id;

		add(text, "%s%6s %16lx ", prefix, calls[i].sys, calls[i].ret);
		add(text, calls[i].arguments, first, chosen->info); /* NOLINT */
		strcat(text, "\n");
	}
}

/* Runs the tool with up to two arguments, filtered on the workload. */
static void run_tool(
	struct tool_run *run, struct workload *w, const char *heading, const char *option, const char *value)
{
	char pid[16];

	workload_new(w, "sharing", share, NULL);
	tool_start(run, SHMSNOOP, "-p", number_text(pid, w->pid), option, value);
	if (heading)
		tool_wait_line(run, heading);
	else
		while (!strchr(run->text, '\n'))
			assert_true(tool_read(run, 60000));
	workload_go(w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void check(const char *option, const char *value, const char *heading)
{
	char expected[4096], prefix[64];
	struct tool_run run;
	struct workload w;

	run_tool(&run, &w, heading, option, value);
	sprintf(expected, "%s\n", heading);
	sprintf(prefix, "%-6d %-16s ", w.pid, "sharing");
	expect_calls(expected, prefix);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_calls(void **state)
{
	check(NULL, NULL, HEADER);
}

/* The workload has one thread, whose ID is that of the process. */
static void test_threads(void **state)
{
	char expected[4096], prefix[64], tid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "sharing", share, NULL);
	tool_start(&run, SHMSNOOP, "-t", number_text(tid, w.pid));
	tool_wait_line(&run, "TID    COMM                SYS              RET ARGs");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(expected, "TID    COMM                SYS              RET ARGs\n");
	sprintf(prefix, "%-6d %-16s ", w.pid, "sharing");
	expect_calls(expected, prefix);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_name(void **state)
{
	struct tool_run run;
	struct workload w;

	check("-n", "arin", HEADER);
	run_tool(&run, &w, HEADER, "--name", "sharinG");
	tool_assert_output(&run, HEADER "\n");
	tool_free(&run);
}

/* The time of the first is 0, and those of the others ascend. */
static void test_times(void **state)
{
	char expected[4096], prefix[64];
	struct tool_run run;
	struct workload w;
	double last = 0;
	char *to;

	run_tool(&run, &w, "TIME(s)       " HEADER, "-T", NULL);
	to = strchr(run.text, '\n') + 1;
	assert_memory_equal(to, "0.000000000   ", 14);
	for (char *line = to, *next; *line; line = next) {
		double time;

		assert_int_equal(sscanf(line, "%lf", &time), 1);
		assert_true(time >= last && time < 60);
		last = time;
		next = strchr(line, '\n') + 1;
		memmove(to, line + 14, next - line - 14);
		to += next - line - 14;
	}
	*to = '\0';
	sprintf(expected, "TIME(s)       %s\n", HEADER);
	sprintf(prefix, "%-6d %-16s ", w.pid, "sharing");
	expect_calls(expected, prefix);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

/* Takes the duration out of each line of JSON, and all up to the process. */
static void cut_json(struct tool_run *run)
{
	char *to = run->text;

	for (char *line = strchr(run->text, '\n') + 1, *next; *line; line = next) {
		char *begin = strstr(line, "\"pid\":"), *end = strstr(line, ",\"lat_ns\":");

		next = strchr(line, '\n') + 1;
		assert_true(begin && end && begin < end && end < next);
		memmove(to, begin, end - begin);
		to += end - begin;
		*to++ = '\n';
	}
	*to = '\0';
}

static void test_json(void **state)
{
	char expected[4096] = "";
	struct tool_run run;
	struct workload w;

	run_tool(&run, &w, NULL, "--json", "--rows=6");
	cut_json(&run);
	add(expected,
		"\"pid\":%d,\"comm\":\"sharing\",\"sys\":\"SHMGET\",\"ret\":%ld,"
		"\"args\":\"key: 0x0, size: 8192, shmflg: 0x780 (IPC_CREAT|IPC_EXCL|0600)\",\"key\":0,"
		"\"size_bytes\":8192,\"shmid\":null,\"shmaddr\":null,\"shmflg\":1920,\"cmd\":null\n",
		w.pid, chosen->id);
	add(expected,
		"\"pid\":%d,\"comm\":\"sharing\",\"sys\":\"SHMAT\",\"ret\":%ld,"
		"\"args\":\"shmid: 0x%lx, shmaddr: 0x0, shmflg: 0x1000 (SHM_RDONLY)\",\"key\":null,"
		"\"size_bytes\":null,\"shmid\":%ld,\"shmaddr\":0,\"shmflg\":4096,\"cmd\":null\n",
		w.pid, chosen->address, chosen->id, chosen->id);
	add(expected,
		"\"pid\":%d,\"comm\":\"sharing\",\"sys\":\"SHMCTL\",\"ret\":0,"
		"\"args\":\"shmid: 0x%lx, cmd: 2 (IPC_STAT), buf: 0x%lx\",\"key\":null,"
		"\"size_bytes\":null,\"shmid\":%ld,\"shmaddr\":null,\"shmflg\":null,\"cmd\":2\n",
		w.pid, chosen->id, chosen->info, chosen->id);
	add(expected,
		"\"pid\":%d,\"comm\":\"sharing\",\"sys\":\"SHMCTL\",\"ret\":0,"
		"\"args\":\"shmid: 0x%lx, cmd: 0 (IPC_RMID), buf: 0x0\",\"key\":null,"
		"\"size_bytes\":null,\"shmid\":%ld,\"shmaddr\":null,\"shmflg\":null,\"cmd\":0\n",
		w.pid, chosen->id, chosen->id);
	for (int failed = 0; failed <= 1; failed++)
		add(expected,
			"\"pid\":%d,\"comm\":\"sharing\",\"sys\":\"SHMDT\",\"ret\":%d,"
			"\"args\":\"shmaddr: 0x%lx\",\"key\":null,"
			"\"size_bytes\":null,\"shmid\":null,\"shmaddr\":%ld,\"shmflg\":null,\"cmd\":null\n",
			w.pid, failed ? -EINVAL : 0, chosen->address + failed, chosen->address + failed);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
