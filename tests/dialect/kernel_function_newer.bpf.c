/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=PID */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* Functions of Linux 6.17 and 6.19, undeclared: the verifier does not come to those that are not there. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter(void *ctx)
{
	const char *text = "text";
	int different = 0;

	if (!OWN)
		return 0;
	if (bpf_ksym_exists(bpf_strcmp))
		different = bpf_strcmp(text, text);
	if (bpf_ksym_exists(bpf_dynptr_file_discard))
		put(2, 1);
	put(0, different);
	put(1, bpf_get_current_pid_tgid() >> 32);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
