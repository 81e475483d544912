/* SPDX-License-Identifier: Apache-2.0 */
/* The examples about programs in C++ and Go, pins, types of events, and those that are written in C++. */
#include "network.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "example_run.h"

static void do_nothing(void *ctx)
{
}

static void finish(struct tool_run *run)
{
	end(run);
	tool_free(run);
}

/* ---- functions with the names that C++ gives them ---- */

int stack_push(int n) __asm__("_ZN9cpp_stack4pushEi");
int stack_pop(void) __asm__("_ZN9cpp_stack3popEv");

__attribute__((noinline)) int stack_push(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

__attribute__((noinline)) int stack_pop(void)
{
	int n = 0;

	__asm__ volatile("" : "+r"(n));
	return n;
}

static void use_stack(void *ctx)
{
	for (int i = 0; i < 12; i++)
		stack_push(i);
	for (int i = 0; i < 4; i++)
		stack_pop();
	pause();
}

static void test_cpp_functions(void **state)
{
	struct workload w;
	struct tool_run run;
	char pid[16];

	workload_new(&w, "stack", use_stack, NULL);
	sprintf(pid, "%d", w.pid);
	tool_start(&run, "examples/cpp_functions", pid, "^_ZN9cpp_stack", "3");
	tool_wait_line(&run, "2 functions");
	/* it stays until the example has looked */
	assert_int_equal(write(w.go, "", 1), 1);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_true(tool_has_line(&run, "        12 cpp_stack::push(int)"));
	assert_true(tool_has_line(&run, "         4 cpp_stack::pop()"));
	assert_int_equal(tool_count_lines(&run), 4);
	tool_free(&run);
	kill(w.pid, SIGKILL);
	waitpid(w.pid, NULL, 0);
}

/* ---- a function that takes a string as Go's do ---- */

#ifdef __x86_64__
__asm__(".pushsection .text\n"
	".type main.greet, @function\n"
	"main.greet:\n"
	"	nop\n"
	"	ret\n"
	".size main.greet, . - main.greet\n"
	".popsection\n");

/* RAX and RBX; the call must not write below the stack pointer, where the compiler may keep something. */
static void greet(const char *string, size_t length)
{
	__asm__ volatile("sub $128, %%rsp\n"
			 "call main.greet\n"
			 "add $128, %%rsp\n"
		:
		: "a"(string), "b"(length)
		: "memory", "cc");
}
#elif defined(__aarch64__)
__asm__(".pushsection .text\n"
	".type main.greet, %function\n"
	"main.greet:\n"
	"	nop\n"
	"	ret\n"
	".size main.greet, . - main.greet\n"
	".popsection\n");

static void greet(const char *string, size_t length)
{
	register const char *x0 __asm__("x0") = string;
	register size_t x1 __asm__("x1") = length;

	__asm__ volatile("bl main.greet" : : "r"(x0), "r"(x1) : "x30", "memory");
}
#endif

static void test_go_strings(void **state)
{
	struct tool_run run;
	char line[64];

	tool_start(&run, "examples/go_strings", "/proc/self/exe", "main.greet");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1); /* the example's own file has no such function */
	tool_free(&run);

	snprintf(line, sizeof(line), "/proc/%d/exe", getpid());
	tool_start(&run, "examples/go_strings", line, "main.greet");
	tool_wait_line(&run, "PID    STRING");
	greet("no zero ends it", 7);
	greet("", 0);
	greet("hello", 5);
	snprintf(line, sizeof(line), "%-6d %s", getpid(), "hello");
	tool_wait_line(&run, line);
	snprintf(line, sizeof(line), "%-6d %s", getpid(), "no zero");
	assert_true(tool_has_line(&run, line));
	assert_int_equal(tool_count_lines(&run), 4);
	finish(&run);
}

/* ---- names that stay ---- */

static void start_programs(int count)
{
	while (count--) {
		pid_t child = fork();

		if (!child) {
			execl("/bin/true", "true", NULL);
			_exit(1);
		}
		waitpid(child, NULL, 0);
	}
}

static struct tool_run run_pinned(const char *folder, const char *what)
{
	struct tool_run run;

	tool_start(&run, "examples/pinned", folder, what);
	tool_end(&run, 60);
	if (run.status)
		fail_msg("pinned %s: %s", what, run.errors);
	return run;
}

static void test_pinned(void **state)
{
	char folder[] = "/tmp/bcc-pinned-XXXXXX", line[64];
	struct tool_run run;

	if (geteuid())
		test_missing("mounts need root here");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", folder, "bpf", 0, NULL), 0);
	run = run_pinned(folder, "start");
	tool_free(&run);
	start_programs(3);
	run = run_pinned(folder, "show"); /* started by this process too */
	snprintf(line, sizeof(line), "%-8d %d", 4, getpid());
	assert_true(tool_has_line(&run, "PROGRAMS STARTED BY"));
	assert_true(tool_has_line(&run, line));
	tool_free(&run);
	run = run_pinned(folder, "stop");
	tool_free(&run);
	tool_start(&run, "examples/pinned", folder, "show");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	tool_free(&run);
	assert_int_equal(umount(folder), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* Returns the number of the process, which has ended. */
static pid_t run_true(void)
{
	pid_t child = fork();

	if (!child) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
	return child;
}

static void exec_json(struct expected *expected)
{
	pid_t child = run_true();

	sprintf(expected->line,
		"{\"who\": {\"pid\": %d, \"uid\": 0}, \"root\": true, \"comm\": \"true\", \"bytes\": [7, 65535], \"delta\": -1}\n",
		child);
}

static void test_json_events(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/json_events");
	until(&run, exec_json);
	finish(&run);
}

/* ---- C++ ---- */

static void exec_hello(struct expected *expected)
{
	pid_t child = run_true();

	sprintf(expected->line, " %-6d %-16s Hello, C++!\n", child, "true");
}

static void test_cpp_hello_world(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/cpp/hello_world");
	until(&run, exec_hello);
	finish(&run);
}

static void fork_child(struct expected *expected)
{
	struct workload w;

	prctl(PR_SET_NAME, "forks");
	workload_new(&w, "child", do_nothing, NULL);
	workload_go(&w);
	sprintf(expected->line, "%-16s %-6d ", "forks", getpid());
}

static void test_cpp_hello_perf_output(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/cpp/hello_perf_output");
	tool_wait_line(&run, "COMM             PID    NUMBER");
	until(&run, fork_child);
	finish(&run);
}

static void measure(void *ctx)
{
	static const char *volatile word = "measured by the test";

	for (int i = 0; i < 71; i++)
		if (strlen(word) != 20)
			_exit(1);
	pause();
}

static void test_cpp_strlen_count(void **state)
{
	struct workload w;
	struct tool_run run;
	char pid[16];

	workload_new(&w, "measures", measure, NULL);
	sprintf(pid, "%d", w.pid);
	tool_start(&run, "examples/cpp/strlen_count", pid, "3");
	tool_wait_line(&run, "     COUNT STRING");
	assert_int_equal(write(w.go, "", 1), 1);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_true(tool_has_line(&run, "        71 measured by the test"));
	tool_free(&run);
	kill(w.pid, SIGKILL);
	waitpid(w.pid, NULL, 0);
}

static void call_repeatedly(void *ctx)
{
	for (int i = 0; i < 1000; i++)
		syscall(SYS_getppid);
	pause();
}

static void test_cpp_global_variables(void **state)
{
	struct workload w;
	struct tool_run run;
	char pid[16];

	workload_new(&w, "calls", call_repeatedly, NULL);
	sprintf(pid, "%d", w.pid);
	tool_start(&run, "examples/cpp/global_variables", pid);
	tool_wait_line(&run, "Counting...");
	assert_int_equal(write(w.go, "", 1), 1);
	tool_wait_line(&run, "1001 calls"); /* with that of pause() */
	finish(&run);
	kill(w.pid, SIGKILL);
	waitpid(w.pid, NULL, 0);
}

static void test_cpp_xdp_drop(void **state)
{
	struct network network = enter_network();
	struct tool_run run;
	int input[2], saved = dup(0);

	if (saved < 0 || pipe2(input, O_CLOEXEC) || dup2(input[0], 0)) {
		fail_msg("a pipe as standard input: %s", strerror(errno));
		abort();
	}
	tool_start(&run, "examples/cpp/xdp_drop", "right");
	assert_int_equal(dup2(saved, 0), 0);
	tool_wait_line(&run, "PASSED   DROPPED");
	assert_int_equal(pass_frames("left", "right", 5), 5);
	assert_int_equal(write(input[1], "\n", 1), 1);
	tool_wait_line(&run, "6        0"); /* and the last frame */
	for (int i = 0; i < 4; i++)
		send_frame("left", FRAME_TYPE, i);
	assert_int_equal(write(input[1], "\n", 1), 1);
	tool_wait_line(&run, "6        4");
	assert_int_equal(pass_frames("left", "right", 2), 2);
	end(&run);
	assert_int_equal(pass_frames("left", "right", 3), 3);
	tool_free(&run);
	close(input[0]);
	close(input[1]);
	close(saved);
	leave_network(&network);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpp_functions),
		cmocka_unit_test(test_go_strings),
		cmocka_unit_test(test_json_events),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_cpp_hello_world),
		cmocka_unit_test(test_cpp_hello_perf_output),
		cmocka_unit_test(test_cpp_strlen_count),
		cmocka_unit_test(test_cpp_global_variables),
		cmocka_unit_test(test_cpp_xdp_drop),
	};

	return cmocka_run_group_tests_name("examples about programs", tests, NULL, NULL);
}
