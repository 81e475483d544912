/* SPDX-License-Identifier: Apache-2.0 */
/* A network of the test's own: a namespace with two devices, of which each receives what the other sends, and
 * frames that nobody else sends. */
#ifndef TESTS_KERNEL_NETWORK_H
#define TESTS_KERNEL_NETWORK_H

#include "testlib.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

/* Ethernet types for experiments of one's own (IEEE 802) */
#define FRAME_TYPE 0x88b5
#define LAST_TYPE 0x88b6 /* of the frame after the others, which programs let pass */

#define FRAME_BYTES 60

struct network {
	int home; /* the namespace that the test came from */
	cpu_set_t cpus;
};

static inline void network_command(const char *command)
{
	int status = system(command);

	if (status)
		fail_msg("%s: status %#x", command, status);
}

/* Enters a new namespace, with devices "left" and "right". On one CPU, what is sent stays in order. */
static inline struct network enter_network(void)
{
	struct network network = {.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
	cpu_set_t one;

	if (geteuid())
		test_missing("network namespaces need root here");
	if (system("ip -Version >/dev/null 2>&1"))
		test_missing("ip (iproute2) is missing");
	assert_true(network.home >= 0);
	if (unshare(CLONE_NEWNET))
		test_missing("a network namespace of one's own: %s", strerror(errno));
	if (system("ip link add left type veth peer name right 2>/dev/null")) {
		assert_int_equal(setns(network.home, CLONE_NEWNET), 0);
		test_missing("this kernel has no veth devices");
	}
	/* no packets but the test's: IPv6 sends some when a device comes up */
	if (access("/proc/sys/net/ipv6", F_OK) == 0)
		network_command("echo 1 >/proc/sys/net/ipv6/conf/left/disable_ipv6;"
				"echo 1 >/proc/sys/net/ipv6/conf/right/disable_ipv6");
	network_command("ip link set lo up && ip link set left up && ip link set right up");
	sched_getaffinity(0, sizeof(network.cpus), &network.cpus);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	return network;
}

static inline void leave_network(struct network *network)
{
	sched_setaffinity(0, sizeof(network->cpus), &network->cpus);
	assert_int_equal(setns(network->home, CLONE_NEWNET), 0);
	close(network->home);
}

/* A socket for the frames of a type that a device sends and receives. */
static inline int frame_socket(const char *device, int type)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(type), .sll_ifindex = if_nametoindex(device)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(type));

	if (fd < 0 || !address.sll_ifindex || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail_msg("a socket for the frames of %s: %s", device, strerror(errno));
	return fd;
}

static inline void send_frame(const char *device, int type, uint8_t number)
{
	uint8_t frame[FRAME_BYTES] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, type >> 8, type & 0xff, number};
	int fd = frame_socket(device, 0);

	/* ENOBUFS: a program has dropped it on its way out */
	if (fd < 0 || (send(fd, frame, sizeof(frame), 0) != sizeof(frame) && errno != ENOBUFS))
		fail_msg("a frame cannot be sent by %s: %s", device, strerror(errno));
	close(fd);
}

/* Sends `count` frames from one device to the other, and waits until they have arrived there or not: until
 * one more has, which is sent after them. Returns how many frames arrived. */
static inline int pass_frames(const char *from, const char *to, int count)
{
	int frames = frame_socket(to, FRAME_TYPE), last = frame_socket(to, LAST_TYPE), arrived = 0;
	uint8_t frame[2 * FRAME_BYTES];
	struct pollfd ready = {.fd = last, .events = POLLIN};

	for (int i = 0; i < count; i++)
		send_frame(from, FRAME_TYPE, i);
	send_frame(from, LAST_TYPE, 0);
	if (poll(&ready, 1, 60000) != 1)
		fail_msg("the last frame from %s has not arrived at %s", from, to);
	while (frames >= 0 && recv(frames, frame, sizeof(frame), MSG_DONTWAIT) == FRAME_BYTES)
		arrived++;
	close(frames);
	close(last);
	return arrived;
}

#endif
