/* SPDX-License-Identifier: Apache-2.0 */
/* deadlock: two threads of our process take two locks in different orders, one after the other, so that
 * they never wait; and another process does what looks alike and is right. */
#include <pthread.h>
#include <sys/syscall.h>

#include "lasting_child.h"

#define DEADLOCK "tools/deadlock"
#define TITLE "Tracing... Hit Ctrl-C to end."

/* At the same addresses in our children. */
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive;

/* Names that the linker has. Before Linux 6.11, the stack of a function that has just been entered lacks the
 * one that has called it: hence the steps. */
void deadlock_step(pthread_mutex_t *mutex);
void *deadlock_first(void *ctx);
void *deadlock_second(void *ctx);

static volatile int steps;

__attribute__((noinline)) void deadlock_step(pthread_mutex_t *mutex)
{
	pthread_mutex_lock(mutex);
	steps++;
}

__attribute__((noinline)) void *deadlock_first(void *ctx)
{
	prctl(PR_SET_NAME, "fir;st");
	deadlock_step(&a);
	deadlock_step(&b);
	pthread_mutex_unlock(&b);
	pthread_mutex_unlock(&a);
	return ctx;
}

__attribute__((noinline)) void *deadlock_second(void *ctx)
{
	prctl(PR_SET_NAME, "second");
	deadlock_step(&b);
	deadlock_step(&a);
	pthread_mutex_unlock(&a);
	pthread_mutex_unlock(&b);
	return ctx;
}

static void run_thread(void *(*function)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, NULL) || pthread_join(thread, NULL))
		_exit(1);
}

static void invert(void *ctx)
{
	run_thread(deadlock_first);
	run_thread(deadlock_second);
}

/* The other order only by attempts, and never two at once; one lock twice. */
static void *do_right(void *ctx)
{
	struct timespec past = {0};

	deadlock_first(NULL);
	pthread_mutex_lock(&b);
	if (pthread_mutex_trylock(&a) || pthread_mutex_unlock(&a) || pthread_mutex_timedlock(&a, &past))
		_exit(1);
	/* released in another order */
	pthread_mutex_unlock(&b);
	pthread_mutex_lock(&recursive);
	pthread_mutex_lock(&recursive);
	pthread_mutex_unlock(&recursive);
	pthread_mutex_unlock(&recursive);
	pthread_mutex_unlock(&a);
	pthread_mutex_lock(&b);
	pthread_mutex_unlock(&b);
	return ctx;
}

static void be_right(void *ctx)
{
	run_thread(do_right);
}

static char *address(char *text, const pthread_mutex_t *mutex)
{
	sprintf(text, "%016lx", (unsigned long)mutex);
	return text;
}

static void check_text(const struct tool_run *run)
{
	char cycle[256], first[2][256], m[2][32];
	const char *at;

	/* which one is first is a matter of addresses */
	address(m[0], &a < &b ? &a : &b);
	address(m[1], &a < &b ? &b : &a);
	sprintf(cycle,
		TITLE
		"\n----------------\nPotential Deadlock Detected!\n\nCycle in lock order graph: Mutex M0 (0x%s) => "
		"Mutex M1 (0x%s) => Mutex M0 (0x%s)\n\n",
		m[0], m[1], m[0]);
	assert_int_equal(strncmp(run->text, cycle, strlen(cycle)), 0);
	for (int i = 0; i < 2; i++)
		sprintf(first[i],
			"\nMutex M%d (0x%s) acquired here while holding Mutex M%d (0x%s) in Thread ", 1 - i,
			m[1 - i], i, m[i]);
	for (int i = 0; i < 2; i++) {
		bool is_first = (i == 0) == (&a < &b);

		at = strstr(run->text, first[i]);
		assert_non_null(at);
		at = strchr(at + strlen(first[i]), ' ');
		assert_memory_equal(at, is_first ? " (fir;st):\n@ " : " (second):\n@ ", 13);
		/* both stacks, and who has made the thread */
		at = strstr(at, is_first ? " deadlock_first\n" : " deadlock_second\n");
		assert_non_null(at);
		at = strstr(at, " previously acquired by the same Thread ");
		assert_non_null(at);
		at = strstr(at, is_first ? " deadlock_first\n" : " deadlock_second\n");
		assert_non_null(at);
		at = strstr(at, " created by Thread ");
		assert_non_null(at);
		at = strstr(at, " (inver;ter) here:\n@ ");
		assert_non_null(at);
		/* the C library has no frame pointers: what the kernel takes for frames there is not shown */
		at = strstr(at, " [unknown]\n");
		assert_true(!at || strncmp(at + strlen(" [unknown]\n"), "@ ", 2) != 0);
	}
}

static void check_json(const struct tool_run *run, pid_t pid)
{
	const char *at = strchr(run->text, '\n') + 1;
	char start[256];

	assert_non_null(strstr(run->text, "\"tool\":\"deadlock\""));
	for (int i = 0; i < 2; i++, at = strchr(at, '\n') + 1) {
		bool is_first = (i == 0) == (&a < &b);
		int tid;

		sprintf(start, "{\"comm\":\"%s\",\"pid\":%d,\"tid\":", is_first ? "fir;st" : "second", pid);
		assert_int_equal(strncmp(at, start, strlen(start)), 0);
		tid = strtol(at + strlen(start), NULL, 10);
		assert_true(tid > 0 && tid != pid);
		sprintf(start,
			"{\"comm\":\"%s\",\"pid\":%d,\"tid\":%d,\"held\":%ld,\"taken\":%ld,\"creator\":%d,\"held_stack\":[\"",
			is_first ? "fir;st" : "second", pid, tid, (long)(is_first ? &a : &b),
			(long)(is_first ? &b : &a), pid);
		assert_int_equal(strncmp(at, start, strlen(start)), 0);
	}
	assert_string_equal(at, "");
}

static void test_inversion(void **state)
{
	struct lasting_child child;
	struct tool_run text, json;
	char pid[16];

	lasting_child_new(&child, "inver;ter", invert, NULL);
	number_text(pid, child.pid);
	tool_start(&text, DEADLOCK, pid);
	tool_start(&json, DEADLOCK, "--json", pid);
	tool_wait_line(&text, TITLE);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	lasting_child_go(&child);
	/* by themselves */
	tool_end(&text, 60);
	tool_end(&json, 60);
	lasting_child_end(&child);
	assert_int_equal(text.status, 1);
	assert_int_equal(json.status, 1);
	assert_string_equal(text.errors, "");
	check_text(&text);
	check_json(&json, child.pid);
	tool_free(&text);
	tool_free(&json);
}

static void test_right(void **state)
{
	char graph[] = "/tmp/bcc-deadlock-XXXXXX", pid[16], text[4096] = "", expected[256];
	int fd = mkstemp(graph);
	struct lasting_child child;
	struct tool_run run;

	assert_true(fd >= 0);
	lasting_child_new(&child, "right", be_right, NULL);
	tool_start(&run, DEADLOCK, "-v", "--dump-graph", graph, number_text(pid, child.pid));
	tool_wait_line(&run, TITLE);
	lasting_child_go(&child);
	tool_stop(&run, SIGINT);
	lasting_child_end(&child);
	assert_string_equal(run.text, TITLE "\n");
	/* a to b, and a to the recursive one, which is taken while the attempt's lock is held */
	assert_non_null(strstr(run.errors, "Mutexes: 3, Edges: 2\n"));
	assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
	sprintf(expected, "{\"source\": %ld, \"target\": %ld, \"thread_pid\": ", (long)&a, (long)&b);
	assert_non_null(strstr(text, expected));
	sprintf(expected, "{\"source\": %ld, \"target\": %ld, \"thread_pid\": ", (long)&a, (long)&recursive);
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, "\"thread_comm\": \"fir;st\"}"));
	close(fd);
	unlink(graph);
	tool_free(&run);
}

static void take_one_by_one(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pthread_mutex_lock(&a);
		pthread_mutex_unlock(&a);
		pthread_mutex_lock(&b);
		pthread_mutex_unlock(&b);
	}
}

/* While the tool begins to look, locks are taken all the time, but never two of them. */
static void test_busy(void **state)
{
	pid_t child = fork();
	struct tool_run run;
	char pid[16];

	if (!child)
		take_one_by_one();
	assert_true(child > 0);
	for (int i = 0; i < 2; i++) {
		tool_start(&run, DEADLOCK, "-v", "--duration", "0.1", number_text(pid, child));
		tool_end(&run, 60);
		assert_string_equal(run.text, TITLE "\n");
		assert_string_equal(run.errors, "deadlock: Mutexes: 0, Edges: 0\n");
		assert_int_equal(run.status, 0);
		tool_free(&run);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Its parent, we, has not asked for its status. */
static void test_ended(void **state)
{
	struct lasting_child child;
	char pid[16], expected[64];
	struct tool_run run;

	lasting_child_new(&child, "ended", be_right, NULL);
	tool_start(&run, DEADLOCK, number_text(pid, child.pid));
	tool_wait_line(&run, TITLE);
	kill(child.pid, SIGKILL);
	tool_end(&run, 60);
	sprintf(expected, "deadlock: process %d has ended\n", child.pid);
	assert_string_equal(run.errors, expected);
	assert_int_equal(run.status, 0);
	tool_free(&run);
	sprintf(expected, "there is no process %d", child.pid);
	tool_expect_end(2, expected, DEADLOCK, pid, NULL);
	close(child.socket);
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
}

static void test_wrong(void **state)
{
	char pid[16];

	tool_expect_end(2, "which process?", DEADLOCK, "-v", NULL);
	tool_expect_end(2, "there is no process 4000000", DEADLOCK, "4000000", NULL);
	tool_expect_end(
		1, "--lock-symbols", DEADLOCK, "--lock-symbols=bcc_no_such_lock", number_text(pid, getpid()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inversion),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_wrong),
	};
	pthread_mutexattr_t attributes;

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&recursive, &attributes);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
