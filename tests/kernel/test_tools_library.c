/* SPDX-License-Identifier: Apache-2.0 */
/* What all tools share, shown by opensnoop: formats, filters, a command, losses, the output file. */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define OPENSNOOP "tools/opensnoop"
#define HEADER "PID    COMM               FD ERR PATH"

static void open_missing(const char *path)
{
	syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
}

static void open_two(void *ctx)
{
	open_missing("/nonexistent/one");
	open_missing("/nonexistent/two");
}

static void open_hostile(void *ctx)
{
	open_missing("/nonexistent/\x1b[2J\n\"quoted\", \xff\xfe \xc3\xbc");
}

/* The lines after the first one, without the times, which differ. */
static const char *without_times(struct tool_run *run)
{
	for (char *at = run->text; (at = strstr(at, "{\"time\":\""));) {
		char *end = strstr(at, "\"pid\"");

		assert_non_null(end);
		memmove(at + 1, end, strlen(end) + 1);
		at++;
	}
	return strchr(run->text, '\n') + 1;
}

static void test_json(void **state)
{
	char expected[1024], pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "bad\xff\n\"name\"", open_hostile, NULL);
	tool_start(&run, OPENSNOOP, "--json", "-p", number_text(pid, w.pid));
	/* the first record says what follows, when everything is attached */
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	assert_memory_equal(run.text, "{\"schema\":1,\"tool\":\"opensnoop\",\"version\":\"", 42);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(expected,
		"{\"pid\":%d,\"comm\":\"bad\xef\xbf\xbd\\n\\\"name\\\"\",\"comm_hex\":\"626164ff0a226e616d6522\",\"fd\":-1,\"err\":2,\"path\":"
		"\"/nonexistent/\\u001b[2J\\n\\\"quoted\\\", \xef\xbf\xbd\xef\xbf\xbd \xc3\xbc\","
		"\"path_hex\":\"2f6e6f6e6578697374656e742f1b5b324a0a2271756f746564222c20fffe20c3bc\"}\n",
		w.pid);
	assert_string_equal(without_times(&run), expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_table_and_csv(void **state)
{
	char expected[1024], pid[16];
	struct tool_run table, csv;
	struct workload w;

	workload_new(&w, "bad\xff\n\"name\"", open_hostile, NULL);
	number_text(pid, w.pid);
	tool_start(&table, OPENSNOOP, "-p", pid, "--columns", "path,comm");
	tool_start(&csv, OPENSNOOP, "--csv", "-p", pid, "--columns", "err,path");
	tool_wait_line(&table, "PATH COMM            ");
	tool_wait_line(&csv, "ERR,PATH");
	workload_go(&w);
	tool_stop(&table, SIGINT);
	tool_stop(&csv, SIGINT);
	tool_assert_output(&table,
		"PATH COMM            \n"
		"/nonexistent/\\x1b[2J\\n\"quoted\", \\xff\\xfe \xc3\xbc bad\\xff\\n\"name\" \n");
	sprintf(expected, "ERR,PATH\n2,\"/nonexistent/\x1b[2J\n\"\"quoted\"\", \xff\xfe \xc3\xbc\"\n");
	tool_assert_output(&csv, expected);
	tool_free(&table);
	tool_free(&csv);
}

/* A command's children are followed, others are not, and the tool ends with the command. */
static void test_command(void **state)
{
	struct tool_run run;
	char expected[2048] = "";

	tool_start(&run, OPENSNOOP, "--columns", "err,path", "--no-header", "--filter",
		"path ~ ^/nonexistent/", "--", "/bin/sh", "-c",
		"true < /nonexistent/parent; (true < /nonexistent/child); sh -c 'true < /nonexistent/exec'; exit 0");
	tool_end(&run, 120);
	assert_int_equal(run.status, 0);
	for (const char *const *name = (const char *const[]){"parent", "child", "exec", NULL}; *name; name++)
		add(expected, "  2 /nonexistent/%s\n", *name);
	tool_assert_output(&run, expected);
	tool_free(&run);
	tool_start(&run, OPENSNOOP, "--", "/nonexistent/command");
	tool_end(&run, 120);
	assert_string_equal(
		run.errors, "opensnoop: cannot start /nonexistent/command: No such file or directory\n");
	assert_int_equal(run.status, 1);
	tool_free(&run);
}

enum { FOLLOWED = 10240, MORE = 60 };

static pid_t have_child(void)
{
	pid_t pid = vfork();

	if (!pid) {
		open_missing("/nonexistent/child");
		_exit(0);
	}
	return pid;
}

/* The command: it has FOLLOWED + MORE - 1 children at once, each of which opens a file. */
static int have_children(void)
{
	for (int i = 1; i < FOLLOWED + MORE; i++)
		if (have_child() < 0)
			return 1;
	open_missing("/nonexistent/parent");
	while (wait(NULL) > 0)
		;
	return 0;
}

static int count_text(const char *text, const char *part)
{
	int count = 0;

	while ((text = strstr(text, part))) {
		count++;
		text += strlen(part);
	}
	return count;
}

/* Of more processes than it can follow, a tool says of how many it shows nothing. */
static void test_many_children(void **state)
{
	static const char why[] = " processes of the command, and those that they start, are not followed: "
				  "there were too many at once";
	char self[PATH_MAX] = "";
	struct tool_run run;
	long lost = 0;

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	tool_start(&run, OPENSNOOP, "--json", "--buffer-pages", "4096", "--filter", "path ~ ^/nonexistent/",
		"--", self, "have-children");
	tool_end(&run, 300);
	assert_int_equal(run.status, 0);
	assert_int_equal(count_text(run.text, "/nonexistent/parent"), 1);
	assert_int_equal(count_text(run.text, "/nonexistent/child"), FOLLOWED - 1);
	assert_int_equal(count_text(run.text, "{\"lost\":"), 0);
	/* they are said once a second, as they come */
	for (const char *at = run.text; (at = strstr(at, "{\"lost_processes\":"));)
		lost += strtol(at += 18, NULL, 10);
	assert_int_equal(lost, MORE);
	lost = 0;
	for (char *at = run.errors; *at;) {
		char *line = tool_next_line(&at);

		assert_int_equal(strncmp(line, "opensnoop: ", 11), 0);
		lost += strtol(line + 11, &line, 10);
		assert_string_equal(line, why);
	}
	assert_int_equal(lost, MORE);
	tool_free(&run);
}

/* All at the same time. */
static void test_filters(void **state)
{
	static const char all[] = "PATH\n/nonexistent/one\n/nonexistent/two\n", none[] = "PATH\n";
	char ppid[32], not_ppid[32], pid[16];
	const struct {
		const char *option, *value, *expected;
	} cases[] = {
		{"--comm", "other,filtered", all},
		{"--comm", "!filtered", none},
		{"--comm", "filter", none},
		{"--uid", "1,root,2", all},
		{"--uid", "!root", none},
		{"--ppid", ppid, all},
		{"--ppid", not_ppid, none},
		{"--tid", "!1", all},
		{"--filter", "path ~ two$ && err == 2", "PATH\n/nonexistent/two\n"},
		{"--filter", "fd >= 0", none},
	};
	enum { CASES = sizeof(cases) / sizeof(cases[0]) };
	struct tool_run runs[CASES];
	struct workload w;

	sprintf(ppid, "%d", getpid());
	sprintf(not_ppid, "!%d", getpid());
	workload_new(&w, "filtered", open_two, NULL);
	number_text(pid, w.pid);
	for (int i = 0; i < CASES; i++)
		tool_start(
			&runs[i], OPENSNOOP, "--columns", "path", "-p", pid, cases[i].option, cases[i].value);
	for (int i = 0; i < CASES; i++)
		tool_wait_line(&runs[i], "PATH");
	workload_go(&w);
	for (int i = 0; i < CASES; i++)
		kill(runs[i].pid, SIGINT);
	for (int i = 0; i < CASES; i++) {
		tool_end(&runs[i], 60);
		if (strcmp(runs[i].text, cases[i].expected))
			fail_msg("%s %s:\n%s\nexpected:\n%s", cases[i].option, cases[i].value, runs[i].text,
				cases[i].expected);
		tool_free(&runs[i]);
	}
}

/* After so many rows the tool ends. */
static void test_rows(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "rows", open_two, NULL);
	tool_start(&run, OPENSNOOP, "--columns", "path", "-p", number_text(pid, w.pid), "--rows", "1");
	tool_wait_line(&run, "PATH");
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	tool_assert_output(&run, "PATH\n/nonexistent/one\n");
	tool_free(&run);
}

enum { MANY = 15000 };

static void open_very_many(void *ctx)
{
	char path[64];

	for (int i = 0; i < MANY; i++) {
		sprintf(path, "/nonexistent/%d", i);
		open_missing(path);
	}
}

/* What arrived, in ascending order, and what was said to be lost are all that there was. */
static void check_losses(const char *ring)
{
	long arrived = 0, lost = 0, last = -1, number;
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "many", open_very_many, NULL);
	tool_start(&run, OPENSNOOP, "--columns", "path", "-p", number_text(pid, w.pid), "-b", "1", ring);
	tool_wait_line(&run, "PATH");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	for (const char *at = strchr(run.text, '\n') + 1; *at; at = strchr(at, '\n') + 1, arrived++) {
		assert_int_equal(sscanf(at, "/nonexistent/%ld", &number), 1);
		assert_true(number > last);
		last = number;
	}
	for (const char *at = run.errors; (at = strstr(at, "Possibly lost ")); at++)
		lost += strtol(at + strlen("Possibly lost "), NULL, 10);
	if (arrived + lost != MANY)
		fail_msg("%ld of %d events arrived, and %ld are said to be lost:\n%s", arrived, MANY, lost,
			run.errors);
	tool_free(&run);
}

static void test_losses(void **state)
{
	check_losses(NULL);
	check_losses("--perf-buffers");
}

/* As kernels before 5.8 have them. */
static void test_perf_buffers(void **state)
{
	char expected[256], pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "perf", open_two, NULL);
	tool_start(&run, OPENSNOOP, "--perf-buffers", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(expected, HEADER "\n%-6d perf               -1   2 /nonexistent/one\n", w.pid);
	add(expected, "%-6d perf               -1   2 /nonexistent/two\n", w.pid);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static char *file_text(const char *path)
{
	static char text[4096];
	FILE *f = fopen(path, "re");

	text[0] = '\0';
	if (!f)
		return text;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void wait_for_text(const char *path, const char *expected)
{
	for (double end = tool_now() + 60; strcmp(file_text(path), expected);) {
		if (tool_now() > end)
			fail_msg("%s:\n%s\nexpected:\n%s", path, file_text(path), expected);
		usleep(10000);
	}
}

/* After a rotation the new file begins as the old one did. */
static void test_output_file(void **state)
{
	char path[] = "/tmp/bcc-output-XXXXXX", moved[64], pids[64];
	struct workload first, second;
	int fd = mkstemp(path);
	struct tool_run run;

	assert_int_equal(write(fd, "old", 3), 3);
	close(fd);
	sprintf(moved, "%s.1", path);
	workload_new(&first, "file", open_two, NULL);
	workload_new(&second, "file", open_two, NULL);
	sprintf(pids, "%d,%d", first.pid, second.pid);
	tool_start(&run, OPENSNOOP, "--columns", "path", "-p", pids, "--output-file", path);
	wait_for_text(path, "PATH\n");
	workload_go(&first);
	wait_for_text(path, "PATH\n/nonexistent/one\n/nonexistent/two\n");
	assert_int_equal(rename(path, moved), 0);
	kill(run.pid, SIGHUP);
	wait_for_text(path, "PATH\n");
	workload_go(&second);
	wait_for_text(path, "PATH\n/nonexistent/one\n/nonexistent/two\n");
	tool_stop(&run, SIGINT);
	wait_for_text(moved, "PATH\n/nonexistent/one\n/nonexistent/two\n");
	assert_string_equal(run.text, "");
	assert_string_equal(run.errors, "");
	unlink(path);
	unlink(moved);
	tool_free(&run);
	tool_start(&run, OPENSNOOP, "--output-file", "/nonexistent/file");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_string_equal(
		run.errors, "opensnoop: cannot write to /nonexistent/file: No such file or directory\n");
	tool_free(&run);
}

/* Each tool describes itself, without privileges. */
static void test_describe(void **state)
{
	static const char *const tools[] = {
		"tools/opensnoop", "tools/execsnoop", "tools/runqlat", "tools/tcpconnect"};
	struct tool_run run;

	for (int i = 0; i < 4; i++) {
		tool_start_as(&run, 65534, tools[i], "--describe", NULL);
		tool_end(&run, 60);
		assert_int_equal(run.status, 0);
		assert_memory_equal(run.text, "{\n  \"schema\":1,\n  \"tool\":\"", 26);
		assert_non_null(strstr(run.text, "\"name\":\"output-file\""));
		tool_free(&run);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_table_and_csv),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_many_children),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_perf_buffers),
		cmocka_unit_test(test_output_file),
		cmocka_unit_test(test_describe),
	};

	if (argc == 2)
		_exit(have_children()); /* a search for leaks would be one more process */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
