/* SPDX-License-Identifier: Apache-2.0 */
/* memleak finds exactly what known functions have allocated and not freed. */
#include <malloc.h>
#include <sys/mman.h>

#include "testlib.h"
#include "tool_run.h"

#define MEMLEAK "tools/memleak"

enum { SMALL = 24, SMALLS = 50, BIG = 1 << 20, BIGS = 5, GROWN = 777, GROWNS = 7, PIPES = 64 };

static void *volatile kept;

static void check(void *memory)
{
	if (!memory)
		_exit(1);
	kept = memory;
}

/* Names that the linker has. */
void memleak_small(void);
void memleak_big(void);
void memleak_grown(void);
void memleak_none(void);

__attribute__((noinline)) void memleak_small(void)
{
	check(malloc(SMALL));
}

/* The C library maps this much. */
__attribute__((noinline)) void memleak_big(void)
{
	check(calloc(BIG / 16, 16));
}

__attribute__((noinline)) void memleak_grown(void)
{
	check(malloc(10));
	check(realloc(kept, GROWN));
	/* fails, and leaves it as it is */
	if (realloc(kept, PTRDIFF_MAX - 4096UL))
		_exit(1);
}

__attribute__((noinline)) void memleak_none(void)
{
	void *memory;

	check(malloc(100));
	check(realloc(kept, 2 * BIG));
	free(kept);
	if (posix_memalign(&memory, 64, 333))
		_exit(1);
	kept = memory;
	free(kept);
	check(aligned_alloc(128, 256));
	free(kept);
	check(memalign(64, 100));
	free(kept);
	kept = mmap(NULL, BIG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(kept, BIG);
}

/* Calls a function from one place: each place is another stack. */
__attribute__((noinline)) static void repeat(void (*function)(void), int times)
{
	for (volatile int i = 0; i < times; i++)
		function();
}

static void leak(void *ctx)
{
	repeat(memleak_none, SMALLS);
	repeat(memleak_small, SMALLS);
	repeat(memleak_big, BIGS);
	repeat(memleak_grown, GROWNS);
	repeat(memleak_none, SMALLS);
}

static void run_tool(struct tool_run *run, bool json, const char *a, const char *b, const char *c)
{
	struct workload w;
	char pid[16], line[64];

	workload_new(&w, "leaker", leak, NULL);
	tool_start(run, MEMLEAK, "-p", number_text(pid, w.pid), "-o0", "1000", a, b, c);
	sprintf(line, "Attaching to pid %d, Ctrl+C to quit.", w.pid);
	if (!json)
		tool_wait_line(run, line);
	else
		while (!strchr(run->text, '\n') && tool_read(run, 60000))
			;
	workload_go(&w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

/* The next stack of the text: its numbers and its innermost function. */
static void expect_stack(char **at, long bytes, long count, const char *function)
{
	char expected[128], *line = tool_next_line(at);

	sprintf(expected, "\t%ld bytes in %ld allocations from stack", bytes, count);
	assert_string_equal(line, expected);
	line = tool_next_line(at);
	assert_int_equal(strncmp(line, "\t\t0x", 4), 0);
	sprintf(expected, "\t%s+0x", function);
	assert_ptr_equal(strstr(line, expected), line + 20);
	assert_non_null(strstr(line, " [kernel_tools_memleak]"));
	while (*at && !strncmp(*at, "\t\t", 2))
		tool_next_line(at);
}

static void test_text(void **state)
{
	struct tool_run run;
	char *at;

	run_tool(&run, false, NULL, NULL, NULL);
	at = run.text;
	tool_next_line(&at);
	assert_string_equal(tool_next_line(&at) + 10, " Top 10 stacks with outstanding allocations:");
	expect_stack(&at, (long)SMALL * SMALLS, SMALLS, "memleak_small");
	expect_stack(&at, (long)GROWN * GROWNS, GROWNS, "memleak_grown");
	expect_stack(&at, (long)BIG * BIGS, BIGS, "memleak_big");
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_top(void **state)
{
	struct tool_run run;
	char *at;
	int addresses = 0;

	run_tool(&run, false, "-T1", "--sort=count", "-aZ1000");
	at = run.text;
	tool_next_line(&at);
	tool_next_line(&at);
	for (; !strncmp(at, "\taddr = ", 8); addresses++)
		tool_next_line(&at);
	assert_int_equal(addresses, SMALLS + GROWNS);
	expect_stack(&at, (long)SMALL * SMALLS, SMALLS, "memleak_small");
	assert_string_equal(at, "");
	tool_free(&run);
}

/* Each allocation, and each end of one. */
static void test_trace(void **state)
{
	struct tool_run run;
	int allocated = 0, freed = 0;

	run_tool(&run, true, "-t", "--csv", "--columns=FREE,SIZE");
	for (const char *at = run.text; (at = strstr(at, "\n0,")); at++)
		allocated++;
	for (const char *at = run.text; (at = strstr(at, "\n1,")); at++)
		freed++;
	/* realloc() is both */
	assert_int_equal(freed, SMALLS * 12 + GROWNS * 2);
	assert_int_equal(allocated, SMALLS * 13 + BIGS + GROWNS * 2);
	tool_free(&run);
}

static int outputs_with(const char *text, const char *function)
{
	int count = 0;

	for (; (text = strstr(text, function)); text++)
		count++;
	return count;
}

/* A flame graph has what there is in the end, and not that of each output added up. */
static void test_flamegraph(void **state)
{
	char svg[] = "/tmp/memleak-XXXXXX.svg", pid[16], text[4096] = "", all[64];
	struct tool_run run;
	struct workload w;
	int fd = mkstemps(svg, 4);

	assert_true(fd >= 0);
	workload_new(&w, "leaker", leak, NULL);
	tool_start(&run, MEMLEAK, "-p", number_text(pid, w.pid), "-o0", "1", "--json", "--flamegraph", svg);
	while (!strchr(run.text, '\n') && tool_read(&run, 60000))
		;
	workload_go(&w);
	while (outputs_with(run.text, "memleak_big") < 2)
		assert_true(tool_read(&run, 60000));
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	unlink(svg);
	sprintf(all, "all (%ld bytes, 100.00%%)",
		(long)SMALLS * SMALL + (long)BIGS * BIG + (long)GROWNS * GROWN);
	assert_non_null(strstr(text, all));
	tool_free(&run);
}

static void expect_usage(const char *a, const char *b, const char *message)
{
	struct tool_run run;

	tool_start(&run, MEMLEAK, a, b);
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	assert_non_null(strstr(run.errors, message));
	tool_free(&run);
}

static void test_wrong(void **state)
{
	expect_usage("-z5", "-Z4", "cannot be greater");
	expect_usage("-p1", "--percpu", "about the kernel");
	expect_usage("-p!1", NULL, "name those to look at");
	expect_usage("--sort=name", NULL, "neither size nor count");
}

/* ---- the kernel's memory ---- */

static void make_pipes(int ready)
{
	int ends[2];

	for (int i = 0; i < PIPES; i++)
		if (pipe(ends))
			_exit(1);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void test_kernel(void **state)
{
	int go[2], ready[2];
	struct tool_run run;
	char c, *row;
	pid_t pid;

	assert_int_equal(pipe2(go, O_CLOEXEC) | pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "kleaker");
		if (read(go[0], &c, 1) == 1)
			make_pipes(ready[1]);
		_exit(1);
	}
	tool_start(&run, MEMLEAK, "--json", "-o0", "-T1000", "--comm=kleaker", "1000");
	while (!strchr(run.text, '\n') && tool_read(&run, 60000))
		;
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(read(ready[0], &c, 1), 1);
	tool_stop(&run, SIGINT);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	row = strstr(run.text, "\"allocations\":64,");
	while (row && !memmem(row, strcspn(row, "\n"), "\"alloc_pipe_info+0x", 19))
		row = strstr(row + 1, "\"allocations\":64,");
	assert_non_null(row);
	assert_null(strstr(run.text, "\"user\":[\""));
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(ready[i]);
	}
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_flamegraph),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
