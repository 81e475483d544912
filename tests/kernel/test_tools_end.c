/* SPDX-License-Identifier: Apache-2.0 */
/* How tools reject wrong options, fail with a reason, and end without leaving anything in the kernel. */
#include <bpf/bpf.h>
#include <dirent.h>

#include "tool_run.h"

static void check_refused(const char *tool, const char *option, const char *value, const char *why)
{
	struct tool_run run;

	tool_start(&run, tool, option, value);
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	assert_string_equal(run.text, "");
	if (!strstr(run.errors, why))
		fail_msg("%s %s %s: no '%s' in:\n%s\n", tool, option, value ? value : "", why, run.errors);
	tool_free(&run);
}

static void test_wrong_options(void **state)
{
	check_refused("tools/opensnoop", "-p", "x1", "-p: 'x1' is not a number from 1 to 2147483647");
	check_refused("tools/opensnoop", "-p", "0", "-p: '0' is not a number");
	check_refused("tools/opensnoop", "-d", "99999999999999999999999", "is not a duration");
	check_refused("tools/opensnoop", "-t", "-5", "is not a number");
	check_refused("tools/opensnoop", "-f", "O_NOPE", "unknown open(2) flag 'O_NOPE'");
	check_refused("tools/opensnoop", "-b", "3", "3 is not a power of two");
	check_refused("tools/opensnoop", "-u", "no-such-user", "no user 'no-such-user'");
	check_refused("tools/opensnoop", "--debug", "source,nothing", "'nothing' is not one of source");
	check_refused("tools/opensnoop", "stray", NULL, "unexpected argument 'stray'");
	check_refused("tools/opensnoop", "-Z", NULL, "invalid option");
	check_refused("tools/opensnoop", "-p", NULL, "requires an argument");
	check_refused("tools/execsnoop", "-n", "(", "'(' is not a regular expression");
	check_refused("tools/execsnoop", "--max-args", "1025", "is not a number from 1 to 1024");
	check_refused("tools/runqlat", "1", "0", "count: '0' is not a number");
	check_refused("tools/runqlat", "--columns", "PID", "unrecognized option");
	check_refused("tools/opensnoop", "--columns", "PID,NOPE", "--columns: there is no column 'NOPE'");
	check_refused(
		"tools/opensnoop", "--output", "yaml", "--output: 'yaml' is not one of table, json, csv");
	check_refused("tools/opensnoop", "--time-format", "x", "--time-format: 'x' is not one of local, utc");
	check_refused("tools/opensnoop", "--pid", "1,,2", "-p: '' is not a number");
	check_refused("tools/opensnoop", "-d", "0", "-d: the duration '0' is zero");
	check_refused("tools/tcpconnect", "-P", "80,,81", "-P: '' is not a number from 1 to 65535");
	check_refused("tools/tcpconnect", "-P", "65536", "is not a number");
	check_refused("tools/tcpconnect", "-4", "-6", "-4 and -6 cannot be combined");
	check_refused("tools/tcpconnect", "-d", "-c", "-d and -c cannot be combined");
	check_refused("tools/tcpaccept", "-P", "!0", "-P: '0' is not a number from 1 to 65535");
	check_refused("tools/tcplife", "-L", "80,", "-L: '' is not a number");
	check_refused("tools/tcpstates", "-4", "-6", "-4 and -6 cannot be combined");
	check_refused("tools/tcptracer", "-N", "0", "-N: '0' is not a number from 1 to 4294967295");
	check_refused("tools/tcpconnlat", "slow", NULL, "MIN_MS: 'slow' is not a duration");
}

/* CPUs that no machine has, and times in which nothing can be seen. */
static void test_no_such_cpu(void **state)
{
	static const struct {
		const char *tool, *option;
	} cases[] = {{"tools/vfscount", "-c"},
#ifndef __SANITIZE_ADDRESS__ /* with which one stands for all */
		{"tools/funccount", "-c"}, {"tools/stackcount", "-c"}, {"tools/hardirqs", "-c"},
		{"tools/softirqs", "-c"}, {"tools/softirqslower", "-c"}, {"tools/profile", "-C"}
#endif
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(cases[i].tool, cases[i].option, "65535",
			"no such CPU: 65535; this machine has CPUs 0 to ");
}

static void test_no_time(void **state)
{
	static const char *const tools[] = {"tools/vfscount",
#ifndef __SANITIZE_ADDRESS__
		"tools/llcstat", "tools/kvmexit", "tools/profile", "tools/offcputime"
#endif
	};

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		check_refused(tools[i], "0", NULL, "the duration '0' is zero");
}

/* The tool works, and says why it shows nothing. */
static void test_nobody(void **state)
{
	struct tool_run run;

	tool_start(&run, "tools/opensnoop", "-p", "2147483646,1", "--tid", "2147483645", "-d0.1");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_string_equal(run.text, "TID    COMM               FD ERR PATH\n");
	assert_string_equal(run.errors,
		"opensnoop: there is no process 2147483646\nopensnoop: there is no thread 2147483645\n");
	tool_free(&run);
	tool_start(&run, "tools/opensnoop", "-p", "!2147483646", "--tid", "2147483645", "--pidns",
		"/proc/self/ns/pid", "-d0.1");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void open_missing(void *ctx)
{
	open(ctx, O_RDONLY);
}

/* With the last of its processes, after all that they did. */
static void test_processes_end(void **state)
{
	struct workload first, second;
	char pids[64], expected[256];
	struct tool_run run;

	workload_new(&first, "first", open_missing, "/bcc-missing-1");
	workload_new(&second, "second", open_missing, "/bcc-missing-2");
	sprintf(pids, "%d,2147483646,%d", first.pid, second.pid);
	tool_start(&run, "tools/opensnoop", "-p", pids);
	tool_wait_line(&run, "PID    COMM               FD ERR PATH");
	workload_go(&first);
	sprintf(expected, "%-6d first              -1   2 /bcc-missing-1", first.pid);
	tool_wait_line(&run, expected);
	workload_go(&second);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	sprintf(expected, "%-6d second             -1   2 /bcc-missing-2", second.pid);
	assert_true(tool_has_line(&run, expected));
	assert_int_equal(tool_count_lines(&run), 3);
	assert_string_equal(run.errors, "opensnoop: there is no process 2147483646\n");
	tool_free(&run);
}

/* What is counted is printed. All but some processes do not end. */
static void test_process_ends(void **state)
{
	struct workload w;
	struct tool_run run;
	char pid[16], expected[256];

	workload_new(&w, "first", open_missing, "/bcc-missing-1");
	tool_start(&run, "tools/syscount", "-p", number_text(pid, w.pid), "-x");
	tool_wait_line(&run, "Tracing failed syscalls, printing top 10... Ctrl+C to quit.");
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	if (!strstr(run.text, "openat "))
		fail_msg("no openat in:\n%s", run.text);
	tool_free(&run);

	workload_new(&w, "first", open_missing, "/bcc-missing-1");
	sprintf(pid, "!%d", w.pid);
	prctl(PR_SET_NAME, "after");
	tool_start(&run, "tools/opensnoop", "-p", pid, "--comm", "after");
	tool_wait_line(&run, "PID    COMM               FD ERR PATH");
	workload_go(&w);
	open_missing("/bcc-missing-2");
	sprintf(expected, "%-6d after              -1   2 /bcc-missing-2", getpid());
	tool_wait_line(&run, expected);
	tool_stop(&run, SIGINT);
	tool_free(&run);
}

/* Connections can last longer than their processes. */
static void test_outlived(void **state)
{
	struct workload w;
	struct tool_run run;
	char pid[16], expected[64];

	workload_new(&w, "first", open_missing, "/bcc-missing-1");
	tool_start(&run, "tools/tcpstates", "-p", number_text(pid, w.pid));
	while (!strchr(run.text, '\n') && tool_read(&run, 60000))
		;
	workload_go(&w);
	sprintf(expected, "tcpstates: process %d has ended\n", w.pid);
	for (size_t i = 0; i < strlen(expected); i++) {
		char c;

		assert_int_equal(read(run.err, &c, 1), 1);
		assert_int_equal(c, expected[i]);
	}
	assert_int_equal(waitpid(run.pid, NULL, WNOHANG), 0);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_help(void **state)
{
	static const char *const tools[] = {
		"tools/opensnoop", "tools/execsnoop", "tools/runqlat", "tools/tcpconnect"};
	struct tool_run run;

	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 2; j++) {
			tool_start(&run, tools[i], j ? "-h" : "--help");
			tool_end(&run, 60);
			assert_int_equal(run.status, 0);
			assert_non_null(strstr(run.text, "Usage: "));
			assert_non_null(strstr(run.text, "--debug=WHAT"));
			assert_string_equal(run.errors, "");
			tool_free(&run);
		}
}

static void test_text(void **state)
{
	struct tool_run run;

	tool_start(&run, "tools/opensnoop", "--ebpf", "-p", "7");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.text, "// filter_pid = 01 00 00 00 00 00 00 00 07 00 00 00 "));
	assert_non_null(strstr(run.text, "SYSCALL_EXIT(openat)\n"));
	tool_free(&run);
}

static void test_no_root(void **state)
{
	struct tool_run run;

	/* 65534: nobody */
	tool_start_as(&run, 65534, "tools/opensnoop", "-d", "1", NULL);
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_string_equal(run.text, "");
	assert_memory_equal(run.errors, "opensnoop: ", 11);
	assert_true(strlen(run.errors) > 30);
	tool_free(&run);
}

static void test_reader_gone(void **state)
{
	struct tool_run run;
	pid_t ended = 0;
	char pid[16];
	int status;

	/* there is no event whose output could fail */
	tool_start(&run, "tools/opensnoop", "-p", number_text(pid, getpid()));
	tool_wait_line(&run, "PID    COMM               FD ERR PATH");
	close(run.out);
	for (double end = tool_now() + 60; !ended && tool_now() < end; usleep(10000))
		ended = waitpid(run.pid, &status, WNOHANG);
	if (!ended)
		kill(run.pid, SIGKILL);
	assert_int_equal(ended, run.pid);
	tool_read_errors(&run);
	assert_string_equal(run.errors, "");
	close(run.err);
	tool_free(&run);
}

static void test_output_full(void **state)
{
	struct tool_run run;
	int status;

	tool_start_as(&run, 0, "tools/opensnoop", "--help", NULL);
	tool_end(&run, 60);
	tool_free(&run);
	run.pid = fork();
	assert_true(run.pid >= 0);
	if (!run.pid) {
		char path[PATH_MAX], pid[16];

		dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		tool_path(path, sizeof(path), "tools/opensnoop");
		execl(path, path, "-d", "1", "-p", number_text(pid, getppid()), NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(run.pid, &status, 0), run.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

enum { PROGRAMS, MAPS, LINKS, KINDS };

/* The ids of the objects that the process has descriptors for. */
static size_t held_by(pid_t pid, int kind, uint32_t *ids, size_t room)
{
	static const char *const keys[] = {"prog_id:", "map_id:", "link_id:"};
	char path[300], line[256];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	sprintf(path, "/proc/%d/fdinfo", pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", pid, entry->d_name);
		f = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
		while (f && fgets(line, sizeof(line), f))
			if (n < room && !strncmp(line, keys[kind], strlen(keys[kind])))
				ids[n++] = strtoul(line + strlen(keys[kind]), NULL, 10);
		if (f)
			fclose(f);
	}
	closedir(dir);
	return n;
}

static bool exists(int kind, uint32_t id)
{
	int fd = -1;

	if (kind == PROGRAMS)
		fd = bpf_prog_get_fd_by_id(id);
	else if (kind == MAPS)
		fd = bpf_map_get_fd_by_id(id);
	else
		fd = bpf_link_get_fd_by_id(id);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void check_killed(const char *tool, const char *line)
{
	static uint32_t ids[KINDS][256];
	size_t count[KINDS];
	struct tool_run run;
	char pid[16];

	tool_start(&run, tool, "-p", number_text(pid, getpid()));
	tool_wait_line(&run, line);
	for (int kind = 0; kind < KINDS; kind++) {
		count[kind] = held_by(run.pid, kind, ids[kind], 256);
		for (size_t i = 0; i < count[kind]; i++)
			assert_true(exists(kind, ids[kind][i]));
	}
	/* links are perf events on kernels that have no links for them */
	assert_true(count[PROGRAMS] > 0 && count[MAPS] > 0);
	kill(run.pid, SIGKILL);
	tool_end(&run, 60);
	assert_int_equal(run.status, 128 + SIGKILL);
	for (int kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < count[kind]; i++) {
			/* the kernel frees after a grace period, which is longer on a busy machine */
			for (int j = 0; j < 3000 && exists(kind, ids[kind][i]); j++)
				usleep(20000);
			assert_false(exists(kind, ids[kind][i]));
		}
	tool_free(&run);
}

static void test_killed(void **state)
{
	check_killed("tools/opensnoop", "PID    COMM               FD ERR PATH");
	check_killed("tools/runqlat", "Tracing run queue latency... Hit Ctrl-C to end.");
	check_killed("tools/tcpconnect", "Tracing connect ... Hit Ctrl-C to end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_no_such_cpu),
		cmocka_unit_test(test_no_time),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_processes_end),
		cmocka_unit_test(test_process_ends),
		cmocka_unit_test(test_outlived),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_no_root),
		cmocka_unit_test(test_reader_gone),
		cmocka_unit_test(test_output_full),
		cmocka_unit_test(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
