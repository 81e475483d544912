/* SPDX-License-Identifier: Apache-2.0 */
/* tcptracer shows connections that are known to have been opened, accepted and closed, and by whom. */
#include "own_network.h"
#include "tool_run.h"

#define TCPTRACER "tools/tcptracer"
#define BEGIN "Tracing TCP established connections. Ctrl-C to end."
#define HEADER "T  PID    COMM             IP SADDR            DADDR            SPORT  DPORT "

enum { CLOSED, IPV6, MAPPED, SHUT_DOWN, HANDED_OVER, RESET, SESSIONS };

static const struct session {
	const char *connect_to, *shown; /* addresses */
} sessions[SESSIONS] = {
	[CLOSED] = {"127.0.0.1", "127.0.0.1"},
	[IPV6] = {"::1", "::1"},
	[MAPPED] = {"::ffff:127.0.0.1", "127.0.0.1"},
	[SHUT_DOWN] = {"127.0.0.1", "127.0.0.1"},
	[HANDED_OVER] = {"127.0.0.1", "127.0.0.1"},
	[RESET] = {"127.0.0.1", "127.0.0.1"},
};

/* Shared with the workload, which says which ports it got, and which child it had. */
static struct plan {
	uint16_t port, refused;
	uint16_t local[SESSIONS];
	pid_t child;
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

/* A child closes the server's end, as those of servers that fork do: the last one who has it. */
static void hand_over(int client, int server)
{
	int go[2];
	pid_t child;
	char c;

	if (pipe(go))
		_exit(1);
	child = fork();
	if (!child) {
		close(go[1]);
		prctl(PR_SET_NAME, "the child");
		close(client);
		if (read(go[0], &c, 1))
			_exit(1);
		close(server);
		_exit(0);
	}
	close(server);
	close(go[0]);
	close(go[1]);
	if (child < 0 || waitpid(child, NULL, 0) != child)
		_exit(1);
	plan->child = child;
}

static void run_session(int i)
{
	int client = own_network_connect(sessions[i].connect_to, plan->port, &plan->local[i]);
	int server = accept(listener, NULL, NULL);
	uint16_t port;

	if (server < 0)
		_exit(1);
	switch (i) {
	case SHUT_DOWN:
		/* this is the end to the kernel; what follows is not another one */
		shutdown(client, SHUT_WR);
		own_network_end(server, client);
		break;
	case HANDED_OVER:
		hand_over(client, server);
		own_network_end(server, client);
		break;
	case RESET:
		own_network_reset(client, server);
		break;
	default:
		own_network_end(client, server);
	}
	/* is refused, and so is neither opened nor closed */
	close(own_network_connect("127.0.0.1", plan->refused, &port));
}

static void run_sessions(void *ctx)
{
	for (int i = 0; i < SESSIONS; i++)
		if (is_possible(i))
			run_session(i);
}

/* ---- what is expected ---- */

enum type { CONNECT, ACCEPT, CLOSE_CLIENT, CLOSE_SERVER, TYPES };

/* The order of a session's events, in which the server's end closes first if it is handed over. */
static enum type type_of(int i, int event)
{
	static const enum type usual[] = {CONNECT, ACCEPT, CLOSE_CLIENT, CLOSE_SERVER},
			       server_first[] = {CONNECT, ACCEPT, CLOSE_SERVER, CLOSE_CLIENT};

	return (i == HANDED_OVER ? server_first : usual)[event];
}

static bool is_server(enum type type)
{
	return type == ACCEPT || type == CLOSE_SERVER;
}

static bool is_child(int i, enum type type)
{
	return i == HANDED_OVER && type == CLOSE_SERVER;
}

/* From PID on; what is before differs. */
static void add_row(char *expected, const struct workload *w, int i, enum type type)
{
	bool child = is_child(i, type);
	char address[64];

	snprintf(address, sizeof(address), i == IPV6 ? "[%s]" : "%s", sessions[i].shown);
	add(expected, "%-6d %-16s %-2d %-16s %-16s %-6d %-6d", child ? plan->child : w->pid,
		child ? "the child" : "tracing-network", i == IPV6 ? 6 : 4, address, address,
		is_server(type) ? plan->port : plan->local[i], is_server(type) ? plan->local[i] : plan->port);
}

/* Of a kernel that does not permit fexit. */
static void assert_errors(const struct tool_run *run)
{
	if (*run->errors)
		assert_string_equal(
			run->errors, "tcptracer: what io_uring and the kernel itself accept is not shown\n");
}

static void test_table(void **state)
{
	static const char letters[TYPES] = "CAXX";
	char expected[8192] = BEGIN "\n" HEADER "\n", netns[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "tracing-network", run_sessions, NULL);
	tool_start(&run, TCPTRACER, "-N", number_text(netns, network));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	for (int i = 0; i < SESSIONS; i++)
		for (int event = 0; event < TYPES && is_possible(i); event++) {
			enum type type = type_of(i, event);

			add(expected, "%c  ", letters[type]);
			add_row(expected, &w, i, type);
			add(expected, "\n");
		}
	tool_assert_output(&run, expected);
	assert_errors(&run);
	tool_free(&run);
}

static void test_verbose(void **state)
{
	static const char *const names[TYPES] = {"connect", "accept", "close", "close"};
	char pid[16], *at;
	struct tool_run run;
	struct workload w;
	long long last = 0;

	workload_new(&w, "tracing-network", run_sessions, NULL);
	tool_start(&run, TCPTRACER, "-v", "-t", "-U", "-4", "-p", number_text(pid, w.pid));
	tool_wait_line(&run,
		"TIME(ns)      TYPE         UID    PID    COMM             IP SADDR            DADDR"
		"            SPORT  DPORT  NETNS   ");
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	at = strstr(run.text, "NETNS   \n") + 9;
	for (int i = 0; i < SESSIONS; i++)
		for (int event = 0; event < TYPES && is_possible(i) && i != IPV6; event++) {
			enum type type = type_of(i, event);
			char expected[256];
			long long since;
			char *line;

			if (is_child(i, type))
				continue;
			line = tool_next_line(&at);
			since = atoll(line);
			assert_true(i == 0 && event == 0 ? since == 0 : since > last && since < 300000000000);
			last = since;
			snprintf(expected, sizeof(expected), "%-14lld%-12s 0      ", since, names[type]);
			add_row(expected, &w, i, type);
			add(expected, " %-8u", network);
			assert_string_equal(line, expected);
		}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_json(void **state)
{
	static const char *const names[TYPES] = {"connect", "accept", "close", "close"};
	int i = ipv6 ? IPV6 : CLOSED;
	char pid[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "tracing-network", run_sessions, NULL);
	tool_start(
		&run, TCPTRACER, "--json", ipv6 ? "-6" : "-4", "--rows", "4", "-p", number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	at = strchr(run.text, '\n') + 1;
	for (int event = 0; event < TYPES; event++) {
		char expected[512], *rest, *line = tool_next_line(&at);
		enum type type = type_of(i, event);

		rest = strstr(line, "\"pid\":");
		assert_non_null(rest);
		snprintf(expected, sizeof(expected),
			"\"pid\":%d,\"comm\":\"tracing-network\",\"ip\":%d,\"sport\":%d,\"dport\":%d,"
			"\"type\":\"%s\",\"netns\":%u,\"saddr\":\"%s\",\"daddr\":\"%s\"}",
			w.pid, ipv6 ? 6 : 4, is_server(type) ? plan->port : plan->local[i],
			is_server(type) ? plan->local[i] : plan->port, names[type], network,
			sessions[i].shown, sessions[i].shown);
		assert_string_equal(rest ? rest : "", expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_other_namespace(void **state)
{
	char netns[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "tracing-network", run_sessions, NULL);
	tool_start(&run, TCPTRACER, "-N", number_text(netns, network + 1));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_assert_output(&run, BEGIN "\n" HEADER "\n");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_verbose),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_other_namespace),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
