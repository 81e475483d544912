/* SPDX-License-Identifier: Apache-2.0 */
/* tcppktlat shows data that a process leaves in its sockets for a known time, once for each read. */
#include "own_network.h"
#include "tool_run.h"

#define TCPPKTLAT "tools/tcppktlat"
#define WAIT_MS 20

enum { LOOPBACK, IPV6, MAPPED, CONNECTIONS };

static const struct connection {
	const char *connect_to, *shown;
} connections[CONNECTIONS] = {
	[LOOPBACK] = {"127.0.0.1", "127.0.0.1"},
	[IPV6] = {"::1", "::1"},
	[MAPPED] = {"::ffff:127.0.0.1", "127.0.0.1"},
};

/* Shared with the workload, which says which ports it got. */
static struct plan {
	uint16_t port;
	uint16_t remote[CONNECTIONS];
} *plan;
static int listener = -1;
static bool ipv6;
static uint32_t network; /* number of the namespace */

static int set_up(void **state)
{
	plan = own_network_share(sizeof(*plan));
	if (own_network_set_up(&network, &ipv6, "connections are made"))
		return -1;
	listener = own_network_listen(ipv6 ? "::" : "0.0.0.0", 64, &plan->port);
	return listener < 0;
}

static bool is_possible(int i)
{
	return ipv6 || !strchr(connections[i].connect_to, ':');
}

/* Two segments that wait, and are read at once; then the end of the connection, which is no data; and a
 * segment that nobody reads. */
static void receive(int i)
{
	int to = own_network_connect(connections[i].connect_to, plan->port, &plan->remote[i]);
	int from = accept(listener, NULL, NULL);
	char data[16];

	must(from >= 0, "accept");
	must(write(to, "ab", 2) == 2 && write(to, "cd", 2) == 2, "write");
	usleep(WAIT_MS * 1000);
	must(recv(from, data, 4, MSG_WAITALL) == 4, "recv");
	must(write(from, "unread", 6) == 6, "write");
	must(!shutdown(to, SHUT_WR), "shutdown");
	must(read(from, data, sizeof(data)) == 0, "read");
	close(to);
	close(from);
}

static void receive_all(void *ctx)
{
	for (int i = 0; i < CONNECTIONS; i++)
		if (is_possible(i))
			receive(i);
}

static void test_rows(void **state)
{
	char expected[256], pid[16], *at, *line, *last, *end;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "reads-late", receive_all, NULL);
	tool_start(&run, TCPPKTLAT, "1000", "-p", number_text(pid, w.pid));
	tool_wait_line(
		&run, "PID     TID     COMM             LADDR           LPORT RADDR           RPORT MS");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < CONNECTIONS; i++) {
		if (!is_possible(i))
			continue;
		line = tool_next_line(&at);
		last = strrchr(line, ' ');
		assert_non_null(last);
		assert_true(strtod(++last, &end) >= WAIT_MS && !*end && end[-3] == '.');
		*last = '\0';
		snprintf(expected, sizeof(expected), "%-7d %-7d reads-late       %-15s %-5d %-15s %-5d ",
			w.pid, w.pid, connections[i].shown, plan->port, connections[i].shown,
			plan->remote[i]);
		assert_string_equal(line, expected);
	}
	assert_string_equal(at, "");
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_json(void **state)
{
	int i = ipv6 ? IPV6 : LOOPBACK;
	char expected[512], tid[16], port[16], *at, *line, *end;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "reads-late", receive_all, NULL);
	tool_start(&run, TCPPKTLAT, "--json", "-w", ipv6 ? "-6" : "-4", "-t", number_text(tid, w.pid), "-l",
		number_text(port, plan->port), "--columns",
		"PID,TID,COMM,LADDR,LPORT,RADDR,RPORT,UID,NETNS,MS");
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	at = strchr(run.text, '\n') + 1;
	line = tool_next_line(&at);
	snprintf(expected, sizeof(expected),
		"{\"pid\":%d,\"tid\":%d,\"comm\":\"reads-late\",\"laddr\":\"%s\",\"lport\":%d,\"raddr\":\"%s\","
		"\"rport\":%d,\"uid\":0,\"netns\":%u,\"delay_ns\":",
		w.pid, w.pid, connections[i].shown, plan->port, connections[i].shown, plan->remote[i],
		network);
	if (strncmp(line, expected, strlen(expected))) {
		fail_msg("no %s in %s", expected, line);
		return;
	}
	assert_true(strtoll(line + strlen(expected), &end, 10) >= WAIT_MS * 1000000LL);
	assert_string_equal(end, "}");
	assert_string_equal(at, "");
	tool_free(&run);
}

/* Nothing waits for an hour, and no connection has port 1 at its other end. */
static void test_unwanted(void **state)
{
	const char *const unwanted[][2] = {{"3600s", NULL}, {"-r", "1"}};

	for (int i = 0; i < 2; i++) {
		struct tool_run run;
		struct workload w;

		workload_new(&w, "reads-late", receive_all, NULL);
		tool_start(&run, TCPPKTLAT, "-Tw", unwanted[i][0], unwanted[i][1]);
		tool_wait_line(&run,
			"TIME(s)  PID     TID     COMM             LADDR                      LPORT "
			"RADDR                      RPORT MS");
		workload_go(&w);
		tool_stop(&run, SIGINT);
		assert_int_equal(tool_count_lines(&run), 1);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_unwanted),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
