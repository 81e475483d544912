/* SPDX-License-Identifier: Apache-2.0 */
/* tcpaccept shows the connections that a process is known to have accepted. */
#include "own_network.h"
#include "tool_run.h"

#include <pthread.h>
#include <sys/un.h>

#define TCPACCEPT "tools/tcpaccept"
#define HEADER "PID     COMM         IP RADDR            RPORT LADDR            LPORT"

enum { LOOPBACK, OTHER_PORT, IPV6, MAPPED, CONNECTIONS };

static const struct connection {
	const char *connect_to, *shown;
	int ip;
	bool other_port;
} connections[CONNECTIONS] = {
	[LOOPBACK] = {"127.0.0.1", "127.0.0.1", 4, false},
	[OTHER_PORT] = {"127.0.0.1", "127.0.0.1", 4, true},
	[IPV6] = {"::1", "::1", 6, false},
	[MAPPED] = {"::ffff:127.0.0.1", "127.0.0.1", 4, false},
};

/* Shared with the workload, which says which ports its clients got. */
static struct plan {
	uint16_t port, other;
	uint16_t remote[CONNECTIONS];
} *plan;
static int listener = -1, other_listener = -1;
static bool ipv6;
static uint32_t network; /* number of the namespace */

static int set_up(void **state)
{
	plan = own_network_share(sizeof(*plan));
	if (own_network_set_up(&network, &ipv6, "connections are made"))
		return -1;
	listener = own_network_listen(ipv6 ? "::" : "0.0.0.0", 8, &plan->port);
	other_listener = own_network_listen("127.0.0.1", 8, &plan->other);
	return listener < 0 || other_listener < 0;
}

static bool is_possible(int i)
{
	return ipv6 || !strchr(connections[i].connect_to, ':');
}

static uint16_t port_of(int i)
{
	return connections[i].other_port ? plan->other : plan->port;
}

/* What is accepted, but is no connection of TCP. */
static void accept_unix(void)
{
	struct sockaddr_un any = {.sun_family = AF_UNIX}, name;
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t size = sizeof(name);

	/* the kernel chooses a name */
	if (server < 0 || client < 0 || bind(server, (struct sockaddr *)&any, sizeof(sa_family_t)) ||
		listen(server, 1) || getsockname(server, (struct sockaddr *)&name, &size) ||
		connect(client, (struct sockaddr *)&name, size) || accept(server, NULL, NULL) < 0)
		_exit(1);
}

static void accept_all(void *ctx)
{
	int flags = fcntl(listener, F_GETFL);

	/* there is nothing to accept */
	fcntl(listener, F_SETFL, flags | O_NONBLOCK);
	if (accept(listener, NULL, NULL) != -1 || errno != EAGAIN)
		_exit(1);
	fcntl(listener, F_SETFL, flags);
	accept_unix();
	for (int i = 0; i < CONNECTIONS; i++) {
		int client, from = connections[i].other_port ? other_listener : listener, server;

		if (!is_possible(i))
			continue;
		client = own_network_connect(connections[i].connect_to, port_of(i), &plan->remote[i]);
		server = i % 2 ? accept4(from, NULL, NULL, SOCK_NONBLOCK) : accept(from, NULL, NULL);
		if (server < 0)
			_exit(1);
		close(server);
		close(client);
	}
}

/* What a kernel without fexit does not show, is said. */
static void assert_errors(const struct tool_run *run)
{
	if (*run->errors)
		assert_string_equal(
			run->errors, "tcpaccept: what io_uring and the kernel itself accept is not shown\n");
}

static void add_row(char *expected, int pid, int i)
{
	const struct connection *c = &connections[i];

	add(expected, "%-7d accepting-ma %-2d %-16s %-5d %-16s %-5d\n", pid, c->ip, c->shown, plan->remote[i],
		c->shown, port_of(i));
}

static void test_table(void **state)
{
	char expected[2048] = HEADER "\n", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "accepting-many", accept_all, NULL);
	tool_start(&run, TCPACCEPT, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	for (int i = 0; i < CONNECTIONS; i++)
		if (is_possible(i))
			add_row(expected, w.pid, i);
	tool_assert_output(&run, expected);
	assert_errors(&run);
	tool_free(&run);
}

static void test_times_and_ports(void **state)
{
	char expected[512], pid[16], ports[32], *at;
	struct tool_run run;
	struct workload w;
	double last = 0;

	workload_new(&w, "accepting-many", accept_all, NULL);
	snprintf(ports, sizeof(ports), "!%d,1", plan->other);
	tool_start(&run, TCPACCEPT, "-T", "-t", "-4", "-P", ports, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, "TIME     TIME(s)  " HEADER);
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < CONNECTIONS; i++) {
		int hour, minute, second;
		double since;
		char *line;

		if (!is_possible(i) || i == OTHER_PORT || i == IPV6)
			continue;
		line = tool_next_line(&at);
		assert_int_equal(sscanf(line, "%2d:%2d:%2d %lf", &hour, &minute, &second, &since), 4);
		assert_true(i == LOOPBACK ? since == 0 : since >= last && since < 300);
		last = since;
		snprintf(expected, sizeof(expected), "%02d:%02d:%02d %-9.3f", hour, minute, second, since);
		add_row(expected, w.pid, i);
		expected[strlen(expected) - 1] = '\0';
		assert_string_equal(line, expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_json_of_ipv6(void **state)
{
	char expected[512], pid[16], *at, *line, *rest;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "accepting-many", accept_all, NULL);
	tool_start(&run, TCPACCEPT, "--json", ipv6 ? "-6" : "-4", "--columns",
		"PID,COMM,IP,RADDR,RPORT,LADDR,LPORT,UID,NETNS", "--rows", "1", "-p",
		number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	at = strchr(run.text, '\n') + 1;
	line = tool_next_line(&at);
	rest = strstr(line, "\"pid\":");
	assert_non_null(rest);
	snprintf(expected, sizeof(expected),
		"\"pid\":%d,\"comm\":\"accepting-many\",\"ip\":%d,\"raddr\":\"%s\",\"rport\":%d,"
		"\"laddr\":\"%s\",\"lport\":%d,\"uid\":0,\"netns\":%u}",
		w.pid, ipv6 ? 6 : 4, ipv6 ? "::1" : "127.0.0.1", plan->remote[ipv6 ? IPV6 : LOOPBACK],
		ipv6 ? "::1" : "127.0.0.1", plan->port, network);
	assert_string_equal(rest ? rest : "", expected);
	assert_string_equal(at, "");
	tool_free(&run);
}

static void *accept_one(void *ctx)
{
	return (void *)(long)accept(listener, NULL, NULL);
}

enum { WAITING = 40 };

/* More threads than a kretprobe could follow wait in accept(). */
static void accept_by_threads(void *ctx)
{
	pthread_t threads[WAITING];
	uint16_t port;

	for (int i = 0; i < WAITING; i++)
		if (pthread_create(&threads[i], NULL, accept_one, NULL))
			_exit(1);
	usleep(50000);
	for (int i = 0; i < WAITING; i++)
		own_network_connect("127.0.0.1", plan->port, &port);
	for (int i = 0; i < WAITING; i++)
		pthread_join(threads[i], NULL);
}

static void test_many_waiting(void **state)
{
	char pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "accepting-many", accept_by_threads, NULL);
	tool_start(&run, TCPACCEPT, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_int_equal(tool_count_lines(&run), 1 + WAITING);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_times_and_ports),
		cmocka_unit_test(test_json_of_ipv6),
		cmocka_unit_test(test_many_waiting),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
