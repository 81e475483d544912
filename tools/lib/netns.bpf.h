/* SPDX-License-Identifier: Apache-2.0 */
/* Network namespaces: which one the user asked for (netns.h). */
#include <net/net_namespace.h>

const volatile u32 only_netns; /* 0: all */

static inline u32 netns_number(struct net *net)
{
	return net->ns.inum;
}

static inline bool netns_is_unwanted(u32 number)
{
	return only_netns && number != only_netns;
}
