/* SPDX-License-Identifier: Apache-2.0 */
/* Which name was last looked up before an address was used: a cache of name servers' answers. */
#ifndef TOOLS_LIB_DNS_H
#define TOOLS_LIB_DNS_H

#include <stddef.h>
#include <stdint.h>

struct dns_cache;

/* NULL when out of memory. */
struct dns_cache *dns_cache_new(void);
void dns_cache_free(struct dns_cache *cache);

/* Records an IP packet with a name server's answer; other packets, and malformed parts, are ignored. `now` in
 * nanoseconds. */
void dns_cache_packet(struct dns_cache *cache, const uint8_t *packet, size_t size, uint64_t now);

/* The name for which `address` (4 or 16 bytes for `family` 4 or 6, the rest zero) was last the answer, and
 * when; NULL if there was none within a day. */
const char *dns_cache_find(
	const struct dns_cache *cache, int family, const uint8_t *address, uint64_t now, uint64_t *when);

#endif
