/* SPDX-License-Identifier: Apache-2.0 */
/* A child process has the handles that were open when it was forked. Closing them must not affect its
 * parent. */
#include "own_events.h"

#include <poll.h>
#include <sys/mman.h>

#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>

#define PERF "struct event { u64 n; };\nBPF_PERF_OUTPUT(perf);\nBPF_ARRAY(runs, u64, 1);"
#define SUBMIT "struct event e = {n}; runs.increment(0); perf.perf_submit(ctx, &e, sizeof(e));"
#define RING "struct event { u64 n; };\nBPF_RINGBUF_OUTPUT(ring, 8);\nBPF_ARRAY(runs, u64, 1);"
#define OUTPUT "struct event e = {n}; runs.increment(0); ring.ringbuf_output(&e, sizeof(e), 0);"

#define PATIENCE_MS 20000

static int sum(void *ctx, int cpu, const void *data, size_t size)
{
	*(uint64_t *)ctx += *(const uint64_t *)data;
	return 0;
}

/* Where this process has mapped a perf buffer. */
static void *perf_buffer(void)
{
	unsigned long start = 0;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	assert_non_null(maps);
	while (!start && fgets(line, sizeof(line), maps))
		if (strstr(line, "[perf_event]"))
			start = strtoul(line, NULL, 16);
	fclose(maps);
	assert_true(start);
	return (void *)start;
}

/* Maps something else where the perf buffer was, which a child does not have; NULL: it has it. */
static uint32_t *take_place(void *place)
{
	void *own = mmap(place, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	return own == place ? own : NULL;
}

/* Forks a child that closes the handle when it is told to. */
static pid_t start_child(struct bcc *b, int *tell)
{
	int told[2];
	pid_t child;

	assert_int_equal(pipe(told), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		char byte;

		close(told[1]);
		if (read(told[0], &byte, 1) != 1)
			_exit(1);
		bcc_close(b);
		_exit(0);
	}
	close(told[0]);
	*tell = told[1];
	return child;
}

static void let_close(pid_t child, int tell)
{
	int status;

	assert_int_equal(write(tell, "", 1), 1);
	close(tell);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void expect_events_after_close(struct bcc *b, uint64_t *received)
{
	struct pollfd wait = {.fd = bcc_epoll_fd(b), .events = POLLIN};
	pid_t child;
	int tell;

	assert_true(wait.fd >= 0);
	own_event(1);
	expect_return(b, bcc_poll(b, PATIENCE_MS), 1);
	child = start_child(b, &tell);
	/* the parent reads on, which the child's copy of the buffer's state does not see */
	for (uint64_t n = 0; n < 100; n++) {
		own_event(1);
		expect_return(b, bcc_poll(b, PATIENCE_MS), 1);
	}
	expect_return(b, bcc_consume(b), 0);
	let_close(child, tell);
	/* nothing is there: one announcement may be left, and then it is silent */
	if (poll(&wait, 1, 0) == 1)
		expect_return(b, bcc_poll(b, 0), 0);
	assert_int_equal(poll(&wait, 1, 0), 0);
	own_event(1000);
	assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
	expect_return(b, bcc_poll(b, PATIENCE_MS), 1);
	assert_int_equal(*received, 101 + 1000);
	assert_int_equal(table_u64(b, "runs", 0), 102);
	bcc_close(b);
}

static void test_perf_buffer(void **state)
{
	uint64_t received = 0;
	struct bcc *b = open_own_events(PERF, SUBMIT);

	expect_ok(b, bcc_open_perf(b, "perf", sum, &received, NULL));
	expect_events_after_close(b, &received);
}

static void test_ring_buffer(void **state)
{
	uint64_t received = 0;
	struct bcc *b = open_own_events(RING, OUTPUT);

	expect_ok(b, bcc_open_ring(b, "ring", sum, &received));
	expect_events_after_close(b, &received);
}

static bool is_mapped(void *page)
{
	unsigned char resident;

	return !mincore(page, 4096, &resident);
}

/* What a child has mapped meanwhile at the address of its parent's buffer stays there when it closes its copy
 * of `what`. */
static void expect_place_kept(void (*close_copy)(void *), void *what)
{
	void *place = perf_buffer();
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		if (!take_place(place))
			_exit(2);
		close_copy(what);
		_exit(is_mapped(place) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void close_handle(void *b)
{
	bcc_close(b);
}

static void test_memory_in_place_of_a_buffer(void **state)
{
	uint64_t received = 0;
	struct bcc *b = open_own_events(PERF, SUBMIT);

	expect_ok(b, bcc_open_perf(b, "perf", sum, &received, NULL));
	expect_place_kept(close_handle, b);
	bcc_close(b);
}

static void ignore(void *cookie, void *data, int size)
{
}

static void test_memory_in_place_of_a_reader(void **state)
{
	struct perf_reader *reader;

	if (geteuid() != 0)
		test_missing("perf events need root here");
	reader = bpf_open_perf_buffer(ignore, NULL, NULL, -1, 0, 8);
	assert_non_null(reader);
	expect_place_kept(perf_reader_free, reader);
	perf_reader_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perf_buffer),
		cmocka_unit_test(test_ring_buffer),
		cmocka_unit_test(test_memory_in_place_of_a_buffer),
		cmocka_unit_test(test_memory_in_place_of_a_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
