/* SPDX-License-Identifier: Apache-2.0 */
/* biostacks counts each request of our process to a disk of our own, reads and writes by their stacks. */
#include "block_run.h"

#define BIOSTACKS "tools/biostacks"
#define TITLE "Tracing block I/O with init stacks. Hit Ctrl-C to end."

enum { READS = 40, WRITES = 30 };

static void use_disk(void *ctx)
{
	for (int i = 0; i < READS; i++)
		block_read(ctx, 4096, 4096 * i);
	for (int i = 0; i < WRITES; i++)
		block_write(ctx, 4096, 3 << 20);
}

/* The sum of the histograms of blocks with this function. */
static long sum(const char *text, const char *function)
{
	long total = 0, count;

	for (const char *at = text, *end; (end = strstr(at, "\n\n")); at = end + 2) {
		const char *found = strstr(at, function), *row = strstr(at, "distribution\n");

		if (!found || found > end)
			continue;
		while (row && row < end && (row = strchr(row, '\n')) && row < end)
			if (sscanf(++row, " %*d -> %*d : %ld |", &count) == 1)
				total += count;
	}
	return total;
}

/* The same of records. */
static long json_sum(const char *text, const char *function, const char *start)
{
	long total = 0;

	for (const char *at = strchr(text, '\n') + 1, *end; (end = strchr(at, '\n')); at = end + 1) {
		const char *found = strstr(at, function), *count = strstr(at, "\"count\":");

		assert_int_equal(strncmp(at, start, strlen(start)), 0);
		assert_true(count && count < end);
		if (found && found < end)
			total += strtol(count + strlen("\"count\":"), NULL, 10);
	}
	return total;
}

static void test_stacks(void **state)
{
	char start[64], line[64], disk_json[64];
	struct tool_run text, json;
	struct block_disk disk;
	struct workload w;

	block_disk_open(&disk);
	workload_new(&w, "bio;stacks", use_disk, &disk);
	tool_start(&text, BIOSTACKS, "--comm", "bio;stacks", "-d", disk.name);
	tool_start(&json, BIOSTACKS, "--json", "--user", "-m", "--comm", "bio;stacks", "-d", disk.name);
	tool_wait_line(&text, TITLE);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&text, SIGINT);
	tool_stop(&json, SIGINT);
	snprintf(line, sizeof(line), "\nbio;stacks     %-6d %-7s\n", w.pid, disk.name);
	assert_non_null(strstr(text.text, line));
	assert_int_equal(sum(text.text, "\nvfs_read\n"), READS);
	assert_int_equal(sum(text.text, "\nvfs_write\n"), WRITES);
	assert_int_equal(sum(text.text, line + 1), READS + WRITES);
	snprintf(start, sizeof(start), "{\"comm\":\"bio;stacks\",\"pid\":%d,\"kernel\":[\"", w.pid);
	snprintf(disk_json, sizeof(disk_json), "\"disk\":\"%s\"", disk.name);
	assert_int_equal(json_sum(json.text, "\"vfs_read+0x", start), READS);
	assert_int_equal(json_sum(json.text, "\"vfs_write+0x", start), WRITES);
	assert_int_equal(json_sum(json.text, disk_json, start), READS + WRITES);
	assert_string_equal(text.errors, "");
	block_disk_close(&disk);
	tool_free(&text);
	tool_free(&json);
}

static void test_delay(void **state)
{
	struct block_disk disk;
	struct tool_run run;
	struct workload w;

	block_delayed_open(&disk);
	workload_new(&w, "slowreader", block_delayed_read, &disk);
	tool_start(&run, BIOSTACKS, "-m", "--comm", "slowreader", "-d", disk.name);
	tool_wait_line(&run, TITLE);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	block_delayed_close(&disk);
	assert_int_equal(block_delayed_sum(run.text), BLOCK_DELAYED_READS);
	tool_free(&run);
}

static void test_wrong(void **state)
{
	tool_expect_end(2, "no_such_disk", BIOSTACKS, "-d", "no_such_disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stacks),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_wrong),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
