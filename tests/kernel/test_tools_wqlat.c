/* SPDX-License-Identifier: Apache-2.0 */
/* wqlat counts the work of our pseudo-terminal: each write is handed to the other side by a work queue. */
#include <pty.h>
#include <termios.h>

#include "tool_run.h"

#define WQLAT "tools/wqlat"
#define TITLE "Tracing work queue request latency time... Hit Ctrl-C to end."

enum { WRITES = 50 };

/* The work of each write has been done when it can be read. */
static void write_often(void)
{
	struct termios raw;
	int master, slave;
	char c;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	for (int i = 0; i < WRITES; i++) {
		assert_int_equal(write(master, "x", 1), 1);
		assert_int_equal(read(slave, &c, 1), 1);
	}
	close(master);
	close(slave);
}

static long sum(const char *at)
{
	long total = 0;

	if (!at)
		return -1;
	for (at = strchr(at, '\n') + 1; *at && *at != '\n'; at = strchr(at, '\n') + 1) {
		long low, high, count;

		if (sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count) == 3)
			total += count;
	}
	return total;
}

static void test_terminal(void **state)
{
	struct tool_run all, each, one, none, json;
	const char *at;

	tool_start(&each, WQLAT, "-NW");
	tool_wait_line(&each, TITLE);
	tool_start(&all, WQLAT, "-T");
	tool_start(&one, WQLAT, "-w", "events_unbound");
	tool_start(&none, WQLAT, "-w", "bcc_no_such_queue");
	tool_start(&json, WQLAT, "--json", "-W", "-w", "events_unbound");
	tool_wait_line(&all, TITLE);
	tool_wait_line(&one, TITLE);
	tool_wait_line(&none, TITLE);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	write_often();
	tool_stop(&each, SIGINT);
	tool_stop(&all, SIGINT);
	tool_stop(&one, SIGINT);
	tool_stop(&none, SIGINT);
	tool_stop(&json, SIGINT);

	at = strstr(each.text, "\nwqname = events_unbound\n     nsecs ");
	if (!at)
		fail_msg("no section events_unbound in:\n%s", each.text);
	assert_true(sum(at + strlen("\nwqname = events_unbound")) >= WRITES);
	at = strstr(all.text, "     usecs ");
	assert_non_null(at);
	assert_true(sum(at) >= WRITES);
	at = strstr(one.text, "     usecs ");
	assert_non_null(at);
	assert_true(sum(at) >= WRITES);
	assert_null(strstr(one.text, "wqname"));
	assert_null(strstr(none.text, "usecs"));
	assert_non_null(strstr(json.text, "\"val_type\":\"usecs\",\"wqname\":\"events_unbound\",\"data\":["));
	assert_int_equal(tool_count_lines(&json), 2);
	assert_string_equal(each.errors, "");
	tool_free(&all);
	tool_free(&each);
	tool_free(&one);
	tool_free(&none);
	tool_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_terminal)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
