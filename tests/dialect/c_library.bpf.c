/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2147483647 1=1 2=10 3=22 4=13330 5=1 6=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	uint32_t most = INT_MAX;

	put(0, most);
	put(1, SOL_SOCKET);
	put(2, AF_INET6);
	put(3, EINVAL);
	put(4, htons(0x1234));
	put(5, SYS_getpgid == __NR_getpgid && SYS_getpgid > 0);
	put(6, SYS_openat2 == 437); /* on all architectures */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
