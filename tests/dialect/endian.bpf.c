/* SPDX-License-Identifier: Apache-2.0 */
/* 0=13330 1=2018915346 2=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	put(0, bpf_htons(0x1234));
	put(1, bpf_ntohl(0x12345678));
	put(2, bpf_be64_to_cpu(bpf_cpu_to_be64(5)) == 5);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
