/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets and network devices. */
#include "abi.h"

#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int bpf_attach_socket(int sockfd, int progfd)
{
	return bcc_abi_result(
		setsockopt(sockfd, SOL_SOCKET, SO_ATTACH_BPF, &progfd, sizeof(progfd)) ? -errno : 0);
}

int bpf_open_raw_sock(const char *name)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int code, fd;

	if (name && *name) {
		address.sll_ifindex = if_nametoindex(name);
		if (!address.sll_ifindex)
			return bcc_abi_fail(-errno, "no network interface %s", name);
	}
	fd = socket(PF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
	if (fd < 0)
		return bcc_abi_fail(-errno, "a raw socket cannot be opened: %s", strerror(errno));
	if (!address.sll_ifindex || !bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	code = -errno;
	close(fd);
	return bcc_abi_fail(code, "a raw socket cannot be bound to %s: %s", name, strerror(-code));
}

int bpf_attach_xdp(const char *dev_name, int progfd, uint32_t flags)
{
	unsigned ifindex = dev_name ? if_nametoindex(dev_name) : 0;
	int ret;

	if (!ifindex)
		return bcc_abi_fail(-ENODEV, "no network interface %s", dev_name ? dev_name : "");
	ret = bpf_xdp_attach(ifindex, progfd, flags, NULL);
	if (ret < 0)
		return bcc_abi_fail(ret, "the XDP program of %s cannot be %s: %s", dev_name,
			progfd < 0 ? "removed" : "set", strerror(-ret));
	return 0;
}
