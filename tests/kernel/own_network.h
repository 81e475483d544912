/* SPDX-License-Identifier: Apache-2.0 */
/* A network namespace of the test's own, with nothing but lo: nobody else sends or listens there. Addresses,
 * sockets, and connections of TCP in it. */
#ifndef TESTS_KERNEL_OWN_NETWORK_H
#define TESTS_KERNEL_OWN_NETWORK_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ends a workload that cannot do its part. */
static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

/* The number of this process's network namespace, 0 without one. */
static inline uint32_t own_network_number(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

/* Moves this process there. Returns the number of the namespace, or 0. */
static inline uint32_t own_network_enter(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	int fd, ret;

	if (unshare(CLONE_NEWNET))
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
	return ret ? 0 : own_network_number();
}

/* An address of IPv4 or IPv6, as its text says. Returns its size. */
static inline socklen_t own_network_address(struct sockaddr_storage *address, const char *text, uint16_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;

	memset(address, 0, sizeof(*address));
	if (strchr(text, ':')) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		inet_pton(AF_INET6, text, &in6->sin6_addr);
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	inet_pton(AF_INET, text, &in->sin_addr);
	return sizeof(*in);
}

/* A socket that is bound to an address; -1 if there is none. Port 0: a free one. */
static inline int own_network_bind(const char *address, uint16_t port, int type)
{
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, address, port);
	int fd = socket(to.ss_family, type | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&to, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The port that a socket has. */
static inline uint16_t own_network_port(int fd)
{
	struct sockaddr_in6 at = {0}; /* the port is in the same place for IPv4 */
	socklen_t size = sizeof(at);

	getsockname(fd, (struct sockaddr *)&at, &size);
	return ntohs(at.sin6_port);
}

static inline bool own_network_has_ipv6(void)
{
	int fd = own_network_bind("::1", 0, SOCK_DGRAM);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* How a test of this network begins: enters it, and says what is left out without IPv6 ("connections are
 * made"). Returns 0, or -1. */
static inline int own_network_set_up(uint32_t *number, bool *ipv6, const char *with_ipv4)
{
	*number = own_network_enter();
	*ipv6 = own_network_has_ipv6();
	if (!*ipv6)
		printf("SKIP: the kernel has no IPv6: only IPv4 %s\n", with_ipv4);
	return *number ? 0 : -1;
}

/* Memory that this process and those that it starts share. */
static inline void *own_network_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(memory != MAP_FAILED, "memory");
	return memory;
}

/* Makes a socket drop all that arrives, or no longer. */
static inline int own_network_drop(int fd, bool drop)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = {.len = 1, .filter = &nothing};

	if (drop)
		return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
	return setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &filter, sizeof(filter));
}

/* ---- connections of TCP ---- */

/* A socket that listens at an address and port; 0 is any port, and it says which. -1 if it cannot. */
static inline int own_network_listen(const char *address, int backlog, uint16_t *port)
{
	struct sockaddr_storage local;
	socklen_t size = own_network_address(&local, address, *port);
	int fd = socket(local.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&local, size) || listen(fd, backlog)) {
		close(fd);
		return -1;
	}
	*port = own_network_port(fd);
	return fd;
}

/* A socket, after it has tried to connect: errno says how that went, and `port` is the one on this side. */
static inline int own_network_connect(const char *address, uint16_t to, uint16_t *port)
{
	struct sockaddr_storage remote;
	socklen_t size = own_network_address(&remote, address, to);
	int fd = socket(remote.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		_exit(1);
	error = connect(fd, (struct sockaddr *)&remote, size) ? errno : 0;
	*port = own_network_port(fd);
	errno = error;
	return fd;
}

/* The port that refuses connections: one that was free a moment ago, in a namespace with nobody else. */
static inline uint16_t own_network_refused_port(void)
{
	uint16_t port = 0;
	int fd = own_network_listen("127.0.0.1", 1, &port);

	close(fd);
	return port;
}

/* Carries bytes from one end to the other, until all have arrived. Returns whether they did. */
static inline bool own_network_carry(int from, int to, size_t bytes)
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
static inline void own_network_end(int first, int last)
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
static inline void own_network_reset(int first, int last)
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
