/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's "Output", by its numbers: what programs send is compared with what arrives. */
#include "common/array.h"
#include "own_events.h"
#include "packet_run.h"

#include <time.h>

static char mark[64];

/* The next line of trace_pipe with this test's mark, from the end of the mark on; NULL if none arrives within
 * `seconds`. */
static const char *own_line(struct bcc *b, char *line, size_t size, int seconds)
{
	time_t end = time(NULL) + seconds;

	while (time(NULL) <= end) {
		int ret = bcc_trace_line(b, line, size, 1000);
		char *at = ret > 0 ? strstr(line, mark) : NULL;

		if (ret == -EBUSY || ret == -EOPNOTSUPP || ret == -EACCES)
			test_missing("%s", bcc_error(b));
		assert_true(ret >= 0);
		if (at)
			return at + strlen(mark);
	}
	return NULL;
}

static void expect_line(struct bcc *b, const char *expected)
{
	char line[1024];
	const char *said;

	/* a line that arrived late may have been requested more than once */
	do
		said = own_line(b, line, sizeof(line), 60);
	while (said && !strcmp(said, "ready"));
	assert_non_null(said);
	assert_string_equal(said, expected);
}

/* Opens the statements, in which MARK stands for what identifies this test's lines, and waits until lines
 * arrive: new kernels turn printing on some time after the first program was loaded. At n == 1 a program
 * prints "ready". */
static struct bcc *open_printing(const char *statements)
{
	char line[1024], *before;
	const char *said = NULL;
	struct bcc *b;

	snprintf(mark, sizeof(mark), "language-%d-%ld:", getpid(), (long)time(NULL));
	assert_true(asprintf(&before, "#define MARK \"%s\"\n", mark) > 0);
	b = open_own_events(before, statements);
	free(before);
	for (int tries = 0; !said && tries < 100; tries++) {
		own_event(1);
		said = own_line(b, line, sizeof(line), 1);
	}
	assert_non_null(said);
	assert_string_equal(said, "ready");
	return b;
}

#define READY "if (n == 1) bpf_trace_printk(MARK \"ready\"); if (n != 2) return 0;\n"

static void output_1_bpf_trace_printk(void **state)
{
	struct bcc *b = open_printing(READY
		"char word[8] = \"a word\"; u64 big = 0x123456789abULL; u32 address = 0x0100007f;\n"
		"bpf_trace_printk(MARK \"none\"); bpf_trace_printk(MARK \"%d %u %x\\n\", -5, 4000000000U, 255);\n"
		"bpf_trace_printk(MARK \"%s|%5d|%-5dx\", word, 12, 34); bpf_trace_printk(MARK \"%lx %lld %%\", big, -1LL);\n"
		"bpf_trace_printk(MARK \"%pI4\", &address);");

	own_event(2);
	expect_line(b, "none");
	expect_line(b, "-5 4000000000 ff");
	expect_line(b, "a word|   12|34   x");
	expect_line(b, "123456789ab -1 %");
	expect_line(b, "127.0.0.1");
	bcc_close(b);
}

static void output_1_more_than_three_arguments(void **state)
{
	struct bcc *b = open_printing(READY
		"char word[8] = \"fifth\"; u8 small = 200; s16 negative = -2;\n"
		"bpf_trace_printk(MARK \"%d %d %d %d\\n\", 1, negative, small, -4);\n"
		"bpf_trace_printk(MARK \"%d %lld %d %x %s %d %d %d %d %d %d %d\", 1, -2LL, 3, 4, word, 6, 7, 8, 9, 10, 11, 12);");

	own_event(2);
	expect_line(b, "1 -2 200 -4");
	expect_line(b, "1 -2 3 4 fifth 6 7 8 9 10 11 12");
	bcc_close(b);
}

static void output_1_formats_that_are_no_literals(void **state)
{
	struct bcc *b = open_printing(READY
		"char format[] = MARK \"kept %d %d\"; bpf_trace_printk(format, sizeof(format), 17, 18);\n"
		"bpf_trace_printk_(format, sizeof(format), 19, 20); char bare[] = MARK \"bare\"; bpf_trace_printk(bare, sizeof(bare));");

	own_event(2);
	expect_line(b, "kept 17 18");
	expect_line(b, "kept 19 20");
	expect_line(b, "bare");
	bcc_close(b);
}

static char said[4096];

static void keep(void *ctx, enum bcc_log_level level, const char *text)
{
	if (level == BCC_LOG_WARN)
		strncat(said, text, sizeof(said) - strlen(said) - 1);
}

/* If the kernel would reject a format, there is a warning at that very position, and none otherwise. */
static void output_1_formats_that_the_kernel_refuses(void **state)
{
	static const char text[] =
		"int f(struct pt_regs *ctx) {\n"
		"	bpf_trace_printk(\"%d %5u %-3x %llX %li %c\\n\", 1, 2, 3, 4LL, 5L, 'c');\n"
		"	bpf_trace_printk(\"%s %p %px %pks %pI4 %pi6 %%\", \"a\", ctx, ctx, ctx, ctx, ctx);\n"
		"	bpf_trace_printk(\"a %f\", 1);\n"
		"	bpf_trace_printk(\"b\"\n"
		"		\"cd %n\", 1);\n"
		"	bpf_trace_printk(\"%d %d\", 1);\n"
		"	bpf_trace_printk(\"100%\");\n"
		"	return 0;\n"
		"}\n";
	static const char *const places[] = {
		"t.c:4:22: warning", "t.c:6:7: warning", "t.c:7:23: warning", "t.c:8:23: warning"};
	struct bcc *b = NULL;
	size_t warnings = 0;

	said[0] = '\0';
	expect_ok(b, bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .name = "t.c", .log = keep), &b));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strstr(said, places[i]))
			fail_msg("no \"%s\" in: %s", places[i], said);
	for (const char *at = said; (at = strstr(at, "warning: ")); at++)
		warnings++;
	assert_int_equal(warnings, ARRAY_SIZE(places));
	bcc_close(b);
}

struct event {
	uint32_t pid;
	uint64_t n;
	char comm[16];
};

#define EVENT "struct data_t { u32 pid; u64 n; char comm[16]; };\n"
#define FILL(of)                                                                                             \
	of "pid = bpf_get_current_pid_tgid() >> 32; " of "n = n; bpf_get_current_comm(&" of                  \
	   "comm, sizeof(" of "comm));\n"

struct received {
	unsigned events, wrong;
	uint64_t sum;
};

static int receive(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;
	struct event e;

	r->events++;
	if (size < sizeof(e)) {
		r->wrong++;
		return 0;
	}
	memcpy(&e, data, sizeof(e));
	r->sum += e.n;
	r->wrong += e.pid != (uint32_t)getpid() || !*e.comm || strnlen(e.comm, 16) == 16;
	return 0;
}

/* Events 1 to 100 were sent; those that arrived have this number and sum. */
static void expect_events(struct bcc *b, struct received *r, unsigned events, uint64_t sum)
{
	for (uint64_t n = 1; n <= 100; n++)
		own_event(n);
	for (int tries = 0; tries < 50 && r->events < events; tries++)
		assert_true(bcc_poll(b, 100) >= 0);
	assert_true(bcc_poll(b, 0) == 0);
	assert_int_equal(r->events, events);
	assert_int_equal(r->sum, sum);
	assert_int_equal(r->wrong, 0);
}

static void output_2_3_perf_output_and_perf_submit(void **state)
{
	struct received r = {0};
	struct bcc *b = open_own_events(EVENT "BPF_PERF_OUTPUT(events);",
		"struct data_t data = {};" FILL("data.") "events.perf_submit(ctx, &data, sizeof(data));");

	expect_ok(b, bcc_open_perf(b, "events", receive, &r, NULL));
	expect_events(b, &r, 100, 5050);
	bcc_close(b);
}

static int receive_packet(void *ctx, int cpu, const void *data, size_t size)
{
	const struct packet *sent = ctx;

	/* a perf buffer's data may end with padding */
	if (size < 4 + 20 || size > 4 + 20 + 7 || memcmp(data, "head", 4))
		return -1;
	return memcmp((const char *)data + 4, sent->bytes, 20) ? -2 : 0;
}

/* The program's own four bytes are followed by the first 20 of the packet. */
static void output_4_perf_submit_skb(void **state)
{
	struct packet packet = random_packet(100, 7), sent = packet;
	struct bcc *b =
		open_test_text("BPF_PERF_OUTPUT(events);\n"
			       "int program(struct __sk_buff *skb) { char head[4] = {'h', 'e', 'a', 'd'};\n"
			       "  return events.perf_submit_skb(skb, 20, head, sizeof(head)); }\n",
			NULL);

	expect_ok(b, bcc_open_perf(b, "events", receive_packet, &sent, NULL));
	assert_int_equal(run_program(load_program(b, "program", BPF_PROG_TYPE_SCHED_CLS), &packet), 0);
	expect_return(b, bcc_poll(b, 60000), 1);
	bcc_close(b);
}

static void output_5_6_ringbuf_output(void **state)
{
	struct received r = {0};
	struct bcc *b = open_own_events(EVENT "BPF_RINGBUF_OUTPUT(events, 8);",
		"struct data_t data = {};" FILL(
			"data.") "events.ringbuf_output(&data, sizeof(data), BPF_RB_FORCE_WAKEUP);");

	expect_ok(b, bcc_open_ring(b, "events", receive, &r));
	expect_events(b, &r, 100, 5050);
	bcc_close(b);
}

/* Every third is discarded. */
static void output_7_8_9_ringbuf_reserve_submit_discard(void **state)
{
	struct received r = {0};
	struct bcc *b = open_own_events(EVENT "BPF_RINGBUF_OUTPUT(events, 8);",
		"struct data_t *data = events.ringbuf_reserve(sizeof(struct data_t)); if (!data) return 1;\n" FILL(
			"data->") "if (n % 3 == 0) events.ringbuf_discard(data, 0); else events.ringbuf_submit(data, 0);");

	expect_ok(b, bcc_open_ring(b, "events", receive, &r));
	expect_events(b, &r, 67, 5050 - 3 * (33 * 34 / 2));
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_1_bpf_trace_printk),
		cmocka_unit_test(output_1_more_than_three_arguments),
		cmocka_unit_test(output_1_formats_that_are_no_literals),
		cmocka_unit_test(output_1_formats_that_the_kernel_refuses),
		cmocka_unit_test(output_2_3_perf_output_and_perf_submit),
		cmocka_unit_test(output_4_perf_submit_skb),
		cmocka_unit_test(output_5_6_ringbuf_output),
		cmocka_unit_test(output_7_8_9_ringbuf_reserve_submit_discard),
	};

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
