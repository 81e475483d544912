/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of a network device, by the queue that they are sent or received through. */
#include "netqtop.h"
#include "entry.bpf.h"
#include "netns.bpf.h"

#include <linux/netdevice.h>
#include <linux/skbuff.h>

const volatile u32 device; /* its number in the network namespace only_netns */

BPF_HASH(counts, struct netqtop_queue, struct netqtop_counts, 8192);

static inline u32 size_of(u32 length)
{
	if (length < 64)
		return 0;
	if (length < 512)
		return 1;
	if (length < 2048)
		return 2;
	return length < 16384 ? 3 : 4;
}

static inline int count(const struct sk_buff *skb, u32 direction)
{
	struct netqtop_queue queue = {.direction = direction};
	struct netqtop_counts none = {}, *c;
	const struct net_device *dev = skb->dev;
	u32 length = skb->len;

	if (dev->ifindex != device || netns_is_unwanted(netns_number(dev->nd_net.net)))
		return 0;
	queue.number = skb->queue_mapping;
	/* of packets that were received it is one more than the queue; 0: the driver has not said it */
	if (direction == NETQTOP_RX && queue.number)
		queue.number--;
	c = entry_of(counts, &queue, &none);
	if (!c)
		return 0;
	__sync_fetch_and_add(&c->packets, 1);
	__sync_fetch_and_add(&c->bytes, length);
	__sync_fetch_and_add(&c->sizes[size_of(length)], 1);
	return 0;
}

RAW_TRACEPOINT_PROBE(net_dev_start_xmit)
{
	return count((const struct sk_buff *)ctx->args[0], NETQTOP_TX);
}

RAW_TRACEPOINT_PROBE(netif_receive_skb)
{
	return count((const struct sk_buff *)ctx->args[0], NETQTOP_RX);
}
