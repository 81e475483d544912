/* SPDX-License-Identifier: Apache-2.0 */
/* compactsnoop: a process has all memory compacted, which is one row for each zone that has any. */
#include "testlib.h"
#include "tool_run.h"

#define COMPACTSNOOP "tools/compactsnoop"
#define HEADING "COMM           PID    NODE ZONE         ORDER MODE      LAT(ms)           STATUS"

enum { MOST_ZONES = 32 };

static struct zone {
	unsigned node;
	char name[24];
} zones[MOST_ZONES];
static int zone_count;

static void read_zones(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	char line[256], name[12];
	unsigned long present;
	unsigned node = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Node %u, zone %11s", &node, name) == 2)
			continue;
		if (sscanf(line, " present %lu", &present) != 1 || !present)
			continue;
		assert_true(zone_count < MOST_ZONES);
		zones[zone_count].node = node;
		snprintf(zones[zone_count].name, sizeof(zones[0].name), "ZONE_%s", name);
		for (char *c = zones[zone_count++].name; *c; c++)
			if (*c >= 'a' && *c <= 'z')
				*c += 'A' - 'a';
	}
	fclose(f);
	assert_true(zone_count > 0);
}

static bool compact(void)
{
	int fd = open("/proc/sys/vm/compact_memory", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, "1", 1) == 1;

	close(fd);
	return done;
}

static void compact_once(void *ctx)
{
	if (!compact())
		_exit(1);
}

/* What is before the time that it took, and after it. */
static void check_row(char *line, pid_t pid, const struct zone *zone, bool extended)
{
	char expected[96], ms[16], status[32], *at;
	unsigned long min, low, high, free;
	int length = 0;

	sprintf(expected, "%-14s %-6d %-4u %-12s %-5d %-7s ", "compacts", pid, zone->node, zone->name, -1,
		"SYNC");
	if (strncmp(line, expected, strlen(expected)))
		fail_msg("row:\n%s\nexpected:\n%s", line, expected);
	at = line + strlen(expected);
	if (extended) {
		assert_int_equal(sscanf(at, "- %lu %lu %lu %lu %n", &min, &low, &high, &free, &length), 4);
		assert_true(min <= low && low <= high && free > 0);
		at += length;
	}
	assert_int_equal(sscanf(at, "%15s %31s", ms, status), 2);
	sprintf(expected, "%9s %16s", ms, status);
	if (!extended)
		assert_string_equal(at, expected);
	assert_int_equal(strlen(strchr(ms, '.')), 1 + 3);
	if (strcmp(status, "complete") != 0 && strcmp(status, "partial_skipped") != 0 &&
		strcmp(status, "contended") != 0)
		fail_msg("status '%s'", status);
}

static void test_zones(void **state)
{
	struct tool_run plain, all;
	char pid[16], *at;
	struct workload w;

	read_zones();
	if (!compact())
		test_missing("memory cannot be compacted here");
	workload_new(&w, "compacts", compact_once, NULL);
	number_text(pid, w.pid);
	tool_start(&plain, COMPACTSNOOP, "-p", pid);
	tool_wait_line(&plain, HEADING);
	tool_start(&all, COMPACTSNOOP, "-p", pid, "-K", "-e");
	while (!strchr(all.text, '\n'))
		assert_true(tool_read(&all, 60000));
	workload_go(&w);
	tool_stop(&plain, SIGINT);
	tool_stop(&all, SIGINT);

	at = plain.text;
	assert_string_equal(tool_next_line(&at), HEADING);
	for (int i = 0; i < zone_count; i++)
		check_row(tool_next_line(&at), w.pid, &zones[i], false);
	assert_string_equal(at, "");

	at = all.text;
	assert_non_null(strstr(tool_next_line(&at), "MODE    FRAGIDX  MIN      LOW      HIGH     FREE  "));
	for (int i = 0; i < zone_count; i++) {
		bool is_there = false;
		char *frame;

		check_row(tool_next_line(&at), w.pid, &zones[i], true);
		while (*(frame = tool_next_line(&at))) {
			assert_int_equal(*frame, '\t');
			is_there |= !!strstr(frame, "compact");
		}
		assert_true(is_there);
	}
	assert_string_equal(at, "");
	assert_string_equal(plain.errors, "");
	assert_string_equal(all.errors, "");
	tool_free(&plain);
	tool_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_zones)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
