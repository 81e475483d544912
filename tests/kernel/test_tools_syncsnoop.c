/* SPDX-License-Identifier: Apache-2.0 */
/* syncsnoop shows the calls that a process is known to have made, with their files. */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define SYNCSNOOP "tools/syncsnoop"
#define HEADER "TIME(s)            COMM             CALL            "

static char path[] = "/tmp/bcc-sync-XXXXXX";
static int file = -1;

static int set_up(void **state)
{
	file = mkstemp(path);
	return file < 0 || write(file, "x", 1) != 1;
}

static int tear_down(void **state)
{
	close(file);
	return unlink(path);
}

/* sync() is left out: it writes everything that this machine has in memory. */
static void sync_all(void *ctx)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	syscall(SYS_fsync, file);
	syscall(SYS_fdatasync, file);
	syscall(SYS_msync, page, 4096, MS_ASYNC);
	syscall(SYS_sync_file_range, file, 0, 0, 0);
	syscall(SYS_fsync, 77);
	syscall(SYS_syncfs, 77);
}

static const struct {
	const char *call;
	int ret;
	bool has_file;
} made[] = {{"fsync", 0, true}, {"fdatasync", 0, true}, {"msync", 0, false}, {"sync_file_range", 0, true},
	{"fsync", -EBADF, false}, {"syncfs", -EBADF, false}};
enum { CALLS = sizeof(made) / sizeof(made[0]) };

/* The times are seconds since boot, in ascending order, within those of the test. */
static void cut_times(struct tool_run *run, double begin)
{
	char *to = run->text;
	double last = begin;

	for (char *line = run->text, *next; *line; line = next) {
		size_t length;
		double time;

		if (line > run->text) {
			assert_int_equal(sscanf(line, "%lf", &time), 1);
			assert_true(time >= last && time <= tool_now());
			last = time;
		}
		next = strchr(line, '\n') + 1;
		length = next - (line + 19);
		memmove(to, line + 19, length);
		to += length;
	}
	*to = '\0';
}

static void test_calls(void **state)
{
	char expected[1024], pid[16];
	double begin = tool_now();
	struct tool_run run;
	struct workload w;

	workload_new(&w, "syncing", sync_all, NULL);
	tool_start(&run, SYNCSNOOP, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	cut_times(&run, begin);
	sprintf(expected, "%s\n", HEADER + 19);
	for (int i = 0; i < CALLS; i++)
		add(expected, "syncing          %-16s\n", made[i].call);
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_files(void **state)
{
	char expected[2048] = "", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "syncing", sync_all, NULL);
	tool_start(&run, SYNCSNOOP, "-p", number_text(pid, w.pid), "--columns", "call,ret,file");
	tool_wait_line(&run, "CALL             RET FILE");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(expected, "CALL             RET FILE\n");
	for (int i = 0; i < CALLS; i++)
		add(expected, "%-16s %3d %s\n", made[i].call, made[i].ret,
			made[i].has_file ? strrchr(path, '/') + 1 : "-");
	tool_assert_output(&run, expected);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
