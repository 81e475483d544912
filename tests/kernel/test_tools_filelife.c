/* SPDX-License-Identifier: Apache-2.0 */
/* filelife shows the files that a process is known to have created and deleted, and how old they became. */
#include <sys/syscall.h>

#include "older_calls.h"
#include "tool_run.h"

#define FILELIFE "tools/filelife"
#define HEADER "TIME     PID     COMM             AGE(s)  FILE"

enum { AGE_MS = 50 };

static const char by_paths[] =
	"filelife: files are known by their paths: those in directories that have been renamed, or that are "
	"deleted through a symbolic link to a directory, are not shown\n";

static char folder[] = "/tmp/bcc-life-XXXXXX";

static int set_up(void **state)
{
	char path[64];

	if (!mkdtemp(folder))
		return -1;
	sprintf(path, "%s/d", folder);
	return mkdir(path, 0700);
}

static int tear_down(void **state)
{
	char path[64];

	sprintf(path, "%s/d", folder);
	rmdir(path);
	return rmdir(folder);
}

static void make_file(int at, const char *name)
{
	int fd = openat(at, name, O_CREAT | O_WRONLY, 0600);

	if (fd < 0)
		_exit(1);
	close(fd);
}

static void use_files(void *ctx)
{
	char path[64];
	int at;

	if (chdir(folder))
		_exit(1);
	at = open("d", O_RDONLY | O_DIRECTORY);
	make_file(AT_FDCWD, "one");
	make_file(at, "two");
	sprintf(path, "%s/d/three", folder);
	make_file(AT_FDCWD, path);
	make_file(AT_FDCWD, "over");
	close(creat("d/n\new", 0600));
	make_file(at, "stays");
	if (rename("d/three", "./four") || rename("over", "d/stays"))
		_exit(1);
	usleep(AGE_MS * 1000);
	unlinkat(AT_FDCWD, "none", 0);
	call_unlink("d/../one");
	unlinkat(at, "two", 0);
	sprintf(path, "%s//four", folder);
	call_unlink(path);
	unlinkat(at, "n\new", 0);
	call_unlink("d/stays");
	/* once more, and another file that is there since before */
	make_file(AT_FDCWD, "one");
	call_unlink("one");
	call_unlink("before");
}

static const struct {
	const char *name, *path;
	int age_ms;
} gone[] = {{"one", "/one", AGE_MS}, {"two", "/d/two", AGE_MS}, {"four", "/four", AGE_MS},
	{"n\\new", "/d/n\\new", AGE_MS}, {"stays", "/d/stays", AGE_MS}, {"one", "/one", 0}};

static void check(const char *option)
{
	struct tool_run run;
	struct workload w;
	char pid[16], path[64], *at;

	sprintf(path, "%s/before", folder);
	make_file(AT_FDCWD, path);
	workload_new(&w, "deleting", use_files, NULL);
	tool_start(&run, FILELIFE, "-p", number_text(pid, w.pid), option);
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	if (*run.errors)
		assert_string_equal(run.errors, by_paths);
	at = run.text;
	assert_string_equal(tool_next_line(&at), HEADER);
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		int hours, minutes, seconds, length = 0;
		char start[64], *line = tool_next_line(&at);
		const char *shown;
		double age;

		sprintf(start, " %-7d %-16s ", w.pid, "deleting");
		if (sscanf(line, "%2d:%2d:%2d%n", &hours, &minutes, &seconds, &length) != 3 || length != 8 ||
			strncmp(line + 8, start, strlen(start)))
			fail_msg("line: %s\nall:\n%s", line, run.text);
		line += 8 + strlen(start);
		assert_int_equal(sscanf(line, "%lf", &age), 1);
		assert_true(age * 1000 >= gone[i].age_ms && age <= w.seconds + 0.01);
		shown = line + 8;
		if (!option) {
			assert_string_equal(shown, gone[i].name);
			continue;
		}
		/* whole, or from the root of the file system */
		assert_true(strlen(shown) > strlen(gone[i].path));
		assert_string_equal(shown + strlen(shown) - strlen(gone[i].path), gone[i].path);
		assert_non_null(strstr(shown, folder + strlen("/tmp")));
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_names(void **state)
{
	check(NULL);
}

static void test_paths(void **state)
{
	check("-F");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
