/* SPDX-License-Identifier: Apache-2.0 */
/* inject: a process opens files of its own, and looks which opens fail, and how. */
#include <sys/syscall.h>

#include "older_calls.h"
#include "testlib.h"
#include "tool_run.h"

#define INJECT "tools/inject"
#define TITLE "Making security_file_open() fail... Hit Ctrl-C to end."
#define HEADINGS "TIME     PID     TID     COMM"
#define NAMED "security_file_open(struct file *file)(STRCMP(file->f_path.dentry->d_name.name, bananas))"

static char folder[] = "/tmp/bcc-inject-XXXXXX";

/* ---- opens ---- */

enum { OPENS = 6 };

/* What open number `i` gives: 0, or the errno. */
struct expected {
	bool by_creat; /* not by openat() */
	const char *name;
	int flags;
	int errors[OPENS];
};

static void open_files(void *ctx)
{
	for (const struct expected *e = ctx; e->name; e++)
		for (int i = 0; i < OPENS; i++) {
			char path[64];
			int fd;

			snprintf(path, sizeof(path), "%s/%s", folder, e->name);
			fd = e->by_creat ? call_creat(path, 0600)
					 : syscall(SYS_openat, AT_FDCWD, path, e->flags, 0);
			if ((fd < 0 ? errno : 0) != e->errors[i])
				_exit(10 * (1 + (e - (const struct expected *)ctx)) + i);
			if (fd >= 0)
				close(fd);
		}
}

/* Starts the tool, has the process open its files, and compares the rows, which are `failures`. */
static void check(struct expected *files, unsigned failures, char *const *options)
{
	char pid[16], row[64], expected[1024] = "PID     TID     COMM\n";
	struct tool_run run;
	struct workload w;

	workload_new(&w, "opens", open_files, files);
	tool_start(&run, INJECT, "-p", number_text(pid, w.pid), options[0], options[1], options[2],
		options[3], options[4], options[5], options[6]);
	tool_wait_line(&run, HEADINGS);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	snprintf(row, sizeof(row), "%-7d %-7d opens\n", w.pid, w.pid);
	for (unsigned i = 0; i < failures; i++)
		strcat(expected, row);
	assert_memory_equal(run.text, TITLE "\n", strlen(TITLE "\n"));
	memmove(run.text, run.text + strlen(TITLE "\n"), strlen(run.text + strlen(TITLE "\n")) + 1);
	tool_cut_times(&run, 9);
	memmove(run.text + strlen("PID     TID     COMM\n"), strchr(run.text, '\n') + 1,
		strlen(strchr(run.text, '\n')));
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void need_trampolines(void)
{
	if (have_kprobes())
		return;
	tool_expect_end(1, "inject: ", INJECT, "kmalloc", "sys_mount()");
	test_missing("this kernel's functions cannot be probed");
}

/* By a text of the file's name, so many times. */
static void test_count(void **state)
{
	struct expected files[] = {{.name = "bananas", .errors = {EACCES, EACCES, EACCES}},
		{.name = "apples"}, {.name = "bananasplit"}, {0}};

	need_trampolines();
	check(files, 3, (char *const[]){"-c", "3", "-e", "EACCES", "security_file_open", NAMED, NULL});
}

/* Through system calls, and by their arguments. */
static void test_chain(void **state)
{
	struct expected files[] = {{.name = "bananas",
					   .flags = O_NONBLOCK,
					   .errors = {ENOMEM, ENOMEM, ENOMEM, ENOMEM, ENOMEM, ENOMEM}},
		{.name = "bananas"}, {.name = "bananas", .by_creat = true},
		{.name = "apples", .flags = O_NONBLOCK}, {0}};
	static char chain[] = NAMED " => vfs_open() => sys_openat(int dfd, const char *path, int flags)"
				    "((flags & 04000) && dfd == -100)";

	need_trampolines();
	check(files, 6, (char *const[]){"security_file_open", chain, NULL, NULL, NULL, NULL, NULL});
}

/* Not in this order, or not at all. */
static void test_other_chain(void **state)
{
	struct expected files[] = {{.name = "bananas"}, {0}};
	static char chain[] = NAMED " => sys_openat() => vfs_open()";

	need_trampolines();
	check(files, 0, (char *const[]){"security_file_open", chain, NULL, NULL, NULL, NULL, NULL});
	check(files, 0, (char *const[]){"-P", "0", "security_file_open", NAMED, NULL, NULL, NULL});
}

/* What is wrong with what the user says, wherever. */
static void test_usage(void **state)
{
	tool_expect_end(2, "a function is missing", INJECT, "kmalloc", "sys_mount() => ");
	tool_expect_end(2, "column 14: '(' is missing", INJECT, "kmalloc", "mount_subtree");
	tool_expect_end(2, "')' is missing", INJECT, "kmalloc", "sys_mount(");
	tool_expect_end(2, "it is the first", INJECT, "bio", "x() => should_fail_bio()");
	tool_expect_end(2, "none of kmalloc", INJECT, "k malloc", "sys_mount()");
	tool_expect_end(2, "what is to fail", INJECT, NULL, NULL);
	tool_expect_end(1, "no_such_thing", INJECT, "kmalloc", "(no_such_thing) => sys_mount()");
}

static int set_up(void **state)
{
	static const char *const names[] = {"bananas", "apples", "bananasplit"};
	char path[64];

	if (!mkdtemp(folder))
		return -1;
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	return 0;
}

static int tear_down(void **state)
{
	return nftw(folder, tool_cache_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_usage), cmocka_unit_test(test_count),
		cmocka_unit_test(test_chain), cmocka_unit_test(test_other_chain)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
