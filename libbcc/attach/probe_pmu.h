/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's "kprobe" and "uprobe" event sources (4.17): probes that live exactly as long as a
 * descriptor. */
#ifndef LIBBCC_ATTACH_PROBE_PMU_H
#define LIBBCC_ATTACH_PROBE_PMU_H

#include <stdbool.h>
#include <stdint.h>

struct bcc_probe_request {
	const char *pmu;    /* "kprobe" or "uprobe" */
	const char *target; /* kernel function, or path of the binary */
	uint64_t offset;    /* in the function or in the file; without a function, a kernel address */
	uint64_t ref_ctr_offset;
	bool retprobe;
	int pid; /* 0: all */
};

/* Whether this kernel has the event source. */
bool bcc_probe_pmu_exists(const char *pmu);

/* Opens a disabled event for the probe. Errors: those of perf_event_open(), -ENODEV without the event source,
 * -EOPNOTSUPP if it does not support reference counters (before 4.20), -KERNEL_ENOTSUPP for an instruction
 * that the kernel cannot probe, or would misread (misread_instruction.h). */
int bcc_probe_pmu_open(const struct bcc_probe_request *request);

#endif
