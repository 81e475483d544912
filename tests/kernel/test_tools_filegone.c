/* SPDX-License-Identifier: Apache-2.0 */
/* filegone shows the files that a process is known to have deleted and renamed. */
#include <sys/syscall.h>

#include "older_calls.h"
#include "tool_run.h"

#define FILEGONE "tools/filegone"
#define HEADER "TIME     PID     COMM             ACTION FILE"

enum { REMOVE_FOLDER = 0x200 /* AT_REMOVEDIR */, DEPTH = 70, SHOWN = 64 };

static char folder[] = "/tmp/bcc-gone-XXXXXX";

static int set_up(void **state)
{
	return !mkdtemp(folder);
}

static int tear_down(void **state)
{
	return rmdir(folder);
}

static void make_file(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY, 0600);

	if (fd < 0)
		_exit(1);
	close(fd);
}

static void remove_all(void *ctx)
{
	char path[64];
	int fd;

	if (chdir(folder) || mkdir("d", 0700) || mkdir("e", 0700))
		_exit(1);
	for (const char *name = "abcd"; *name; name++) {
		sprintf(path, "d/%c", *name);
		make_file(path);
	}
	fd = open("d", O_RDONLY | O_DIRECTORY);
	sprintf(path, "%s/d/a", folder);
	call_unlink(path);
	call_unlink(path);
	syscall(SYS_unlinkat, fd, "b", 0);
	call_rename("d/c", "d/c\n2");
	syscall(SYS_renameat, fd, "c\n2", AT_FDCWD, "c3");
	syscall(SYS_renameat2, AT_FDCWD, "c3", fd, "c4", 0);
	syscall(SYS_renameat2, AT_FDCWD, "d/c4", fd, "d", 1 /* RENAME_NOREPLACE */);
	call_unlink("d/c4");
	call_unlink("d/d");
	syscall(SYS_unlinkat, AT_FDCWD, "e", REMOVE_FOLDER);
	call_rmdir("d");
	close(fd);
}

/* What has worked; `%s` is the folder. */
static const struct {
	const char *action, *given, *full;
} gone[] = {
	{"DELETE", "%s/d/a", "%s/d/a"},
	{"DELETE", "b", "%s/d/b"},
	{"RENAME", "d/c > d/c\\n2", "%s/d/c > %s/d/c\\n2"},
	{"RENAME", "c\\n2 > c3", "%s/d/c\\n2 > %s/c3"},
	{"RENAME", "c3 > c4", "%s/c3 > %s/d/c4"},
	{"DELETE", "d/c4", "%s/d/c4"},
	{"DELETE", "d/d", "%s/d/d"},
	{"DELETE", "e", "%s/e"},
	{"DELETE", "d", "%s/d"},
};
enum { GONE = sizeof(gone) / sizeof(gone[0]) };

static void run_tool(
	struct tool_run *run, struct workload *w, void (*action)(void *ctx), const char *option, bool json)
{
	char pid[16];

	workload_new(w, "removing", action, NULL);
	tool_start(run, FILEGONE, "-p", number_text(pid, w->pid), json ? "--json" : option,
		json ? option : NULL);
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	workload_go(w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void add_path(char *text, const char *path)
{
	for (; *path; path++)
		if (*path == '%' && path[1] == 's') {
			strcat(text, folder);
			path++;
		} else {
			add(text, "%c", *path);
		}
}

static void check(const char *option)
{
	char expected[4096];
	struct tool_run run;
	struct workload w;

	run_tool(&run, &w, remove_all, option, false);
	tool_cut_times(&run, 9);
	sprintf(expected, "%s\n", HEADER + 9);
	for (int i = 0; i < GONE; i++) {
		add(expected, "%-7d %-16s %6s ", w.pid, "removing", gone[i].action);
		add_path(expected, option ? gone[i].full : gone[i].given);
		strcat(expected, "\n");
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_files(void **state)
{
	check(NULL);
}

static void test_full_path(void **state)
{
	check("-F");
}

/* JSON has both paths of a file that was renamed. */
static void test_json(void **state)
{
	struct tool_run run;
	struct workload w;
	const char *row;

	run_tool(&run, &w, remove_all, NULL, true);
	assert_int_equal(tool_count_lines(&run), 1 + GONE);
	row = strchr(run.text, '\n') + 1;
	for (int i = 0; i < GONE; i++, row = strchr(row, '\n') + 1) {
		const char *pid = strstr(row, "\"pid\":"), *new = strstr(gone[i].given, " > ");
		char expected[512] = "", old[64];

		sprintf(old, "%.*s", new ? (int)(new - gone[i].given) : 60, gone[i].given);
		add(expected, "\"pid\":%d,\"comm\":\"removing\",\"action\":\"%s\",\"path\":\"", w.pid,
			gone[i].action);
		add_path(expected, old);
		strcat(expected, "\",\"new_path\":");
		add(expected, new ? "\"%s\"}\n" : "null}\n", new ? new + 3 : "");
		assert_non_null(pid);
		if (strncmp(pid, expected, strlen(expected)))
			fail_msg("row:\n%.300s\nexpected:\n%s", row, expected);
	}
	tool_free(&run);
}

static void remove_deep(void *ctx)
{
	if (chdir(folder))
		_exit(1);
	for (int i = 0; i < DEPTH; i++)
		if (mkdir("d", 0700) || chdir("d"))
			_exit(1);
	make_file("x");
	call_rename("x", "y");
	call_unlink("y");
	for (int i = 0; i < DEPTH; i++)
		if (chdir("..") || rmdir("d"))
			_exit(1);
}

/* More directories than the tool follows: it does not pretend that the last one is the root. */
static void test_deep_path(void **state)
{
	char expected[1024] = "RENAME ", deep[3 + 2 * SHOWN + 1] = "...";
	struct tool_run run;
	struct workload w;
	char *line;

	for (int i = 0; i < SHOWN; i++)
		strcat(deep, "/d");
	run_tool(&run, &w, remove_deep, "-F", false);
	add(expected, "%s/x > %s/y\n", deep, deep);
	line = strstr(run.text, "RENAME");
	assert_non_null(line);
	if (strncmp(line, expected, strlen(expected)))
		fail_msg("output:\n%s\nexpected:\n%s", run.text, expected);
	assert_int_equal(tool_count_lines(&run), 3 + DEPTH);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_full_path),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_deep_path),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
