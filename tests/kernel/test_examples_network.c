/* SPDX-License-Identifier: Apache-2.0 */
/* The examples for packets and cgroups act on what this test sends, and say so. */
#include "network.h"
#include "own_cgroup.h"
#include "tool_run.h"

#include <netinet/in.h>

#define PORT 9999
#define PORT_TEXT "9999"

/* A frame with an IPv4 datagram from 10.9.8.1 to 10.9.8.2; nobody looks at its checksums. */
static void send_datagram(uint16_t port)
{
	static const uint8_t start[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x00,
		/* IP */ 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 8, 1, 10, 9, 8, 2,
		/* UDP */ 0x12, 0x34};
	uint8_t frame[FRAME_BYTES] = {0};
	int fd = frame_socket("left", 0);

	memcpy(frame, start, sizeof(start));
	frame[sizeof(start)] = port >> 8;
	frame[sizeof(start) + 1] = port & 0xff;
	frame[sizeof(start) + 3] = 26;
	if (fd < 0 || send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		fail_msg("a datagram cannot be sent: %s", strerror(errno));
	close(fd);
}

static void end(struct tool_run *run)
{
	kill(run->pid, SIGINT);
	tool_end(run, 60);
	assert_int_equal(run->status, 128 + SIGINT);
}

static void test_xdp_drop(void **state)
{
	struct network network = enter_network();
	struct tool_run run;
	int frames = frame_socket("right", 0x0800);
	uint8_t frame[2 * FRAME_BYTES];

	tool_start(&run, "examples/xdp_drop", "right", PORT_TEXT);
	tool_wait_line(&run, "0");
	for (int i = 0; i < 5; i++)
		send_datagram(PORT);
	send_datagram(PORT + 1);
	tool_wait_line(&run, "5");
	/* the only one that arrives is the one for another port */
	assert_int_equal(recv(frames, frame, sizeof(frame), 0), FRAME_BYTES);
	assert_int_equal(frame[37], (PORT + 1) & 0xff);
	end(&run);
	/* not any more */
	send_datagram(PORT);
	assert_int_equal(recv(frames, frame, sizeof(frame), 0), FRAME_BYTES);
	assert_int_equal(frame[37], PORT & 0xff);
	close(frames);
	tool_free(&run);
	leave_network(&network);
}

static void test_tc_events(void **state)
{
	struct network network = enter_network();
	struct tool_run run;

	tool_start(&run, "examples/tc_events", "left");
	tool_wait_line(&run, "FROM            TO              PORT   BYTES");
	send_datagram(PORT);
	tool_wait_line(&run, "10.9.8.1        10.9.8.2        9999   60");
	end(&run);
	assert_int_equal(tool_count_lines(&run), 2);
	tool_free(&run);
	leave_network(&network);
}

/* In the cgroup. */
static int connect_to(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
}

static pid_t connect_in_cgroup(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		prctl(PR_SET_NAME, "connects");
		_exit(enter_cgroup() ? 1 : connect_to(PORT) != EPERM ? 2 : connect_to(PORT + 1) ? 3 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return child;
}

static void test_cgroup_connect(void **state)
{
	struct network network;
	struct tool_run run;
	char line[64];

	make_cgroup();
	network = enter_network();
	tool_start(&run, "examples/cgroup_connect", cgroup, PORT_TEXT);
	tool_wait_line(&run, "PID    COMM             PORT");
	snprintf(line, sizeof(line), "%-6d %-16s %d", connect_in_cgroup(), "connects", PORT);
	tool_wait_line(&run, line);
	assert_int_equal(connect_to(PORT), 0); /* this process is elsewhere */
	end(&run);
	assert_int_equal(tool_count_lines(&run), 2);
	tool_free(&run);
	leave_network(&network);
	remove_cgroup();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xdp_drop),
		cmocka_unit_test(test_tc_events),
		cmocka_unit_test(test_cgroup_connect),
	};

	return cmocka_run_group_tests_name("examples for the network", tests, NULL, clean_up);
}
