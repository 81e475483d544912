/* SPDX-License-Identifier: Apache-2.0 */
/* tcpretrans shows as many segments as the kernel itself says it has sent again, of connections whose other
 * side drops them. All in a network namespace of the test's own. */
#include <linux/sock_diag.h>
#include <netinet/tcp.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPRETRANS "tools/tcpretrans"
#define BEGIN "Tracing retransmits ... Hit Ctrl-C to end"
#define HEADER "TIME     PID     IP LADDR:LPORT          T> RADDR:RPORT          STATE"

enum { V4, V6, MAPPED, CONNECTIONS };

/* What happened; shared with the workload. */
static struct {
	struct connection {
		uint16_t local, remote;
		uint32_t seq, retransmits;
	} data[CONNECTIONS], syn, syn_ack;
	long syn_acks;
	long retransmits, loss_probes; /* all in the namespace */
} *truth;

static uint32_t network;
static bool ipv6;

static int set_up(void **state)
{
	truth = own_network_share(sizeof(*truth));
	return own_network_set_up(&network, &ipv6, "connections are made");
}

/* ---- the workload ---- */

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	must(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	return info;
}

/* A number of the namespace's counters: "Tcp" "RetransSegs". */
static long counter(const char *path, const char *kind, const char *name)
{
	char names[8192], numbers[8192], *at, *number, *rest, *rest2;
	FILE *f = fopen(path, "re");

	must(f, path);
	while (fgets(names, sizeof(names), f) && fgets(numbers, sizeof(numbers), f)) {
		at = strtok_r(names, " \n", &rest);
		number = strtok_r(numbers, " \n", &rest2);
		if (strncmp(at, kind, strlen(kind)) || at[strlen(kind)] != ':')
			continue;
		while (at && number && strcmp(at, name)) {
			at = strtok_r(NULL, " \n", &rest);
			number = strtok_r(NULL, " \n", &rest2);
		}
		must(at && number, name);
		fclose(f);
		return atol(number);
	}
	must(false, kind);
	return 0;
}

static int listen_at(const char *address)
{
	int fd = own_network_bind(address, 0, SOCK_STREAM);

	must(fd >= 0 && !listen(fd, 8), "listen");
	return fd;
}

/* Begins to connect. */
static int connect_to(const char *address, int listener, struct connection *c)
{
	struct sockaddr_storage to;
	socklen_t size;
	int fd;

	c->remote = own_network_port(listener);
	size = own_network_address(&to, address, c->remote);
	fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	must(fd >= 0 && (!connect(fd, (struct sockaddr *)&to, size) || errno == EINPROGRESS), "connect");
	c->local = own_network_port(fd);
	return fd;
}

/* The sequence number of the next byte. */
static uint32_t next_seq(int fd)
{
	int on = 1, off = -1 /* without a probe of the window */, queue = TCP_SEND_QUEUE;
	socklen_t size = sizeof(uint32_t);
	uint32_t seq = 0;

	must(!setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)), "TCP_REPAIR");
	must(!setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)), "TCP_REPAIR_QUEUE");
	must(!getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &seq, &size), "TCP_QUEUE_SEQ");
	must(!setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)), "TCP_REPAIR");
	return seq;
}

static void wait_for(bool (*happened)(int fd), int fd, const char *what)
{
	double end = tool_now() + 60;

	while (!happened(fd)) {
		must(tool_now() < end, what);
		usleep(5000);
	}
}

static bool is_connected(int fd)
{
	return info_of(fd).tcpi_state == TCP_ESTABLISHED;
}

static bool has_sent_again(int fd)
{
	return info_of(fd).tcpi_total_retrans >= 2;
}

static bool is_acknowledged(int fd)
{
	return !info_of(fd).tcpi_unacked;
}

static bool has_dropped(int fd)
{
	uint32_t numbers[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof(numbers);

	must(!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, numbers, &size), "SO_MEMINFO");
	return numbers[SK_MEMINFO_DROPS];
}

static bool can_accept(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void lose(void *ctx)
{
	static const char *const addresses[] = {
		[V4] = "127.0.0.1", [V6] = "::1", [MAPPED] = "::ffff:127.0.0.1"};
	int client[CONNECTIONS], server[CONNECTIONS], dropping, deferring, syn, patient, one = 1;
	long before = counter("/proc/self/net/snmp", "Tcp", "RetransSegs"),
	     before_probes = counter("/proc/self/net/netstat", "TcpExt", "TCPLossProbes");

	/* the first SYN is dropped, the second is not */
	dropping = listen_at("127.0.0.1");
	must(!own_network_drop(dropping, true), "SO_ATTACH_FILTER");
	syn = connect_to("127.0.0.1", dropping, &truth->syn);
	wait_for(has_dropped, dropping, "a dropped SYN");
	must(!own_network_drop(dropping, false), "SO_DETACH_FILTER");
	/* data do not come within a second: the SYN-ACK is sent again */
	deferring = listen_at("127.0.0.3");
	must(!setsockopt(deferring, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof(one)), "TCP_DEFER_ACCEPT");
	patient = connect_to("127.0.0.3", deferring, &truth->syn_ack);
	/* data that are dropped for some time */
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		int listener = listen_at(i == MAPPED ? "127.0.0.1" : addresses[i]);

		client[i] = connect_to(addresses[i], listener, &truth->data[i]);
		wait_for(can_accept, listener, "a connection");
		server[i] = accept(listener, NULL, NULL);
		must(server[i] >= 0 && !own_network_drop(server[i], true), "SO_ATTACH_FILTER");
		wait_for(is_connected, client[i], "the other end of a connection");
		truth->data[i].seq = next_seq(client[i]);
		must(send(client[i], "x", 1, 0) == 1, "send");
	}
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		wait_for(has_sent_again, client[i], "retransmits");
		must(!own_network_drop(server[i], false), "SO_DETACH_FILTER");
	}
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		wait_for(is_acknowledged, client[i], "an acknowledgement");
		truth->data[i].retransmits = info_of(client[i]).tcpi_total_retrans;
	}
	wait_for(is_connected, syn, "a connection after the second SYN");
	truth->syn.retransmits = info_of(syn).tcpi_total_retrans;
	wait_for(can_accept, deferring, "a connection after the second SYN-ACK");
	must(is_connected(patient), "the connection that was deferred");
	truth->retransmits = counter("/proc/self/net/snmp", "Tcp", "RetransSegs") - before;
	truth->syn_acks = truth->retransmits - truth->syn.retransmits;
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++)
		truth->syn_acks -= truth->data[i].retransmits;
	truth->loss_probes = counter("/proc/self/net/netstat", "TcpExt", "TCPLossProbes") - before_probes;
}

/* ---- what the tool says of it ---- */

static int count_text(const char *text, const char *wanted)
{
	int n = 0;

	for (; (text = strstr(text, wanted)); text++)
		n++;
	return n;
}

static void check_count(const struct tool_run *run, int expected, const char *wanted)
{
	if (count_text(run->text, wanted) != expected)
		fail_msg(
			"not %d times '%s' in:\n%s\nstderr:\n%s\n", expected, wanted, run->text, run->errors);
}

/* Each line begins with a time of day and a process. */
static void check_beginnings(const struct tool_run *run)
{
	int lines = 0, hour, minute, second, pid, end;

	for (const char *at = run->text; *at; at = strchr(at, '\n') + 1, lines++)
		if (lines >= 2) {
			end = 0;
			assert_int_equal(
				sscanf(at, "%2d:%2d:%2d %d %n", &hour, &minute, &second, &pid, &end), 4);
			assert_true(pid >= 0 && end >= 17);
		}
}

struct row {
	char addresses[200]; /* in the table */
	uint32_t seq, count;
	const char *state;
};

/* The rows that each connection has; in `rows`, of which there are as many as are returned. */
static int expected_rows(struct row *rows, bool v4, bool v6)
{
	static const char *const addresses[] = {[V4] = "127.0.0.1", [V6] = "::1", [MAPPED] = "127.0.0.1"};
	int n = 0;

	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		const struct connection *c = &truth->data[i];
		char local[64], remote[64];
		bool is_v6 = i == V6;

		if (is_v6 ? !v6 : !v4)
			continue;
		sprintf(local, "%s:%d", addresses[i], c->local);
		sprintf(remote, "%s:%d", addresses[i], c->remote);
		sprintf(rows[n].addresses, " %d  %-20s R> %-20s ", is_v6 ? 6 : 4, local, remote);
		rows[n].seq = c->seq;
		rows[n].state = "ESTABLISHED";
		rows[n++].count = c->retransmits;
	}
	if (v4) {
		char local[64], remote[64];

		sprintf(local, "127.0.0.1:%d", truth->syn.local);
		sprintf(remote, "127.0.0.1:%d", truth->syn.remote);
		sprintf(rows[n].addresses, " 4  %-20s R> %-20s ", local, remote);
		rows[n].state = "SYN_SENT";
		rows[n].seq = 0; /* not known */
		rows[n++].count = truth->syn.retransmits;
	}
	return n;
}

static void check_table(struct tool_run *run, bool v4, bool v6, bool with_seq)
{
	struct row rows[CONNECTIONS + 1];
	int n = expected_rows(rows, v4, v6), total = 0;

	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
	check_beginnings(run);
	for (int i = 0; i < n; i++) {
		char line[1000];

		if (!with_seq)
			snprintf(line, sizeof(line), "%s%s\n", rows[i].addresses, rows[i].state);
		else if (rows[i].seq)
			snprintf(line, sizeof(line), "%s%-12s %-10u\n", rows[i].addresses, rows[i].state,
				rows[i].seq);
		else
			snprintf(line, sizeof(line), "%s%-12s ", rows[i].addresses, rows[i].state);
		check_count(run, rows[i].count, line);
		total += rows[i].count;
	}
	assert_int_equal(tool_count_lines(run), total + 2);
	tool_free(run);
}

static void check_counts(struct tool_run *run)
{
	static const char *const addresses[] = {[V4] = "127.0.0.1", [V6] = "::1", [MAPPED] = "127.0.0.1"};
	char line[300], local[64], remote[64];

	tool_stop(run, SIGTERM);
	assert_string_equal(run->errors, "");
	assert_int_equal(tool_count_lines(run), 3 + (ipv6 ? CONNECTIONS : 1) + 1);
	check_count(run, 1, BEGIN "\n\nLADDR:LPORT          <-> RADDR:RPORT          RETRANSMITS\n");
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		const struct connection *c = &truth->data[i];

		sprintf(local, "[%s]#%d", addresses[i], c->local);
		sprintf(remote, "[%s]#%d", addresses[i], c->remote);
		sprintf(line, "\n%-20s <-> %-20s %10u\n", local, remote, c->retransmits);
		check_count(run, 1, line);
	}
	sprintf(local, "[127.0.0.1]#%d", truth->syn.local);
	sprintf(remote, "[127.0.0.1]#%d", truth->syn.remote);
	sprintf(line, "\n%-20s <-> %-20s %10u\n", local, remote, truth->syn.retransmits);
	check_count(run, 1, line);
	tool_free(run);
}

/* With --synack: all that the kernel counts. */
static void check_json(struct tool_run *run)
{
	char text[400];

	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
	assert_int_equal(tool_count_lines(run), truth->retransmits + 1);
	sprintf(text,
		",\"ip\":4,\"type\":\"S\",\"state\":\"NEW_SYN_RECV\",\"laddr\":\"127.0.0.3\",\"lport\":%d,"
		"\"raddr\":\"127.0.0.1\",\"rport\":%d,\"seq\":",
		truth->syn_ack.remote, truth->syn_ack.local);
	check_count(run, truth->syn_acks, text);
	assert_true(truth->syn_acks > 0);
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		const struct connection *c = &truth->data[i];
		const char *address = i == V6 ? "::1" : "127.0.0.1";

		sprintf(text,
			",\"ip\":%d,\"type\":\"R\",\"state\":\"ESTABLISHED\",\"laddr\":\"%s\",\"lport\":%d,"
			"\"raddr\":\"%s\",\"rport\":%d,\"seq\":%u,\"uid\":0,\"netns\":%u}\n",
			i == V6 ? 6 : 4, address, c->local, address, c->remote, c->seq, network);
		check_count(run, c->retransmits, text);
	}
	tool_free(run);
}

static void check_loss_probes(struct tool_run *run)
{
	tool_stop(run, SIGINT);
	if (*run->errors) {
		assert_non_null(strstr(run->errors, "-l: tail loss probes are not shown"));
		assert_int_equal(count_text(run->text, " L> "), 0);
		printf("SKIP: this kernel allows no probes on functions: no tail loss probes\n");
	} else {
		check_count(run, truth->loss_probes, " L> ");
		assert_true(truth->loss_probes > 0);
	}
	check_count(run, truth->retransmits - truth->syn_acks, " R> ");
	tool_free(run);
}

/* One workload, of which each tool shows something else. */
static void test_all(void **state)
{
	struct tool_run plain, sequence, v4, v6, counts, json, probes, elsewhere;
	char id[16], pid[16], here[16];
	struct workload w;

	workload_new(&w, "loses", lose, NULL);
	number_text(id, network);
	number_text(pid, w.pid);
	number_text(here, getppid());
	/* the first one compiles the text for all */
	tool_start(&plain, TCPRETRANS, "--netns-id", id);
	tool_wait_line(&plain, HEADER);
	tool_start(&sequence, TCPRETRANS, "-s", "--pid-netns", pid);
	tool_start(&v4, TCPRETRANS, "-4", "--netns-id", id);
	tool_start(&v6, TCPRETRANS, "-6", "--netns-id", id);
	tool_start(&counts, TCPRETRANS, "-cs", "--netns-id", id);
	tool_start(&json, TCPRETRANS, "--json", "--synack", "--netns-id", id);
	tool_start(&probes, TCPRETRANS, "-l", "--netns-id", id);
	/* the network that the test came from */
	tool_start(&elsewhere, TCPRETRANS, "--pid-netns", here);
	tool_wait_line(&sequence,
		"TIME     PID     IP LADDR:LPORT          T> RADDR:RPORT          STATE        SEQ       ");
	tool_wait_line(&v4, HEADER);
	tool_wait_line(&v6, HEADER);
	tool_wait_line(&counts, BEGIN);
	while (!strchr(json.text, '\n') && tool_read(&json, 1000))
		;
	tool_wait_line(&probes, HEADER);
	tool_wait_line(&elsewhere, HEADER);
	workload_go(&w);
	check_table(&plain, true, true, false);
	check_table(&sequence, true, true, true);
	check_table(&v4, true, false, false);
	check_table(&v6, false, true, false);
	check_counts(&counts);
	check_json(&json);
	check_loss_probes(&probes);
	tool_stop(&elsewhere, SIGINT);
	for (int i = 0; i < (ipv6 ? CONNECTIONS : 1); i++) {
		char local[64];

		sprintf(local, ":%d ", truth->data[i].local);
		assert_int_equal(count_text(elsewhere.text, local), 0);
	}
	tool_free(&elsewhere);
}

static void test_refused(void **state)
{
	char self[16];
	const char *const wrong[][4] = {
		{"-4", "-6", NULL, "-4 and -6 cannot be combined"},
		{"--netns-id", "0", NULL, "--netns-id: '0' is not a number from 1 to"},
		{"--pid-netns", "2147483647", NULL, "--pid-netns: /proc/2147483647/ns/net: No such file"},
		{"--netns-id=1", "--pid-netns", number_text(self, getpid()),
			"there can be only one network namespace"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct tool_run run;

		tool_start(&run, TCPRETRANS, wrong[i][0], wrong[i][1], wrong[i][2]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		if (!strstr(run.errors, wrong[i][3]))
			fail_msg("no '%s' in:\n%s\n", wrong[i][3], run.errors);
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
