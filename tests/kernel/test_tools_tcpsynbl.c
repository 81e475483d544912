/* SPDX-License-Identifier: Apache-2.0 */
/* tcpsynbl counts connections before which a known number waited to be accepted. All in a network namespace
 * of the test's own. */
#include <netinet/tcp.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPSYNBL "tools/tcpsynbl"
#define BEGIN "Tracing SYN backlog size. Ctrl-C to end."
#define HEADING "     backlog             : count     distribution\n"
#define STARS "****************************************"
#define LESS                                                                                                 \
	"tcpsynbl: connections that a full queue refuses are not counted, and IPv4 connections to IPv6 "     \
	"sockets count as IPv6\n"

static uint32_t network;
static bool ipv6;

static int set_up(void **state)
{
	return own_network_set_up(&network, &ipv6, "connections are made");
}

/* ---- the workload ---- */

/* How many wait. */
static unsigned backlog_of(int listener)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	must(!getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	return info.tcpi_unacked;
}

static void connect_to(const char *address, int listener)
{
	unsigned before = backlog_of(listener);
	double end = tool_now() + 60;
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, address, own_network_port(listener));
	int fd = socket(to.ss_family, SOCK_STREAM, 0);

	must(fd >= 0 && !connect(fd, (struct sockaddr *)&to, size), "connect");
	while (backlog_of(listener) != before + 1) {
		must(tool_now() < end, "a connection that waits");
		usleep(1000);
	}
}

static int listen_at(const char *address, int backlog)
{
	int fd = own_network_bind(address, 0, SOCK_STREAM);

	must(fd >= 0 && !listen(fd, backlog), "listen");
	return fd;
}

static void connect_all(void *ctx)
{
	int a = listen_at("127.0.0.1", 7), b = listen_at("127.0.0.1", 50);

	for (int i = 0; i < 4; i++) /* 0, 1, 2, 3 wait */
		connect_to("127.0.0.1", a);
	connect_to("127.0.0.1", b);
	must(accept(b, NULL, NULL) >= 0, "accept");
	connect_to("127.0.0.1", b); /* none waits again */
	if (ipv6) {
		int both = listen_at("::", 60);

		connect_to("::1", both);
		connect_to("127.0.0.1", both);
	}
}

/* ---- what the tool says of it ---- */

/* Returns whether the kernel has just the tracepoint. */
static bool stop(struct tool_run *run)
{
	bool less;

	tool_stop(run, SIGINT);
	less = *run->errors;
	assert_string_equal(run->errors, less ? LESS : "");
	return less;
}

#define ONLY_7                                                                                               \
	"\nbacklog_max = 7\n" HEADING "         0 -> 1          : 2        |" STARS "|\n"                    \
	"         2 -> 3          : 2        |" STARS "|\n"
#define ONLY_50 "\nbacklog_max = 50\n" HEADING "         0 -> 1          : 2        |" STARS "|\n"
#define ONLY_60(n) "\nbacklog_max = 60\n" HEADING "         0 -> 1          : " n "        |" STARS "|\n"

static void start(struct tool_run *run, const char *option, const char *option2)
{
	char id[32];

	sprintf(id, "--netns-id=%u", network);
	tool_start(run, TCPSYNBL, id, option, option2);
	tool_wait_line(run, BEGIN);
}

static void test_all(void **state)
{
	struct tool_run all, v4, v6, elsewhere;
	struct workload w;
	bool less;

	workload_new(&w, "connects", connect_all, NULL);
	/* the first one compiles the text for all */
	start(&all, NULL, NULL);
	start(&v4, "-4", NULL);
	start(&v6, "--ipv6", NULL);
	tool_start(&elsewhere, TCPSYNBL, "--netns-id=1");
	tool_wait_line(&elsewhere, BEGIN);
	workload_go(&w);
	less = stop(&all);
	tool_assert_output(
		&all, ipv6 ? BEGIN "\n\n" ONLY_7 ONLY_50 ONLY_60("2") : BEGIN "\n\n" ONLY_7 ONLY_50);
	stop(&v4);
	tool_assert_output(
		&v4, ipv6 && !less ? BEGIN "\n\n" ONLY_7 ONLY_50 ONLY_60("1") : BEGIN "\n\n" ONLY_7 ONLY_50);
	stop(&v6);
	if (ipv6)
		tool_assert_output(&v6, less ? BEGIN "\n\n" ONLY_60("2") : BEGIN "\n\n" ONLY_60("1"));
	else
		tool_assert_output(&v6, BEGIN "\n\n");
	stop(&elsewhere);
	tool_assert_output(&elsewhere, BEGIN "\n\n");
	tool_free(&all);
	tool_free(&v4);
	tool_free(&v6);
	tool_free(&elsewhere);
}

static void test_json(void **state)
{
	static const char data[] = "[{\"interval-start\":0,\"interval-end\":1,\"count\":2},"
				   "{\"interval-start\":2,\"interval-end\":3,\"count\":2}]}\n";
	struct tool_run run;
	struct workload w;
	char id[32], *at;

	workload_new(&w, "connects", connect_all, NULL);
	sprintf(id, "--netns-id=%u", network);
	tool_start(&run, TCPSYNBL, "--json", "-4", id);
	while (!strchr(run.text, '\n') && tool_read(&run, 1000))
		;
	workload_go(&w);
	stop(&run);
	at = strstr(run.text, "\"val_type\":\"backlog\",\"backlog_max\":7,\"data\":[");
	assert_non_null(at);
	assert_int_equal(strncmp(strchr(at, '['), data, strlen(data)), 0);
	tool_free(&run);
}

/* It filters nothing: no heading over nothing. */
static void test_headings_of_help(void **state)
{
	struct tool_run run;

	tool_start(&run, "tools/tcpsynbl", "--help");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_null(strstr(run.text, "Filters:"));
	assert_non_null(strstr(run.text, " Output:\n      --"));
	assert_non_null(strstr(run.text, " Running:\n  "));
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headings_of_help),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
