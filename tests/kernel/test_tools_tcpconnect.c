/* SPDX-License-Identifier: Apache-2.0 */
/* tcpconnect shows the connections that a process is known to have initiated. All in a network namespace of
 * the test's own. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "tool_run.h"

#define TCPCONNECT "tools/tcpconnect"
#define BEGIN "Tracing connect ... Hit Ctrl-C to end"
#define HEADER "PID     COMM         IP SADDR            DADDR            DPORT "

/* What the workload does, and the local ports that it got; shared with the workload. */
static struct plan {
	uint16_t port4, port6, refused;
	uint16_t local[4];
	bool ipv6;
} *plan;
static int listener4 = -1, listener6 = -1, name_server = -1;

static int listen_on(int family, const char *address, uint16_t *port)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr *addr = family == AF_INET ? (struct sockaddr *)&in : (struct sockaddr *)&in6;
	socklen_t size = family == AF_INET ? sizeof(in) : sizeof(in6);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(family, address, family == AF_INET ? (void *)&in.sin_addr : (void *)&in6.sin6_addr);
	if (fd < 0 || bind(fd, addr, size) || listen(fd, 64) || getsockname(fd, addr, &size))
		return -1;
	*port = ntohs(family == AF_INET ? in.sin_port : in6.sin6_port);
	return fd;
}

static int set_up(void **state)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	struct sockaddr_in dns = {
		.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd;

	plan = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (unshare(CLONE_NEWNET))
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		return -1;
	close(fd);
	listener4 = listen_on(AF_INET, "0.0.0.0", &plan->port4);
	/* a port that was free a moment ago: nobody else is in this namespace */
	fd = listen_on(AF_INET, "127.0.0.1", &plan->refused);
	close(fd);
	listener6 = listen_on(AF_INET6, "::1", &plan->port6);
	plan->ipv6 = listener6 >= 0;
	if (!plan->ipv6)
		printf("SKIP: the kernel has no IPv6: only IPv4 connections are made\n");
	name_server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return bind(name_server, (struct sockaddr *)&dns, sizeof(dns)) || listener4 < 0;
}

static uint16_t connect4(const char *address, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)}, local = {0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(local);

	inet_pton(AF_INET, address, &in.sin_addr);
	connect(fd, (struct sockaddr *)&in, sizeof(in));
	getsockname(fd, (struct sockaddr *)&local, &size);
	close(fd);
	return ntohs(local.sin_port);
}

static uint16_t connect6(const char *address, uint16_t port)
{
	struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(port)}, local = {0};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	socklen_t size = sizeof(local);

	inet_pton(AF_INET6, address, &in.sin6_addr);
	connect(fd, (struct sockaddr *)&in, sizeof(in));
	getsockname(fd, (struct sockaddr *)&local, &size);
	close(fd);
	return ntohs(local.sin6_port);
}

static void connect_all(void *ctx)
{
	plan->local[0] = connect4("127.0.0.1", plan->port4);
	connect4("127.0.0.1", plan->refused);
	plan->local[1] = connect4("127.0.0.9", plan->port4);
	if (plan->ipv6) {
		plan->local[2] = connect6("::1", plan->port6);
		/* an IPv4 connection through an IPv6 socket is one connection */
		plan->local[3] = connect6("::ffff:127.0.0.1", plan->port4);
	}
}

static void test_all(void **state)
{
	char expected[4096] = BEGIN "\n" HEADER "\n", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "a-connecting-one", connect_all, NULL);
	tool_start(&run, TCPCONNECT, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	add(expected, "%-7d a-connecting 4  127.0.0.1        127.0.0.1        %-6d\n", w.pid, plan->port4);
	add(expected, "%-7d a-connecting 4  127.0.0.1        127.0.0.1        %-6d\n", w.pid, plan->refused);
	add(expected, "%-7d a-connecting 4  127.0.0.1        127.0.0.9        %-6d\n", w.pid, plan->port4);
	if (plan->ipv6) {
		add(expected, "%-7d a-connecting 6  ::1              ::1              %-6d\n", w.pid,
			plan->port6);
		add(expected, "%-7d a-connecting 4  127.0.0.1        127.0.0.1        %-6d\n", w.pid,
			plan->port4);
	}
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_columns_and_ports(void **state)
{
	static const char header[] =
		"TIME(s)  UID   PID     COMM         IP SADDR            LPORT  DADDR            DPORT ";
	char expected[1024], pid[16], ports[64], *at;
	const char *daddr[] = {"127.0.0.1", "127.0.0.9", "127.0.0.1"};
	int local[] = {0, 1, 3}, lines = plan->ipv6 ? 3 : 2;
	struct tool_run run;
	struct workload w;
	double last = -1;

	workload_new(&w, "connects", connect_all, NULL);
	snprintf(ports, sizeof(ports), "1,%d", plan->port4);
	tool_start(&run, TCPCONNECT, "-tUL4", "-P", ports, "-u", "0", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	at = run.text + strlen(BEGIN) + 1;
	sprintf(expected, "%s\n", header);
	assert_memory_equal(at, expected, strlen(expected));
	at += strlen(expected);
	for (int i = 0; i < lines; i++) {
		double time;

		assert_int_equal(sscanf(at, "%lf", &time), 1);
		assert_true(i ? time >= last && time < 300 : time == 0);
		last = time;
		sprintf(expected, "%-9.3f0     %-7d connects     4  127.0.0.1        %-6d %-16s %-6d\n", time,
			w.pid, plan->local[local[i]], daddr[i], plan->port4);
		if (strncmp(at, expected, strlen(expected)))
			fail_msg("output:\n%s\nexpected line:\n%s\n", run.text, expected);
		at += strlen(expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_ipv6_only(void **state)
{
	char expected[1024], pid[16];
	struct tool_run run;
	struct workload w;

	if (!plan->ipv6)
		skip();
	workload_new(&w, "connects", connect_all, NULL);
	tool_start(&run, TCPCONNECT, "-6", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(expected, "%-7d connects     6  ::1              ::1              %-6d\n", w.pid,
		plan->port6);
	assert_int_equal(tool_count_lines(&run), 3);
	assert_non_null(strstr(run.text, expected));
	tool_free(&run);
}

static void connect_repeatedly(void *ctx)
{
	for (int i = 0; i < 17; i++)
		connect4("127.0.0.1", plan->port4);
	for (int i = 0; i < 5; i++)
		connect4("127.0.0.2", plan->port4);
	if (plan->ipv6)
		for (int i = 0; i < 9; i++)
			connect6("::1", plan->port6);
}

static void test_count(void **state)
{
	char expected[2048] = BEGIN "\n\n", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "connects", connect_repeatedly, NULL);
	tool_start(&run, TCPCONNECT, "-c", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	add(expected,
		"LADDR                     RADDR                     RPORT                CONNECTS  \n");
	add(expected, "127.0.0.1                 127.0.0.1                 %-20d 17        \n", plan->port4);
	add(expected, "127.0.0.1                 127.0.0.2                 %-20d 5         \n", plan->port4);
	if (plan->ipv6)
		add(expected, "::1                       ::1                       %-20d 9         \n",
			plan->port6);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

enum { MANY = 10300 }; /* for which there is no room */

/* Nobody listens there. */
static void connect_to_many(void *ctx)
{
	char address[32];

	for (int i = 0; i < MANY; i++) {
		sprintf(address, "127.1.%d.%d", i / 200, i % 200 + 1);
		connect4(address, plan->refused);
	}
}

/* What a table has no room for is said. */
static void test_full_table(void **state)
{
	static const char said[] = "tcpconnect: ";
	long rows, missed = 0, number;
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "connects", connect_to_many, NULL);
	tool_start(&run, TCPCONNECT, "-c", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	/* below a title, an empty line and headings */
	rows = tool_count_lines(&run) - 3;
	/* once a second at most */
	for (const char *at = run.errors; (at = strstr(at, said)); at += strlen(said))
		if (sscanf(at + strlen(said), "%ld events were not recorded: a table was full", &number) == 1)
			missed += number;
	assert_true(missed > 0);
	tool_assert_count(rows + missed, MANY);
	tool_free(&run);
}

/* Sends what a name server would: db.example.test is 127.0.0.7. */
static void answer(void)
{
	static const uint8_t message[] = "\x12\x34\x81\x80\0\1\0\1\0\0\0\0"
					 "\2db\7example\4test\0\0\1\0\1"
					 "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\7";
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int resolver = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t size = sizeof(to);
	char buf[512];

	bind(resolver, (struct sockaddr *)&to, sizeof(to));
	getsockname(resolver, (struct sockaddr *)&to, &size);
	sendto(name_server, message, sizeof(message) - 1, 0, (struct sockaddr *)&to, sizeof(to));
	if (recv(resolver, buf, sizeof(buf), 0) != sizeof(message) - 1)
		_exit(1);
	close(resolver);
}

static void connect_by_name(void *ctx)
{
	answer();
	connect4("127.0.0.7", plan->port4);
	usleep(200000);
	connect4("127.0.0.7", plan->port4);
	connect4("127.0.0.1", plan->port4);
	connect4("127.0.0.8", plan->port4);
}

static void test_dns(void **state)
{
	char expected[1024], pid[16], *at;
	struct tool_run run;
	struct workload w;
	double ms = 0;
	int end = 0;

	workload_new(&w, "connects", connect_by_name, NULL);
	tool_start(&run, TCPCONNECT, "-d", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, BEGIN);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = run.text;
	sprintf(expected,
		BEGIN "\n" HEADER
		      " QUERY\n%-7d connects     4  127.0.0.1        127.0.0.7        %-6d db.example.test",
		w.pid, plan->port4);
	if (strncmp(at, expected, strlen(expected)))
		fail_msg("output:\n%s\nexpected to begin with:\n%s\n", at, expected);
	at += strlen(expected);
	/* the time is shown for answers that arrived more than 100 ms ago: for this one if the machine is
	 * busy */
	if (sscanf(at, " (%lfms)%n", &ms, &end) == 1) {
		assert_true(ms > 100);
		at += end;
	}
	assert_int_equal(*at++, '\n');
	sprintf(expected, "%-7d connects     4  127.0.0.1        127.0.0.7        %-6d db.example.test (",
		w.pid, plan->port4);
	assert_memory_equal(at, expected, strlen(expected));
	at += strlen(expected);
	assert_int_equal(sscanf(at, "%lfms)%n", &ms, &end), 1);
	assert_true(ms > 150 && ms < 300000);
	at += end;
	sprintf(expected, "\n%-7d connects     4  127.0.0.1        127.0.0.1        %-6d localhost\n", w.pid,
		plan->port4);
	add(expected, "%-7d connects     4  127.0.0.1        127.0.0.8        %-6d No DNS Query\n", w.pid,
		plan->port4);
	assert_string_equal(at, expected);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_columns_and_ports),
		cmocka_unit_test(test_ipv6_only),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_full_table),
		cmocka_unit_test(test_dns),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
