/* SPDX-License-Identifier: Apache-2.0 */
/* klockstat: a thread of ours takes a lock of the kernel and holds it until we let it go on, as it reads
 * memory that is not there yet (userfaultfd); another one waits for the lock. Both known numbers of times. */
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lasting_child.h"
#include "thread_state.h"

#define KLOCKSTAT "tools/klockstat"
#define TITLE "Tracing lock events... Hit Ctrl-C to end."

enum { TIMES = 4, HOLD_US = 10000, PAGE = 4096 };

/* ---- two threads that write to the same file ---- */

static int file;
static char *memory; /* a page for each write */
static int fault_fd;
static int waiter; /* the thread that is about to wait; 0: none */

static void *write_slowly(void *page)
{
	if (write(file, page, 1) != 1)
		_exit(1);
	return NULL;
}

static void *write_after(void *ctx)
{
	__atomic_store_n(&waiter, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	if (write(file, "b", 1) != 1)
		_exit(1);
	return NULL;
}

static void contend_once(char *page)
{
	struct uffdio_zeropage zero = {.range = {.start = (uintptr_t)page, .len = PAGE}};
	pthread_t holder, other;
	struct uffd_msg message;
	int tid;

	waiter = 0;
	if (pthread_create(&holder, NULL, write_slowly, page) ||
		read(fault_fd, &message, sizeof(message)) != sizeof(message))
		_exit(3);
	/* it has the lock */
	if (pthread_create(&other, NULL, write_after, NULL))
		_exit(3);
	while (!(tid = __atomic_load_n(&waiter, __ATOMIC_SEQ_CST)) || thread_state(tid) != 'D')
		usleep(100);
	usleep(HOLD_US);
	if (ioctl(fault_fd, UFFDIO_ZEROPAGE, &zero) || pthread_join(holder, NULL) ||
		pthread_join(other, NULL))
		_exit(4);
}

/* Reading its pages waits until we say so. */
static bool make_memory(void)
{
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	struct uffdio_api api = {.api = UFFD_API};

	fault_fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (fault_fd < 0 || ioctl(fault_fd, UFFDIO_API, &api))
		return false;
	memory = mmap(NULL, 2 * TIMES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)memory;
	range.range.len = 2 * TIMES * PAGE;
	return memory != MAP_FAILED && !ioctl(fault_fd, UFFDIO_REGISTER, &range);
}

static void contend(void *ctx)
{
	const int *files = ctx;

	if (!make_memory())
		_exit(5);
	for (int i = 0; i < 2 * TIMES; i++) {
		file = files[i / TIMES];
		contend_once(memory + i * PAGE);
	}
}

/* ---- what is shown ---- */

/* The rows of a table, all of this caller, added up; the line below each has the function that called it.
 * `longest`: of any. */
static long add_rows(const char *at, long *total, long *longest)
{
	long average, count, max, sum, counted = 0;
	char caller[64], above[64];

	*total = *longest = 0;
	while (sscanf(at, "%63s %ld %ld %ld %ld%63s", caller, &average, &count, &max, &sum, above) == 6) {
		assert_non_null(strstr(caller, "pipe_write+0x"));
		assert_non_null(strstr(above, "write+0x"));
		assert_true(average == sum / count && max <= sum);
		counted += count;
		*total += sum;
		*longest = max > *longest ? max : *longest;
		at = strchr(strchr(at, '\n') + 1, '\n') + 1;
	}
	return counted;
}

/* One thread waits at a time, and one holds: neither can take longer than all of it, in nanoseconds. */
static void check_times(long longest, long total, double most)
{
	assert_true(longest >= HOLD_US * 1000L && total >= TIMES * HOLD_US * 1000L);
	assert_true(longest <= total && total <= most);
}

static void check_text(const struct tool_run *run, bool waits_only, double most)
{
	const char
		*waits = strstr(run->text,
			"                                  Caller   Avg Spin  Count   Max spin Total spin\n"),
		*holds = strstr(run->text,
			"                                  Caller   Avg Hold  Count   Max hold Total hold\n");
	long total, longest;

	assert_non_null(waits);
	tool_assert_count(
		add_rows(strchr(waits, '\n') + 1, &total, &longest), waits_only ? TIMES : 2 * TIMES);
	check_times(longest, total, most);
	if (waits_only) {
		assert_null(holds);
		return;
	}
	assert_non_null(holds);
	tool_assert_count(add_rows(strchr(holds, '\n') + 1, &total, &longest), 2 * TIMES);
	check_times(longest, total, most);
}

/* How many threads have waited for as long as the lock is held at least. */
static long count_waiters(const char *text)
{
	long waiters = 0;

	for (const char *at = text; (at = strstr(at, "{\"tid\":")); at++) {
		unsigned long tid, average, count, longest, total;
		char comm[32], kind[8];

		if (sscanf(at,
			    "{\"tid\":%lu,\"comm\":\"%31[^\"]\",\"avg_ns\":%lu,\"count\":%lu,"
			    "\"max_ns\":%lu,\"total_ns\":%lu,\"kind\":\"%7[a-z]\"}",
			    &tid, comm, &average, &count, &longest, &total, kind) != 7)
			fail_msg("%s", text);
		assert_string_equal(comm, "lock;er");
		waiters += !strcmp(kind, "wait") && longest >= HOLD_US * 1000L;
	}
	return waiters;
}

/* Waits for the first record, which says that the tool is attached. */
static void wait_begun(struct tool_run *run)
{
	while (!strchr(run->text, '\n'))
		if (!tool_read(run, 120000)) {
			tool_end(run, 1);
			fail_msg("%s", run->errors);
		}
}

static void test_locks(void **state)
{
	struct tool_run text, threads;
	struct lasting_child child;
	int pipe_ends[2], files[2];
	bool waits_only;
	double seconds;

	assert_int_equal(pipe(pipe_ends), 0);
	files[0] = pipe_ends[1];
	files[1] = memfd_create("locked", MFD_CLOEXEC);
	assert_true(files[1] >= 0);
	lasting_child_new(&child, "lock;er", contend, files);
	/* one after the other: the text is compiled once */
	tool_start(&text, KLOCKSTAT, "-v", "--comm", "lock;er", "-c", "pipe_write", "-s", "2", "-S",
		"acq_count,hld_total");
	tool_wait_line(&text, TITLE);
	/* the other source, where there are both: kernels that have fentry never come to it by themselves */
	if (!access("/sys/bus/event_source/devices/kprobe", F_OK))
		tool_start(&threads, KLOCKSTAT, "-v", "--json", "--comm", "lock;er", "-P", "--source",
			"kprobes");
	else
		tool_start(&threads, KLOCKSTAT, "-v", "--json", "--comm", "lock;er", "-P");
	wait_begun(&threads);
	seconds = tool_now();
	lasting_child_go(&child);
	seconds = tool_now() - seconds;
	tool_stop(&text, SIGINT);
	tool_stop(&threads, SIGINT);
	lasting_child_end(&child);
	waits_only = strstr(text.errors, "only locks that are waited for");
	check_text(&text, waits_only, seconds * 1e9);
	/* others of its threads may wait as long for the memory map, on a busy machine */
	assert_true(count_waiters(threads.text) >= (getenv("BCC_TEST_NO_SKIP") ? 2 : 1) * TIMES);
	tool_free(&threads);
}

static void test_wrong(void **state)
{
	tool_expect_end(2, "is not one of acq_max", KLOCKSTAT, "-S", "most");
	tool_expect_end(2, "nor the name of a lock", KLOCKSTAT, "-L", "no such lock");
	tool_expect_end(2, "choose one", KLOCKSTAT, "-P", "-s2");
	tool_expect_end(2,
		"no source of events has 'none' in its name: fentry and fexit on mutex_lock and other functions; "
		"kprobes on",
		KLOCKSTAT, "--source", "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_wrong),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
