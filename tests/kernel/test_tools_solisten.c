/* SPDX-License-Identifier: Apache-2.0 */
/* solisten shows the sockets that a process is known to have made listen, in a namespace of its own. */

#include "own_network.h"
#include "tool_run.h"

#define SOLISTEN "tools/solisten"
#define HEADER "PID     COMM         PROTO  BACKLOG  PORT  ADDR                                   "

enum { MOST = 100 }; /* net.core.somaxconn of the namespace */

static uint32_t network;
static bool ipv6;

/* Ports that the kernel chose; shared with the workload. */
static uint16_t *chosen;

static int set_up(void **state)
{
	chosen = own_network_share(sizeof(*chosen));
	return own_network_set_up(&network, &ipv6, "sockets listen");
}

static void listen_all(void *ctx)
{
	int limit = open("/proc/sys/net/core/somaxconn", O_WRONLY),
	    fd = own_network_bind("127.0.0.1", 1001, SOCK_STREAM),
	    udp = own_network_bind("127.0.0.1", 1002, SOCK_DGRAM), local = socket(AF_UNIX, SOCK_STREAM, 0),
	    pair[2];

	must(write(limit, "100", 3) == 3, "net.core.somaxconn");
	must(!listen(fd, 7), "listen");
	must(!listen(fd, 200), "listen, and ask for too much");
	must(!listen(fd, -1), "listen, and ask for everything");
	must(!listen(fd, 0), "listen, and ask for nothing");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	must(!listen(fd, 1), "listen without an address");
	*chosen = own_network_port(fd);
	/* what cannot listen */
	must(listen(udp, 5) && errno == EOPNOTSUPP, "UDP");
	must(listen(local, 5), "AF_UNIX without an address");
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	must(listen(pair[0], 5), "a connected socket");
	must(listen(0x7ffffff, 5) && errno == EBADF, "no descriptor");
	must(listen(open("/dev/null", O_RDONLY), 5) && errno == ENOTSOCK, "no socket");
	if (ipv6) {
		fd = own_network_bind("::1", 1004, SOCK_STREAM);
		must(!listen(fd, 9), "listen on IPv6");
		fd = own_network_bind("::ffff:127.0.0.1", 1005, SOCK_STREAM);
		must(!listen(fd, 10), "listen on IPv4 through IPv6");
	}
}

static const struct expected {
	int asked, backlog, ret;
	const char *protocol;
	uint16_t port; /* 0: chosen */
	const char *address;
} all[] = {
	{7, 7, 0, "TCPv4", 1001, "127.0.0.1"},
	{200, MOST, 0, "TCPv4", 1001, "127.0.0.1"},
	{-1, MOST, 0, "TCPv4", 1001, "127.0.0.1"},
	{0, 0, 0, "TCPv4", 1001, "127.0.0.1"},
	{1, 1, 0, "TCPv4", 0, "0.0.0.0"},
	{5, 5, -EOPNOTSUPP, "UDPv4", 1002, "127.0.0.1"},
	{9, 9, 0, "TCPv6", 1004, "::1"},
	{10, 10, 0, "TCPv6", 1005, "::ffff:127.0.0.1"},
};

#define EACH(e)                                                                                              \
	for (const struct expected *e = all; e < all + sizeof(all) / sizeof(*all) - (ipv6 ? 0 : 2); e++)

static unsigned port_of(const struct expected *e)
{
	return e->port ? e->port : *chosen;
}

static void run_tool(
	struct tool_run *run, const char *line, const char *option, const char *option2, pid_t *pid)
{
	struct workload w;
	char number[16];

	workload_new(&w, "listens-to-all", listen_all, NULL);
	*pid = w.pid;
	tool_start(run, SOLISTEN, "-p", number_text(number, w.pid), option, option2);
	if (line)
		tool_wait_line(run, line);
	else
		while (!strchr(run->text, '\n') && tool_read(run, 1000))
			;
	workload_go(&w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void test_all(void **state)
{
	char expected[4096] = HEADER "\n";
	struct tool_run run;
	pid_t pid;

	run_tool(&run, HEADER, NULL, NULL, &pid);
	EACH(e)
	{
		if (!e->ret)
			add(expected, "%-7d listens-to-a %-6s %-8d %-5u %-39s\n", pid, e->protocol,
				e->backlog, port_of(e), e->address);
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_columns(void **state)
{
	char header[] =
		"PID     COMM         RET NETNS        PROTO  BACKLOG  PORT  ADDR                       "
		"            ";
	char expected[4096];
	struct tool_run run;
	pid_t pid;

	sprintf(expected, "%s\n", header);
	run_tool(&run, header, "-E", "--show-netns", &pid);
	EACH(e)
	{
		add(expected, "%-7d listens-to-a %-3d %-12u %-6s %-8d %-5u %-39s\n", pid, e->ret, network,
			e->protocol, e->backlog, port_of(e), e->address);
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

/* In this namespace, and in another one, where nobody does anything. */
static void test_netns(void **state)
{
	char expected[4096] = "TIME     " HEADER "\n", option[32], *at;
	struct tool_run run;
	pid_t pid;

	sprintf(option, "-n%u", network);
	run_tool(&run, "TIME     " HEADER, "-t", option, &pid);
	at = run.text + strlen(expected);
	EACH(e)
	{
		int hour, minute, second;

		if (e->ret)
			continue;
		assert_int_equal(sscanf(at, "%2d:%2d:%2d ", &hour, &minute, &second), 3);
		sprintf(expected, "%-7d listens-to-a %-6s %-8d %-5u %-39s\n", pid, e->protocol, e->backlog,
			port_of(e), e->address);
		assert_memory_equal(at + 9, expected, strlen(expected));
		at += 9 + strlen(expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
	run_tool(&run, HEADER, "--netns", "1", &pid);
	tool_assert_output(&run, HEADER "\n");
	tool_free(&run);
}

static void test_json(void **state)
{
	char expected[1024], *at;
	struct tool_run run;
	pid_t pid;

	run_tool(&run, NULL, "--json", "-E", &pid);
	at = strchr(run.text, '\n') + 1;
	EACH(e)
	{
		char *start = strstr(at, "\"pid\"");

		sprintf(expected,
			"\"pid\":%d,\"comm\":\"listens-to-all\",\"ret\":%d,\"proto\":\"%s\",\"backlog\":%d,"
			"\"port\":%u,\"addr\":\"%s\",\"netns\":%u,\"asked\":%d}\n",
			pid, e->ret, e->protocol, e->backlog, port_of(e), e->address, network, e->asked);
		if (!start || strncmp(start, expected, strlen(expected)))
			fail_msg("output:\n%s\nexpected:\n%s\n", at, expected);
		at = start + strlen(expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_netns),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
