/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct event {
	int pid, ppid, code, signal;
	bool core;
	char comm[16];
} __attribute__((packed));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("tp/sched/sched_process_exit")
int handle(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct event e = {};
	int code = BPF_CORE_READ(task, exit_code);

	e.ppid = BPF_CORE_READ(task, real_parent, tgid);
	if (e.ppid != own_process)
		return 0;
	e.pid = BPF_CORE_READ(task, tgid);
	e.code = code >> 8;
	e.signal = code & 0x7f;
	e.core = code & 0x80;
	BPF_CORE_READ_STR_INTO(&e.comm, task, comm);
	bpf_ringbuf_output(&events, &e, sizeof(e), 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
