/* SPDX-License-Identifier: Apache-2.0 */
/* tcpcong shows for how long connections were in the state of loss, and the test knows when that
 * was: their other side drops all that arrives. All in a network namespace of the test's own. */
#include <netinet/tcp.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPCONG "tools/tcpcong"
#define BEGIN "Tracing tcp congestion control status duration... Hit Ctrl-C to end."
#define HEADER(u)                                                                                            \
	"LAddrPort             RAddrPort             Open_" u " Dod_" u " Rcov_" u " Cwr_" u "  Los_" u      \
	" Chgs "

enum { V4, V6, CONNECTIONS };
enum { LOSSES = 2 };

static const char *const address[] = {"127.0.0.1", "::1"};

/* What happened; shared with the workload. In microseconds. */
static struct {
	struct connection {
		uint16_t local, remote;
		double least, most; /* in the state of loss */
		double open_most;   /* between the losses */
	} all[CONNECTIONS];
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

static bool is_lost(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	must(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	return info.tcpi_ca_state == TCP_CA_Loss;
}

/* Waits until it is so. Returns when it was seen, and when it was not yet so for the last time. */
static double wait_for(int fd, bool lost, double *not_yet)
{
	double start = tool_now();

	*not_yet = start;
	for (;;) {
		double before = tool_now();

		if (is_lost(fd) == lost)
			break;
		*not_yet = before;
		must(before < start + 60, "a loss, or its end");
		usleep(2000);
	}
	return tool_now();
}

static void lose(int number)
{
	struct connection *c = &truth->all[number];
	int listener = own_network_bind(address[number], 0, SOCK_STREAM), client, server;
	double ended = 0, before = 0;
	struct sockaddr_storage to;
	socklen_t size;

	must(listener >= 0 && !listen(listener, 1), "listen");
	c->remote = own_network_port(listener);
	size = own_network_address(&to, address[number], c->remote);
	client = socket(to.ss_family, SOCK_STREAM, 0);
	must(client >= 0 && !connect(client, (struct sockaddr *)&to, size), "connect");
	c->local = own_network_port(client);
	server = accept(listener, NULL, NULL);
	must(server >= 0, "accept");
	for (int i = 0; i < LOSSES; i++) {
		double begun, not_yet, kept;

		must(!own_network_drop(server, true), "SO_ATTACH_FILTER");
		must(send(client, "x", 1, 0) == 1, "send");
		begun = wait_for(client, true, &not_yet);
		if (i)
			c->open_most = (begun - before) * 1e6;
		usleep(50000);
		must(!own_network_drop(server, false), "SO_DETACH_FILTER");
		ended = wait_for(client, false, &kept);
		c->least += (kept > begun ? kept - begun : 0) * 1e6;
		c->most += (ended - not_yet) * 1e6;
		before = kept;
	}
	close(client);
	close(server);
	close(listener);
}

static void lose_all(void *ctx)
{
	memset(truth, 0, sizeof(*truth));
	for (int i = 0; i < connections; i++)
		lose(i);
}

/* ---- what the tool says of it ---- */

/* The row of a connection must be in the known format; `unit` microseconds. */
static void check_row(const struct tool_run *run, int number, double unit)
{
	const struct connection *c = &truth->all[number];
	char local[64], remote[64], row[300];
	long open, disorder, recovery, reduced, lost, changes;
	const char *at;

	sprintf(local, "%s/%d", address[number], c->local);
	sprintf(remote, "%s/%d", address[number], c->remote);
	sprintf(row, "\n%-21s %-21s ", local, remote);
	at = strstr(run->text, row);
	if (!at)
		fail_msg("no '%s' in:\n%s\n", row, run->text);
	at += strlen(row);
	assert_int_equal(
		sscanf(at, "%ld %ld %ld %ld %ld %ld", &open, &disorder, &recovery, &reduced, &lost, &changes),
		6);
	sprintf(row, "%-7ld %-6ld %-7ld %-7ld %-6ld %-5ld\n", open, disorder, recovery, reduced, lost,
		changes);
	assert_memory_equal(at, row, strlen(row));
	/* rounded */
	assert_true(lost >= c->least / unit - 1 && lost <= c->most / unit + 1);
	assert_true(open <= c->open_most / unit + 1);
	/* the first loss is where it begins */
	assert_true(changes >= 2 * LOSSES - 1);
}

static void start(struct tool_run *run, const char *option, const char *option2, const char *option3)
{
	char id[32];

	sprintf(id, "--netns-id=%u", network);
	tool_start(run, TCPCONG, id, option, option2, option3);
	tool_wait_line(run, BEGIN);
}

static long count_of(const struct tool_run *run, const char *heading)
{
	const char *at = strstr(run->text, heading);
	long total = 0, low, high, count;

	if (!at)
		return 0;
	for (at += strlen(heading); *at && *at != '\n'; at = strchr(at, '\n') + 1)
		if (sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count) == 3)
			total += count;
	return total;
}

static void check_json(const struct tool_run *run)
{
	for (int i = 0; i < connections; i++) {
		const struct connection *c = &truth->all[i];
		char text[200];
		double lost;
		char *at;

		sprintf(text, ",\"laddr\":\"%s\",\"lport\":%d,\"raddr\":\"%s\",\"rport\":%d}\n", address[i],
			c->local, address[i], c->remote);
		at = strstr(run->text, text);
		if (!at)
			fail_msg("no '%s' in:\n%s\n", text, run->text);
		while (at[-1] != '\n')
			at--;
		assert_int_equal(sscanf(strstr(at, "\"loss_ns\":"), "\"loss_ns\":%lf,", &lost), 1);
		assert_true(lost >= c->least * 1000 && lost <= c->most * 1000);
	}
}

static void test_all(void **state)
{
	struct tool_run all, microseconds, hist, json, ports, no_port, elsewhere;
	char id[32];
	struct workload w;

	workload_new(&w, "loses", lose_all, NULL);
	/* the first one compiles the text for all */
	start(&all, NULL, NULL, NULL);
	start(&microseconds, "-uT", NULL, NULL);
	start(&hist, "-d", NULL, NULL);
	start(&no_port, "-L", "1-2", NULL);
	start(&ports, "-R", "65535-1", NULL);
	sprintf(id, "--netns-id=%u", network);
	tool_start(&json, TCPCONG, id, "--json");
	while (!strchr(json.text, '\n') && tool_read(&json, 1000))
		;
	tool_start(&elsewhere, TCPCONG, "--netns-id=1");
	tool_wait_line(&elsewhere, BEGIN);
	workload_go(&w);
	tool_stop(&all, SIGINT);
	tool_stop(&microseconds, SIGINT);
	tool_stop(&hist, SIGINT);
	tool_stop(&json, SIGINT);
	tool_stop(&ports, SIGINT);
	tool_stop(&no_port, SIGINT);
	tool_stop(&elsewhere, SIGINT);
	assert_non_null(strstr(all.text, BEGIN "\n\n" HEADER("ms") "\n"));
	assert_non_null(strstr(microseconds.text, "\n" HEADER("us") "\n"));
	for (int i = 0; i < connections; i++) {
		check_row(&all, i, 1000);
		check_row(&microseconds, i, 1);
		check_row(&ports, i, 1000);
	}
	assert_int_equal(tool_count_lines(&all), 3 + connections);
	assert_int_equal(tool_count_lines(&microseconds), 4 + connections);
	assert_int_equal(count_of(&hist, "\ntcp_congest_state = loss\n"), LOSSES * connections);
	check_json(&json);
	assert_string_equal(no_port.text, BEGIN "\n\n" HEADER("ms") "\n");
	assert_string_equal(elsewhere.text, BEGIN "\n\n" HEADER("ms") "\n");
	tool_free(&all);
	tool_free(&microseconds);
	tool_free(&hist);
	tool_free(&json);
	tool_free(&ports);
	tool_free(&no_port);
	tool_free(&elsewhere);
}

static void test_refused(void **state)
{
	static const char *const wrong[][2] = {
		{"0", "-L: '0' is not a number from 1 to 65535"},
		{"1-", "-L: '' is not a number from 1 to 65535"},
		{"-1", "-L: '' is not a number from 1 to 65535"},
		{"1-2-3", "-L: '2-3' is not a number from 1 to 65535"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct tool_run run;

		tool_start(&run, TCPCONG, "-L", wrong[i][0]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		if (!strstr(run.errors, wrong[i][1]))
			fail_msg("no '%s' in:\n%s\n", wrong[i][1], run.errors);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
