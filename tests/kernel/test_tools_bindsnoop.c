/* SPDX-License-Identifier: Apache-2.0 */
/* bindsnoop shows the calls that a process is known to have made, in a network namespace of its own. */
#include <netinet/ip.h>
#include <sys/un.h>

#include "own_network.h"
#include "tool_run.h"

#define BINDSNOOP "tools/bindsnoop"
#define BEGIN "Tracing binds ... Hit Ctrl-C to end"
#define HEADER "     PID COMM         PROT ADDR            PORT   OPTS IF"

static uint32_t network;
static bool ipv6;

static int set_up(void **state)
{
	return own_network_set_up(&network, &ipv6, "sockets are bound");
}

/* ---- the workload ---- */

static void set_option(int fd, int level, int option)
{
	int yes = 1;

	must(!setsockopt(fd, level, option, &yes, sizeof(yes)), "setsockopt");
}

static void bind_to(int fd, const char *address, uint16_t port, int error)
{
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, address, port);

	errno = 0;
	bind(fd, (struct sockaddr *)&to, size);
	must(errno == error, address);
}

static void bind_all(void *ctx)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0),
	    busy = socket(AF_INET, SOCK_STREAM, 0), raw = socket(AF_INET, SOCK_RAW, 253),
	    un = socket(AF_UNIX, SOCK_DGRAM, 0);

	bind_to(tcp, "127.0.0.1", 1001, 0);
	set_option(udp, IPPROTO_IP, IP_FREEBIND);
	set_option(udp, IPPROTO_IP, IP_TRANSPARENT);
	set_option(udp, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
	set_option(udp, SOL_SOCKET, SO_REUSEADDR);
	set_option(udp, SOL_SOCKET, SO_REUSEPORT);
	/* nobody has this address */
	bind_to(udp, "192.0.2.7", 1002, 0);
	bind_to(busy, "127.0.0.1", 1001, EADDRINUSE);
	bind_to(busy, "192.0.2.8", 1003, EADDRNOTAVAIL);
	must(bind(busy, (struct sockaddr *)&local, 2) && errno == EINVAL, "no address");
	set_option(busy, IPPROTO_IP, IP_FREEBIND);
	must(!setsockopt(busy, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2), "SO_BINDTODEVICE");
	bind_to(busy, "0.0.0.0", 1004, 0);
	bind_to(raw, "127.0.0.9", 0, 0);
	/* what is not of the Internet, and what is no socket */
	must(!bind(un, (struct sockaddr *)&local, sizeof(sa_family_t)), "AF_UNIX");
	bind_to(0x7ffffff, "127.0.0.1", 1, EBADF);
	bind_to(open("/dev/null", O_RDONLY), "127.0.0.1", 1, ENOTSOCK);
	for (int i = 0; i < 3; i++) {
		int again = socket(AF_INET, SOCK_STREAM, 0);

		bind_to(again, "127.0.0.1", 1005, 0);
		close(again);
	}
	if (ipv6) {
		int v6 = socket(AF_INET6, SOCK_STREAM, 0), mapped = socket(AF_INET6, SOCK_DGRAM, 0);

		set_option(v6, SOL_SOCKET, SO_REUSEADDR);
		bind_to(v6, "::1", 1006, 0);
		bind_to(v6, "::1", 1007, EINVAL);
		set_option(mapped, SOL_SOCKET, SO_REUSEPORT);
		bind_to(mapped, "::ffff:127.0.0.1", 1008, 0);
	}
}

/* ---- what the tool says of it ---- */

static const struct expected {
	int error;
	const char *protocol, *address, *port, *options;
	int interface;
	bool v6;
} all[] = {
	{0, "TCP", "127.0.0.1", "1001", ".....", 0, false},
	{0, "UDP", "192.0.2.7", "1002", "FTNRr", 0, false},
	{EADDRINUSE, "TCP", "127.0.0.1", "1001", ".....", 0, false},
	{EADDRNOTAVAIL, "TCP", "192.0.2.8", "1003", ".....", 0, false},
	{EINVAL, "TCP", NULL, "-", ".....", 0, false},
	{0, "TCP", "0.0.0.0", "1004", "F....", 1, false},
	/* the protocol of a raw socket is its "port", and it can always be used again */
	{0, "253", "127.0.0.9", "253", "...R.", 0, false},
	{0, "TCP", "127.0.0.1", "1005", ".....", 0, false},
	{0, "TCP", "127.0.0.1", "1005", ".....", 0, false},
	{0, "TCP", "127.0.0.1", "1005", ".....", 0, false},
	{0, "TCP", "::1", "1006", "...R.", 0, true},
	{EINVAL, "TCP", "::1", "1007", "...R.", 0, true},
	{0, "UDP", "::ffff:127.0.0.1", "1008", "....r", 0, true},
};

#define EACH(e)                                                                                              \
	for (const struct expected *e = all; e < all + sizeof(all) / sizeof(*all) - (ipv6 ? 0 : 3); e++)

static void run_tool(struct tool_run *run, const char *line, const char *option, const char *option2,
	const char *option3, pid_t *pid)
{
	struct workload w;
	char number[16];

	workload_new(&w, "binds-them-all", bind_all, NULL);
	*pid = w.pid;
	tool_start(run, BINDSNOOP, "-p", number_text(number, w.pid), option, option2, option3);
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
	char expected[4096] = BEGIN "\n" HEADER "\n";
	struct tool_run run;
	pid_t pid;

	run_tool(&run, HEADER, NULL, NULL, NULL, &pid);
	EACH(e)
	{
		if (!e->error)
			add(expected, "%8d binds-them-a %-4s %-15s %5s %s %2d\n", pid, e->protocol,
				e->address, e->port, e->options, e->interface);
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_errors(void **state)
{
	char expected[4096] = BEGIN "\n   UID  RC " HEADER "\n";
	struct tool_run run;
	pid_t pid;

	run_tool(&run, "   UID  RC " HEADER, "-UE", NULL, NULL, &pid);
	EACH(e)
	{
		add(expected, "     0 %3d %8d binds-them-a %-4s %-15s %5s %s %2d\n", -e->error, pid,
			e->protocol, e->address ? e->address : "-", e->port, e->options, e->interface);
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_wide(void **state)
{
	static const char header[] =
		"RC                               PID COMM         PROT ADDR             "
		"                       PORT   OPTS IF";
	char expected[8192] = BEGIN "\n";
	struct tool_run run;
	pid_t pid;

	add(expected, "%s\n", header);
	run_tool(&run, header, "-w", "-E", "--uid=0", &pid);
	EACH(e)
	{
		add(expected, "%-25s %10d binds-them-a %-4s %-39s %5s %s %2d\n", strerror(e->error), pid,
			e->protocol, e->address ? e->address : "-", e->port, e->options, e->interface);
	}
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_ports(void **state)
{
	char expected[1024];
	struct tool_run run;
	double time;
	pid_t pid;
	char *at;

	run_tool(&run, "TIME(s)   " HEADER, "-t", "-P", "1003,1004,1001", &pid);
	at = strchr(strchr(run.text, '\n') + 1, '\n') + 1;
	assert_int_equal(sscanf(at, "%lf", &time), 1);
	assert_true(time == 0);
	sprintf(expected, "0.000000  %8d binds-them-a TCP  127.0.0.1        1001 .....  0\n", pid);
	assert_memory_equal(at, expected, strlen(expected));
	at += strlen(expected);
	assert_int_equal(sscanf(at, "%lf", &time), 1);
	assert_true(time > 0 && time < 300);
	sprintf(expected, "%-9.6f %8d binds-them-a TCP  0.0.0.0          1004 F....  1\n", time, pid);
	assert_string_equal(at, expected);
	tool_free(&run);
}

static void test_json(void **state)
{
	char expected[8192] = "", *at;
	struct tool_run run;
	pid_t pid;

	run_tool(&run, NULL, "--json", "-E", "-w", &pid);
	at = strchr(run.text, '\n') + 1;
	EACH(e)
	{
		char address[64] = "null", *start;

		if (e->address)
			sprintf(address, "\"%s\"", e->address);
		sprintf(expected,
			"\"error\":\"%s\",\"pid\":%d,\"comm\":\"binds-them-all\",\"prot\":\"%s\","
			"\"addr\":%s,\"port\":%s,\"opts\":\"%s\",\"if\":%d,\"ip\":%s,\"ret\":%d,\"netns\":%u}\n",
			strerror(e->error), pid, e->protocol, address, e->address ? e->port : "null",
			e->options, e->interface,
			!e->address ? "null"
			: e->v6	    ? "6"
				    : "4",
			-e->error, network);
		start = strstr(at, "\"error\"");
		if (!start || strncmp(start, expected, strlen(expected)))
			fail_msg("output:\n%s\nexpected:\n%s\n", at, expected);
		at = start + strlen(expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_count(void **state)
{
	char expected[4096] =
		BEGIN "\n\nLADDR                                           LPORT     BINDS     \n";
	struct tool_run run;
	pid_t pid;

	run_tool(&run, BEGIN, "--count", NULL, NULL, &pid);
	add(expected, "%-32s %20d     %-10d\n", "127.0.0.1", 1005, 3);
	assert_memory_equal(run.text, expected, strlen(expected));
	EACH(e)
	{
		if (e->error || !strcmp(e->port, "1005"))
			continue;
		sprintf(expected, "\n%-32s %20s     %-10d\n", e->address, e->port, 1);
		assert_non_null(strstr(run.text, expected));
	}
	assert_int_equal(tool_count_lines(&run), ipv6 ? 10 : 8);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
