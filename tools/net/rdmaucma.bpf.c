/* SPDX-License-Identifier: Apache-2.0 */
/* Events of RDMA connections that programs manage. */
#include "rdmaucma.h"
#include "event.bpf.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <rdma/rdma_cm.h>

/* linux/socket.h */
#define AF_INET 2
#define AF_INET6 10

static inline void place_of(struct rdmaucma_place *place, const void *address)
{
	const struct sockaddr_in6 *v6 = address;
	const struct sockaddr_in *v4 = address;

	place->family = v4->sin_family;
	if (place->family == AF_INET) {
		place->port = bpf_ntohs(v4->sin_port);
		bpf_probe_read_kernel(place->address, 4, &v4->sin_addr);
	} else if (place->family == AF_INET6) {
		place->port = bpf_ntohs(v6->sin6_port);
		bpf_probe_read_kernel(place->address, sizeof(place->address), &v6->sin6_addr);
	}
}

static __noinline int report(void *ctx, const struct rdma_cm_id *id, const struct rdma_cm_event *from)
{
	struct event event = {.time = bpf_ktime_get_ns(), .type = from->event, .status = from->status};

	place_of(&event.local, &id->route.addr.src_addr);
	place_of(&event.remote, &id->route.addr.dst_addr);
	event_send(ctx, &event, sizeof(event));
	return 0;
}

KFUNC_PROBE(ucma_event_handler, u64 id, u64 event)
{
	return report(ctx, (void *)id, (void *)event);
}

int kprobe__ucma_event_handler(struct pt_regs *ctx, struct rdma_cm_id *id, struct rdma_cm_event *event)
{
	return report(ctx, id, event);
}

/* An id of the kernel's, at the beginning of what it keeps besides. */
RAW_TRACEPOINT_PROBE(cm_event_handler)
{
	return report(ctx, (struct rdma_cm_id *)ctx->args[0], (struct rdma_cm_event *)ctx->args[1]);
}
