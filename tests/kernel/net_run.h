/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of TCP in a network namespace of the test's own. */
#ifndef TESTS_KERNEL_NET_RUN_H
#define TESTS_KERNEL_NET_RUN_H

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Moves to a namespace with nothing but a loopback interface. Returns 0, or -1. */
static inline int net_set_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	int fd, ret;

	if (unshare(CLONE_NEWNET))
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	ret = ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
	return ret;
}

/* The inode number of this process's network namespace. */
static inline unsigned long net_namespace(void)
{
	struct stat st = {0};

	stat("/proc/self/ns/net", &st);
	return st.st_ino;
}

/* Both ends of a loopback interface without IPv6 are IPv4's. */
static inline bool net_has_ipv6(void)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 && !bind(fd, (struct sockaddr *)&in6, sizeof(in6));

	if (fd >= 0)
		close(fd);
	return has;
}

union net_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static inline socklen_t net_address(union net_address *address, const char *text, uint16_t port)
{
	memset(address, 0, sizeof(*address));
	if (strchr(text, ':')) {
		address->in6.sin6_family = AF_INET6;
		address->in6.sin6_port = htons(port);
		inet_pton(AF_INET6, text, &address->in6.sin6_addr);
		return sizeof(address->in6);
	}
	address->in.sin_family = AF_INET;
	address->in.sin_port = htons(port);
	inet_pton(AF_INET, text, &address->in.sin_addr);
	return sizeof(address->in);
}

/* The port that a socket has on this side. */
static inline uint16_t net_port(int fd)
{
	union net_address address = {0};
	socklen_t size = sizeof(address);

	getsockname(fd, &address.any, &size);
	return ntohs(address.any.sa_family == AF_INET6 ? address.in6.sin6_port : address.in.sin_port);
}

/* A socket that listens at an address and port; 0 is any port, and it says which. -1 if it cannot. */
static inline int net_listen(const char *address, int backlog, uint16_t *port)
{
	union net_address local;
	socklen_t size = net_address(&local, address, *port);
	int fd = socket(local.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, &local.any, size) || listen(fd, backlog)) {
		close(fd);
		return -1;
	}
	*port = net_port(fd);
	return fd;
}

/* A socket, after it has tried to connect: errno says how that went, and `port` is the one on this side. */
static inline int net_connect(const char *address, uint16_t to, uint16_t *port)
{
	union net_address remote;
	socklen_t size = net_address(&remote, address, to);
	int fd = socket(remote.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		_exit(1);
	error = connect(fd, &remote.any, size) ? errno : 0;
	*port = net_port(fd);
	errno = error;
	return fd;
}

/* The port that refuses connections: one that was free a moment ago, in a namespace with nobody else. */
static inline uint16_t net_refused_port(void)
{
	uint16_t port = 0;
	int fd = net_listen("127.0.0.1", 1, &port);

	close(fd);
	return port;
}

/* Carries bytes from one end to the other, until all have arrived. Returns whether they did. */
static inline bool net_carry(int from, int to, size_t bytes)
{
	static char data[65536];

	while (bytes) {
		size_t part = bytes < sizeof(data) ? bytes : sizeof(data);

		if (write(from, data, part) != (ssize_t)part ||
			recv(to, data, part, MSG_WAITALL) != (ssize_t)part)
			return false;
		bytes -= part;
	}
	return true;
}

/* Closes one end, then the other, and waits until the connection has ended at both. */
static inline void net_end(int first, int last)
{
	struct linger until_done = {.l_onoff = 1, .l_linger = 60};
	char c;

	close(first);
	setsockopt(last, SOL_SOCKET, SO_LINGER, &until_done, sizeof(until_done));
	if (read(last, &c, 1))
		_exit(1);
	close(last);
}

/* One end resets the connection, and the other has heard of it. */
static inline void net_reset(int first, int last)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	char c;

	setsockopt(first, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(first);
	if (read(last, &c, 1) != -1 || errno != ECONNRESET)
		_exit(1);
	close(last);
}

#endif
