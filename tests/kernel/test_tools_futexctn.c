/* SPDX-License-Identifier: Apache-2.0 */
/* futexctn: one thread of our process waits for a mutex a known number of times, at least so long each time,
 * as another one holds it until it waits and then for a while. */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lasting_child.h"
#include "thread_state.h"

#define FUTEXCTN "tools/futexctn"
#define TITLE "Summarize futex contention latency, hit ctrl-c to exit"

enum { WAITS = 5, HOLD_US = 10000 };

/* Shared with the child, so that its addresses are known. */
static struct shared {
	pthread_mutex_t mutex;
	int waiter; /* the thread that waits */
} *shared;

static void *wait_for_mutex(void *pipe_fd)
{
	char c;

	prctl(PR_SET_NAME, "wai;ter");
	while (read(*(int *)pipe_fd, &c, 1) == 1) {
		__atomic_store_n(&shared->waiter, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
		pthread_mutex_lock(&shared->mutex);
		pthread_mutex_unlock(&shared->mutex);
		__atomic_store_n(&shared->waiter, 0, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void contend(void *ctx)
{
	pthread_t thread;
	int fds[2], tid;

	if (pipe(fds) || pthread_create(&thread, NULL, wait_for_mutex, &fds[0]))
		_exit(1);
	for (int i = 0; i < WAITS; i++) {
		pthread_mutex_lock(&shared->mutex);
		if (write(fds[1], "g", 1) != 1)
			_exit(1);
		/* it has said that somebody waits, and does */
		while (!(tid = __atomic_load_n(&shared->waiter, __ATOMIC_SEQ_CST)) ||
			__atomic_load_n(&shared->mutex.__data.__lock, __ATOMIC_SEQ_CST) != 2 ||
			thread_state(tid) != 'S')
			usleep(100);
		usleep(HOLD_US);
		pthread_mutex_unlock(&shared->mutex);
		while (__atomic_load_n(&shared->waiter, __ATOMIC_SEQ_CST))
			usleep(100);
	}
	close(fds[1]);
}

/* A line for the one who waited, and its histogram: no wait was longer than all of it took. */
static void check_text(const struct tool_run *run, long most_us)
{
	char heading[64], comm[16] = "", rest[256];
	long tid, count, average, longest, shortest, sum = 0, slot, low;
	const char *at = strstr(run->text, "wai;ter[");

	assert_non_null(at);
	assert_int_equal(
		sscanf(at,
			"%7s[%ld] lock %*s contended %ld times, %ld avg usecs [max: %ld usecs, min %ld usecs]",
			comm, &tid, &count, &average, &longest, &shortest),
		6);
	snprintf(heading, sizeof(heading), " lock 0x%lx contended", (unsigned long)&shared->mutex);
	assert_non_null(strstr(at, heading));
	assert_int_equal(count, WAITS);
	assert_true(shortest >= HOLD_US && shortest <= average && average <= longest);
	/* rounded down */
	assert_true(longest <= most_us && average * WAITS <= most_us);
	assert_true((average + 1) * WAITS >= longest + (WAITS - 1) * shortest);
	at = strstr(at, "\n    -\n");
	assert_non_null(at);
	at = strstr(at + 1, "\n    -\n");
	assert_non_null(at);
	at = strstr(at, "distribution\n");
	assert_non_null(at);
	while ((at = strchr(at, '\n')) && at[1] != '\n') {
		snprintf(rest, sizeof(rest), "%.100s", ++at);
		assert_int_equal(sscanf(rest, " %ld -> %*d : %ld |", &low, &slot), 2);
		assert_true(!slot || (2 * low > HOLD_US && low <= longest));
		sum += slot;
	}
	assert_int_equal(sum, WAITS);
}

static void test_contention(void **state)
{
	char pid[16], lock[32], start[128];
	struct tool_run text, json, other;
	struct lasting_child child;
	double seconds;
	long count = 0;

	lasting_child_new(&child, "holder", contend, NULL);
	number_text(pid, child.pid);
	sprintf(lock, "%#lx", (unsigned long)&shared->mutex);
	tool_start(&text, FUTEXCTN, "-T", "-p", pid, "-l", lock);
	/* what was counted before an output is not shown again */
	tool_start(&json, FUTEXCTN, "--json", "-a", "--comm", "wai;ter", "1");
	tool_start(&other, FUTEXCTN, "-s", "-p", pid, "-l", "0x1000");
	tool_wait_line(&text, TITLE);
	tool_wait_line(&other, TITLE);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	seconds = tool_now();
	lasting_child_go(&child);
	seconds = tool_now() - seconds;
	tool_stop(&text, SIGINT);
	tool_stop(&other, SIGINT);
	while (!strstr(json.text, "\"lock\":"))
		assert_true(tool_read(&json, 60000));
	tool_stop(&json, SIGINT);
	lasting_child_end(&child);
	check_text(&text, (long)(seconds * 1e6));
	sprintf(start, "{\"comm\":\"wai;ter\",\"pid\":%d,\"tid\":", child.pid);
	for (const char *at = strchr(json.text, '\n') + 1, *end; (end = strchr(at, '\n')); at = end + 1) {
		const char *number = strstr(at, "\"count\":");

		assert_int_equal(strncmp(at, start, strlen(start)), 0);
		assert_true(number && number < end);
		sprintf(lock, "\"lock\":%ld,", (long)&shared->mutex);
		assert_true(strstr(at, lock) && strstr(at, lock) < end);
		count += strtol(number + strlen("\"count\":"), NULL, 10);
	}
	assert_int_equal(count, WAITS);
	assert_string_equal(other.text, TITLE "\n\n");
	tool_free(&text);
	tool_free(&json);
	tool_free(&other);
}

static void test_wrong(void **state)
{
	tool_expect_end(2, "is not the address of a lock", FUTEXCTN, "-l", "mutex");
	tool_expect_end(2, "is not the address of a lock", FUTEXCTN, "-l", "-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contention),
		cmocka_unit_test(test_wrong),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return EXIT_FAILURE;
	/* private: the child's threads are all that use it */
	pthread_mutex_init(&shared->mutex, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
