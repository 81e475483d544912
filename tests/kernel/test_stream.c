/* SPDX-License-Identifier: Apache-2.0 */
/* Perf and ring buffers: what was sent is received, or counted as lost. */
#include "own_events.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

#define PERF "struct event { u64 n, twice; };\nBPF_PERF_OUTPUT(perf);"
#define SUBMIT "struct event e = {n, 2 * n}; perf.perf_submit(ctx, &e, sizeof(e));"
#define RING "struct event { u64 n, twice; };\nBPF_RINGBUF_OUTPUT(ring, 8);\nBPF_ARRAY(sent, u64, 2);"
#define OUTPUT                                                                                               \
	"struct event e = {n, 2 * n}; int slot = ring.ringbuf_output(&e, sizeof(e), 0) ? 1 : 0; sent.increment(slot);"
#define BOTH PERF "\nBPF_RINGBUF_OUTPUT(ring, 8);"

struct event {
	uint64_t n, twice;
};

struct received {
	struct bcc *b;
	unsigned events, wrong, lost_calls, stop_at;
	int stop, cpu;
	uint64_t sum, lost;
};

static int receive(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;
	const struct event *e = data;

	/* perf pads the data and its 4-byte size to a multiple of 8 */
	r->wrong += size < sizeof(*e) || size > sizeof(*e) + 7 || e->twice != 2 * e->n || (uintptr_t)data % 8;
	r->sum += e->n;
	r->cpu = cpu;
	return ++r->events == r->stop_at ? r->stop : 0;
}

static void lose(void *ctx, int cpu, uint64_t count)
{
	struct received *r = ctx;

	r->lost_calls++;
	r->lost += count;
}

static struct bcc *open_buffer(const char *name, struct received *r, const struct bcc_perf_opts *opts)
{
	bool ring = !strcmp(name, "ring");
	struct bcc *b = open_own_events(ring ? RING : PERF, ring ? OUTPUT : SUBMIT);

	if (ring)
		expect_ok(b, bcc_open_ring(b, name, receive, r));
	else
		expect_ok(b, bcc_open_perf(b, name, receive, r, opts));
	return b;
}

/* The rest of each test is the same for both kinds of buffers. */
#define for_both(name) for (const char *name = "perf"; name; name = strcmp(name, "perf") ? NULL : "ring")

static void send(uint64_t from, uint64_t to)
{
	while (from < to)
		own_event(from++);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void test_all_that_was_sent(void **state)
{
	for_both(name)
	{
		struct received r = {};
		struct bcc *b = open_buffer(name, &r, NULL);
		int delivered = 0;

		assert_int_equal(bcc_poll(b, 0), 0);
		for (int round = 0; round < 100; round++) {
			send(100 * round, 100 * round + 100);
			for (int n; (n = bcc_poll(b, 0)); delivered += n)
				assert_true(n > 0);
		}
		assert_int_equal(delivered, 10000);
		assert_int_equal(r.events, 10000);
		assert_int_equal(r.sum, 9999 * 5000);
		assert_int_equal(r.wrong, 0);
		assert_true(!strcmp(name, "ring") ? r.cpu == -1 : r.cpu >= 0);
		bcc_close(b);
	}
}

/* Records of sizes that wrap around the end of the buffer in every possible way. */
static int receive_bytes(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;
	const unsigned char *bytes = data;
	uint32_t length;

	memcpy(&length, bytes, sizeof(length));
	r->wrong += size < length || size > length + 7;
	for (uint32_t i = sizeof(length); i < length; i++)
		r->wrong += bytes[i] != 0x5a;
	r->events++;
	r->sum += length;
	return 0;
}

static void test_records_over_the_end_of_the_buffer(void **state)
{
	struct received r = {};
	struct bcc *b =
		open_own_events("struct big { u32 length; char bytes[252]; };\nBPF_PERF_OUTPUT(perf);",
			"struct big e; __builtin_memset(&e, 0x5a, sizeof(e)); e.length = n & 255;\n"
			"  if (e.length < 4) return 0;\n  perf.perf_submit(ctx, &e, e.length);");
	uint64_t sum = 0, sent = 0;

	expect_ok(b, bcc_open_perf(
			     b, "perf", receive_bytes, &r, &BCC_OPTS(struct bcc_perf_opts, .page_count = 1)));
	for (uint64_t i = 0; i < 20000; i++) {
		uint64_t length = 4 + i * 31 % 252;

		own_event(length);
		sum += length;
		sent++;
		if (i % 7 == 0)
			assert_true(bcc_poll(b, 0) > 0);
	}
	assert_true(bcc_consume(b) >= 0);
	assert_int_equal(r.events, sent);
	assert_int_equal(r.sum, sum);
	assert_int_equal(r.wrong, 0);
	bcc_close(b);
}

static void test_lost_events_are_counted(void **state)
{
	struct received r = {};
	struct bcc *b =
		open_buffer("perf", &r, &BCC_OPTS(struct bcc_perf_opts, .page_count = 1, .lost = lose));
	cpu_set_t before, first;
	int cpu = sched_getcpu();

	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&first);
	CPU_SET(cpu, &first);
	sched_setaffinity(0, sizeof(first), &first);
	send(0, 5000);
	assert_true(bcc_poll(b, 0) > 0);
	assert_true(r.events < 5000);
	/* the kernel reports the loss with the next event that there is room for */
	send(0, 1);
	assert_int_equal(bcc_poll(b, 0), 1);
	sched_setaffinity(0, sizeof(before), &before);
	assert_true(r.lost_calls > 0);
	assert_int_equal(r.events + r.lost, 5001);
	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.cpu, cpu);
	bcc_close(b);
}

static void test_full_ring_refuses(void **state)
{
	struct received r = {};
	struct bcc *b = open_buffer("ring", &r, NULL);

	send(0, 5000);
	assert_true(bcc_consume(b) > 0);
	assert_true(table_u64(b, "sent", 1) > 0);
	assert_int_equal(r.events, table_u64(b, "sent", 0));
	assert_int_equal(table_u64(b, "sent", 0) + table_u64(b, "sent", 1), 5000);
	send(0, 1);
	assert_int_equal(bcc_poll(b, 1000), 1);
	bcc_close(b);
}

static void test_callback_stops_the_poll(void **state)
{
	for_both(name)
	{
		struct received r = {.stop_at = 3, .stop = -4242};
		struct bcc *b = open_buffer(name, &r, NULL);
		struct pollfd fd = {.events = POLLIN};

		fd.fd = bcc_epoll_fd(b);
		send(1, 11);
		assert_int_equal(bcc_poll(b, 0), -4242);
		assert_int_equal(r.events, 3);
		/* the event that stopped is consumed; the rest is still there, and announced */
		assert_int_equal(poll(&fd, 1, 0), 1);
		r.stop_at = 5;
		r.stop = 17;
		assert_int_equal(bcc_poll(b, 1000), 17);
		assert_int_equal(r.events, 5);
		assert_int_equal(bcc_poll(b, 1000), 5);
		assert_int_equal(r.events, 10);
		assert_int_equal(r.sum, 55);
		assert_int_equal(poll(&fd, 1, 0), 0);
		assert_int_equal(bcc_poll(b, 0), 0);
		bcc_close(b);
	}
}

/* One handle with both: a callback that stops each time does not starve the other buffer. */
static int stop_always(void *ctx, int cpu, const void *data, size_t size)
{
	++*(unsigned *)ctx;
	return -1;
}

static void test_two_buffers_take_turns(void **state)
{
	struct bcc *b = open_own_events(BOTH, SUBMIT " ring.ringbuf_output(&e, sizeof(e), 0);");
	unsigned perf = 0, ring = 0;

	expect_ok(b, bcc_open_perf(b, "perf", stop_always, &perf, NULL));
	expect_ok(b, bcc_open_ring(b, "ring", stop_always, &ring));
	send(0, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(bcc_poll(b, 1000), -1);
	assert_int_equal(perf, 5);
	assert_int_equal(ring, 5);
	for (int i = 0; i < 10; i++)
		assert_int_equal(bcc_poll(b, 1000), -1);
	assert_int_equal(bcc_poll(b, 0), 0);
	assert_int_equal(perf, 10);
	assert_int_equal(ring, 10);
	bcc_close(b);
}

static void test_epoll_fd_in_a_loop_of_ones_own(void **state)
{
	for_both(name)
	{
		struct received r = {};
		struct bcc *b = open_buffer(name, &r, NULL);
		int outer = epoll_create1(EPOLL_CLOEXEC), inner = bcc_epoll_fd(b);
		struct epoll_event event = {.events = EPOLLIN};

		assert_true(inner >= 0);
		assert_int_equal(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event), 0);
		assert_int_equal(epoll_wait(outer, &event, 1, 0), 0);
		for (unsigned round = 1; round <= 200; round++) {
			own_event(round);
			assert_int_equal(epoll_wait(outer, &event, 1, 1000), 1);
			assert_int_equal(bcc_poll(b, 0), 1);
			assert_int_equal(r.events, round);
		}
		/* everything is consumed: at most one more wake-up, and then silence */
		epoll_wait(outer, &event, 1, 0);
		assert_int_equal(bcc_poll(b, 0), 0);
		assert_int_equal(epoll_wait(outer, &event, 1, 0), 0);
		close(outer);
		bcc_close(b);
	}
}

static void test_wakeup_events(void **state)
{
	struct received r = {};
	struct bcc *b = open_buffer("perf", &r, &BCC_OPTS(struct bcc_perf_opts, .wakeup_events = 10));
	cpu_set_t before, one;

	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	send(0, 9);
	assert_int_equal(bcc_poll(b, 20), 0);
	send(9, 10);
	assert_int_equal(bcc_poll(b, 1000), 10);
	send(10, 13);
	assert_int_equal(bcc_poll(b, 20), 0);
	assert_int_equal(bcc_consume(b), 3);
	assert_int_equal(bcc_consume(b), 0);
	assert_int_equal(r.events, 13);
	sched_setaffinity(0, sizeof(before), &before);
	bcc_close(b);
}

static void on_alarm(int signal)
{
}

static void test_timeout_and_signal(void **state)
{
	for_both(name)
	{
		struct received r = {};
		struct bcc *b = open_buffer(name, &r, NULL);
		struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART}, old;
		/* repeatedly: the first signal may arrive before the wait has begun */
		struct itimerval soon = {.it_value.tv_usec = 50000, .it_interval.tv_usec = 50000}, never = {};
		int64_t start = now_ms();

		assert_int_equal(bcc_poll(b, 100), 0);
		assert_true(now_ms() - start >= 99);
		sigaction(SIGALRM, &action, &old);
		setitimer(ITIMER_REAL, &soon, NULL);
		expect_fails(b, bcc_poll(b, -1), -EINTR, "signal");
		setitimer(ITIMER_REAL, &never, NULL);
		sigaction(SIGALRM, &old, NULL);
		/* what was there before the signal is not lost */
		own_event(5);
		assert_int_equal(bcc_poll(b, -1), 1);
		bcc_close(b);
	}
}

static int use_handle(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;

	r->events++;
	assert_int_equal(bcc_poll(r->b, 0), -EBUSY);
	assert_int_equal(bcc_consume(r->b), -EBUSY);
	r->sum += table_u64(r->b, "numbers", 3);
	return 0;
}

static void test_callback_uses_the_handle(void **state)
{
	struct received r = {};
	struct bcc *b = open_own_events(
		PERF "\nBPF_ARRAY(numbers, u64, 8);", "int three = 3; numbers.increment(three); " SUBMIT);

	r.b = b;
	expect_ok(b, bcc_open_perf(b, "perf", use_handle, &r, NULL));
	own_event(1);
	own_event(2);
	assert_int_equal(bcc_poll(b, 1000), 2);
	assert_int_equal(r.events, 2);
	assert_int_equal(r.sum, 4);
	bcc_close(b);
}

/* A program that is as fast as the reader: each poll ends nevertheless, and nothing is lost or seen twice. */
static int send_again(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;

	r->events++;
	if (r->events < r->stop_at)
		own_event(r->events);
	return 0;
}

static void test_poll_ends_though_events_go_on(void **state)
{
	for_both(name)
	{
		bool ring = !strcmp(name, "ring");
		struct received r = {.stop_at = 100000};
		struct bcc *b = open_own_events(ring ? RING : PERF, ring ? OUTPUT : SUBMIT);
		int polls = 0, n, sum = 0;

		if (ring)
			expect_ok(b, bcc_open_ring(b, name, send_again, &r));
		else
			expect_ok(b, bcc_open_perf(b, name, send_again, &r, NULL));
		own_event(0);
		while ((n = bcc_poll(b, 100)) > 0) {
			sum += n;
			polls++;
		}
		assert_int_equal(n, 0);
		assert_int_equal(sum, 100000);
		assert_int_equal(r.events, 100000);
		assert_true(polls > 10);
		bcc_close(b);
	}
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_bad_input(void **state)
{
	struct received r = {};
	struct bcc *b = open_own_events(BOTH "\nBPF_HASH(hash);", SUBMIT);
	int fds = count_fds();

	expect_fails(b, bcc_poll(b, 0), -ENOENT, "no event buffer");
	expect_fails(b, bcc_consume(b), -ENOENT, "no event buffer");
	expect_fails(b, bcc_open_perf(b, "perf", NULL, NULL, NULL), -EINVAL, "the callback for the events");
	expect_fails(b, bcc_open_ring(b, "ring", NULL, NULL), -EINVAL, "the callback for the events");
	expect_fails(b, bcc_open_perf(b, "hash", receive, &r, NULL), -EINVAL, "not a perf buffer");
	expect_fails(b, bcc_open_perf(b, "ring", receive, &r, NULL), -EINVAL, "not a perf buffer");
	expect_fails(b, bcc_open_ring(b, "perf", receive, &r), -EINVAL, "not a ring buffer");
	expect_fails(b, bcc_open_ring(b, "absent", receive, &r), -EINVAL, "no table \"absent\"");
	expect_fails(b, bcc_open_perf(b, NULL, receive, &r, NULL), -EINVAL, "no table");
	expect_fails(b,
		bcc_open_perf(b, "perf", receive, &r, &BCC_OPTS(struct bcc_perf_opts, .page_count = 3)),
		-EINVAL, "power of two");
	/* more memory than there is: every descriptor of the attempt is closed again */
	expect_return(b,
		bcc_open_perf(b, "perf", receive, &r, &BCC_OPTS(struct bcc_perf_opts, .page_count = 1 << 30)),
		-ENOMEM);
	expect_sentence(b, "fewer pages");
	expect_return(b, bcc_poll(b, 0), -ENOENT);
	expect_ok(b, bcc_open_perf(b, "perf", receive, &r, NULL));
	expect_fails(b, bcc_open_perf(b, "perf", receive, &r, NULL), -EBUSY, "already open");
	own_event(1);
	assert_int_equal(bcc_poll(b, 1000), 1);
	bcc_close(b);
	assert_true(count_fds() < fds);
}

static void test_descriptors(void **state)
{
	int before = count_fds();
	bool there[1024];

	for (int fd = 0; fd < 1024; fd++)
		there[fd] = fcntl(fd, F_GETFD) >= 0;
	for (int i = 0; i < 3; i++) {
		struct received r = {};
		struct bcc *b = open_own_events(BOTH, SUBMIT);

		expect_ok(b, bcc_open_perf(b, "perf", receive, &r, NULL));
		expect_ok(b, bcc_open_ring(b, "ring", receive, &r));
		for (int fd = 0; fd < 1024; fd++)
			if (!there[fd] && fcntl(fd, F_GETFD) >= 0)
				assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		bcc_close(b);
		assert_int_equal(count_fds(), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_that_was_sent),
		cmocka_unit_test(test_records_over_the_end_of_the_buffer),
		cmocka_unit_test(test_lost_events_are_counted),
		cmocka_unit_test(test_full_ring_refuses),
		cmocka_unit_test(test_callback_stops_the_poll),
		cmocka_unit_test(test_two_buffers_take_turns),
		cmocka_unit_test(test_epoll_fd_in_a_loop_of_ones_own),
		cmocka_unit_test(test_wakeup_events),
		cmocka_unit_test(test_timeout_and_signal),
		cmocka_unit_test(test_callback_uses_the_handle),
		cmocka_unit_test(test_poll_ends_though_events_go_on),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
