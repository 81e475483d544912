/* SPDX-License-Identifier: Apache-2.0 */
/* vfsstat counts exactly what a process does to files, whatever the intervals are. */
#include <sys/syscall.h>

#include "older_calls.h"
#include "own_file_system.h"

#define VFSSTAT "tools/vfsstat"
#define HEADER "TIME         READ/s  WRITE/s  FSYNC/s   OPEN/s CREATE/s UNLINK/s  MKDIR/s  RMDIR/s"

static const char only_calls[] =
	"vfsstat: only system calls are counted: not what the kernel does by itself\n";

static char folder[] = "/tmp/bcc-vfs-XXXXXX";

/* Of file systems that are stacked, such as a container's, each one is asked: this is one that is not. */
static void mount_folder(void)
{
	static bool mounted;

	if (mounted)
		return;
	own_mounts();
	assert_int_equal(mount("none", folder, "tmpfs", 0, NULL), 0);
	mounted = true;
}

static int set_up(void **state)
{
	return !mkdtemp(folder);
}

static int tear_down(void **state)
{
	umount(folder);
	return rmdir(folder);
}

static void use_files(void *ctx)
{
	char name[8], byte = 0;
	int at, fd;

	if (chdir(folder))
		_exit(1);
	at = open(".", O_RDONLY | O_DIRECTORY);
	mkdir("d", 0700);
	mkdirat(at, "e", 0700);
	for (int i = 0; i < 3; i++) {
		sprintf(name, "f%d", i);
		close(open(name, O_CREAT | O_WRONLY, 0600));
	}
	fd = open("f0", O_RDWR);
	for (int i = 0; i < 30; i++)
		if (write(fd, &byte, 1) != 1)
			_exit(1);
	for (int i = 0; i < 20; i++)
		if (pwrite(fd, &byte, 1, i) != 1)
			_exit(1);
	usleep(1200000);
	for (int i = 0; i < 100; i++)
		if (pread(fd, &byte, 1, 0) != 1 || read(fd, &byte, 1) != 0)
			_exit(1);
	fsync(fd);
	fdatasync(fd);
	fsync(fd);
	close(fd);
	close(-1);
	call_unlink("f0");
	unlinkat(at, "f1", 0);
	unlinkat(at, "f2", 0);
	call_rmdir("d");
	unlinkat(at, "e", AT_REMOVEDIR);
}

static const struct {
	const char *name;
	long count;
} expected[] = {{"reads", 200}, {"writes", 50}, {"fsyncs", 3}, {"opens", 5}, {"creates", 3}, {"unlinks", 3},
	{"mkdirs", 2}, {"rmdirs", 2}};

static void run_tool(struct tool_run *run, const char *option, const char *interval)
{
	struct workload w;
	char pid[16];

	mount_folder();
	workload_new(&w, "files", use_files, NULL);
	tool_start(run, VFSSTAT, "-p", number_text(pid, w.pid), interval, option);
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	workload_go(&w);
	tool_stop(run, SIGINT);
	if (*run->errors)
		assert_string_equal(run->errors, only_calls);
}

/* All intervals together. */
static void test_json(void **state)
{
	struct tool_run run;

	run_tool(&run, "--json", "1");
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		char member[16];
		long sum = 0, count;

		snprintf(member, sizeof(member), "\"%s\":", expected[i].name);
		for (const char *at = run.text; (at = strstr(at, member));) {
			at += strlen(member);
			assert_int_equal(sscanf(at, "%ld", &count), 1);
			sum += count;
		}
		/* Debian's 6.1 has a copy of vfs_fsync_range() in fdatasync(), where no probe sees it */
		if (!strcmp(expected[i].name, "fsyncs") && !*run.errors && sum == 2)
			continue;
		/* where calls are counted when they return, the one that waited for us is among them */
		if (sum != expected[i].count && !(i == 0 && sum == expected[i].count + 1))
			fail_msg("%s: %ld instead of %ld\n%s", expected[i].name, sum, expected[i].count,
				run.text);
	}
	tool_free(&run);
}

static void test_table(void **state)
{
	int hours, minutes, seconds, rows = 0, length;
	struct tool_run run;
	long counts[8];
	char *at;

	run_tool(&run, NULL, "1");
	at = run.text;
	assert_string_equal(tool_next_line(&at), HEADER);
	for (; *at; rows++) {
		char row[128], *line = tool_next_line(&at);

		assert_int_equal(sscanf(line, "%2d:%2d:%2d:%n%ld%ld%ld%ld%ld%ld%ld%ld", &hours, &minutes,
					 &seconds, &length, counts, counts + 1, counts + 2, counts + 3,
					 counts + 4, counts + 5, counts + 6, counts + 7),
			11);
		snprintf(row, sizeof(row), "%02d:%02d:%02d:  %8ld %8ld %8ld %8ld %8ld %8ld %8ld %8ld", hours,
			minutes, seconds, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5],
			counts[6], counts[7]);
		assert_string_equal(line, row);
	}
	assert_true(rows >= 2);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
