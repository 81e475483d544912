/* SPDX-License-Identifier: Apache-2.0 */
/* memleak finds exactly what known functions have allocated and not freed. */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>

#include "lasting_child.h"
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
	/* by itself, with the process */
	tool_end(run, 60);
	assert_int_equal(run->status, 0);
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
	struct lasting_child child;
	int fd = mkstemps(svg, 4);

	assert_true(fd >= 0);
	lasting_child_new(&child, "leaker", leak, NULL);
	tool_start(
		&run, MEMLEAK, "-p", number_text(pid, child.pid), "-o0", "1", "--json", "--flamegraph", svg);
	while (!strchr(run.text, '\n') && tool_read(&run, 60000))
		;
	lasting_child_go(&child);
	while (outputs_with(run.text, "memleak_big") < 2)
		assert_true(tool_read(&run, 60000));
	tool_stop(&run, SIGINT);
	lasting_child_end(&child);
	assert_string_equal(run.errors, "");
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	unlink(svg);
	sprintf(all, "all (%ld bytes, 100.00%%)",
		(long)SMALLS * SMALL + (long)BIGS * BIG + (long)GROWNS * GROWN);
	assert_non_null(strstr(text, all));
	tool_free(&run);
}

/* ---- each function that allocates, in several processes and threads ---- */

#define JEMALLOC "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"

enum {
	EACH = 3, /* allocations of each kind that are not freed */
	THREADS = 4,
	MALLOC = 1001,
	CALLOC = 1102,
	REALLOC = 1203,
	REALLOC_NULL = 1304,
	REALLOCARRAY = 1400,
	POSIX_MEMALIGN = 1506,
	ALIGNED_ALLOC = 1664,
	MEMALIGN = 1707,
	VALLOC = 1808,
	PVALLOC = 1909,
	STRDUP = 2010,
	MMAP = 3 * 4096,
	MREMAP = 7 * 4096,
	NEW = 2111,
	NEW_ARRAY = 2212,
	NEW_ALIGNED = 19 * 128,
	THREAD = 2414,
	IN_CHILD = 2515,
	MALLOCX = 2616,
	RALLOCX = 2717,
};

static bool preloaded; /* jemalloc, which has no pvalloc() */

/* C++'s, by their mangled names. */
static void *(*new)(size_t size), *(*new_array)(size_t size), *(*new_aligned)(size_t size, size_t alignment);
static void (*delete)(void *memory), (*delete_sized)(void *memory, size_t size);

static void *find_function(const char *name)
{
	void *found = dlsym(RTLD_DEFAULT, name);

	if (!found)
		_exit(2);
	return found;
}

static void find_operators(void)
{
	if (!dlopen("libstdc++.so.6", RTLD_NOW | RTLD_GLOBAL))
		_exit(2);
	new = find_function("_Znwm");
	new_array = find_function("_Znam");
	new_aligned = find_function("_ZnwmSt11align_val_t");
	delete = find_function("_ZdlPv");
	delete_sized = find_function("_ZdlPvm");
}

static void *map(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void *posix_aligned(size_t size)
{
	void *memory;

	return posix_memalign(&memory, 64, size) ? NULL : memory;
}

/* The C++ library has no frame pointers, and leaves out of stacks the function that has called it. */
__attribute__((noinline)) static void keep_new(void)
{
	check(new (NEW));
}

__attribute__((noinline)) static void keep_new_array(void)
{
	check(new_array(NEW_ARRAY));
}

__attribute__((noinline)) static void keep_new_aligned(void)
{
	check(new_aligned(NEW_ALIGNED, 128));
}

static void keep_one_of_each(void)
{
	char text[STRDUP] = "";

	check(malloc(MALLOC));
	check(calloc(CALLOC / 2, 2));
	check(realloc(malloc(10), REALLOC));
	check(realloc(NULL, REALLOC_NULL));
	check(reallocarray(malloc(10), REALLOCARRAY / 4, 4));
	check(posix_aligned(POSIX_MEMALIGN));
	check(aligned_alloc(64, ALIGNED_ALLOC));
	check(memalign(64, MEMALIGN));
	check(valloc(VALLOC));
	if (!preloaded)
		check(pvalloc(PVALLOC));
	memset(text, 'x', sizeof(text) - 1);
	check(strdup(text));
	check(map(MMAP));
	check(mremap(map(MMAP), MMAP, MREMAP, MREMAP_MAYMOVE));
	keep_new();
	keep_new_array();
	keep_new_aligned();
	check(malloc(0));
}

static void free_one_of_each(void)
{
	void *moved;

	free(malloc(MALLOC));
	free(calloc(CALLOC / 2, 2));
	free(realloc(malloc(10), REALLOC));
	free(reallocarray(NULL, REALLOCARRAY / 4, 4));
	free(posix_aligned(POSIX_MEMALIGN));
	free(aligned_alloc(64, ALIGNED_ALLOC));
	free(memalign(64, MEMALIGN));
	free(valloc(VALLOC));
	if (!preloaded)
		free(pvalloc(PVALLOC));
	free(NULL);
	free(malloc(0));
	/* no bytes: the C library frees it, jemalloc returns another address */
	free(realloc(malloc(MALLOC), 0));
	munmap(map(MMAP), MMAP);
	moved = mremap(map(MMAP), MMAP, MREMAP, MREMAP_MAYMOVE);
	munmap(moved, MREMAP);
	/* fails, and leaves it as it is: it is freed afterwards */
	moved = map(MMAP);
	if (mremap(moved, MMAP, PTRDIFF_MAX & -4096L, MREMAP_MAYMOVE) != MAP_FAILED)
		_exit(1);
	munmap(moved, MMAP);
	delete (new (NEW));
	delete_sized(new_array(NEW_ARRAY), NEW_ARRAY);
}

static void *in_thread(void *ctx)
{
	for (int i = 0; i < EACH; i++) {
		check(malloc(THREAD));
		free(malloc(THREAD));
	}
	return NULL;
}

/* A child has the same addresses, and is another process. */
static void free_in_child(void)
{
	void *memory = malloc(IN_CHILD);
	int status;
	pid_t pid;

	check(memory);
	pid = fork();
	if (!pid) {
		free(memory);
		check(malloc(IN_CHILD));
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		_exit(1);
}

static void keep_and_free(void *ctx)
{
	pthread_t threads[THREADS];

	find_operators();
	for (volatile int i = 0; i < EACH; i++) {
		keep_one_of_each();
		free_one_of_each();
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, in_thread, NULL))
			_exit(1);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	free_in_child();
}

/* All that is left of allocations of this size. */
static void expect_kept(const struct tool_run *run, pid_t pid, long size, long count)
{
	unsigned long found = 0, allocations, bytes;
	int owner;

	for (const char *at = run->text; (at = strstr(at, "{\"pid\":")); at++)
		if (sscanf(at, "{\"pid\":%d,\"allocations\":%lu,\"size_bytes\":%lu,", &owner, &allocations,
			    &bytes) == 3 &&
			owner == pid && bytes == allocations * size)
			found += allocations;
	if (found != (unsigned long)count)
		fail_msg("%lu and not %ld of %ld bytes: %s", found, count, size, run->text);
}

static void expect_each(const struct tool_run *run, pid_t pid)
{
	static const int sizes[] = {MALLOC, CALLOC, REALLOC, REALLOC_NULL, REALLOCARRAY, POSIX_MEMALIGN,
		ALIGNED_ALLOC, MEMALIGN, VALLOC, STRDUP, NEW, NEW_ARRAY, NEW_ALIGNED, 0};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		expect_kept(run, pid, sizes[i], EACH);
	expect_kept(run, pid, THREAD, THREADS * EACH);
	expect_kept(run, pid, IN_CHILD, 1);
}

static void wait_record(struct tool_run *run)
{
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
}

static void test_functions(void **state)
{
	struct lasting_child children[2];
	struct tool_run run;
	char pids[32];

	for (int i = 0; i < 2; i++)
		lasting_child_new(&children[i], "leaker", keep_and_free, NULL);
	sprintf(pids, "%d,%d", children[0].pid, children[1].pid);
	tool_start(&run, MEMLEAK, "-p", pids, "--json", "-o0", "-T1000", "1000");
	wait_record(&run);
	lasting_child_go(&children[0]);
	lasting_child_go(&children[1]);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	/* the second one has the first one's socket, too */
	for (int i = 2; i--;) {
		expect_each(&run, children[i].pid);
		expect_kept(&run, children[i].pid, PVALLOC, EACH);
		expect_kept(&run, children[i].pid, MMAP, EACH);
		expect_kept(&run, children[i].pid, MREMAP, EACH);
		lasting_child_end(&children[i]);
	}
	tool_free(&run);
}

/* jemalloc's own functions. */
static void keep_of_jemalloc(void)
{
	void *(*mallocx)(size_t, int) = find_function("mallocx");
	void *(*rallocx)(void *, size_t, int) = find_function("rallocx");
	void (*dallocx)(void *, int) = find_function("dallocx");
	void (*sdallocx)(void *, size_t, int) = find_function("sdallocx");

	for (volatile int i = 0; i < EACH; i++) {
		check(mallocx(MALLOCX, 0));
		check(rallocx(mallocx(10, 0), RALLOCX, 0));
		dallocx(mallocx(MALLOCX, 0), 0);
		sdallocx(mallocx(MALLOCX, 0), MALLOCX, 0);
	}
}

/* This program, with the library that has been preloaded. */
static int run_with_jemalloc(void)
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	preloaded = true;
	if (read(STDIN_FILENO, &c, 1) != 1)
		return 1;
	keep_and_free(NULL);
	keep_of_jemalloc();
	if (write(STDOUT_FILENO, "d", 1) != 1 || read(STDIN_FILENO, &c, 1) != 0)
		return 1;
	return 0;
}

static pid_t start_with_jemalloc(int *in, int *out)
{
	int ins[2], outs[2];
	pid_t pid;

	assert_int_equal(pipe2(ins, O_CLOEXEC) | pipe2(outs, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(ins[0], STDIN_FILENO);
		dup2(outs[1], STDOUT_FILENO);
		setenv("LD_PRELOAD", JEMALLOC, 1);
		execl("/proc/self/exe", "memleak-jemalloc", "jemalloc", NULL);
		_exit(127);
	}
	close(ins[0]);
	close(outs[1]);
	*in = ins[1];
	*out = outs[0];
	return pid;
}

static void test_jemalloc(void **state)
{
	struct tool_run run, other;
	int in, out, status;
	char text[16], c;
	pid_t pid;

	if (access(JEMALLOC, R_OK)) {
		fputs("skipped: libjemalloc2 is missing\n", stderr);
		skip();
	}
	pid = start_with_jemalloc(&in, &out);
	number_text(text, pid);
	tool_start(&run, MEMLEAK, "-p", text, "-O", JEMALLOC, "--json", "-o0", "-T1000", "1000");
	wait_record(&run);
	/* by itself, the tool looks at the C library, and says so */
	tool_start(&other, MEMLEAK, "-p", text, "--json", "-o0", "1000");
	wait_record(&other);
	assert_int_equal(write(in, "g", 1), 1);
	assert_int_equal(read(out, &c, 1), 1);
	tool_stop(&run, SIGINT);
	tool_stop(&other, SIGINT);
	assert_string_equal(run.errors, "");
	assert_non_null(strstr(other.errors, "-O " JEMALLOC));
	expect_each(&run, pid);
	expect_kept(&run, pid, MALLOCX, EACH);
	expect_kept(&run, pid, RALLOCX, EACH);
	close(in);
	close(out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	tool_free(&run);
	tool_free(&other);
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
	expect_usage("-c", "", "the command is missing");
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_flamegraph),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_jemalloc),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_kernel),
	};

	if (argc == 2 && !strcmp(argv[1], "jemalloc"))
		return run_with_jemalloc();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
