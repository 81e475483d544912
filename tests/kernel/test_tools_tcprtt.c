/* SPDX-License-Identifier: Apache-2.0 */
/* tcprtt counts as many segments as the kernel itself says have arrived at each socket, with round-trip times
 * that the sockets have had. All in a network namespace of the test's own. */
#include <linux/tcp.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPRTT "tools/tcprtt"
#define BEGIN "Tracing TCP RTT... Hit Ctrl-C to end."

enum { V4, V4_TOO, V6, CONNECTIONS };
enum { CLIENT, SERVER, ENDS, ROUNDS = 20 };

static const char *const client_address[] = {"127.0.0.1", "127.0.0.1", "::1"}, *const server_address[] = {
										       "127.0.0.2",
										       "127.0.0.3", "::1"};

/* What happened; shared with the workload. */
static struct {
	struct end {
		uint16_t port;
		uint32_t segments; /* that have arrived */
	} ends[CONNECTIONS][ENDS];
	uint32_t least, most; /* of all round-trip times, in microseconds */
} *truth;

static uint32_t network;
static int connections = CONNECTIONS;

static int set_up(void **state)
{
	bool ipv6;
	int ret;

	truth = own_network_share(sizeof(*truth));
	ret = own_network_set_up(&network, &ipv6, "connections are made");
	if (!ipv6)
		connections = V6;
	return ret;
}

/* ---- the workload ---- */

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	must(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	if (info.tcpi_rtt < truth->least)
		truth->least = info.tcpi_rtt;
	if (info.tcpi_rtt > truth->most)
		truth->most = info.tcpi_rtt;
	return info;
}

static void carry(int from, int to)
{
	char c;

	must(send(from, "x", 1, 0) == 1 && recv(to, &c, 1, 0) == 1, "a byte");
}

static void talk(int number)
{
	struct end *ends = truth->ends[number];
	int listener = own_network_bind(server_address[number], 2001 + number, SOCK_STREAM),
	    client = own_network_bind(client_address[number], 0, SOCK_STREAM), server;
	struct linger at_once = {.l_onoff = 1};
	struct sockaddr_storage to;
	uint32_t before[ENDS];
	socklen_t size;
	char c;

	must(listener >= 0 && client >= 0 && !listen(listener, 1), "listen");
	ends[SERVER].port = own_network_port(listener);
	size = own_network_address(&to, server_address[number], ends[SERVER].port);
	must(!connect(client, (struct sockaddr *)&to, size), "connect");
	ends[CLIENT].port = own_network_port(client);
	server = accept(listener, NULL, NULL);
	must(server >= 0, "accept");
	before[CLIENT] = info_of(client).tcpi_segs_in;
	before[SERVER] = info_of(server).tcpi_segs_in;
	for (int i = 0; i < ROUNDS; i++) {
		carry(client, server);
		info_of(server);
		carry(server, client);
		info_of(client);
	}
	/* the reset is the only segment that is still to come, and the last one */
	must(!setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), "SO_LINGER");
	ends[CLIENT].segments = info_of(client).tcpi_segs_in - before[CLIENT];
	close(client);
	must(recv(server, &c, 1, 0) == -1 && errno == ECONNRESET, "a reset");
	ends[SERVER].segments = info_of(server).tcpi_segs_in - before[SERVER];
	close(server);
	close(listener);
}

static void talk_all(void *ctx)
{
	truth->least = UINT32_MAX;
	for (int i = 0; i < connections; i++)
		talk(i);
}

/* ---- what the tool says of it ---- */

/* The counts of a section, whose rows begin at `at`; no slot may be one that no socket's time can be in. The
 * time changes by an eighth of the difference at each segment; between two looks, not to its double. */
static long sum(const char *at, uint32_t unit)
{
	long total = 0, low, high, count;

	for (; *at && *at != '\n'; at = strchr(at, '\n') + 1) {
		if (sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count) != 3)
			continue;
		if (count && (high < truth->least / 2 / unit || low > 2 * truth->most / unit))
			fail_msg("not from %u to %u us: %s\n", truth->least, truth->most, at);
		total += count;
	}
	return total;
}

/* Of the only section. */
static void check_total(struct tool_run *run, const char *unit, bool times, bool averages, long expected)
{
	char heading[128];
	const char *at;
	long average = 0;
	int hour, minute, second;

	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
	assert_memory_equal(run->text, BEGIN "\n\n", strlen(BEGIN "\n\n"));
	at = run->text + strlen(BEGIN "\n\n");
	if (times) {
		assert_int_equal(sscanf(at, "%2d:%2d:%2d\n", &hour, &minute, &second), 3);
		at += 9;
	}
	if (!expected) {
		assert_string_equal(at, "");
		tool_free(run);
		return;
	}
	assert_memory_equal(at, "\nAll Addresses = *******", 24);
	at += 24;
	if (averages) {
		assert_int_equal(sscanf(at, " [AVG %ld]", &average), 1);
		assert_in_range(average, truth->least / 2, 2 * truth->most);
		at = strchr(at, '\n');
	}
	sprintf(heading, "\n     %-19s : count     distribution\n", unit);
	assert_memory_equal(at, heading, strlen(heading));
	assert_int_equal(sum(at + 1, !strcmp(unit, "msecs") ? 1000 : 1), expected);
	tool_free(run);
}

static void check_section(const struct tool_run *run, const char *name, const char *address, long expected)
{
	char heading[128];
	const char *at;

	sprintf(heading, "\n%s = %s\n", name, address);
	at = strstr(run->text, heading);
	if (!at)
		fail_msg("no '%s' in:\n%s\n", heading, run->text);
	assert_int_equal(sum(at + strlen(heading), 1), expected);
}

static long arrived(int connection, int end)
{
	return truth->ends[connection][end].segments;
}

static long arrived_at(int end)
{
	return arrived(V4, end) + arrived(V4_TOO, end) + arrived(V6, end);
}

static void check_addresses(struct tool_run *local, struct tool_run *remote)
{
	tool_stop(local, SIGINT);
	tool_stop(remote, SIGINT);
	check_section(local, "Local Address", "127.0.0.1", arrived(V4, CLIENT) + arrived(V4_TOO, CLIENT));
	check_section(local, "Local Address", "127.0.0.2", arrived(V4, SERVER));
	check_section(local, "Local Address", "127.0.0.3", arrived(V4_TOO, SERVER));
	check_section(remote, "Remote Address", "127.0.0.1", arrived(V4, SERVER) + arrived(V4_TOO, SERVER));
	check_section(remote, "Remote Address", "127.0.0.2", arrived(V4, CLIENT));
	check_section(remote, "Remote Address", "127.0.0.3", arrived(V4_TOO, CLIENT));
	if (connections > V6) {
		check_section(local, "Local Address", "::1", arrived(V6, SERVER) + arrived(V6, CLIENT));
		check_section(remote, "Remote Address", "::1", arrived(V6, SERVER) + arrived(V6, CLIENT));
	}
	tool_free(local);
	tool_free(remote);
}

static void check_json(struct tool_run *run)
{
	long count, total = 0, average;
	char *at;

	tool_stop(run, SIGINT);
	assert_int_equal(tool_count_lines(run), connections > V6 ? 5 : 4);
	at = strstr(run->text, "\"val_type\":\"usecs\",\"local_address\":\"127.0.0.3\",\"avg\":");
	assert_non_null(at);
	assert_int_equal(sscanf(strstr(at, "avg"), "avg\":%ld,\"data\":[", &average), 1);
	assert_in_range(average, truth->least / 2, 2 * truth->most);
	for (const char *end = strchr(at, '\n'); (at = strstr(at, "\"count\":")) && at < end; at++) {
		assert_int_equal(sscanf(at, "\"count\":%ld}", &count), 1);
		total += count;
	}
	assert_int_equal(total, arrived(V4_TOO, SERVER));
	tool_free(run);
}

static void start(struct tool_run *run, const char *option, const char *option2, const char *option3)
{
	char id[32];

	sprintf(id, "--netns-id=%u", network);
	tool_start(run, TCPRTT, id, option, option2, option3);
	tool_wait_line(run, BEGIN);
}

static void test_all(void **state)
{
	struct tool_run all, average, milliseconds, v6, local, remote, json, elsewhere;
	char id[32];
	struct workload w;

	workload_new(&w, "talks", talk_all, NULL);
	/* the first one compiles the text for all */
	start(&all, NULL, NULL, NULL);
	start(&average, "-e", NULL, NULL);
	start(&milliseconds, "-mT4", NULL, NULL);
	start(&v6, "-6", NULL, NULL);
	start(&local, "-b", NULL, NULL);
	start(&remote, "--byraddr", NULL, NULL);
	sprintf(id, "--netns-id=%u", network);
	tool_start(&json, TCPRTT, id, "--json", "-be");
	while (!strchr(json.text, '\n') && tool_read(&json, 1000))
		;
	tool_start(&elsewhere, TCPRTT, "--netns-id=1");
	tool_wait_line(&elsewhere, BEGIN);
	workload_go(&w);
	check_total(&all, "usecs", false, false, arrived_at(CLIENT) + arrived_at(SERVER));
	check_total(&average, "usecs", false, true, arrived_at(CLIENT) + arrived_at(SERVER));
	check_total(&milliseconds, "msecs", true, false,
		arrived(V4, CLIENT) + arrived(V4_TOO, CLIENT) + arrived(V4, SERVER) +
			arrived(V4_TOO, SERVER));
	check_total(&v6, "usecs", false, false, arrived(V6, CLIENT) + arrived(V6, SERVER));
	check_addresses(&local, &remote);
	check_json(&json);
	check_total(&elsewhere, "usecs", false, false, 0);
}

/* Each filter lets through what arrives at one end of some connections. */
static void test_filters(void **state)
{
	struct tool_run local_address, remote_address, both, net, net6, lport, rport, none;
	struct workload w;

	workload_new(&w, "talks", talk_all, NULL);
	start(&local_address, "-a", "127.0.0.2", NULL);
	start(&remote_address, "--raddr", "127.0.0.2", NULL);
	start(&both, "-a127.0.0.1", "-A", "127.0.0.3");
	start(&net, "-a", "127.0.0.2/31", NULL);
	start(&net6, "-a", "::/127", NULL);
	start(&lport, "-p", "7,2001,2003", NULL);
	start(&rport, "-P", "2002", NULL);
	start(&none, "-p", "2001", "-P2002");
	workload_go(&w);
	check_total(&local_address, "usecs", false, false, arrived(V4, SERVER));
	check_total(&remote_address, "usecs", false, false, arrived(V4, CLIENT));
	check_total(&both, "usecs", false, false, arrived(V4_TOO, CLIENT));
	check_total(&net, "usecs", false, false, arrived(V4, SERVER) + arrived(V4_TOO, SERVER));
	check_total(&net6, "usecs", false, false, arrived(V6, SERVER) + arrived(V6, CLIENT));
	check_total(&lport, "usecs", false, false, arrived(V4, SERVER) + arrived(V6, SERVER));
	check_total(&rport, "usecs", false, false, arrived(V4_TOO, CLIENT));
	check_total(&none, "usecs", false, false, 0);
}

/* What each interval prints makes the whole. */
static void test_intervals(void **state)
{
	struct tool_run run;
	struct workload w;
	long total = 0;

	workload_new(&w, "talks", talk_all, NULL);
	start(&run, "-i1", NULL, NULL);
	workload_go(&w);
	while (!strstr(run.text, "All Addresses") && tool_read(&run, 1000))
		;
	tool_stop(&run, SIGINT);
	for (const char *at = run.text; (at = strstr(at, "All Addresses = *******\n")); at++)
		total += sum(at, 1);
	assert_int_equal(total, arrived_at(CLIENT) + arrived_at(SERVER));
	tool_free(&run);
}

static void test_text(void **state)
{
	struct tool_run run;

	tool_start(&run, TCPRTT, "-D", "-d", "0.01", "--netns-id=1");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.text, "\nRAW_TRACEPOINT_PROBE(tcp_probe)\n"));
	assert_non_null(strstr(run.text, "\n" BEGIN "\n"));
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[][3] = {
		{"-4", "-6", "-4 and -6 cannot be combined"},
		{"-b", "-B", "-b and -B cannot be combined"},
		{"-a", "127.0.0", "-a: '127.0.0' is not an address of IPv4 or IPv6"},
		{"-A", "127.0.0.1/33", "-A: '33' is not a number from 0 to 32"},
		{"-A", "::1/129", "-A: '129' is not a number from 0 to 128"},
		{"-p", "0", "-p: '0' is not a number from 1 to 65535"},
		{"-i", "0", "-i: '0' is not a number from 1"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct tool_run run;

		tool_start(&run, TCPRTT, wrong[i][0], wrong[i][1]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		if (!strstr(run.errors, wrong[i][2]))
			fail_msg("no '%s' in:\n%s\n", wrong[i][2], run.errors);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
