/* SPDX-License-Identifier: Apache-2.0 */
#include "dcsnoop.h"
#include "event.bpf.h"
#include "dcache.bpf.h"

static inline int dcache_lookup(void *ctx, enum dcache_kind kind, const struct qstr *name)
{
	struct event event = {};
	u32 length = name->len;

	if (kind == DCACHE_FOUND)
		return 0;
	event.type[0] = kind == DCACHE_MISS ? 'M' : 'R';
	/* behind a component is the rest of the path */
	if (length > DCSNOOP_NAME - 1)
		length = DCSNOOP_NAME - 1;
	bpf_probe_read_kernel(event.name, length, name->name);
	event_task(&event.task);
	event_send(ctx, &event, sizeof(event));
	return 0;
}
