/* SPDX-License-Identifier: Apache-2.0 */
/* biolatpcts counts each request to a disk of our own, by kind, in the period that signals say. */
#include "block_run.h"
#include "tools/block/biolatpcts.h"

#define BIOLATPCTS "tools/biolatpcts"

enum { READS = 40, WRITES = 30, DISCARDS = 3, FLUSHES = 2 };

static void use_disk(void *ctx)
{
	const struct block_disk *disk = ctx;

	for (int i = 0; i < READS; i++)
		block_read(disk, 4096, 4096 * i);
	for (int i = 0; i < WRITES; i++)
		block_write(disk, 65536, 1 << 20);
	for (int i = 0; i < DISCARDS; i++)
		block_discard(disk, 8192, 2 << 20);
	for (int i = 0; i < FLUSHES; i++)
		block_flush(disk);
}

/* ---- slots ---- */

static unsigned highest_bit(uint64_t ns)
{
	return ns ? 63 - __builtin_clzll(ns) : 0;
}

static void check_slot(uint64_t ns)
{
	uint64_t slot = slot_of(ns, highest_bit(ns)), end = slot_end(slot);

	assert_true(slot < SLOTS);
	assert_true(ns <= end && end - ns <= ns / SLOT_PARTS);
	/* the next time is in the next slot */
	assert_int_equal(slot_of(end, highest_bit(end)), slot);
	if (end < UINT64_MAX)
		assert_int_equal(slot_of(end + 1, highest_bit(end + 1)), slot + 1);
}

static void test_slots(void **state)
{
	for (uint64_t ns = 0; ns < 10000; ns++)
		check_slot(ns);
	for (int bit = 13; bit < 64; bit++) {
		check_slot((1ULL << bit) - 1);
		check_slot(1ULL << bit);
		check_slot((1ULL << bit) + (1ULL << (bit - 1)) + 1);
	}
	check_slot(UINT64_MAX);
	assert_int_equal(slot_of(UINT64_MAX, 63), SLOTS - 1);
}

/* ---- periods ---- */

static const char *const names[KINDS] = {"read", "write", "discard", "flush"};

static void wait_lines(struct tool_run *run, int lines)
{
	double end = tool_now() + 120;

	while (tool_count_lines(run) < lines) {
		if (tool_now() < end && tool_read(run, 1000))
			continue;
		fail_msg("%d lines are missing:\n%s", lines - tool_count_lines(run), run->text);
	}
}

/* Others, such as those that find out what is on a new disk, may read; flushes may be joined. */
static void check_output(char **at, bool full)
{
	static const int counts[KINDS] = {READS, WRITES, DISCARDS, FLUSHES};

	for (int kind = 0; kind < KINDS; kind++) {
		char *line = tool_next_line(at), start[64];
		long half, most, count;

		sprintf(start, "{\"type\":\"%s\",", names[kind]);
		assert_memory_equal(line, start, strlen(start));
		if (!full && kind != KIND_READ) {
			assert_string_equal(
				line + strlen(start), "\"p50_ns\":null,\"p99_9_ns\":null,\"count\":0}");
			continue;
		}
		if (!full)
			continue;
		assert_int_equal(
			sscanf(line + strlen(start), "\"p50_ns\":%ld,\"p99_9_ns\":%ld,\"count\":%ld}", &half,
				&most, &count),
			3);
		assert_true(half > 0 && half <= most);
		if (kind == KIND_READ)
			assert_true(count >= READS);
		else
			assert_int_equal(count, counts[kind]);
	}
}

/* Starts it without periods of its own; has the work done when it is ready, and asks what there is then. */
static void start_and_ask(
	struct tool_run *run, const char *percentiles, const struct block_disk *disk, struct workload *w)
{
	tool_start(run, BIOLATPCTS, "-j", "-i", "-1", "-p", percentiles, disk->name);
	wait_lines(run, 1 + KINDS);
	workload_go(w);
	kill(run->pid, SIGUSR2);
	wait_lines(run, 1 + 2 * KINDS);
}

static void test_periods(void **state)
{
	static const bool full[] = {false, true, true, false};
	struct block_disk disk;
	struct tool_run run;
	struct workload w;
	char *at;

	block_disk_open(&disk);
	workload_new(&w, "diskuser", use_disk, &disk);
	start_and_ask(&run, "50,99.9", &disk, &w);
	kill(run.pid, SIGUSR1);
	wait_lines(&run, 1 + 3 * KINDS);
	tool_stop(&run, SIGINT);
	at = run.text;
	assert_non_null(strstr(tool_next_line(&at), "\"tool\":\"biolatpcts\""));
	for (int i = 0; i < 4; i++)
		check_output(&at, full[i]);
	assert_string_equal(at, "");
	tool_free(&run);
	block_disk_close(&disk);
}

static void test_table(void **state)
{
	struct block_disk disk;
	struct tool_run run;
	char heading[64];
	char *at, *line;

	block_disk_open(&disk);
	tool_start(&run, BIOLATPCTS, "-w", "after-rq-alloc", "-p", "1,99.999", "-i", "-1", disk.name);
	sprintf(heading, "%-7s     1 99.999", disk.name);
	tool_wait_line(&run, heading);
	tool_stop(&run, SIGTERM);
	at = run.text;
	assert_string_equal(tool_next_line(&at), "");
	assert_string_equal(tool_next_line(&at), heading);
	for (int kind = 0; kind < KINDS; kind++) {
		line = tool_next_line(&at);
		assert_memory_equal(line, names[kind], strlen(names[kind]));
		assert_int_equal(strlen(line), strlen(heading));
		if (kind != KIND_READ)
			assert_string_equal(line + 7, "     -      -");
	}
	tool_free(&run);
	block_disk_close(&disk);
}

static void test_delay(void **state)
{
	long least, most, count, delay = BLOCK_DELAY_MS * 1000000L;
	struct block_disk disk;
	struct tool_run run;
	struct workload w;
	char *at;

	block_delayed_open(&disk);
	workload_new(&w, "slowreader", block_delayed_read, &disk);
	start_and_ask(&run, "1,100", &disk, &w);
	tool_stop(&run, SIGINT);
	block_delayed_close(&disk);
	at = run.text;
	for (int i = 0; i < 1 + KINDS; i++)
		tool_next_line(&at);
	at = tool_next_line(&at);
	if (sscanf(at, "{\"type\":\"read\",\"p1_ns\":%ld,\"p100_ns\":%ld,\"count\":%ld}", &least, &most,
		    &count) != 3)
		fail_msg("%s", at);
	assert_true(
		least >= delay && least <= most && block_delayed_fits(least / 1e6 * BLOCK_DELAYED_READS, &w));
	assert_true(count >= BLOCK_DELAYED_READS);
	tool_free(&run);
}

static void test_options(void **state)
{
	static const struct {
		const char *arguments[2];
		int status;
	} cases[] = {{{NULL}, 2}, {{"none"}, 2}, {{"-i-2", "7:0"}, 2}, {{"-wnothing", "7:0"}, 2},
		{{"-p0", "7:0"}, 2}, {{"-i0", "7:0"}, 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tool_expect_end(
			cases[i].status, "", BIOLATPCTS, cases[i].arguments[0], cases[i].arguments[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
