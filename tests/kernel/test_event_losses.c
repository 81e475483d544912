/* SPDX-License-Identifier: Apache-2.0 */
/* bcc_event_losses() and the callback for losses: every event is received or counted, once. */
#include "own_events.h"

#include <linux/perf_event.h>
#include <sched.h>
#include <sys/syscall.h>

#define LIBBPF                                                                                               \
	"#define __uint(name, value) int (*name)[value]\n"                                                   \
	"#define __type(name, type) typeof(type) *name\n"                                                    \
	"#define __array(name, type) typeof(type) *name[]\n"
#define EVENT "struct event { u64 n, twice; };\n"
#define SENT 3000

struct event {
	uint64_t n, twice;
};

struct received {
	uint64_t events, lost;
};

static int receive(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;

	r->events++;
	return 0;
}

static void lose(void *ctx, int cpu, uint64_t count)
{
	struct received *r = ctx;

	r->lost += count;
}

static void send(uint64_t count)
{
	for (uint64_t n = 0; n < count; n++)
		own_event(n);
}

static struct bcc_event_losses losses_of(struct bcc *b, const char *table)
{
	struct bcc_event_losses losses = {.size = sizeof(losses)};

	expect_ok(b, bcc_event_losses(b, table, &losses));
	return losses;
}

static void expect_losses(struct bcc *b, const char *table, uint64_t count)
{
	struct bcc_event_losses losses = losses_of(b, table);

	assert_int_equal(losses.count, count);
	assert_true(losses.exact);
}

/* ---- perf buffers ---- */

static void need_perf_to_count(void)
{
	struct perf_event_attr attr = {.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.read_format = PERF_FORMAT_LOST};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		test_too_old("perf events count their losses since Linux 6.0 (PERF_FORMAT_LOST)");
	close(fd);
}

/* All events into one CPU's buffer. */
static void stay_on_this_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
}

static struct bcc *open_small_perf(struct received *r)
{
	struct bcc *b;

	need_perf_to_count();
	b = open_own_events(EVENT "BPF_PERF_OUTPUT(perf);",
		"struct event e = {n, 2 * n}; perf.perf_submit(ctx, &e, sizeof(e));");
	stay_on_this_cpu();
	expect_ok(b, bcc_open_perf(b, "perf", receive, r,
			     &BCC_OPTS(struct bcc_perf_opts, .page_count = 1, .lost = lose)));
	return b;
}

/* A header of 8 bytes, a size of 4 and the event, in multiples of 8 bytes; the buffer is never quite full. */
static uint64_t perf_room(void)
{
	return (sysconf(_SC_PAGESIZE) - 1) / ((8 + 4 + sizeof(struct event) + 7) / 8 * 8);
}

static void test_perf_losses_are_told_without_another_event(void **state)
{
	struct received r = {};
	struct bcc *b = open_small_perf(&r);
	uint64_t room = perf_room();

	expect_losses(b, "perf", 0);
	send(room);
	expect_losses(b, "perf", 0);
	send(SENT - room);
	expect_losses(b, "perf", SENT - room);
	expect_return(b, bcc_consume(b), (int)room);
	assert_int_equal(r.events, room);
	assert_int_equal(r.lost, SENT - room);
	/* the kernel writes the same losses into the buffer now */
	send(1);
	expect_return(b, bcc_consume(b), 1);
	expect_return(b, bcc_consume(b), 0);
	assert_int_equal(r.lost, SENT - room);
	expect_losses(b, "perf", SENT - room);
	bcc_close(b);
}

static void test_perf_losses_of_rounds_add_up(void **state)
{
	struct received r = {};
	struct bcc *b = open_small_perf(&r);
	uint64_t sent = 0;

	for (int round = 0; round < 20; round++) {
		send(100 * round);
		sent += 100 * round;
		if (round % 2)
			assert_true(bcc_poll(b, 0) >= 0);
		else
			assert_true(bcc_consume(b) >= 0);
	}
	assert_true(bcc_consume(b) >= 0);
	assert_int_equal(r.events + r.lost, sent);
	expect_losses(b, "perf", r.lost);
	bcc_close(b);
}

static void test_poll_tells_losses(void **state)
{
	struct received r = {};
	struct bcc *b = open_small_perf(&r);

	send(SENT);
	for (int i = 0; r.events + r.lost < SENT && i < 1000; i++)
		assert_true(bcc_poll(b, 10) >= 0);
	assert_int_equal(r.lost, SENT - perf_room());
	bcc_close(b);
}

/* Each of them is too large for the buffer, so that none ever comes to announce the others. */
static void test_events_larger_than_the_buffer(void **state)
{
	struct received r = {};
	struct bcc *b;

	need_perf_to_count();
	b = open_own_events(
		"struct large { u64 words[900]; };\nBPF_PERF_OUTPUT(perf);\nBPF_PERCPU_ARRAY(room, struct large, 1);",
		"u32 zero = 0; struct large *e = room.lookup(&zero); if (!e) return 0;\n"
		"  e->words[0] = n; perf.perf_submit(ctx, e, sizeof(*e));");
	expect_ok(b, bcc_open_perf(b, "perf", receive, &r,
			     &BCC_OPTS(struct bcc_perf_opts, .page_count = 1, .lost = lose)));
	send(50);
	expect_return(b, bcc_consume(b), 0);
	assert_int_equal(r.lost, 50);
	expect_losses(b, "perf", 50);
	bcc_close(b);
}

/* ---- ring buffers ---- */

#define RINGS                                                                                                \
	EVENT "BPF_RINGBUF_OUTPUT(ring, 8);\nBPF_RINGBUF_OUTPUT(other, 8);\nBPF_ARRAY(refused, u64, 1);\n"
#define RESERVE(ring)                                                                                        \
	"struct event *e = " ring ".ringbuf_reserve(sizeof(*e)); if (!e) return 0;\n"                        \
	"  e->n = n; e->twice = 2 * n; " ring ".ringbuf_submit(e, 0);"

/* A header of 8 bytes and the event; the kernel keeps a byte free. */
static uint64_t ring_room(void)
{
	return (8 * sysconf(_SC_PAGESIZE) - 1) / (8 + sizeof(struct event));
}

static void expect_ring(const char *before, const char *statements)
{
	struct bcc *b = open_own_events(before, statements);
	struct received r = {};
	uint64_t room = ring_room();

	expect_losses(b, "ring", 0);
	send(room);
	expect_losses(b, "ring", 0);
	send(SENT - room);
	expect_losses(b, "ring", SENT - room);
	expect_ok(b, bcc_open_ring(b, "ring", receive, &r));
	expect_return(b, bcc_consume(b), (int)room);
	send(10);
	expect_return(b, bcc_consume(b), 10);
	expect_losses(b, "ring", SENT - room);
	if (bcc_table_find(b, "other"))
		expect_losses(b, "other", 0);
	assert_int_equal(bcc_variable_count(b), 0);
	bcc_close(b);
}

static void test_refused_events_are_counted(void **state)
{
	static const char *const ways[] = {
		"struct event e = {n, 2 * n}; ring.ringbuf_output(&e, sizeof(e), 0);",
		"struct event e = {n, 2 * n}; if (ring.ringbuf_output(&e, sizeof(e), 0)) refused.increment(0);",
		RESERVE("ring"),
		"struct event e = {n, 2 * n}; bpf_ringbuf_output(&ring, &e, sizeof(e), 0);",
		"struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);\n"
		"  if (e) { e->n = n; e->twice = 0; bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP); }",
		/* chosen by a branch */
		"struct event *e = n < 1000000 ? ring.ringbuf_reserve(sizeof(*e)) : other.ringbuf_reserve(sizeof(*e));\n"
		"  if (!e) return 0;\n  e->n = n; e->twice = 0; bpf_ringbuf_submit(e, 0);",
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		expect_ring(RINGS, ways[i]);
	expect_ring(LIBBPF EVENT
		"struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 8 * 4096); } ring SEC(\".maps\");",
		"struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);\n"
		"  if (!e) return 0;\n  e->n = n; e->twice = 0; bpf_ringbuf_submit(e, 0);");
}

static void test_what_the_text_counts_itself(void **state)
{
	struct bcc *b = open_own_events(RINGS,
		"struct event e = {n, 2 * n}; if (ring.ringbuf_output(&e, sizeof(e), 0) < 0) refused.increment(0);");

	send(SENT);
	assert_int_equal(table_u64(b, "refused", 0), SENT - ring_room());
	expect_losses(b, "ring", SENT - ring_room());
	bcc_close(b);
}

static void test_each_buffer_has_a_count(void **state)
{
	struct bcc *b = open_own_events(RINGS,
		"struct event e = {n, 2 * n}; ring.ringbuf_output(&e, sizeof(e), 0);\n"
		"  if (n % 2) other.ringbuf_output(&e, sizeof(e), 0);\n"
		"  struct event *big = other.ringbuf_reserve(40000); if (big) other.ringbuf_discard(big, 0);");

	send(2000);
	expect_losses(b, "ring", 2000 - ring_room());
	expect_losses(b, "other", 2000); /* a thousand fit, and nothing of 40,000 bytes does */
	bcc_close(b);
}

/* The buffer is only known when the program runs. */
static void test_buffers_that_are_arguments(void **state)
{
	struct bcc *b = open_own_events(RINGS
		"static __attribute__((noinline)) int emit(void *to, u64 n) {\n"
		"  struct event e = {n, 2 * n}; return bpf_ringbuf_output(to, &e, sizeof(e), 0); }\n",
		"emit(&ring, n);");
	struct bcc_event_losses losses;

	send(100);
	expect_losses(b, "ring", 0);
	send(SENT);
	losses = losses_of(b, "ring");
	assert_int_equal(losses.count, 0);
	assert_false(losses.exact);
	bcc_close(b);
}

static void test_buffers_in_a_table(void **state)
{
	struct bcc *b = open_own_events(LIBBPF EVENT
		"struct ring { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 8 * 4096); } first SEC(\".maps\");\n"
		"struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 1); __type(key, u32);\n"
		"  __array(values, struct ring); } rings SEC(\".maps\") = {.values = {&first}};",
		"u32 zero = 0; void *to = bpf_map_lookup_elem(&rings, &zero); if (!to) return 0;\n"
		"  struct event e = {n, 2 * n}; bpf_ringbuf_output(to, &e, sizeof(e), 0);");

	send(SENT);
	expect_losses(b, "rings", SENT - ring_room());
	expect_losses(b, "first", 0);
	bcc_close(b);
}

static void test_dynamic_pointers(void **state)
{
	struct bcc *b = NULL;
	char pid[32];
	const char *flags[] = {pid};
	static const char text[] = RINGS
		"RAW_TRACEPOINT_PROBE(sys_enter) {\n"
		"  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != " OWN_CALL ") return 0;\n"
		"  struct bpf_dynptr p; bpf_ringbuf_reserve_dynptr(&ring, sizeof(struct event), 0, &p);\n"
		"  bpf_ringbuf_submit_dynptr(&p, 0);\n  return 0;\n}\n";

	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	if (bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1), &b)) {
		bcc_close(b);
		test_too_old("dynamic pointers came with Linux 5.19");
	}
	expect_return(b, bcc_attach_all(b), 1);
	send(SENT);
	expect_losses(b, "ring", SENT - ring_room());
	bcc_close(b);
}

static void test_before_tables_exist(void **state)
{
	struct bcc_event_losses losses = {.size = sizeof(losses), .count = 7};
	struct bcc *b = NULL;

	if (bcc_open_text(RINGS
		    "int f(void *ctx) { struct event e = {}; return ring.ringbuf_output(&e, sizeof(e), 0); }",
		    &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b))
		fail_msg("%s", bcc_error(b));
	expect_ok(b, bcc_event_losses(b, "ring", &losses));
	assert_int_equal(losses.count, 0);
	bcc_close(b);
}

static void test_mistakes(void **state)
{
	struct bcc_event_losses losses = {.size = sizeof(losses)}, unset = {};
	struct bcc *b = open_own_events(EVENT "BPF_PERF_OUTPUT(perf);\nBPF_ARRAY(other, u64, 1);", "");

	expect_fails(b, bcc_event_losses(b, "perf", &losses), -EBADF, "bcc_open_perf()");
	expect_fails(b, bcc_event_losses(b, "other", &losses), -EINVAL, "not a buffer of events");
	expect_fails(b, bcc_event_losses(b, "none", &losses), -ENOENT, "no table \"none\"");
	expect_fails(b, bcc_event_losses(b, "perf", &unset), -EINVAL, "size is not set");
	expect_return(b, bcc_event_losses(b, NULL, &losses), -EINVAL);
	expect_return(b, bcc_event_losses(b, "perf", NULL), -EINVAL);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perf_losses_are_told_without_another_event),
		cmocka_unit_test(test_perf_losses_of_rounds_add_up),
		cmocka_unit_test(test_poll_tells_losses),
		cmocka_unit_test(test_events_larger_than_the_buffer),
		cmocka_unit_test(test_refused_events_are_counted),
		cmocka_unit_test(test_what_the_text_counts_itself),
		cmocka_unit_test(test_each_buffer_has_a_count),
		cmocka_unit_test(test_buffers_that_are_arguments),
		cmocka_unit_test(test_buffers_in_a_table),
		cmocka_unit_test(test_dynamic_pointers),
		cmocka_unit_test(test_before_tables_exist),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
