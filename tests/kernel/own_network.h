/* SPDX-License-Identifier: Apache-2.0 */
/* A network namespace of the test's own, with nothing but lo: nobody else sends or listens there. */
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

/* Moves this process there. Returns the number of the namespace, or 0. */
static inline uint32_t own_network_enter(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	struct stat st;
	int fd, ret;

	if (unshare(CLONE_NEWNET) || stat("/proc/self/ns/net", &st))
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
	return ret ? 0 : st.st_ino;
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

/* Makes a socket drop all that arrives, or no longer. */
static inline int own_network_drop(int fd, bool drop)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = {.len = 1, .filter = &nothing};

	if (drop)
		return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
	return setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &filter, sizeof(filter));
}

#endif
