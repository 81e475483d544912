/* SPDX-License-Identifier: Apache-2.0 */
/* The examples that look into packets, redirect them, or join sockets: with what this test sends. */
#include "network.h"
#include "own_cgroup.h"
#include "tool_run.h"

#include <netinet/in.h>

static void end(struct tool_run *run)
{
	kill(run->pid, SIGINT);
	tool_end(run, 60);
	assert_int_equal(run->status, 128 + SIGINT);
	tool_free(run);
}

/* A frame from left to right, with an IPv4 header and what follows it. Nobody looks at its checksums. */
static void send_ip(uint32_t from, uint8_t protocol, const void *data, size_t size)
{
	uint8_t frame[1024] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x00,
		/* IP */ 0x45, 0, (20 + size) >> 8, (20 + size) & 0xff, 0, 0, 0, 0, 64, protocol, 0, 0,
		from >> 24, from >> 16, from >> 8, from, 10, 9, 8, 2};
	size_t all = 34 + size;
	int fd = frame_socket("left", 0);

	memcpy(frame + 34, data, size);
	if (fd < 0 || send(fd, frame, all, 0) != (ssize_t)all)
		fail_msg("a packet cannot be sent: %s", strerror(errno));
	close(fd);
}

static void test_lpm_blocklist(void **state)
{
	struct network network = enter_network();
	struct tool_run run;
	char data[26] = "";

	tool_start(&run, "examples/lpm_blocklist", "right", "10.0.0.0/8", "10.9.8.0/24");
	tool_wait_line(&run, "DROPPED NETWORK");
	for (int i = 0; i < 3; i++)
		send_ip(0x0a090801 + i, IPPROTO_UDP, data, sizeof(data));
	send_ip(0x0b090801, IPPROTO_UDP, data, sizeof(data));
	for (int i = 0; i < 2; i++)
		send_ip(0x0a090901 + i, IPPROTO_UDP, data, sizeof(data));
	tool_wait_line(&run, "3       10.9.8.0/24");
	tool_wait_line(&run, "2       10.0.0.0/8");
	end(&run);
	leave_network(&network);
}

/* A datagram to the port of DNS, with a question. */
static void ask(uint16_t port, const char *name)
{
	uint8_t data[128] = {0x12, 0x34, port >> 8, port & 0xff, 0, 100};
	int length = snprintf((char *)data + 20, sizeof(data) - 20, "%s", name);

	send_ip(0x0a090801, IPPROTO_UDP, data, 20 + length + 5);
}

static void test_dns_match(void **state)
{
	struct network network = enter_network();
	struct tool_run run;
	int frames = frame_socket("right", 0x0800), arrived = 0;
	uint8_t frame[256];

	tool_start(&run, "examples/dns_match", "right", "example.org", "ads.example.net");
	tool_wait_line(&run, "DROPPED NAME");
	ask(53, "\7example\3org");
	ask(53, "\7EXAMPLE\3oRg");
	ask(54, "\7example\3org");
	ask(53, "\7example\3com");
	ask(53, "\3www\7example\3org");
	ask(53, "\3ads\7example\3net");
	tool_wait_line(&run, "2       example.org");
	tool_wait_line(&run, "1       ads.example.net");
	end(&run);
	/* the others have gone on */
	while (frames >= 0 && recv(frames, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		arrived++;
	assert_int_equal(arrived, 3);
	close(frames);
	leave_network(&network);
}

static void send_tagged(uint16_t vlan)
{
	uint8_t frame[FRAME_BYTES] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x81, 0x00,
		0xe0 | vlan >> 8, vlan & 0xff, FRAME_TYPE >> 8, FRAME_TYPE & 0xff};
	int fd = frame_socket("left", 0);

	if (fd < 0 || send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		fail_msg("a frame cannot be sent: %s", strerror(errno));
	close(fd);
}

static void test_vlan_filter(void **state)
{
	struct network network = enter_network();
	struct tool_run run;

	tool_start(&run, "examples/vlan_filter", "right", "5", "4094");
	tool_wait_line(&run, "VLAN  PASSED   DROPPED");
	for (int i = 0; i < 4; i++)
		send_tagged(5);
	for (int i = 0; i < 3; i++)
		send_tagged(9);
	send_tagged(4094);
	assert_int_equal(pass_frames("left", "right", 2), 2); /* of no VLAN */
	tool_wait_line(&run, "4094  1        0");
	tool_wait_line(&run, "5     4        0");
	tool_wait_line(&run, "9     0        3");
	end(&run);
	leave_network(&network);
}

static void test_xdp_redirect(void **state)
{
	struct network network = enter_network();
	struct tool_run run;
	int frames, arrived = 0;
	uint8_t frame[2 * FRAME_BYTES];

	network_command("ip link add out type veth peer name far &&"
			"{ echo 1 >/proc/sys/net/ipv6/conf/out/disable_ipv6;"
			"  echo 1 >/proc/sys/net/ipv6/conf/far/disable_ipv6;"
			"  ip link set out up && ip link set far up; }");
	frames = frame_socket("far", FRAME_TYPE);
	tool_start(&run, "examples/xdp_redirect", "right", "out");
	tool_wait_line(&run, "0");
	for (int i = 0; i < 6; i++)
		send_frame("left", FRAME_TYPE, i);
	tool_wait_line(&run, "6");
	for (; arrived < 6; arrived++) {
		assert_int_equal(recv(frames, frame, sizeof(frame), 0), FRAME_BYTES);
		assert_int_equal(frame[14], arrived);
	}
	end(&run);
	assert_int_equal(pass_frames("left", "right", 3), 3);
	assert_int_equal(recv(frames, frame, sizeof(frame), MSG_DONTWAIT), -1);
	close(frames);
	leave_network(&network);
}

/* A segment of TCP with 32 bytes of header. */
static void send_segment(const char *text)
{
	uint8_t data[512] = {0x12, 0x34, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1, 8 << 4, 0x18};
	int length = snprintf((char *)data + 32, sizeof(data) - 32, "%s", text);

	send_ip(0x0a090801, IPPROTO_TCP, data, 32 + length);
}

static void test_http_filter(void **state)
{
	struct network network = enter_network();
	struct tool_run run;

	tool_start(&run, "examples/http_filter", "right");
	tool_wait_line(&run, "Listening...");
	send_segment("GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
	send_segment("GETTING");
	send_segment("and more of it");
	send_segment("");
	send_ip(0x0a090801, IPPROTO_UDP, "GET GET GET GET GET GET GET GET GET GET", 40);
	send_segment("HTTP/1.1 200 OK\r\n\r\n");
	tool_wait_line(&run, "HTTP/1.1 200 OK");
	assert_true(tool_has_line(&run, "GET /first HTTP/1.1"));
	assert_int_equal(tool_count_lines(&run), 3);
	end(&run);
	leave_network(&network);
}

static int connect_to(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		fail_msg("port %d: %s", port, strerror(errno));
		abort();
	}
	return fd;
}

static void expect_received(int fd, const char *text)
{
	char data[64] = "";
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t length = strlen(text), at = 0;

	while (at < length && poll(&ready, 1, 60000) == 1)
		at += recv(fd, data + at, length - at, 0);
	assert_string_equal(data, text);
}

static void test_sockmap_redirect(void **state)
{
	struct network network = enter_network();
	struct tool_run run;
	int first, second;

	tool_start(&run, "examples/sockmap_redirect", "7777");
	tool_wait_line(&run, "Waiting for two...");
	first = connect_to(7777);
	second = connect_to(7777);
	tool_wait_line(&run, "Joined.");
	assert_int_equal(send(first, "to the second", 13, 0), 13);
	expect_received(second, "to the second");
	tool_wait_line(&run, "13 bytes in 1 parts");
	assert_int_equal(send(second, "and back", 8, 0), 8);
	expect_received(first, "and back");
	tool_wait_line(&run, "21 bytes in 2 parts");
	end(&run);
	close(first);
	close(second);
	leave_network(&network);
}

static void test_cgroup_device(void **state)
{
	struct tool_run run;
	char line[64];
	int status;
	pid_t child;

	make_cgroup();
	tool_start(&run, "examples/cgroup_device", cgroup, "1", "5");
	tool_wait_line(&run, "PID    COMM             ACCESS");
	child = fork();
	if (!child) {
		prctl(PR_SET_NAME, "opens");
		if (enter_cgroup() || open("/dev/null", O_RDONLY) < 0)
			_exit(1);
		_exit(open("/dev/zero", O_RDWR) != -1 || errno != EPERM ? 2 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	snprintf(line, sizeof(line), "%-6d %-16s rw", child, "opens");
	tool_wait_line(&run, line);
	status = open("/dev/zero", O_RDONLY | O_CLOEXEC); /* this process is elsewhere */
	assert_true(status >= 0);
	close(status);
	assert_int_equal(tool_count_lines(&run), 2);
	end(&run);
	remove_cgroup();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lpm_blocklist),
		cmocka_unit_test(test_dns_match),
		cmocka_unit_test(test_vlan_filter),
		cmocka_unit_test(test_xdp_redirect),
		cmocka_unit_test(test_http_filter),
		cmocka_unit_test(test_sockmap_redirect),
		cmocka_unit_test(test_cgroup_device),
	};

	return cmocka_run_group_tests_name("examples about packets", tests, NULL, clean_up);
}
