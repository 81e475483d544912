/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of trace_pipe, in pieces and with tasks whose names look like the fields after them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/stream/trace_pipe.h"

struct line {
	const char *task;
	int pid;
	const char *rest; /* from the PID on; the kernel prints what precedes it with "%16s-%7d " */
	int cpu;
	const char *flags;
	double timestamp;
	const char *message;
};

static const struct line good[] = {
	{"bash", 4211, "[003] d..31  1234.567890: bpf_trace_printk: Hello, World!", 3, "d..31", 1234.567890,
		"Hello, World!"},
	{"<...>", 7, "[000] d... 12.000001: 0x00000001: old kernel", 0, "d...", 12.000001, "old kernel"},
	{"<idle>", 0, "[127] dNs3.  99.5: bpf_trace_printk: ", 127, "dNs3.", 99.5, ""},
	{"Isolated Web Co", 3021, "[001] d..31    27.100000: bpf_trace_printk: a", 1, "d..31", 27.1, "a"},
	{"kworker/0:1", 1234567, "[000] d..21     5.250000: bpf_trace_printk: x: y: z", 0, "d..21", 5.25,
		"x: y: z"},
	/* names that look like what follows */
	{"a-1 [0] d 1: ", 77, "[002] d..31     8.125000: bpf_trace_printk: m", 2, "d..31", 8.125, "m"},
	{"a-1 [0] 1: f: m", 77, "[002] d..31     8.125000: bpf_trace_printk: m", 2, "d..31", 8.125, "m"},
	{"x-9 [1] ...", 44, "[002] d..31     8.125000: bpf_trace_printk: m", 2, "d..31", 8.125, "m"},
	{"-1-2-3 [4] 5:  ", 6, "[007] d..31     8.125000: bpf_trace_printk: m", 7, "d..31", 8.125, "m"},
	{"[0001]", 12, "[000] .....     8.125000: bpf_trace_printk: m", 0, ".....", 8.125, "m"},
	{"---------------", 123, "[000] .....     8.125000: bpf_trace_printk: m", 0, ".....", 8.125, "m"},
	{"", 5, "[000] .....     8.125000: bpf_trace_printk: no name", 0, ".....", 8.125, "no name"},
	{"\xc3\xa4\xff\t", 5, "[000] .....     8.125000: bpf_trace_printk: m", 0, ".....", 8.125, "m"},
	/* with the thread group ID, as with the option record-tgid */
	{"bash", 4211, "(   4200) [003] d..31     1.000000: bpf_trace_printk: m", 3, "d..31", 1, "m"},
	{"bash", 4211, "(-------) [003] d..31     1.000000: bpf_trace_printk: m", 3, "d..31", 1, "m"},
	/* a clock that counts something else; flags turned off */
	{"bash", 4211, "[003] d..31 123456789012: bpf_trace_printk: m", 3, "d..31", 123456789012.0, "m"},
	{"bash", 4211, "[003] 17.250000: bpf_trace_printk: m", 3, "", 17.25, "m"},
	/* an event other than a printk, and one without a function */
	{"bash", 4211, "[003] d..31  17.250000: sched_switch: prev=a next=b", 3, "d..31", 17.25,
		"prev=a next=b"},
	{"bash", 4211, "[003] d..31  17.250000: just text: here", 3, "d..31", 17.25, "just text: here"},
};

#define LINES (ARRAY_SIZE(good))

static char *line_of(const struct line *l)
{
	char *line;

	assert_true(asprintf(&line, "%16s-%-7d %s", l->task, l->pid, l->rest) > 0);
	return line;
}

static void test_fields(void **state)
{
	for (size_t i = 0; i < LINES; i++) {
		const struct line *l = &good[i];
		char *line = line_of(l);
		struct bcc_trace_fields f;

		memset(&f, 0x55, sizeof(f));
		if (!bcc_trace_parse(line, &f))
			fail_msg("refused: %s", line);
		assert_string_equal(f.task, l->task);
		assert_int_equal(f.pid, l->pid);
		assert_int_equal(f.cpu, l->cpu);
		assert_string_equal(f.flags, l->flags);
		assert_true(f.timestamp >= l->timestamp - 1e-7 && f.timestamp <= l->timestamp + 1e-7);
		assert_string_equal(f.message, l->message);
		free(line);
	}
}

/* A newline in a task's name splits the line: the rest is in other columns. */
static void test_out_of_its_columns(void **state)
{
	struct bcc_trace_fields f;

	assert_true(bcc_trace_parse("tail-99      [000] d..31     2.000000: bpf_trace_printk: m", &f));
	assert_string_equal(f.task, "tail");
	assert_int_equal(f.pid, 99);
	assert_string_equal(f.message, "m");
}

static void test_lines_without_fields(void **state)
{
	static const char *const bad[] = {
		"",
		"CPU:1 [LOST 5 EVENTS]",
		"# tracer: nop",
		"            bash-4211",
		"            bash-4211    [003",
		"            bash-4211    [003]",
		"            bash-4211    [] d..31 1.0: m",
		"            bash-4211    [003] d..31",
		"            bash-4211    [003] d..31  1234.567890",
		"            bash-4211    [003] d..31  1234.: m",
		"            bash-4211    [003] d..31  1234.567890:m",
		"            bash-99999999999999999999    [003] d..31  1234.567890: f: m",
		"            bash-4211    [99999999999999999999999] d..31  1234.567890: f: m",
		"            bash-4211    (42 [003] d..31  1234.567890: f: m",
		"                -",
		"-",
		"----------------------------------------------------------------",
	};
	struct bcc_trace_fields f;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (bcc_trace_parse(bad[i], &f))
			fail_msg("taken for a line with fields: %s", bad[i]);
}

/* Every line cut at every place: never out of bounds, which the sanitizers would see, and once the PID is
 * there with the fields after it, never another number. */
static void test_cut_lines(void **state)
{
	for (size_t i = 0; i < LINES; i++) {
		char *line = line_of(&good[i]);

		for (size_t len = strlen(line); len; len--) {
			char *cut = strndup(line, len);
			struct bcc_trace_fields f;

			if (bcc_trace_parse(cut, &f) && len > 17)
				assert_int_equal(f.pid, good[i].pid);
			free(cut);
		}
		free(line);
	}
}

static void test_long_message_and_name(void **state)
{
	char line[2000] = "            bash-4211    [003] d..31  1.000000: bpf_trace_printk: ";
	struct bcc_trace_fields f;
	size_t begin = strlen(line);

	memset(line + begin, 'm', 1000);
	assert_true(bcc_trace_parse(line, &f));
	assert_int_equal(strlen(f.message), sizeof(f.message) - 1);
	snprintf(line, sizeof(line), "%060d-12 [000] d..31 1.000000: f: m", 7);
	assert_true(bcc_trace_parse(line, &f));
	assert_int_equal(strlen(f.task), sizeof(f.task) - 1);
}

static void add(struct bcc_lines *lines, const char *data, size_t size)
{
	while (size) {
		size_t room;
		char *to = bcc_lines_room(lines, &room);
		size_t n = size < room ? size : room;

		assert_non_null(to);
		memcpy(to, data, n);
		bcc_lines_add(lines, n);
		data += n;
		size -= n;
	}
}

static void test_lines_in_pieces(void **state)
{
	static const char text[] = "first\nsecond line\n\n\nthird\nx\nlast without end";
	static const char *const expected[] = {"first", "second line", "third", "x"};

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct bcc_lines lines = {};
		unsigned n = 0;

		for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
			size_t left = sizeof(text) - 1 - at;
			char *line;

			add(&lines, text + at, piece < left ? piece : left);
			while ((line = bcc_lines_next(&lines))) {
				assert_true(n < 4);
				assert_string_equal(line, expected[n++]);
			}
		}
		assert_int_equal(n, 4);
		add(&lines, "\n", 1);
		assert_string_equal(bcc_lines_next(&lines), "last without end");
		assert_null(bcc_lines_next(&lines));
		free(lines.data);
	}
}

/* The buffer grows with the longest line, not with the stream; a line without end is cut. */
static void test_long_lines(void **state)
{
	struct bcc_lines lines = {};
	char *chunk = malloc(10000);
	size_t bytes = 0, cut = 0;
	char *line;

	memset(chunk, 'a', 10000);
	for (int i = 0; i < 1000; i++) {
		add(&lines, chunk, 10000);
		while ((line = bcc_lines_next(&lines))) {
			bytes += strlen(line) + 1;
			cut++;
		}
	}
	assert_true(cut > 100);
	assert_true(bytes > 9900000);
	assert_true(lines.room < 300000);
	free(chunk);
	free(lines.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_out_of_its_columns),
		cmocka_unit_test(test_lines_without_fields),
		cmocka_unit_test(test_cut_lines),
		cmocka_unit_test(test_long_message_and_name),
		cmocka_unit_test(test_lines_in_pieces),
		cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
