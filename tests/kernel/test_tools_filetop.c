/* SPDX-License-Identifier: Apache-2.0 */
/* filetop and dirtop count exactly what a process reads and writes, by file and by directory. */
#include <sys/uio.h>

#include "tool_run.h"

#define FILETOP "tools/filetop"
#define DIRTOP "tools/dirtop"
#define TITLE "Tracing... Output every 3600 secs. Hit Ctrl-C to end"
#define HEADER "TID     COMM             READS  WRITES R_Kb    W_Kb    T FILE"

static char folder[] = "/tmp/bcc-top-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static const char *const folders[] = {"a", "a/b", "c"};

static int set_up(void **state)
{
	char path[64];

	if (!mkdtemp(folder))
		return -1;
	for (int i = 0; i < 3; i++) {
		sprintf(path, "%s/%s", folder, folders[i]);
		if (mkdir(path, 0700))
			return -1;
	}
	return 0;
}

static int tear_down(void **state)
{
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* a/few: 3 reads of 30,000 bytes together; a/b/many: 10 writes of 20,480; c/both: 4 writes of 6,000 and 2
 * reads of 6,000. */
static void use_files(void *ctx)
{
	static char data[20000];
	int fd, pipes[2];

	if (chdir(folder))
		_exit(1);
	fd = open("a/few", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (ftruncate(fd, 30000) || read(fd, data, 20000) != 20000 ||
		readv(fd, (struct iovec[]){{data, 10000}, {data, 10000}}, 2) != 10000 ||
		read(fd, data, 9) != 0)
		_exit(1);
	close(fd);
	fd = open("a/b/many", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (int i = 0; i < 10; i++)
		if (write(fd, data, 2048) != 2048)
			_exit(1);
	close(fd);
	fd = open("c/both", O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (int i = 0; i < 4; i++)
		if (write(fd, data, 1500) != 1500)
			_exit(1);
	if (pread(fd, data, 4500, 0) != 4500 || preadv(fd, (struct iovec[]){{data, 4500}}, 1, 4500) != 1500)
		_exit(1);
	/* reads that fail are none, and pipes are no files */
	if (pread(fd, data, 10, -1) >= 0 || pipe(pipes) || write(pipes[1], data, 10) != 10)
		_exit(1);
	close(fd);
}

enum { FILES_KEPT = 16384 };

static void use_many_files(void *ctx)
{
	int count = *(int *)ctx;
	char name[32], byte = 'x';

	if (chdir(folder))
		_exit(1);
	for (int i = 0; i < count; i++) {
		int fd;

		sprintf(name, "c/file%d", i);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (write(fd, &byte, 1) != 1)
			_exit(1);
		/* all of them exist until the end, so that each has a number of its own */
		close(fd);
	}
}

static void run_with_many_files(int count, struct tool_run *run)
{
	struct workload w;
	char number[16];

	workload_new(&w, "files", use_many_files, &count);
	tool_start(run, FILETOP, "-p", number_text(number, w.pid), "3600", "-r", "5", "-C");
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	workload_go(&w);
	tool_stop(run, SIGINT);
}

/* The kernel makes room in a full table by itself. */
static void test_filetop_full(void **state)
{
	struct tool_run run;

	run_with_many_files(500, &run);
	assert_string_equal(run.errors, "");
	tool_free(&run);
	run_with_many_files(FILES_KEPT / 2 + 500, &run);
	if (!strstr(run.errors, "rows may be missing, and counts too low") ||
		!strstr(run.errors, "rows at once, of at most 16384"))
		fail_msg("stderr: %s", run.errors);
	tool_free(&run);
}

static void run_tool(struct tool_run *run, pid_t *pid, const char *tool, const char *a, const char *b)
{
	struct workload w;
	char number[16];

	workload_new(&w, "files", use_files, NULL);
	*pid = w.pid;
	tool_start(run, tool, "-p", number_text(number, w.pid), "3600", a, b);
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	workload_go(&w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void check_row(char **at, pid_t pid, int reads, int writes, int r_kb, int w_kb, const char *name)
{
	char row[128];

	sprintf(row, "%-7d %-16s %-6d %-6d %-7d %-7d R %s", pid, "files", reads, writes, r_kb, w_kb, name);
	assert_string_equal(tool_next_line(at), row);
}

/* The beginning of an output: the title, and what stands above the headings. */
static char *check_beginning(char *at, const char *header)
{
	int hours, minutes, seconds, length = 0;
	char *line;

	assert_string_equal(tool_next_line(&at), TITLE);
	assert_string_equal(tool_next_line(&at), "");
	line = tool_next_line(&at);
	assert_int_equal(sscanf(line, "%2d:%2d:%2d loadavg: %n", &hours, &minutes, &seconds, &length), 3);
	assert_int_equal(length, 18);
	assert_string_equal(tool_next_line(&at), "");
	assert_string_equal(tool_next_line(&at), header);
	return at;
}

static void test_filetop(void **state)
{
	struct tool_run run;
	pid_t pid;
	char *at;

	run_tool(&run, &pid, FILETOP, NULL, NULL);
	at = check_beginning(run.text, HEADER);
	check_row(&at, pid, 3, 0, 29, 0, "few");
	check_row(&at, pid, 0, 10, 0, 20, "many");
	check_row(&at, pid, 2, 4, 5, 5, "both");
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_filetop_order(void **state)
{
	struct tool_run run;
	pid_t pid;
	char *at;

	run_tool(&run, &pid, FILETOP, "-swrites", "-r2");
	at = check_beginning(run.text, HEADER);
	check_row(&at, pid, 0, 10, 0, 20, "many");
	check_row(&at, pid, 2, 4, 5, 5, "both");
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_filetop_json(void **state)
{
	char option[64], expected[256], *at;
	struct tool_run run;
	pid_t pid;

	sprintf(option, "--directory=%s/a", folder);
	run_tool(&run, &pid, FILETOP, "--json", option);
	at = run.text;
	tool_next_line(&at);
	sprintf(expected,
		"\"tid\":%d,\"comm\":\"files\",\"reads\":3,\"writes\":0,\"read_bytes\":30000,"
		"\"written_bytes\":0,\"type\":\"R\",\"file\":\"few\",\"pid\":%d,",
		pid, pid);
	assert_non_null(strstr(at, expected));
	assert_non_null(strstr(tool_next_line(&at), "\"file\":\"few\""));
	assert_string_equal(at, "");
	tool_free(&run);
}

/* Whole directories, of which the topmost counts; the pattern matches a and c. */
static void test_dirtop(void **state)
{
	char option[64], row[128];
	struct tool_run run;
	pid_t pid;
	char *at;

	sprintf(option, "-d%s/a/b,%s/[ac]", folder, folder);
	run_tool(&run, &pid, DIRTOP, option, "-C");
	at = check_beginning(run.text, "READS  WRITES R_Kb     W_Kb     PATH");
	sprintf(row, "%-6d %-6d %-8d %-8d %s/a", 3, 10, 49 - 20, 20, folder);
	assert_string_equal(tool_next_line(&at), row);
	sprintf(row, "%-6d %-6d %-8d %-8d %s/c", 2, 4, 5, 5, folder);
	assert_string_equal(tool_next_line(&at), row);
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_usage(void **state)
{
	static const char *const wrong[][3] = {
		{DIRTOP, NULL, "which directories? -d PATH,PATH,..."},
		{DIRTOP, "-d/none/such", "/none/such: No such file or directory"},
		{DIRTOP, "-d/dev/null", "'/dev/null' is not a further directory"},
		{FILETOP, "--directory=/dev/null", "/dev/null: Not a directory"},
		{FILETOP, "-snothing", "nothing"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		tool_expect_end(2, wrong[i][2], wrong[i][0], wrong[i][1], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filetop),
		cmocka_unit_test(test_filetop_order),
		cmocka_unit_test(test_filetop_json),
		cmocka_unit_test(test_filetop_full),
		cmocka_unit_test(test_dirtop),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
