/* SPDX-License-Identifier: Apache-2.0 */
/* Which name was last asked for before an address became known: a cache of the answers of name servers. */
#ifndef TOOLS_LIB_DNS_H
#define TOOLS_LIB_DNS_H

#include <stddef.h>
#include <stdint.h>

struct dns_cache;

/* NULL when memory is missing. */
struct dns_cache *dns_cache_new(void);
void dns_cache_free(struct dns_cache *cache);

/* Remembers what an IP packet with an answer of a name server says; any other packet, and what is not well
 * formed in it, is passed over. `now` in nanoseconds. */
void dns_cache_packet(struct dns_cache *cache, const uint8_t *packet, size_t size, uint64_t now);

/* The name that was asked for when `address` (of 4 or 6, 16 bytes, the rest of 4's zero) was last answered,
 * and when that was; NULL when it was not in the last day. */
const char *dns_cache_find(
	const struct dns_cache *cache, int family, const uint8_t *address, uint64_t now, uint64_t *when);

#endif
