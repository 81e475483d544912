/* SPDX-License-Identifier: Apache-2.0 */
/* What cpufreq.bpf.c counts in the table `hist` (hist.bpf.h). */
#ifndef TOOLS_CPUFREQ_H
#define TOOLS_CPUFREQ_H

#include <stdint.h>

enum { MHZ_STEP = 200, CPUS_MOST = 8192 };

struct section {
	char comm[23];	 /* the kernel's are shorter */
	uint8_t is_comm; /* 0: all threads */
};

#endif
