/* SPDX-License-Identifier: Apache-2.0 */
/* mptcpify: a process opens sockets of several kinds, and looks which protocol they have. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "testlib.h"
#include "tool_run.h"

#define MPTCPIFY "tools/mptcpify"
#define TITLE "Opening sockets for MPTCP instead of TCP... Hit Ctrl-C to end."

enum { MPTCP = 262 };

static const struct {
	int family, type, protocol;
	int is, would_be; /* without the tool, and with it */
} sockets[] = {
	{AF_INET, SOCK_STREAM, 0, IPPROTO_TCP, MPTCP},
	{AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP, IPPROTO_TCP, MPTCP},
	{AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0, IPPROTO_TCP, MPTCP},
	{AF_INET, SOCK_DGRAM, 0, IPPROTO_UDP, IPPROTO_UDP},
	{AF_UNIX, SOCK_STREAM, 0, 0, 0},
};
enum { SOCKETS = sizeof(sockets) / sizeof(sockets[0]) };

static void open_sockets(void *ctx)
{
	const bool *changed = ctx;

	for (int i = 0; i < SOCKETS; i++) {
		int fd = socket(sockets[i].family, sockets[i].type, sockets[i].protocol), protocol = -1;
		socklen_t size = sizeof(protocol);

		if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size))
			_exit(1);
		if (protocol != (*changed ? sockets[i].would_be : sockets[i].is))
			_exit(2 + i);
		close(fd);
	}
}

static void test_sockets(void **state)
{
	char expected[512] = TITLE "\n", row[64];
	bool yes = true, no = false;
	struct workload changed, other, after;
	struct tool_run run;
	struct utsname kernel;
	int major, minor;

	assert_int_equal(uname(&kernel), 0);
	assert_int_equal(sscanf(kernel.release, "%d.%d", &major, &minor), 2);
	if (!have_kprobes() || major < 6 || (major == 6 && minor < 6)) {
		tool_expect_end(1, "update_socket_protocol", MPTCPIFY, "-d", "1");
		test_too_old("this kernel does not let programs choose the protocol of sockets");
	}
	workload_new(&changed, "mptcpified", open_sockets, &yes);
	workload_new(&other, "not mptcpified", open_sockets, &no);
	workload_new(&after, "mptcpified", open_sockets, &no);
	tool_start(&run, MPTCPIFY, "-t", "none,mptcpified");
	tool_wait_line(&run, "TIME     PID     COMM             IP");
	workload_go(&changed);
	workload_go(&other);
	tool_stop(&run, SIGINT);
	workload_go(&after);
	memmove(run.text, strchr(run.text, '\n') + 1, strlen(strchr(run.text, '\n')));
	tool_cut_times(&run, 9);
	sprintf(row, "%-7d %-16s ", changed.pid, "mptcpified");
	sprintf(expected, "PID     COMM             IP\n%s4\n%s4\n%s6\n", row, row, row);
	for (char *at = run.text; *at; at++)
		if (*at == ' ' && at[1] == '\n')
			memmove(at, at + 1, strlen(at));
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sockets)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
