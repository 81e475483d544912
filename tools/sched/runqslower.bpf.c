/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks that waited long for a CPU. */
#include "event.bpf.h"
#include "runq.bpf.h"
#include "runqslower.h"

const volatile u64 least = 10000000; /* nanoseconds; only longer waits are reported */

static inline void runq_waited(
	void *ctx, struct task_struct *previous, struct task_struct *next, u64 since, u64 now)
{
	struct event event = {.time = now, .delay = now - since};

	if (least && event.delay <= least)
		return;
	event.pid = next->tgid;
	event.tid = next->pid;
	event.uid = next->cred->uid.val;
	event.cpu = bpf_get_smp_processor_id();
	bpf_probe_read_kernel_str(event.comm, sizeof(event.comm), next->comm);
	event.previous_pid = previous->tgid;
	event.previous_tid = previous->pid;
	bpf_probe_read_kernel_str(event.previous_comm, sizeof(event.previous_comm), previous->comm);
	event_send(ctx, &event, sizeof(event));
}
