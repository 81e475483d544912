/* SPDX-License-Identifier: Apache-2.0 */
/* What ustat.bpf.c counts for ustat.c. */
#ifndef TOOLS_USTAT_H
#define TOOLS_USTAT_H

#include <stdint.h>

enum ustat_kind { USTAT_METHOD, USTAT_GC, USTAT_OBJNEW, USTAT_CLOAD, USTAT_EXCP, USTAT_THREAD, USTAT_KINDS };

struct ustat_counts {
	uint64_t counts[USTAT_KINDS];
};

#endif
