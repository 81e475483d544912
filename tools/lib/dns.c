/* SPDX-License-Identifier: Apache-2.0 */
/* The format of the messages: RFC 1035, section 4. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"

enum {
	ENTRIES = 10240,
	BUCKETS = 4096,
	NAME_SIZE = 256, /* RFC 1035, 2.3.4: a name is at most 255 bytes */
	TYPE_A = 1,
	TYPE_AAAA = 28,
};
#define DAY_NS (24 * 3600 * 1000000000ULL)

struct entry {
	uint8_t address[16];
	int family;
	uint32_t next; /* in the bucket: index + 1, 0: none */
	uint64_t when;
	char name[NAME_SIZE];
};

struct dns_cache {
	uint32_t buckets[BUCKETS];
	struct entry entries[ENTRIES];
	uint32_t oldest; /* the entry to be overwritten next */
};

struct message {
	const uint8_t *data;
	size_t size, at;
};

struct dns_cache *dns_cache_new(void)
{
	return calloc(1, sizeof(struct dns_cache));
}

void dns_cache_free(struct dns_cache *cache)
{
	free(cache);
}

static uint32_t *dns_bucket_of(struct dns_cache *cache, int family, const uint8_t *address)
{
	uint32_t hash = family;

	for (int i = 0; i < 16; i++)
		hash = hash * 31 + address[i];
	return &cache->buckets[hash % BUCKETS];
}

static struct entry *dns_find(const struct dns_cache *cache, int family, const uint8_t *address)
{
	struct dns_cache *c = (struct dns_cache *)cache;

	for (uint32_t i = *dns_bucket_of(c, family, address); i; i = c->entries[i - 1].next)
		if (c->entries[i - 1].family == family && !memcmp(c->entries[i - 1].address, address, 16))
			return &c->entries[i - 1];
	return NULL;
}

static void unlink_entry(struct dns_cache *cache, struct entry *entry)
{
	uint32_t index = entry - cache->entries + 1,
		 *link = dns_bucket_of(cache, entry->family, entry->address);

	while (*link != index)
		link = &cache->entries[*link - 1].next;
	*link = entry->next;
}

static void dns_remember(
	struct dns_cache *cache, int family, const uint8_t *address, const char *name, uint64_t now)
{
	struct entry *entry = dns_find(cache, family, address);

	if (!entry) {
		uint32_t *bucket = dns_bucket_of(cache, family, address);

		entry = &cache->entries[cache->oldest];
		cache->oldest = (cache->oldest + 1) % ENTRIES;
		if (entry->family)
			unlink_entry(cache, entry);
		entry->family = family;
		memcpy(entry->address, address, 16);
		entry->next = *bucket;
		*bucket = entry - cache->entries + 1;
	}
	entry->when = now;
	snprintf(entry->name, sizeof(entry->name), "%s", name);
}

const char *dns_cache_find(
	const struct dns_cache *cache, int family, const uint8_t *address, uint64_t now, uint64_t *when)
{
	const struct entry *entry = dns_find(cache, family, address);

	if (!entry || (now > entry->when && now - entry->when > DAY_NS))
		return NULL;
	*when = entry->when;
	return entry->name;
}

/* Reading past the end yields zeros and leaves `at` past the end, which ends all loops. */
static unsigned dns_take(struct message *m, int bytes)
{
	unsigned value = 0;

	for (; bytes; bytes--, m->at++)
		value = value << 8 | (m->at < m->size ? m->data[m->at] : 0);
	return value;
}

/* Reads a name as labels with dots between. Compressed names may only point backwards, so that they end. */
static void take_name(struct message *m, char *name)
{
	struct message part = *m;
	size_t used = 0, limit = m->size;
	int jumped = 0;

	for (;;) {
		unsigned length = part.at < limit ? dns_take(&part, 1) : 0;

		if ((length & 0xc0) == 0xc0) {
			size_t from = part.at - 1, to = (length & 0x3f) << 8 | dns_take(&part, 1);

			if (!jumped)
				m->at = part.at;
			jumped = 1;
			if (to >= from)
				break;
			limit = from;
			part.at = to;
			continue;
		}
		if (!length || length > 63 || part.at + length > m->size || used + length + 1 >= NAME_SIZE)
			break;
		if (used)
			name[used++] = '.';
		memcpy(name + used, part.data + part.at, length);
		used += length;
		part.at += length;
	}
	name[used] = '\0';
	if (!jumped)
		m->at = part.at;
}

static void take_answers(struct dns_cache *cache, struct message m, uint64_t now)
{
	char question[NAME_SIZE], owner[NAME_SIZE];
	unsigned flags, questions, answers;

	dns_take(&m, 2);
	flags = dns_take(&m, 2);
	questions = dns_take(&m, 2);
	answers = dns_take(&m, 2);
	dns_take(&m, 4);
	if (!(flags & 0x8000) || questions != 1)
		return; /* a question, or an answer to several */
	take_name(&m, question);
	dns_take(&m, 4);
	for (; answers && m.at < m.size; answers--) {
		unsigned type, length;
		uint8_t address[16] = {0};

		take_name(&m, owner);
		type = dns_take(&m, 2);
		dns_take(&m, 6);
		length = dns_take(&m, 2);
		if (m.at + length > m.size)
			return;
		if ((type == TYPE_A && length == 4) || (type == TYPE_AAAA && length == 16)) {
			memcpy(address, m.data + m.at, length);
			dns_remember(cache, type == TYPE_A ? 4 : 6, address, question, now);
		}
		m.at += length;
	}
}

void dns_cache_packet(struct dns_cache *cache, const uint8_t *packet, size_t size, uint64_t now)
{
	size_t udp = 40;

	if (size < 20)
		return;
	if (packet[0] >> 4 == 4)
		udp = (packet[0] & 15) * 4;
	/* the UDP header's 8 bytes, then the message header's 12 */
	if (udp < 20 || size < udp + 8 + 12)
		return;
	take_answers(cache, (struct message){.data = packet + udp + 8, .size = size - udp - 8}, now);
}
