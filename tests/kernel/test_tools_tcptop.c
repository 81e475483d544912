/* SPDX-License-Identifier: Apache-2.0 */
/* tcptop and tcpsubnet count bytes that were really moved, to the byte. */
#include <inttypes.h>

#include "own_network.h"
#include "tool_run.h"

#define TCPTOP "tools/tcptop"
#define TCPSUBNET "tools/tcpsubnet"

enum { PORT = 7001, MANY = 300000, FEW = 5000, MAPPED = 4096, NOT_TAKEN = 1 << 16 };

/* ---- traffic ---- */

struct pair {
	int client, server;
	uint16_t port; /* of the client */
};

static struct shared {
	uint16_t ports[3]; /* of the clients */
	uint64_t partly;   /* what a socket took of more than it has room for */
} *shared;

static void connect_pair(struct pair *p, const char *address, uint16_t port)
{
	int listener = own_network_listen(address, 1, &port);

	if (listener < 0)
		_exit(1);
	p->client = own_network_connect(address, port, &p->port);
	p->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (p->server < 0)
		_exit(1);
	close(listener);
}

/* Peeks at what then is read, and asks for more room than a socket has. */
static void carry(void *ctx)
{
	static char data[NOT_TAKEN * 64];
	struct pair many, few, mapped;
	ssize_t taken;

	connect_pair(&many, "127.0.0.1", PORT);
	if (!own_network_carry(many.client, many.server, MANY))
		_exit(1);
	if (write(many.server, data, FEW) != FEW || recv(many.client, data, 1, MSG_PEEK) != 1 ||
		recv(many.client, data, FEW, MSG_WAITALL) != FEW)
		_exit(1);
	connect_pair(&mapped, "::ffff:127.0.0.1", PORT + 1);
	taken = send(mapped.client, data, sizeof(data), MSG_DONTWAIT);
	if (taken <= 0 || taken >= (ssize_t)sizeof(data))
		_exit(1);
	shared->partly = taken;
	connect_pair(&few, "::1", PORT + 2);
	if (!own_network_carry(few.client, few.server, FEW))
		_exit(1);
	shared->ports[0] = many.port;
	shared->ports[1] = mapped.port;
	shared->ports[2] = few.port;
}

static void need_ipv6(void)
{
	if (!own_network_has_ipv6()) {
		print_message("skipped: no IPv6\n");
		skip();
	}
}

/* Runs the tool while the traffic is carried by a process of that name. */
static void run_tool(struct tool_run *run, pid_t *pid, const char *name, char *const *options)
{
	struct workload w;
	char text[16];

	memset(shared, 0, sizeof(*shared));
	workload_new(&w, "carries-bytes", carry, NULL);
	*pid = w.pid;
	number_text(text, w.pid);
	tool_start(run, name, "-p", text, options[0], options[1], options[2], options[3]);
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	workload_go(&w);
	tool_stop(run, SIGINT);
}

/* ---- tests ---- */

#define ROW "\"rx_bytes\":%d,\"tx_bytes\":%d,"

/* IPv4 alone. */
static void test_json(void **state)
{
	struct shared *s = shared;
	char expected[4][256] = {""};
	struct tool_run run;
	int rows = 0;
	pid_t pid;

	need_ipv6();
	run_tool(&run, &pid, TCPTOP, (char *const[]){"-4", "--json", "3600", NULL});
	sprintf(expected[0],
		ROW "\"ip\":4,\"laddr\":\"127.0.0.1\",\"lport\":%d,\"raddr\":\"127.0.0.1\",\"rport\":%d}",
		MANY, FEW, PORT, s->ports[0]);
	sprintf(expected[1],
		ROW "\"ip\":4,\"laddr\":\"127.0.0.1\",\"lport\":%d,\"raddr\":\"127.0.0.1\",\"rport\":%d}",
		FEW, MANY, s->ports[0], PORT);
	sprintf(expected[2],
		ROW "\"ip\":4,\"laddr\":\"127.0.0.1\",\"lport\":%d,\"raddr\":\"127.0.0.1\",\"rport\":%d}", 0,
		(int)s->partly, s->ports[1], PORT + 1);
	for (int i = 0; *expected[i]; i++)
		if (!strstr(run.text, expected[i]))
			fail_msg("no %s in\n%s", expected[i], run.text);
	for (const char *at = run.text; (at = strstr(at, "\"comm\":\"carries-bytes\"")); at++)
		rows++;
	assert_int_equal(rows, 3);
	tool_free(&run);
}

/* IPv4 and IPv6 in blocks of their own. */
static void test_table(void **state)
{
	char expected[2048] = "Tracing... Output every 3600 secs. Hit Ctrl-C to end\n", ends[2][64];
	struct tool_run run;
	pid_t pid;

	need_ipv6();
	run_tool(&run, &pid, TCPTOP, (char *const[]){"-S", "-s", "sent", "3600", NULL});
#define ADD_ROW(format, local, remote, received, sent)                                                       \
	add(expected, "%-7d %-12s " format " " format " %6d %6d\n", pid, "carries-byte", local, remote,      \
		(received) / 1024, (int)(sent) / 1024)
	add(expected, "\nPID     COMM         LADDR                 RADDR                  RX_KB  TX_KB\n");
	snprintf(ends[0], 64, "127.0.0.1:%d", shared->ports[1]);
	snprintf(ends[1], 64, "127.0.0.1:%d", PORT + 1);
	if (shared->partly > MANY)
		ADD_ROW("%-21s", ends[0], ends[1], 0, shared->partly);
	snprintf(ends[0], 64, "127.0.0.1:%d", shared->ports[0]);
	snprintf(ends[1], 64, "127.0.0.1:%d", PORT);
	ADD_ROW("%-21s", ends[0], ends[1], FEW, MANY);
	if (shared->partly <= MANY) {
		snprintf(ends[0], 64, "127.0.0.1:%d", shared->ports[1]);
		snprintf(ends[1], 64, "127.0.0.1:%d", PORT + 1);
		ADD_ROW("%-21s", ends[0], ends[1], 0, shared->partly);
		snprintf(ends[0], 64, "127.0.0.1:%d", shared->ports[0]);
		snprintf(ends[1], 64, "127.0.0.1:%d", PORT);
	}
	ADD_ROW("%-21s", ends[1], ends[0], MANY, FEW);
	add(expected,
		"\nPID     COMM         LADDR6                           RADDR6                            "
		"RX_KB  TX_KB\n");
	snprintf(ends[0], 64, "::1:%d", shared->ports[2]);
	snprintf(ends[1], 64, "::1:%d", PORT + 2);
	ADD_ROW("%-32s", ends[0], ends[1], 0, FEW);
	ADD_ROW("%-32s", ends[1], ends[0], FEW, 0);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_subnets(void **state)
{
	char expected[256] = "";
	struct tool_run run;
	int numbers[6], end = 0;
	pid_t pid;

	need_ipv6();
	run_tool(&run, &pid, TCPSUBNET, (char *const[]){"-i", "3600", NULL, NULL});
	assert_int_equal(sscanf(strchr(run.text, '\n') + 1, "[%2d/%2d/%2d %2d:%2d:%2d]\n%n", &numbers[0],
				 &numbers[1], &numbers[2], &numbers[3], &numbers[4], &numbers[5], &end),
		6);
	sprintf(expected, "127.0.0.1/32          %6" PRIu64 "\n::1/128               %6d\n",
		MANY + FEW + shared->partly, FEW);
	assert_string_equal(strchr(run.text, '\n') + 1 + end, expected);
	tool_free(&run);
	/* the first that fits, of any length; bits */
	run_tool(&run, &pid, TCPSUBNET,
		(char *const[]){"-fk", "-i3600",
			"128.0.0.0/1,127.0.0.7/31,127.0.0.0/31,0.0.0.0/0,::/127,::/0", NULL});
	sprintf(expected, "127.0.0.0/31          %6" PRIu64 "\n::/127                %6d\n",
		(MANY + FEW + shared->partly) * 8 / 1024, FEW * 8 / 1024);
	assert_string_equal(strchr(strchr(run.text, '\n') + 1, '\n') + 1, expected);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[][3] = {{TCPTOP, "-46", NULL}, {TCPTOP, "-s", "rx"},
		{TCPSUBNET, "10.0.0.0", NULL}, {TCPSUBNET, "10.0.0/8", NULL},
		{TCPSUBNET, "10.0.0.0/33", NULL}, {TCPSUBNET, "::/129", NULL}, {TCPSUBNET, "-f", "x"},
		{TCPSUBNET, "-f", "kB"}, {TCPSUBNET, "-i", "0"}};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		tool_expect_end(2, "", wrong[i][0], wrong[i][1], wrong[i][2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_subnets),
		cmocka_unit_test(test_refused),
	};

	if (!own_network_enter()) {
		print_message("skipped: no network namespace\n");
		return 77;
	}
	shared = own_network_share(sizeof(*shared));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
