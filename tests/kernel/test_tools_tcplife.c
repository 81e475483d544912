/* SPDX-License-Identifier: Apache-2.0 */
/* tcplife shows connections of a process that are known to have ended, with the bytes that they carried. */
#include "own_network.h"
#include "tool_run.h"

#define TCPLIFE "tools/tcplife"
#define HEADER "PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS"

enum { CLIENT_ENDS, SERVER_ENDS, IPV6, MAPPED, RESET, REFUSED, SESSIONS };

static const struct session {
	const char *connect_to, *shown; /* addresses */
	size_t sent, received;		/* bytes, of the client */
} sessions[SESSIONS] = {
	[CLIENT_ENDS] = {"127.0.0.1", "127.0.0.1", 5000, 3071},
	[SERVER_ENDS] = {"127.0.0.2", "127.0.0.2", 1, 300000},
	[IPV6] = {"::1", "::1", 1024, 1023},
	[MAPPED] = {"::ffff:127.0.0.1", "127.0.0.1", 4096, 0},
	[RESET] = {"127.0.0.1", "127.0.0.1", 2048, 10240},
	[REFUSED] = {"127.0.0.1", "127.0.0.1", 0, 0},
};

/* Shared with the workload, which says which ports it got. */
static struct plan {
	uint16_t port, refused;
	uint16_t local[SESSIONS];
} *plan;
static int listener = -1;
static bool ipv6;
static uint32_t network; /* number of the namespace */

static int set_up(void **state)
{
	plan = own_network_share(sizeof(*plan));
	if (own_network_set_up(&network, &ipv6, "connections are made"))
		return -1;
	listener = own_network_listen(ipv6 ? "::" : "0.0.0.0", 8, &plan->port);
	plan->refused = own_network_refused_port();
	return listener < 0;
}

static bool is_possible(int i)
{
	return ipv6 || !strchr(sessions[i].connect_to, ':');
}

static void run_session(int i)
{
	const struct session *s = &sessions[i];
	int client = own_network_connect(
		s->connect_to, i == REFUSED ? plan->refused : plan->port, &plan->local[i]);
	int server;

	if (i == REFUSED) {
		close(client);
		return;
	}
	server = accept(listener, NULL, NULL);
	if (server < 0 || !own_network_carry(client, server, s->sent) ||
		!own_network_carry(server, client, s->received))
		_exit(1);
	usleep(20000);
	if (i == RESET)
		own_network_reset(client, server);
	else if (i == SERVER_ENDS)
		own_network_end(server, client);
	else
		own_network_end(client, server);
}

static void run_sessions(void *ctx)
{
	for (int i = 0; i < SESSIONS; i++)
		if (is_possible(i))
			run_session(i);
}

static uint16_t port_of(int i)
{
	return i == REFUSED ? plan->refused : plan->port;
}

/* Both rows of a session, in the order in which its ends end. */
static bool is_client(int i, int row)
{
	return (i == SERVER_ENDS) == row;
}

static int rows_of(int i)
{
	return i == REFUSED ? 1 : 2;
}

/* Cuts off what the clock says: MS, the last column. It must be a duration of at least `least`, or be
 * unknown if that is negative. */
static void cut_duration(char *line, char before, double least)
{
	char *last = strrchr(line, before), *end;
	double ms;

	assert_non_null(last);
	ms = strtod(++last, &end);
	if (least < 0) {
		assert_string_equal(last, "-");
	} else {
		assert_true(end > last && !*end && end[-3] == '.');
		assert_true(ms >= least && ms < 300000);
	}
	*last = '\0';
}

static void test_table(void **state)
{
	char expected[256], pid[16], *at, *line;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "transporting", run_sessions, NULL);
	tool_start(&run, TCPLIFE, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < SESSIONS; i++) {
		const struct session *s = &sessions[i];

		for (int row = 0; row < rows_of(i) && is_possible(i); row++) {
			bool client = is_client(i, row);
			size_t sent = client ? s->sent : s->received,
			       received = client ? s->received : s->sent;
			/* on loopback, a client has the address that it connects to, but for 127.0.0.2 */
			const char *own = i == SERVER_ENDS ? "127.0.0.1" : s->shown;

			snprintf(expected, sizeof(expected),
				"%-5d transporti %-15s %-5d %-15s %-5d %5zu %5zu ", w.pid,
				client ? own : s->shown, client ? plan->local[i] : port_of(i),
				client ? s->shown : own, client ? port_of(i) : plan->local[i], sent / 1024,
				received / 1024);
			line = tool_next_line(&at);
			cut_duration(line, ' ', i == REFUSED ? 0 : 20);
			assert_string_equal(line, expected);
		}
	}
	assert_string_equal(at, "");
	tool_assert_outlived(&run, "tcplife", w.pid);
	tool_free(&run);
}

/* -L: the servers' ends. */
static void test_wide(void **state)
{
	char expected[256], pid[16], port[32], *at, *line;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "transporting", run_sessions, NULL);
	snprintf(port, sizeof(port), "1,%d", plan->port);
	tool_start(&run, TCPLIFE, "-Ttw", "-L", port, "-p", number_text(pid, w.pid));
	tool_wait_line(&run,
		"TIME     TIME(s)   PID   COMM             IP LADDR                                   LPORT "
		"RADDR                                   RPORT  TX_KB  RX_KB MS");
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < REFUSED; i++) {
		const struct session *s = &sessions[i];
		int hour, minute, second, end = 0;
		double since;

		if (!is_possible(i))
			continue;
		line = tool_next_line(&at);
		cut_duration(line, ' ', 20);
		assert_int_equal(sscanf(line, "%2d:%2d:%2d %lf%n", &hour, &minute, &second, &since, &end), 4);
		assert_true(i == CLIENT_ENDS ? since == 0 : since >= 0.02);
		assert_int_equal(line[end - 7], '.');
		snprintf(expected, sizeof(expected),
			"%-5d transporting     %-2d %-39s %-5d %-39s %-5d %6zu %6zu ", w.pid,
			i == IPV6 ? 6 : 4, s->shown, plan->port, i == SERVER_ENDS ? "127.0.0.1" : s->shown,
			plan->local[i], s->received / 1024, s->sent / 1024);
		assert_string_equal(line + 19, expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_csv_of_one_family(void **state)
{
	char expected[256], pid[16], port[32], *at, *line;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "transporting", run_sessions, NULL);
	snprintf(port, sizeof(port), "!%d", plan->port);
	tool_start(&run, TCPLIFE, "-s", ipv6 ? "-6" : "-4", "-L", port, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, "PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	if (ipv6) {
		line = tool_next_line(&at);
		cut_duration(line, ',', 20);
		snprintf(expected, sizeof(expected), "%d,transporting,6,::1,%d,::1,%d,1,0,", w.pid,
			plan->local[IPV6], plan->port);
		assert_string_equal(line, expected);
		assert_string_equal(at, "");
	}
	tool_free(&run);
}

/* Exact bytes. -D: the clients' ends. */
static void test_json(void **state)
{
	char expected[512], pid[16], port[32], *at, *line, *rest;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "transporting", run_sessions, NULL);
	snprintf(port, sizeof(port), "%d", plan->port);
	tool_start(&run, TCPLIFE, "--json", "-4", "-D", port, "-p", number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < REFUSED; i++) {
		const struct session *s = &sessions[i];
		unsigned long long duration;
		int end = 0;

		if (!is_possible(i) || i == IPV6)
			continue;
		line = tool_next_line(&at);
		snprintf(expected, sizeof(expected),
			",\"pid\":%d,\"comm\":\"transporting\",\"laddr\":\"127.0.0.1\",\"lport\":%d,\"raddr\":\"%s\","
			"\"rport\":%d,\"tx_bytes\":%zu,\"rx_bytes\":%zu,\"duration_ns\":",
			w.pid, plan->local[i], s->shown, plan->port, s->sent, s->received);
		rest = strstr(line, expected);
		if (!rest) {
			fail_msg("%s has no %s", line, expected);
			return;
		}
		rest += strlen(expected);
		assert_int_equal(sscanf(rest, "%llu,\"ip\":4}%n", &duration, &end), 1);
		assert_true(duration >= 20000000 && end == (int)strlen(rest));
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* ---- connections that began before the tool ---- */

static int old[2][2]; /* client and server of two connections */

static void end_old_sessions(void *ctx)
{
	own_network_end(old[0][0], old[0][1]);
	own_network_reset(old[1][0], old[1][1]);
}

/* How long they lasted is not known; nor whose an end is that the other one resets. */
static void test_older_than_tool(void **state)
{
	uint16_t port = 0, local[2] = {0};
	char expected[256], text[16], *at, *line;
	int own = own_network_listen("127.0.0.1", 2, &port);
	struct tool_run run;
	struct workload w;

	for (int i = 0; i < 2 && own >= 0; i++) {
		old[i][0] = own_network_connect("127.0.0.1", port, &local[i]);
		old[i][1] = accept(own, NULL, NULL);
		assert_true(old[i][1] >= 0 && own_network_carry(old[i][0], old[i][1], 2000));
	}
	workload_new(&w, "closing", end_old_sessions, NULL);
	for (int i = 0; i < 2; i++) {
		close(old[i][0]);
		close(old[i][1]);
	}
	tool_start(&run, TCPLIFE, "-L", number_text(text, port));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	close(own);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < 2; i++) {
		char pid[16] = "-";

		line = tool_next_line(&at);
		cut_duration(line, ' ', -1);
		if (i == 0)
			number_text(pid, w.pid);
		snprintf(expected, sizeof(expected),
			"%-5s %-10s 127.0.0.1       %-5d 127.0.0.1       %-5d     0     1 ", pid,
			i ? "-" : "closing", port, local[i]);
		assert_string_equal(line, expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_csv_of_one_family),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_older_than_tool),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
