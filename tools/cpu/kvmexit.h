/* SPDX-License-Identifier: Apache-2.0 */
/* What kvmexit.bpf.c counts for kvmexit.c. */
#ifndef TOOLS_KVMEXIT_H
#define TOOLS_KVMEXIT_H

#include <stdint.h>

#include "kvmexit_processor.h"

struct kvmexit_key {
	uint32_t pid, tid; /* 0: of all together */
	uint32_t reason;
	uint32_t processor; /* KVMEXIT_VMX, KVMEXIT_SVM */
};

/* An entry of the table. */
struct event {
	struct kvmexit_key key;
	uint64_t count;
};

#endif
