/* SPDX-License-Identifier: Apache-2.0 */
/* funccount and vfscount: how often our process reaches functions of its own, static probes, tracepoints and
 * functions of the kernel, each a known number of times. */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "static_probe.h"
#include "tool_run.h"

#define FUNCCOUNT "tools/funccount"
#define TITLE(number, pattern) "Tracing " number " functions for \"" pattern "\"... Hit Ctrl-C to end."

enum { ONES = 3, TWOS = 500, FIRED = 7, CALLS = 11, OTHER_CALLS = 4 };

__attribute__((noinline, used)) static int bcc_counted_one(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

__attribute__((noinline, used)) static int bcc_counted_two(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

extern int bcc_counted_two_too(int n) __attribute__((alias("bcc_counted_two")));

__attribute__((noinline, used)) static int bcc_counted_never(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

static void reach(void *ctx)
{
	for (int i = 0; i < ONES; i++)
		bcc_counted_one(i);
	for (int i = 0; i < TWOS; i++)
		bcc_counted_two(i);
	for (int i = 0; i < FIRED; i++)
		__asm__ volatile(STATIC_PROBE("bcc_counted", "fired", "0", "-4@$7"));
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getpriority, 0, 0);
	for (int i = 0; i < OTHER_CALLS; i++)
		syscall(SYS_getpgid, 0);
	if (ctx)
		bcc_counted_never(1);
}

static bool has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe", F_OK);
}

struct counted_case {
	const char *options;
	char pattern[PATH_MAX + 64];
	char title[PATH_MAX + 128]; /* "": its first line is another */
	char output[256];	    /* after the title */
	struct tool_run run;
};

static void set_case(
	struct counted_case *c, const char *options, const char *pattern, int number, const char *output)
{
	c->options = options;
	strcpy(c->pattern, pattern);
	sprintf(c->title, "Tracing %d functions for \"%s\"... Hit Ctrl-C to end.", number, pattern);
	strcpy(c->output, output);
}

#define HEADING "FUNC                                    COUNT\n"
#define ROWS_OF_TWO                                                                                          \
	HEADING "bcc_counted_one                             3\nbcc_counted_two                           500\n"

static void test_counts(void **state)
{
	struct counted_case cases[8] = {{0}};
	char self[PATH_MAX], pattern[PATH_MAX + 64], pid[16];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct workload w, other;
	int count = 0;

	assert_true(length > 0);
	self[length] = '\0';
	workload_new(&w, "counted", reach, NULL);
	workload_new(&other, "other", reach, NULL);
	number_text(pid, w.pid);
	sprintf(pattern, "%s:bcc_counted_*", self);
	set_case(&cases[count++], "-p", pattern, 3, ROWS_OF_TWO);
	sprintf(pattern, "p:%s:^bcc_counted_(one|two$)", self);
	set_case(&cases[count++], "-rp", pattern, 2, ROWS_OF_TWO);
	sprintf(pattern, "u:%s:fi*", self);
	set_case(
		&cases[count++], "-p", pattern, 1, HEADING "fired                                       7\n");
	set_case(&cases[count++], "-p", "t:syscalls:sys_enter_getp[gr]*", 3,
		HEADING "syscalls:sys_enter_getpgid                  4\n"
			"syscalls:sys_enter_getpriority             11\n");
	if (has_kprobes())
		set_case(&cases[count++], "-rp", "__(x64|arm64)_sys_getp(gid|riority)$", 2,
#ifdef __x86_64__
			HEADING "__x64_sys_getpgid                           4\n"
				"__x64_sys_getpriority                      11\n");
#else
			HEADING "__arm64_sys_getpgid                         4\n"
				"__arm64_sys_getpriority                    11\n");
#endif
	for (int i = 0; i < count; i++) {
		tool_start(&cases[i].run, FUNCCOUNT, cases[i].options, pid, cases[i].pattern);
		/* it is compiled once */
		if (!i)
			tool_wait_line(&cases[i].run, cases[i].title);
	}
	for (int i = 1; i < count; i++)
		tool_wait_line(&cases[i].run, cases[i].title);
	workload_go(&w);
	workload_go(&other);
	/* detaching takes a while: all at the same time */
	for (int i = 0; i < count; i++)
		kill(cases[i].run.pid, SIGINT);
	for (int i = 0; i < count; i++) {
		char expected[2 * PATH_MAX];

		tool_end(&cases[i].run, 60);
		assert_int_equal(cases[i].run.status, 0);
		sprintf(expected, "%s\n\n%s", cases[i].title, cases[i].output);
		tool_assert_output(&cases[i].run, expected);
		assert_string_equal(cases[i].run.errors, "");
		tool_free(&cases[i].run);
	}
}

/* Nothing that was counted before an output is shown again, and JSON has the same rows. */
static void test_intervals(void **state)
{
	struct tool_run table, json;
	struct workload w;
	char pattern[PATH_MAX + 64], pid[16], self[PATH_MAX] = "";

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	sprintf(pattern, "%s:bcc_counted_*", self);
	workload_new(&w, "counted", reach, &w);
	number_text(pid, w.pid);
	tool_start(&json, FUNCCOUNT, "--json", "-p", pid, pattern);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	/* more than one output before anything happens */
	tool_start(&table, FUNCCOUNT, "-T", "-i1", "--comm", "counted", pattern);
	tool_wait_line(&table, "FUNC                                    COUNT");
	workload_go(&w);
	tool_wait_line(&table, "bcc_counted_two                           500");
	tool_stop(&table, SIGTERM);
	tool_stop(&json, SIGTERM);
	for (const char *name = table.text; (name = strstr(name, "bcc_counted_one ")); name++)
		assert_ptr_equal(name, strstr(table.text, "bcc_counted_one "));
	assert_non_null(strstr(table.text, "bcc_counted_never                           1\n"));
	assert_string_equal(strchr(json.text, '\n'),
		"\n{\"func\":\"bcc_counted_never\",\"count\":1}\n{\"func\":\"bcc_counted_one\",\"count\":3}\n"
		"{\"func\":\"bcc_counted_two\",\"count\":500}\n");
	tool_free(&table);
	tool_free(&json);
}

enum { VFS_WRITES = 37, VFS_READS = 11 };

static void write_and_read(void *ctx)
{
	int fd = memfd_create("counted", MFD_CLOEXEC);
	char c = 'x';

	for (int i = 0; i < VFS_WRITES; i++)
		if (write(fd, &c, 1) != 1)
			_exit(1);
	lseek(fd, 0, SEEK_SET);
	for (int i = 0; i < VFS_READS; i++)
		if (read(fd, &c, 1) != 1)
			_exit(1);
}

/* The count of a function's row; -1: there is none, or it has no address of the kernel. */
static long vfscount_of(const char *rows, const char *function)
{
	unsigned long address;
	char name[64];
	long count;

	for (const char *at = rows; at && *at; at = strchr(at, '\n') + 1) {
		assert_int_equal(sscanf(at, "%lx %63s %ld", &address, name, &count), 3);
		assert_memory_equal(name, "vfs_", 4);
		if (!strcmp(name, function))
			return address >> 63 ? count : -1;
	}
	return -1;
}

static void test_vfscount(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "counted", write_and_read, NULL);
	number_text(pid, w.pid);
	if (!has_kprobes()) {
		tool_start(&run, "tools/vfscount", "-p", pid);
		tool_end(&run, 60);
		assert_int_equal(run.status, 1);
		assert_non_null(strstr(run.errors, "no kprobes in this kernel"));
	} else {
		const char *at;

		tool_start(&run, "tools/vfscount", "-p", pid);
		tool_wait_line(&run, "Tracing... Ctrl-C to end.");
		/* it waits in a read(), which ends, and began before */
		workload_go(&w);
		tool_stop(&run, SIGINT);
		at = strstr(run.text, "\nADDR             FUNC                          COUNT\n");
		assert_non_null(at);
		at = strchr(at + 1, '\n') + 1;
		assert_int_equal(vfscount_of(at, "vfs_write"), VFS_WRITES);
		assert_int_equal(vfscount_of(at, "vfs_read"), VFS_READS);
	}
	if (!has_kprobes())
		workload_go(&w);
	tool_free(&run);
}

/* What cannot be counted is said in a sentence. */
static void test_errors(void **state)
{
	static const struct {
		const char *option, *pattern, *says;
		int status;
	} cases[] = {
		{"-T", NULL, "which functions?", 2},
		{"-T", "", "funccount: the name is missing", 2},
		{"-T", "x:c:malloc", "x:c:malloc, column 1: the kind of a probe is", 2},
		{"-T", "c:bcc_no_such_*", "no function of c matches 'bcc_no_such_*'", 1},
		{"-T", "bcc_no_such_library:f", "no such library, program or module", 1},
		{"-T", "u:c:bcc_*", "no static probe of c matches", 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tool_expect_end(cases[i].status, cases[i].says, FUNCCOUNT, cases[i].option, cases[i].pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_vfscount),
		cmocka_unit_test(test_errors),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
