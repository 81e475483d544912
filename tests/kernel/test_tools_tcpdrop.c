/* SPDX-License-Identifier: Apache-2.0 */
/* tcpdrop shows packets of which it is known that the kernel drops them, and why. All in a network namespace
 * of the test's own. */
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/utsname.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPDROP "tools/tcpdrop"
#define HEADER                                                                                               \
	"TIME     PID     IP SADDR:SPORT          > DADDR:DPORT          STATE (FLAGS)        REASON (CODE)"

enum { V4, V6, MAPPED, FAMILIES };

/* What happened; shared with the workload. */
static struct {
	struct family {
		uint16_t checksum; /* port that a packet with a wrong checksum is sent to, and from */
		uint16_t closed, closed_from;
		uint16_t filtered, filtered_from;
		uint16_t established, established_from;
		uint32_t dropped; /* by the filter of the established connection */
	} families[FAMILIES];
} *truth;

static uint32_t network;
static bool ipv6, has_reasons, has_sockets;

static int set_up(void **state)
{
	struct utsname kernel;
	int major = 0, minor = 0;

	uname(&kernel);
	sscanf(kernel.release, "%d.%d", &major, &minor);
	has_reasons = major * 100 + minor >= 517;
	/* the tracepoint says for which socket a packet arrived */
	has_sockets = major * 100 + minor >= 611;
	truth = own_network_share(sizeof(*truth));
	return own_network_set_up(&network, &ipv6, "packets are sent");
}

/* ---- the workload ---- */

static uint32_t drops_of(int fd)
{
	uint32_t numbers[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof(numbers);

	must(!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, numbers, &size), "SO_MEMINFO");
	return numbers[SK_MEMINFO_DROPS];
}

static void wait_for_drop(int fd, uint32_t before)
{
	double end = tool_now() + 60;

	while (drops_of(fd) == before) {
		must(tool_now() < end, "a dropped packet");
		usleep(1000);
	}
}

static int listen_at(const char *address, uint16_t *port)
{
	int fd = own_network_bind(address, 0, SOCK_STREAM);

	must(fd >= 0 && !listen(fd, 8), "listen");
	*port = own_network_port(fd);
	return fd;
}

static int connect_to(const char *address, uint16_t port, uint16_t *from)
{
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, address, port);
	int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	must(fd >= 0, "socket");
	if (connect(fd, (struct sockaddr *)&to, size))
		must(errno == EINPROGRESS || errno == ECONNREFUSED, "connect");
	*from = own_network_port(fd);
	return fd;
}

/* A SYN whose checksum is wrong; no other packet has its flags. */
static void send_wrong_checksum(const char *address, uint16_t port, uint16_t from)
{
	struct tcphdr header = {
		.source = htons(from), .dest = htons(port), .doff = 5, .syn = 1, .urg = 1, .check = 0};
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, address, 0);
	char copy[256];
	int fd = socket(to.ss_family, SOCK_RAW, IPPROTO_TCP);

	must(fd >= 0 && sendto(fd, &header, sizeof(header), 0, (struct sockaddr *)&to, size) ==
				sizeof(header),
		"a packet with a wrong checksum");
	/* such a socket receives a copy, which would be dropped when it is closed */
	must(recv(fd, copy, sizeof(copy), 0) >= (ssize_t)sizeof(header), "the packet's copy");
	close(fd);
}

static void drop_all(void *ctx)
{
	static const char *const addresses[] = {
		[V4] = "127.0.0.1", [V6] = "::1", [MAPPED] = "::ffff:127.0.0.1"};
	struct linger at_once = {.l_onoff = 1};

	for (int i = 0; i < (ipv6 ? FAMILIES : 1); i++) {
		const char *local = i == MAPPED ? "127.0.0.1" : addresses[i];
		struct family *f = &truth->families[i];
		int listener, client, server;

		f->checksum = 1000 + i;
		if (i != MAPPED)
			send_wrong_checksum(local, 1000 + i, 1000 + i);
		/* a port that was free a moment ago: nobody else is in this namespace */
		close(listen_at(local, &f->closed));
		close(connect_to(addresses[i], f->closed, &f->closed_from));
		listener = listen_at(local, &f->filtered);
		must(!own_network_drop(listener, true), "SO_ATTACH_FILTER");
		client = connect_to(addresses[i], f->filtered, &f->filtered_from);
		wait_for_drop(listener, 0);
		close(client);
		/* data to, and then the reset of, an established connection */
		listener = listen_at(local, &f->established);
		client = connect_to(addresses[i], f->established, &f->established_from);
		server = accept(listener, NULL, NULL);
		must(server >= 0 && !own_network_drop(server, true), "SO_ATTACH_FILTER");
		must(send(client, "x", 1, 0) == 1, "send");
		wait_for_drop(server, 0);
		must(!setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), "SO_LINGER");
		f->dropped = drops_of(server);
		close(client);
		wait_for_drop(server, f->dropped);
		f->dropped = drops_of(server);
		/* it does not know that nobody is there any more */
		must(!own_network_drop(server, false), "SO_DETACH_FILTER");
		close(server);
	}
}

/* ---- what the tool says of it ---- */

static int count_text(const char *text, const char *wanted)
{
	int n = 0;

	for (; (text = strstr(text, wanted)); text++)
		n++;
	return n;
}

/* How many rows there are of a packet. */
static int rows_of(const struct tool_run *run, bool json, int family, uint16_t from, uint16_t to,
	const char *state, const char *flags, const char *reason)
{
	const char *address = family == 4 ? "127.0.0.1" : "::1", *quote = strcmp(state, "-") ? "\"" : "";
	char source[64], destination[64], wanted[1000], end[64];
	int n = 0;

	if (json) {
		snprintf(wanted, sizeof(wanted),
			"\"],\"saddr\":\"%s\",\"sport\":%d,\"daddr\":\"%s\",\"dport\":%d,"
			"\"state\":%s%s%s,\"flags\":\"%s\",\"reason\":\"%s\",\"code\":",
			address, from, address, to, quote, *quote ? state : "null", quote, flags, reason);
		return count_text(run->text, wanted);
	}
	sprintf(source, "%s:%d", address, from);
	sprintf(destination, "%s:%d", address, to);
	snprintf(end, sizeof(end), "%s (%s)", state, flags);
	snprintf(wanted, sizeof(wanted), " %d  %-20s > %-20s %-20s %s (", family, source, destination, end,
		reason);
	for (const char *at = run->text; (at = strstr(at, wanted));) {
		int code = 0;

		at += strlen(wanted);
		assert_int_equal(sscanf(at, "%d)", &code), 1);
		/* below are those that say nothing; NO_SOCKET is 2 in Linux 6.1 */
		assert_true(code > 1);
		n++;
	}
	return n;
}

static void check_rows(const struct tool_run *run, bool json, bool v4, bool v6)
{
	const char *listen = has_sockets ? "LISTEN" : "-", *established = has_sockets ? "ESTABLISHED" : "-";
	int total = 0;

	for (int i = 0; i < (ipv6 ? FAMILIES : 1); i++) {
		const struct family *f = &truth->families[i];
		int family = i == V6 ? 6 : 4, wanted = family == 4 ? v4 : v6, data, resets;

		if (i != MAPPED)
			assert_int_equal(rows_of(run, json, family, f->checksum, f->checksum, "-", "SYN|URG",
						 "TCP_CSUM"),
				wanted);
		assert_int_equal(
			rows_of(run, json, family, f->closed_from, f->closed, "-", "SYN", "NO_SOCKET"),
			wanted);
		assert_int_equal(rows_of(run, json, family, f->filtered_from, f->filtered, listen, "SYN",
					 "SOCKET_FILTER"),
			wanted);
		data = rows_of(run, json, family, f->established_from, f->established, established, "PSH|ACK",
			"SOCKET_FILTER");
		resets = rows_of(run, json, family, f->established_from, f->established, established,
			"RST|ACK", "SOCKET_FILTER");
		assert_int_equal(resets, wanted);
		assert_int_equal(data + resets, wanted ? f->dropped : 0);
		assert_int_equal(rows_of(run, json, family, f->established, f->established_from, "-",
					 "FIN|ACK", "NO_SOCKET"),
			wanted);
		total += wanted ? (i != MAPPED) + 3 + f->dropped : 0;
	}
	if (!json)
		return;
	assert_int_equal(tool_count_lines(run), total + 1);
	assert_int_equal(count_text(run->text, ",\"ip\":4,\"stack\":[\"") +
				 count_text(run->text, ",\"ip\":6,\"stack\":[\""),
		total);
}

/* Below each row: its stack, each function after a tab, and an empty line. */
static void check_stacks(const struct tool_run *run)
{
	bool in_stack = true, arrived = true;

	for (const char *at = strchr(run->text, '\n') + 1, *next; *at; at = next) {
		next = strchr(at, '\n') + 1;
		if (*at == '\n') {
			assert_true(in_stack && arrived);
			in_stack = false;
		} else if (*at == '\t') {
			assert_true(in_stack);
			assert_int_equal(at[strcspn(at, "+\n")], '+');
			arrived |= !strncmp(at + 1, "process_backlog+0x", 18); /* of lo */
		} else {
			assert_true(!in_stack || at == strchr(run->text, '\n') + 1);
			in_stack = true;
			arrived = false;
		}
	}
	assert_false(in_stack);
}

static void test_all(void **state)
{
	struct tool_run plain, v4, v6, json, elsewhere;
	char id[16], pid[16], here[16];
	struct workload w;

	if (!has_reasons) {
		printf("SKIP: the kernel has no reasons why packets are dropped\n");
		skip();
	}
	workload_new(&w, "drops", drop_all, NULL);
	number_text(id, network);
	number_text(pid, w.pid);
	number_text(here, getppid());
	/* the first one compiles the text for all */
	tool_start(&plain, TCPDROP, "--netns-id", id);
	tool_wait_line(&plain, HEADER);
	tool_start(&v4, TCPDROP, "-4", "--netns-id", id);
	tool_start(&v6, TCPDROP, "-6", "--pid-netns", pid);
	tool_start(&json, TCPDROP, "--json", "--netns-id", id);
	/* the network that the test came from */
	tool_start(&elsewhere, TCPDROP, "--pid-netns", here);
	tool_wait_line(&v4, HEADER);
	tool_wait_line(&v6, HEADER);
	while (!strchr(json.text, '\n') && tool_read(&json, 1000))
		;
	tool_wait_line(&elsewhere, HEADER);
	workload_go(&w);
	tool_stop(&plain, SIGINT);
	tool_stop(&v4, SIGINT);
	tool_stop(&v6, SIGTERM);
	tool_stop(&json, SIGINT);
	tool_stop(&elsewhere, SIGINT);
	assert_string_equal(plain.errors, "");
	check_rows(&plain, false, true, true);
	check_stacks(&plain);
	check_rows(&v4, false, true, false);
	check_rows(&v6, false, false, true);
	if (ipv6)
		check_stacks(&v6);
	check_rows(&json, true, true, true);
	check_rows(&elsewhere, false, false, false);
	tool_free(&plain);
	tool_free(&v4);
	tool_free(&v6);
	tool_free(&json);
	tool_free(&elsewhere);
}

static void test_columns(void **state)
{
	struct tool_run run;
	struct workload w;
	char id[16];

	if (!has_reasons)
		skip();
	workload_new(&w, "drops", drop_all, NULL);
	tool_start(&run, TCPDROP, "--netns-id", number_text(id, network), "--columns", "FLAGS,REASON,DPORT",
		"--filter", "reason == TCP_CSUM && ip == 4");
	tool_wait_line(&run, "FLAGS        REASON               DPORT ");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_assert_output(&run, "FLAGS        REASON               DPORT \n"
				 "SYN|URG      TCP_CSUM             1000  \n");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
