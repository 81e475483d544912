/* SPDX-License-Identifier: Apache-2.0 */
/* What most events begin with. For the BPF text and for C. */
#ifndef TOOLS_LIB_EVENT_H
#define TOOLS_LIB_EVENT_H

#include <stdint.h>

/* The first member of a struct event, or just its time. event_task() of event.bpf.h set
 * it. */
struct event_task {
	uint64_t time; /* bpf_ktime_get_ns() */
	uint32_t pid;
	uint32_t tid;
	uint32_t uid;
	uint32_t ppid; /* 0: outside of the PID namespace, or not asked for */
	char comm[16];
};

#endif
