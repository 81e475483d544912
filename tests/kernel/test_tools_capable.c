/* SPDX-License-Identifier: Apache-2.0 */
/* capable shows the checks that a process is known to have caused. */
#include <sys/syscall.h>

#include "tool_run.h"

#define CAPABLE "tools/capable"
#define HEADER "TIME      UID    PID    COMM             CAP  NAME                 AUDIT "

enum { NOBODY = 65534 };

/* The file of this program's process in /proc says more to those who may trace it. */
static char file_of_parent[64];

static void check_all(void *ctx)
{
	char c;
	int fd;

	syscall(SYS_chroot, "/");
	syscall(SYS_setgroups, 0, NULL);
	syscall(SYS_setuid, NOBODY);
	fd = open(file_of_parent, O_RDONLY);
	if (fd < 0 || read(fd, &c, 1) != 1)
		_exit(1);
	syscall(SYS_chroot, "/");
}

struct check {
	const char *name;
	int number;
	bool audited, insetid, denied;
};

static const struct check checks[] = {
	{"CAP_SYS_CHROOT", 18, true, false, false},
	{"CAP_SETGID", 6, true, true, false},
	{"CAP_SETUID", 7, true, true, false},
	{"CAP_SYS_PTRACE", 19, false, false, true},
	{"CAP_SYS_CHROOT", 18, true, false, true},
};
enum { CHECKS = sizeof(checks) / sizeof(checks[0]) };

/* Whether this kernel lets the tool know which checks are audited; if not, it has said so. */
static bool knows_audit(const struct tool_run *run)
{
	if (!*run->errors)
		return true;
	assert_string_equal(
		run->errors, "capable: which checks are audited is not known, so that all are shown\n");
	return false;
}

static void run_tool(struct tool_run *run, struct workload *w, void (*action)(void *ctx), const char *heading,
	const char *option, const char *value)
{
	char pid[16];

	sprintf(file_of_parent, "/proc/%d/stat", getpid());
	workload_new(w, "checking", action, NULL);
	tool_start(run, CAPABLE, "-p", number_text(pid, w->pid), option, value);
	if (heading)
		tool_wait_line(run, heading);
	else
		while (!strchr(run->text, '\n'))
			assert_true(tool_read(run, 60000));
	workload_go(w);
	tool_stop(run, SIGINT);
}

enum { VERBOSE = 1, EXTRA = 2, VERDICT = 4, DENIED = 8 };

static void check(const char *option, const char *heading, unsigned flags)
{
	char expected[2048];
	struct tool_run run;
	struct workload w;
	bool known;

	run_tool(&run, &w, check_all, heading, option, NULL);
	known = knows_audit(&run);
	tool_cut_times(&run, 10);
	sprintf(expected, "%s\n", heading + 10);
	for (int i = 0; i < CHECKS; i++) {
		const struct check *c = &checks[i];
		char tid[16] = "";

		if ((known && !c->audited && !(flags & VERBOSE)) || (!c->denied && flags & DENIED))
			continue;
		if (flags & EXTRA)
			sprintf(tid, "%-6d ", w.pid);
		add(expected, "%-6d %-6d %s%-16s %-4d %-20s %-6s", c->denied ? NOBODY : 0, w.pid, tid,
			"checking", c->number, c->name, known ? c->audited ? "1" : "0" : "-");
		if (flags & VERDICT)
			add(expected, " %-7s", c->denied ? "deny" : "allow");
		if (flags & EXTRA)
			add(expected, " %s", known ? c->insetid ? "1" : "0" : "-");
		strcat(expected, "\n");
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_checks(void **state)
{
	check(NULL, HEADER, 0);
}

static void test_verbose(void **state)
{
	check("-v", HEADER, VERBOSE);
}

static void test_extra(void **state)
{
	check("-x",
		"TIME      UID    PID    TID    COMM             CAP  NAME                 AUDIT  INSETID",
		EXTRA);
}

static void test_verdict(void **state)
{
	check("--verdict", HEADER " VERDICT", VERDICT);
}

static void test_denied(void **state)
{
	check("--denied", HEADER, DENIED);
}

static void test_json(void **state)
{
	struct tool_run run;
	struct workload w;
	const char *row;
	bool known;

	run_tool(&run, &w, check_all, NULL, "--json", "-v");
	known = knows_audit(&run);
	assert_int_equal(tool_count_lines(&run), 1 + CHECKS);
	row = strchr(run.text, '\n') + 1;
	for (int i = 0; i < CHECKS; i++, row = strchr(row, '\n') + 1) {
		const struct check *c = &checks[i];
		const char *uid = strstr(row, "\"uid\":");
		char expected[512];

		sprintf(expected,
			"\"uid\":%d,\"pid\":%d,\"comm\":\"checking\",\"cap\":%d,\"name\":\"%s\",\"audit\":%s,"
			"\"tid\":%d,\"verdict\":\"%s\",\"insetid\":%s}\n",
			c->denied ? NOBODY : 0, w.pid, c->number, c->name,
			known ? c->audited ? "1" : "0" : "null", w.pid, c->denied ? "deny" : "allow",
			known ? c->insetid ? "1" : "0" : "null");
		assert_non_null(uid);
		if (strncmp(uid, expected, strlen(expected)))
			fail_msg("row:\n%.300s\nexpected:\n%s", row, expected);
	}
	tool_free(&run);
}

/* ---- the same check several times ---- */

static void change_root(void)
{
	for (int i = 0; i < 5; i++)
		syscall(SYS_chroot, "/");
}

/* In two processes. */
static void check_again(void *ctx)
{
	int status;

	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (!pid) {
			change_root();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			_exit(1);
	}
}

static void check_repeated(const char *option, int rows)
{
	struct tool_run run;
	struct workload w;

	workload_new(&w, "rechecking", check_again, NULL);
	tool_start(
		&run, CAPABLE, "--comm", "rechecking", "--filter", "cap == 18", "--columns", "cap", option);
	tool_wait_line(&run, "CAP ");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	knows_audit(&run);
	assert_int_equal(tool_count_lines(&run), 1 + rows);
	tool_free(&run);
}

static void test_unique(void **state)
{
	check_repeated(NULL, 10);
	check_repeated("--unique", 2);
	check_repeated("--unique-cgroup", 1);
}

/* ---- stacks ---- */

static void check_and_wait(void *ctx)
{
	int *ends = ctx;
	char c;

	change_root();
	close(ends[1]);
	/* the process must still be there when its symbols are asked for */
	if (read(ends[0], &c, 1))
		_exit(1);
}

static bool begins(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

/* Five equal rows of one process, or one if each is shown once; below each the stacks. */
static void check_stacks(const char *option, bool kernel, bool user, int rows)
{
	char pid[16], row[64];
	struct tool_run run;
	struct workload w;
	const char *line;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	workload_new(&w, "stacks", check_and_wait, ends);
	close(ends[0]);
	tool_start(&run, CAPABLE, "-p", number_text(pid, w.pid), "--columns",
		kernel && user ? "cap,kernel_stack,user_stack"
		: kernel       ? "cap,kernel_stack"
			       : "cap,user_stack",
		option, "--filter=cap == 18", "--rows", number_text(row, rows));
	tool_wait_line(&run, "CAP ");
	assert_int_equal(write(w.go, "g", 1), 1);
	tool_end(&run, 120);
	close(ends[1]);
	close(w.go);
	assert_int_equal(waitpid(w.pid, NULL, 0), w.pid);
	knows_audit(&run);
	line = strchr(run.text, '\n') + 1;
	for (int i = 0; i < rows; i++) {
		int found = 0;

		assert_true(begins(line, "18  \n"));
		for (line = strchr(line, '\n') + 1; begins(line, "        "); line = strchr(line, '\n') + 1)
			if ((begins(line + 8, "cap_capable") && kernel) ||
				(begins(line + 8, "syscall+0x") && user))
				found++;
		if (found != kernel + user)
			fail_msg("stacks of row %d are not complete:\n%s", i, run.text);
	}
	assert_string_equal(line, "");
	tool_free(&run);
}

static void test_stacks(void **state)
{
	check_stacks("-K", true, false, 5);
	check_stacks("-U", false, true, 5);
	check_stacks("-KU", true, true, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_verbose),
		cmocka_unit_test(test_extra),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_unique),
		cmocka_unit_test(test_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
