/* SPDX-License-Identifier: Apache-2.0 */
/* tcpstates shows the states that sockets are known to have gone through. */
#include "own_network.h"
#include "tool_run.h"

#include <sys/mount.h>
#include <sys/un.h>

#define TCPSTATES "tools/tcpstates"
#define HEADER                                                                                               \
	"SKADDR           C-PID C-COMM     LADDR           LPORT RADDR           RPORT OLDSTATE    -> "      \
	"NEWSTATE    MS"

/* The workload listens, connects to itself, and is refused; it says which ports it got. */
static struct plan {
	uint16_t port, refused;
	uint16_t local4, local6, local_refused;
} *plan;
static bool ipv6;
static uint32_t network; /* number of the namespace */

static int set_up(void **state)
{
	int fd;

	plan = own_network_share(sizeof(*plan));
	if (own_network_set_up(&network, &ipv6, "connections are made"))
		return -1;
	fd = own_network_listen(ipv6 ? "::" : "0.0.0.0", 1, &plan->port);
	close(fd);
	do
		plan->refused = own_network_refused_port();
	while (plan->refused == plan->port);
	return fd < 0;
}

static void connect_to(int listener, const char *address, uint16_t *local)
{
	int client = own_network_connect(address, plan->port, local), server = accept(listener, NULL, NULL);

	if (server < 0)
		_exit(1);
	usleep(20000);
	own_network_end(client, server);
}

static void go_through_states(void *ctx)
{
	int listener = own_network_listen(ipv6 ? "::" : "0.0.0.0", 4, &plan->port);

	if (listener < 0)
		_exit(1);
	connect_to(listener, "127.0.0.1", &plan->local4);
	if (ipv6)
		connect_to(listener, "::1", &plan->local6);
	close(own_network_connect("127.0.0.1", plan->refused, &plan->local_refused));
	close(listener);
}

/* ---- what is expected ---- */

struct change {
	const char *oldstate, *newstate;
	bool by_process; /* so that C-PID is known */
	double least;	 /* milliseconds; negative: not known */
};

static const struct change listening[] = {{"CLOSE", "LISTEN", true, -1}, {"LISTEN", "CLOSE", true, 20}, {0}};
static const struct change client[] = {{"CLOSE", "SYN_SENT", true, -1}, {"SYN_SENT", "ESTABLISHED", false, 0},
	{"ESTABLISHED", "FIN_WAIT1", true, 20}, {"FIN_WAIT1", "FIN_WAIT2", false, 0},
	{"FIN_WAIT2", "CLOSE", false, 0}, {0}};
static const struct change refused[] = {
	{"CLOSE", "SYN_SENT", true, -1}, {"SYN_SENT", "CLOSE", false, 0}, {0}};
static const struct change server[] = {{"LISTEN", "SYN_RECV", false, -1},
	{"SYN_RECV", "ESTABLISHED", false, 0}, {"ESTABLISHED", "CLOSE_WAIT", false, 20},
	{"CLOSE_WAIT", "LAST_ACK", true, 0}, {"LAST_ACK", "CLOSE", false, 0}, {0}};

/* Checks MS at the end of a line, and cuts it off. */
static void cut_span(char *line, char before, double least)
{
	char *last = strrchr(line, before), *end;
	double ms;

	assert_non_null(last);
	ms = strtod(++last, &end);
	if (least < 0) {
		assert_string_equal(last, before == ',' ? "" : "-");
	} else {
		assert_true(end > last + 4 && !*end && end[-4] == '.');
		assert_true(ms >= least && ms < 300000);
	}
	*last = '\0';
}

/* The beginning of a line: the socket, and who was running. Returns what follows. */
static char *after_current(char *line, const struct workload *w, const struct change *change)
{
	char comm[17], prefix[64];
	unsigned long long sock;
	int pid;

	assert_int_equal(sscanf(line, "%llx %d %16s", &sock, &pid, comm), 3);
	assert_true(sock);
	snprintf(prefix, sizeof(prefix), "%-16llx %-5d %-10s ", sock, pid, comm);
	assert_memory_equal(line, prefix, strlen(prefix));
	if (change->by_process) {
		assert_int_equal(pid, w->pid);
		assert_string_equal(comm, "stating-al");
	}
	return line + strlen(prefix);
}

static char *table_line(char *at, const struct workload *w, const struct change *change, const char *ends)
{
	char expected[256], *line = tool_next_line(&at);

	cut_span(line, ' ', change->least);
	snprintf(expected, sizeof(expected), "%s%-11s -> %-11s ", ends, change->oldstate, change->newstate);
	assert_string_equal(after_current(line, w, change), expected);
	return at;
}

/* The first change of a connection that arrives: older kernels have not yet set its addresses. */
static char *arrival_line(char *at, const struct workload *w)
{
	static const char expected[] = " LISTEN      -> SYN_RECV    ";
	char *line = tool_next_line(&at);
	size_t length;

	cut_span(line, ' ', -1);
	after_current(line, w, &server[0]);
	length = strlen(line);
	assert_true(length > strlen(expected));
	assert_string_equal(line + length - strlen(expected), expected);
	return at;
}

/* -L: everything of the server's ends. */
static void test_server(void **state)
{
	char listener[128], ends[128], text[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "stating-all", go_through_states, NULL);
	tool_start(&run, TCPSTATES, "-L", number_text(text, plan->port));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	snprintf(listener, sizeof(listener), "%-15s %-5d %-15s 0     ", ipv6 ? "::" : "0.0.0.0", plan->port,
		ipv6 ? "::" : "0.0.0.0");
	at = table_line(at, &w, &listening[0], listener);
	for (int v6 = 0; v6 <= ipv6; v6++) {
		const char *address = v6 ? "::1" : "127.0.0.1";

		snprintf(ends, sizeof(ends), "%-15s %-5d %-15s %-5d ", address, plan->port, address,
			v6 ? plan->local6 : plan->local4);
		at = arrival_line(at, &w);
		for (const struct change *c = server + 1; c->oldstate; c++)
			at = table_line(at, &w, c, ends);
	}
	at = table_line(at, &w, &listening[1], listener);
	assert_string_equal(at, "");
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

/* A line of -Ttw, whose socket is a client's of this local port: at first it has none. */
static char *wide_line(char *at, const struct workload *w, const struct change *change, const char *address,
	uint16_t local, uint16_t remote)
{
	char expected[256], comm[17], *line = tool_next_line(&at);
	int hour, minute, second, pid, end = 0;
	unsigned long long sock;
	double since;

	cut_span(line, ' ', change->least);
	assert_int_equal(sscanf(line, "%2d:%2d:%2d %lf %llx %d %16s%n", &hour, &minute, &second, &since,
				 &sock, &pid, comm, &end),
		7);
	if (!strcmp(change->newstate, "SYN_SENT"))
		local = 0;
	snprintf(expected, sizeof(expected),
		"%02d:%02d:%02d %-9.6f %-16llx %-5d %-16s %-2d %-39s %-5d %-39s %-5d %-11s -> %-11s ", hour,
		minute, second, since, sock, pid, comm, strchr(address, ':') ? 6 : 4, address, local, address,
		remote, change->oldstate, change->newstate);
	assert_string_equal(line, expected);
	if (change->by_process) {
		assert_int_equal(pid, w->pid);
		assert_string_equal(comm, "stating-all");
	}
	return at;
}

/* -D: the clients' ends, which have an owner from the beginning. */
static void test_clients_wide(void **state)
{
	char ports[32], pid[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "stating-all", go_through_states, NULL);
	snprintf(ports, sizeof(ports), "%d,%d", plan->port, plan->refused);
	tool_start(&run, TCPSTATES, "-Ttw", "-D", ports, "-p", number_text(pid, w.pid));
	tool_wait_line(&run,
		"TIME     TIME(s)   SKADDR           C-PID C-COMM           IP LADDR"
		"                                   LPORT RADDR                                   RPORT "
		"OLDSTATE    -> NEWSTATE    MS");
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	at = strchr(run.text, '\n') + 1;
	for (const struct change *c = client; c->oldstate; c++)
		at = wide_line(at, &w, c, "127.0.0.1", plan->local4, plan->port);
	for (const struct change *c = client; c->oldstate && ipv6; c++)
		at = wide_line(at, &w, c, "::1", plan->local6, plan->port);
	for (const struct change *c = refused; c->oldstate; c++)
		at = wide_line(at, &w, c, "127.0.0.1", plan->local_refused, plan->refused);
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_csv_of_one_family(void **state)
{
	char expected[256], pid[16], port[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "stating-all", go_through_states, NULL);
	tool_start(&run, TCPSTATES, "-s", "-4", "-D", number_text(port, plan->port), "--columns",
		"IP,LADDR,LPORT,RADDR,RPORT,OLDSTATE,NEWSTATE,PID,COMM,NETNS,MS", "-p",
		number_text(pid, w.pid));
	tool_wait_line(&run, "IP,LADDR,LPORT,RADDR,RPORT,OLDSTATE,NEWSTATE,PID,COMM,NETNS,MS");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (const struct change *c = client; c->oldstate; c++) {
		char *line = tool_next_line(&at);

		cut_span(line, ',', c->least);
		snprintf(expected, sizeof(expected), "4,127.0.0.1,%d,127.0.0.1,%d,%s,%s,%d,stating-all,%u,",
			c == client ? 0 : plan->local4, plan->port, c->oldstate, c->newstate, w.pid, network);
		assert_string_equal(line, expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* A filter on processes shows a server's end from when it is accepted. */
static void test_json(void **state)
{
	char expected[512], pid[16], port[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "stating-all", go_through_states, NULL);
	tool_start(&run, TCPSTATES, "--json", "-4", "-L", number_text(port, plan->port), "--filter",
		"newstate != LISTEN && oldstate != LISTEN", "-p", number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (const struct change *c = server + 2; c->oldstate; c++) {
		char *line = tool_next_line(&at), *span, *rest;

		snprintf(expected, sizeof(expected),
			"\"laddr\":\"127.0.0.1\",\"lport\":%d,\"raddr\":\"127.0.0.1\",\"rport\":%d,"
			"\"oldstate\":\"%s\",\"newstate\":\"%s\",\"duration_ns\":",
			plan->port, plan->local4, c->oldstate, c->newstate);
		span = strstr(line, expected);
		if (!span) {
			fail_msg("%s has no %s", line, expected);
			return;
		}
		assert_true(strtoull(span + strlen(expected), &rest, 10) >= c->least * 1000000);
		snprintf(expected, sizeof(expected), ",\"ip\":4,\"pid\":%d,\"comm\":\"stating-all\"}", w.pid);
		assert_string_equal(rest, expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* ---- the journal ---- */

/* Instead of /run, an empty folder, only for this process and its children. */
static void hide_run(void)
{
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("none", "/run", "tmpfs", 0, NULL), 0);
}

static int open_journal(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(mkdir("/run/systemd", 0755), 0);
	assert_int_equal(mkdir("/run/systemd/journal", 0755), 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		exit(1);
	return fd;
}

static void assert_field(const char *entry, const char *name, const char *value)
{
	char line[256];

	snprintf(line, sizeof(line), "\n%s=%s\n", name, value);
	if (!strstr(entry, line))
		fail_msg("no %s in:%s", line, entry);
}

static void assert_entry(const char *entry, const struct workload *w, const struct change *c)
{
	char text[128];
	int local = c == client ? 0 : plan->local4;

	assert_field(entry, "SYSLOG_IDENTIFIER", "tcpstates");
	assert_field(entry, "PRIORITY", "5");
	assert_field(entry, "OBJECT_PID", number_text(text, w->pid));
	assert_field(entry, "OBJECT_IPV4_SOURCE_ADDRESS", "127.0.0.1");
	assert_field(entry, "OBJECT_TCP_SOURCE_PORT", number_text(text, local));
	assert_field(entry, "OBJECT_IPV4_DESTINATION_ADDRESS", "127.0.0.1");
	assert_field(entry, "OBJECT_TCP_DESTINATION_PORT", number_text(text, plan->port));
	assert_field(entry, "OBJECT_TCP_OLD_STATE", c->oldstate);
	assert_field(entry, "OBJECT_TCP_NEW_STATE", c->newstate);
	snprintf(text, sizeof(text), "stating-all 127.0.0.1 %d → 127.0.0.1 %d %s → %s", local, plan->port,
		c->oldstate, c->newstate);
	assert_field(entry, "MESSAGE", text);
	if (c->least < 0)
		assert_null(strstr(entry, "OBJECT_TCP_SPAN_TIME"));
	else
		assert_true(atof(strstr(entry, "\nOBJECT_TCP_SPAN_TIME=") + 22) >= c->least * 1000);
}

static void test_journal(void **state)
{
	char entry[4096] = "\n", pid[16], port[16];
	struct tool_run run;
	struct workload w;
	int fd;

	hide_run();
	tool_start(&run, TCPSTATES, "-Y");
	tool_end(&run, 120);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "cannot write to the journal (-Y): "));
	tool_free(&run);

	fd = open_journal();
	workload_new(&w, "stating-all", go_through_states, NULL);
	tool_start(&run, TCPSTATES, "-Y", "-4", "-D", number_text(port, plan->port), "-p",
		number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_int_equal(tool_count_lines(&run), 6);
	for (const struct change *c = client; c->oldstate; c++) {
		ssize_t size = recv(fd, entry + 1, sizeof(entry) - 2, MSG_DONTWAIT);

		assert_true(size > 0);
		entry[1 + size] = '\0';
		assert_entry(entry, &w, c);
	}
	assert_int_equal(recv(fd, entry, sizeof(entry), MSG_DONTWAIT), -1);
	close(fd);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_clients_wide),
		cmocka_unit_test(test_csv_of_one_family),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_journal),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
