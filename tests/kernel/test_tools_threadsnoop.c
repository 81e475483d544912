/* SPDX-License-Identifier: Apache-2.0 */
/* threadsnoop shows the threads that a process is known to have made, and what they run. */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define THREADSNOOP "tools/threadsnoop"
#define HEADER "TIME(ms)   PID     COMM             FUNC"

enum { THREADS = 4 };

/* The workload's, by its own account. */
static struct {
	pid_t by, tid;
} *made;
static int end_of_tool[2];

static int set_up(void **state)
{
	made = mmap(NULL, THREADS * sizeof(*made), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return made == MAP_FAILED;
}

/* The C library's: a sanitizer has its own, which gives the library another function. */
static int make_thread(pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *ctx), void *ctx)
{
	static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (!create)
		*(void **)&create = dlsym(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD), "pthread_create");
	return create(thread, attr, function, ctx);
}

void *run_first(void *ctx);
void *run_inner(void *ctx);
void *run_outer(void *ctx);
int run_clone(void *ctx);

#define UNCHANGED __attribute__((noinline, no_sanitize("address")))

UNCHANGED void *run_first(void *ctx)
{
	made[0].tid = syscall(SYS_gettid);
	return NULL;
}

UNCHANGED void *run_inner(void *ctx)
{
	made[2].tid = syscall(SYS_gettid);
	return NULL;
}

UNCHANGED void *run_outer(void *ctx)
{
	pthread_t inner;

	made[1].tid = made[2].by = syscall(SYS_gettid);
	prctl(PR_SET_NAME, "outer");
	if (make_thread(&inner, NULL, run_inner, NULL) || pthread_join(inner, NULL))
		_exit(1);
	return NULL;
}

/* Without the C library's thread: system calls only. */
UNCHANGED int run_clone(void *ctx)
{
	return 0;
}

/* Makes no thread, because there is no memory for its stack. */
static void make_none(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	if (pthread_attr_setstacksize(&attr, 1UL << 50) || !make_thread(&thread, &attr, run_first, NULL))
		_exit(1);
	pthread_attr_destroy(&attr);
}

static void make_all(void *ctx)
{
	static char stack[65536] __attribute__((aligned(16)));
	pthread_t thread;
	pid_t tid;
	char c;

	for (int i = 0; i < THREADS; i++)
		made[i].by = getpid();
	if (make_thread(&thread, NULL, run_first, NULL) || pthread_join(thread, NULL))
		_exit(1);
	if (make_thread(&thread, NULL, run_outer, NULL) || pthread_join(thread, NULL))
		_exit(1);
	make_none();
	tid = clone(run_clone, stack + sizeof(stack),
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
			CLONE_PARENT_SETTID,
		NULL, &made[3].tid);
	if (tid < 0)
		_exit(1);
	/* a process is no thread */
	tid = fork();
	if (!tid)
		_exit(0);
	if (tid < 0 || waitpid(tid, NULL, 0) != tid)
		_exit(1);
	/* functions have names as long as the process is there */
	close(end_of_tool[1]);
	if (read(end_of_tool[0], &c, 1))
		_exit(1);
}

static void wait_for_lines(struct tool_run *run, int lines)
{
	double end = tool_now() + 60;

	while (tool_count_lines(run) < lines && tool_now() < end)
		assert_true(tool_read(run, 1000));
}

/* Runs the tool until it has shown all threads; one more would be an error. */
static void run_tool(struct tool_run *run, struct workload *w, const char *option)
{
	char pid[16];
	int status;

	assert_int_equal(pipe2(end_of_tool, O_CLOEXEC), 0);
	workload_new(w, "threading", make_all, NULL);
	close(end_of_tool[0]);
	tool_start(run, THREADSNOOP, "-p", number_text(pid, w->pid), option);
	wait_for_lines(run, 1);
	assert_int_equal(write(w->go, "g", 1), 1);
	wait_for_lines(run, 1 + THREADS);
	close(end_of_tool[1]);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	assert_int_equal(status, 0);
	close(w->go);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static const char *const functions[] = {"run_first", "run_outer", "run_inner", NULL};

static void test_threads(void **state)
{
	char expected[1024] = HEADER "\n";
	struct tool_run run;
	struct workload w;
	long last = 0;
	char *to;

	run_tool(&run, &w, NULL);
	/* the time of the first is 0, and those of the others ascend */
	to = strchr(run.text, '\n') + 1;
	assert_memory_equal(to, "0          ", 11);
	for (char *line = to, *next; *line; line = next) {
		char *end;
		long time = strtol(line, &end, 10);

		assert_true(time >= last && *end == ' ');
		last = time;
		next = strchr(line, '\n') + 1;
		memmove(to, line + 11, next - line - 11);
		to += next - line - 11;
	}
	*to = '\0';
	for (int i = 0; i < THREADS; i++)
		add(expected, "%-7d %-16s %s\n", w.pid, i == 2 ? "outer" : "threading",
			functions[i] ? functions[i] : "-");
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_json(void **state)
{
	struct tool_run run;
	struct workload w;
	const char *row;

	run_tool(&run, &w, "--json");
	row = strchr(run.text, '\n') + 1;
	for (int i = 0; i < THREADS; i++, row = strchr(row, '\n') + 1) {
		const char *pid = strstr(row, "\"pid\":");
		char expected[256] = "";

		add(expected, "\"pid\":%d,\"comm\":\"%s\",\"func\":", w.pid, i == 2 ? "outer" : "threading");
		add(expected, functions[i] ? "\"%s\"" : "null", functions[i]);
		add(expected, ",\"tid\":%d,\"new_tid\":%d}\n", made[i].by, made[i].tid);
		assert_non_null(pid);
		if (strncmp(pid, expected, strlen(expected)))
			fail_msg("row:\n%.300s\nexpected:\n%s", row, expected);
	}
	assert_string_equal(row, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
