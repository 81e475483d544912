/* include/linux/skbuff.h of the kernel */
#pragma once
#include <linux/if.h>
#define skb_get_queue_mapping(skb) ((skb)->queue_mapping)
#define skb_rx_queue_recorded(skb) ((skb)->queue_mapping != 0)
#define skb_get_rx_queue(skb) ((skb)->queue_mapping - 1)
