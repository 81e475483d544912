/* SPDX-License-Identifier: Apache-2.0 */
/* 0=7 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "out.h"

/* Structs of a module that is not there, named nowhere but among parameters. */
static int number_of(struct bcc_absent_server *server);

SEC("?fentry/bcc_absent_function")
int BPF_PROG(absent, struct bcc_absent_server *server, union bcc_absent_value *value,
	struct bcc_absent_list **list)
{
	struct bcc_absent_server *same = server;

	put(1, number_of(same) + value->number);
	return 0;
}

static int number_of(struct bcc_absent_server *server)
{
	return BPF_CORE_READ(server, next, number);
}

SEC("raw_tp/sys_enter")
int enter(void *ctx)
{
	if (OWN)
		put(0, 7);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
