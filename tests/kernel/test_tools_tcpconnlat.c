/* SPDX-License-Identifier: Apache-2.0 */
/* tcpconnlat shows how long a process is known to have waited for its connections. */
#include <sys/resource.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPCONNLAT "tools/tcpconnlat"
#define HEADER "PID     COMM         IP SADDR            DADDR            DPORT LAT(ms)"

enum { LOOPBACK, IPV6, MAPPED, REFUSED, GIVEN_UP, SLOW, ATTEMPTS };

static const struct attempt {
	const char *connect_to, *shown;
	const char *result;
	bool failed;
} attempts[ATTEMPTS] = {
	[LOOPBACK] = {"127.0.0.1", "127.0.0.1", "0", false},
	[IPV6] = {"::1", "::1", "0", false},
	[MAPPED] = {"::ffff:127.0.0.1", "127.0.0.1", "0", false},
	[REFUSED] = {"127.0.0.1", "127.0.0.1", "-111", true},
	[GIVEN_UP] = {"127.0.0.1", "127.0.0.1", "-", true},
	[SLOW] = {"127.0.0.1", "127.0.0.1", "0", false},
};

/* Shared with the workload, which says which ports it got. */
static struct plan {
	uint16_t port, busy, refused;
	uint16_t local[ATTEMPTS];
} *plan;
static int listener = -1, busy_listener = -1;
static bool ipv6;
static uint32_t network; /* number of the namespace */

static int set_up(void **state)
{
	plan = own_network_share(sizeof(*plan));
	if (own_network_set_up(&network, &ipv6, "connections are made"))
		return -1;
	listener = own_network_listen(ipv6 ? "::" : "0.0.0.0", 64, &plan->port);
	busy_listener = own_network_listen("127.0.0.1", 1, &plan->busy);
	plan->refused = own_network_refused_port();
	return listener < 0 || busy_listener < 0;
}

static bool is_possible(int i)
{
	return ipv6 || !strchr(attempts[i].connect_to, ':');
}

static uint16_t port_of(int i)
{
	return i == REFUSED ? plan->refused : i >= GIVEN_UP ? plan->busy : plan->port;
}

/* Begins to connect, and does not wait. */
static int begin(int i)
{
	struct sockaddr_storage remote;
	socklen_t size = own_network_address(&remote, "127.0.0.1", plan->busy);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&remote, size) != -1 || errno != EINPROGRESS)
		_exit(1);
	plan->local[i] = own_network_port(fd);
	return fd;
}

/* As many connections wait to be accepted as the kernel lets: it does not answer to more. They are those of
 * the test, not of the workload. */
static int full[2];

static void fill(void)
{
	uint16_t port;

	for (int i = 0; i < 2; i++)
		full[i] = own_network_connect("127.0.0.1", plan->busy, &port);
}

/* SLOW is established when the first SYN is repeated, after a second. */
static void connect_all(void *ctx)
{
	struct pollfd established = {.events = POLLOUT};
	int slow, error = -1;
	socklen_t size = sizeof(error);

	for (int i = 0; i <= REFUSED; i++)
		if (is_possible(i))
			close(own_network_connect(attempts[i].connect_to, port_of(i), &plan->local[i]));
	close(begin(GIVEN_UP));
	slow = begin(SLOW);
	for (int i = 0; i < 2; i++)
		close(accept(busy_listener, NULL, NULL));
	established.fd = slow;
	if (poll(&established, 1, 60000) != 1 || getsockopt(slow, SOL_SOCKET, SO_ERROR, &error, &size) ||
		error)
		_exit(1);
	close(accept(busy_listener, NULL, NULL));
	close(slow);
}

static void run_workload(struct workload *w)
{
	workload_go(w);
	for (int i = 0; i < 2; i++)
		close(full[i]);
}

/* Checks LAT(ms) at the end of a line, and cuts it off. The first SYN is repeated after a second, give or
 * take the kernel's clock. */
static void cut_latency(char *line, int i)
{
	char *last = strrchr(line, ' '), *end;
	double ms;

	assert_non_null(last);
	ms = strtod(++last, &end);
	assert_true(end > last + 3 && !*end && end[-3] == '.');
	assert_true(ms >= (i == SLOW ? 950 : 0) && ms < 300000);
	*last = '\0';
}

static void test_established(void **state)
{
	char expected[256], pid[16], *at, *line;
	struct tool_run run;
	struct workload w;

	fill();
	workload_new(&w, "slow-or-not-so", connect_all, NULL);
	tool_start(&run, TCPCONNLAT, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	run_workload(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < ATTEMPTS; i++) {
		if (!is_possible(i) || attempts[i].failed)
			continue;
		line = tool_next_line(&at);
		cut_latency(line, i);
		snprintf(expected, sizeof(expected), "%-7d slow-or-not- %-2d %-16s %-16s %-5d ", w.pid,
			i == IPV6 ? 6 : 4, attempts[i].shown, attempts[i].shown, port_of(i));
		assert_string_equal(line, expected);
	}
	assert_string_equal(at, "");
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_failed(void **state)
{
	char expected[256], pid[16], *at, *line;
	struct tool_run run;
	struct workload w;

	fill();
	workload_new(&w, "slow-or-not-so", connect_all, NULL);
	tool_start(&run, TCPCONNLAT, "-tL4", "--all", "0", "-p", number_text(pid, w.pid));
	tool_wait_line(&run,
		"TIME(s)  PID     COMM         IP SADDR            LPORT  DADDR            DPORT RESULT LAT(ms)");
	run_workload(&w);
	tool_stop(&run, SIGTERM);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < ATTEMPTS; i++) {
		double since;

		if (!is_possible(i) || i == IPV6)
			continue;
		line = tool_next_line(&at);
		cut_latency(line, i);
		since = atof(line);
		assert_true(i == LOOPBACK ? since == 0 : since >= (i == SLOW ? 0.95 : 0) && since < 300);
		snprintf(expected, sizeof(expected),
			"%-9.3f%-7d slow-or-not- 4  127.0.0.1        %-6d 127.0.0.1        %-5d %6s ", since,
			w.pid, plan->local[i], port_of(i), attempts[i].result);
		assert_string_equal(line, expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* MIN_MS leaves the slow one. */
static void test_slow(void **state)
{
	char expected[256], pid[16], *at, *line, *end;
	struct tool_run run;
	struct workload w;

	fill();
	workload_new(&w, "slow-or-not-so", connect_all, NULL);
	tool_start(&run, TCPCONNLAT, "--json", "0.95s", "-p", number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	run_workload(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	line = tool_next_line(&at);
	snprintf(expected, sizeof(expected),
		"\"pid\":%d,\"comm\":\"slow-or-not-so\",\"ip\":4,\"saddr\":\"127.0.0.1\",\"daddr\":\"127.0.0.1\","
		"\"dport\":%d,\"lat_ns\":",
		w.pid, plan->busy);
	line = strstr(line, expected);
	if (!line) {
		fail_msg("no %s in %s", expected, run.text);
		return;
	}
	assert_true(strtoll(line + strlen(expected), &end, 10) >= 950000000);
	assert_string_equal(end, ",\"result\":0}");
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_json_of_ipv6(void **state)
{
	char expected[256], pid[16], *line, *end;
	struct tool_run run;
	struct workload w;

	if (!ipv6)
		skip();
	fill();
	workload_new(&w, "slow-or-not-so", connect_all, NULL);
	tool_start(&run, TCPCONNLAT, "--json", "-6", "--columns", "IP,SADDR,LPORT,DADDR,DPORT,UID,NETNS,LAT",
		"--rows", "1", "-p", number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	run_workload(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	snprintf(expected, sizeof(expected),
		"\"ip\":6,\"saddr\":\"::1\",\"lport\":%d,\"daddr\":\"::1\",\"dport\":%d,\"uid\":0,\"netns\":%u,"
		"\"lat_ns\":",
		plan->local[IPV6], plan->port, network);
	line = strstr(run.text, expected);
	if (!line) {
		fail_msg("no %s in %s", expected, run.text);
		return;
	}
	assert_true(strtoll(line + strlen(expected), &end, 10) > 0);
	assert_string_equal(end, "}\n");
	tool_free(&run);
}

enum { MANY = 11000 }; /* more than are remembered at once */

static void connect_many(void *ctx)
{
	static int fds[MANY];

	must(!setrlimit(RLIMIT_NOFILE, &(struct rlimit){MANY + 100, MANY + 100}), "setrlimit");
	for (int i = 0; i < MANY; i++)
		fds[i] = begin(GIVEN_UP);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
}

/* Each connection is a row, or is said to be forgotten. */
static void test_forgotten(void **state)
{
	static const char says[] = "tcpconnlat: rows may be missing: ",
			  why[] = " that had begun were forgotten, since there were too many at once";
	struct tool_run run;
	struct workload w;
	long forgotten = 0;
	char pid[16];

	fill();
	workload_new(&w, "many", connect_many, NULL);
	tool_start(&run, TCPCONNLAT, "--all", "0", "--columns", "comm,result", "--buffer-pages", "4096", "-p",
		number_text(pid, w.pid));
	tool_wait_line(&run, "COMM         RESULT");
	run_workload(&w);
	tool_stop(&run, SIGINT);
	/* they may be said in parts */
	for (char *at = run.errors; *at;) {
		char *line = tool_next_line(&at), *end;

		assert_int_equal(strncmp(line, says, strlen(says)), 0);
		forgotten += strtol(line + strlen(says), &end, 10);
		assert_string_equal(end, why);
	}
	assert_true(forgotten >= MANY - 10240);
	assert_int_equal(forgotten + tool_count_lines(&run) - 1, MANY);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_established),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_json_of_ipv6),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
