/* SPDX-License-Identifier: Apache-2.0 */
/* What inject.bpf.c reports to inject.c: a call that was made to fail. */
#ifndef TOOLS_INJECT_H
#define TOOLS_INJECT_H

#include "event.h"

#define INJECT_FRAMES 16 /* of a call chain, without the function that fails */

struct event {
	struct event_task task;
};

#endif
