/* SPDX-License-Identifier: Apache-2.0 */
/* The tools' parser of name servers' answers, with handmade answers and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* the tools are programs: they have no library to link against */
#include "../../tools/lib/dns.c"
#include "common/array.h"

#define SECOND 1000000000ULL

struct packet {
	uint8_t data[1500];
	size_t size;
};

static void put(struct packet *p, const void *data, size_t size)
{
	memcpy(p->data + p->size, data, size);
	p->size += size;
}
#define PUT(p, literal) put(p, literal, sizeof(literal) - 1)

/* IPv4 (with `options` bytes of options) or IPv6 header, UDP header from port 53, and an answer's header */
static void begin(struct packet *p, int family, size_t options, const char *flags, uint8_t answers)
{
	memset(p, 0, sizeof(*p));
	p->size = family == 4 ? 20 + options : 40;
	p->data[0] = family == 4 ? 0x40 | (5 + options / 4) : 0x60;
	PUT(p, "\0\x35\x30\x39\0\0\0\0");
	PUT(p, "\x12\x34");
	put(p, flags, 2);
	PUT(p, "\0\1\0");
	put(p, &answers, 1);
	PUT(p, "\0\0\0\0");
}

static const uint8_t address4[16] = {10, 1, 2, 3};
static const uint8_t address6[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5};

static void ordinary(struct packet *p)
{
	begin(p, 4, 4, "\x81\x80", 3);
	PUT(p, "\3www\7example\3com\0\0\1\0\1");
	/* an alias, whose name is partly the question's; then both kinds of address for the alias */
	PUT(p, "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3cdn\xc0\x10");
	PUT(p, "\3cdn\xc0\x10\0\1\0\1\0\0\0\x3c\0\4\x0a\1\2\3");
	PUT(p, "\xc0\x2d\0\x1c\0\1\0\0\0\x3c\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\5");
}

static void test_answer(void **state)
{
	struct dns_cache *cache = dns_cache_new();
	struct packet p;
	uint64_t when = 0;

	ordinary(&p);
	dns_cache_packet(cache, p.data, p.size, 5 * SECOND);
	assert_string_equal(dns_cache_find(cache, 4, address4, 6 * SECOND, &when), "www.example.com");
	assert_int_equal(when, 5 * SECOND);
	assert_string_equal(dns_cache_find(cache, 6, address6, 6 * SECOND, &when), "www.example.com");
	assert_null(dns_cache_find(cache, 6, address4, 6 * SECOND, &when));
	/* forgotten after a day; the answer may be newer than the connection it is looked up for */
	assert_non_null(dns_cache_find(cache, 4, address4, 86404 * SECOND, &when));
	assert_null(dns_cache_find(cache, 4, address4, 86406 * SECOND, &when));
	assert_non_null(dns_cache_find(cache, 4, address4, 4 * SECOND, &when));
	dns_cache_free(cache);
}

static void test_not_answers(void **state)
{
	struct dns_cache *cache = dns_cache_new();
	struct packet p;
	uint64_t when;

	/* a question */
	begin(&p, 6, 0, "\x01\0", 1);
	PUT(&p, "\1a\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\1\2\3");
	dns_cache_packet(cache, p.data, p.size, 0);
	assert_null(dns_cache_find(cache, 4, address4, 0, &when));
	/* an address of a wrong length */
	begin(&p, 6, 0, "\x81\x80", 1);
	PUT(&p, "\1a\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\5\x0a\1\2\3\4");
	dns_cache_packet(cache, p.data, p.size, 0);
	assert_null(dns_cache_find(cache, 4, address4, 0, &when));
	dns_cache_packet(cache, p.data, 0, 0);
	dns_cache_packet(cache, p.data, 19, 0);
	dns_cache_free(cache);
}

/* Names that point at themselves, forwards, or at each other end. */
static void test_loops(void **state)
{
	static const char *const names[] = {"\xc0\x0c", "\xc0\x0e", "\xc0\xff", "\1a\xc0\x0c", "\xc0\x0d"};
	struct dns_cache *cache = dns_cache_new();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct packet p;

		begin(&p, 4, 0, "\x81\x80", 255);
		put(&p, names[i], strlen(names[i]));
		PUT(&p, "\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\1\2\3");
		dns_cache_packet(cache, p.data, p.size, 0);
	}
	dns_cache_free(cache);
}

static void test_long_name(void **state)
{
	struct dns_cache *cache = dns_cache_new();
	struct packet p;
	uint64_t when;

	/* labels of 63 that never end within 255 bytes */
	begin(&p, 4, 0, "\x81\x80", 1);
	for (int i = 0; i < 8; i++) {
		PUT(&p, "\x3f");
		memset(p.data + p.size, 'a' + i, 63);
		p.size += 63;
	}
	PUT(&p, "\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\1\2\3");
	dns_cache_packet(cache, p.data, p.size, 0);
	assert_null(dns_cache_find(cache, 4, address4, 0, &when));
	dns_cache_free(cache);
}

/* Copies that end with the memory they are in, so that a sanitizer sees a read past the end. */
static void test_broken(void **state)
{
	struct dns_cache *cache = dns_cache_new();
	struct packet p;
	unsigned seed = 1;

	ordinary(&p);
	for (size_t size = 0; size <= p.size; size++) {
		uint8_t *copy = malloc(size ? size : 1);

		memcpy(copy, p.data, size);
		dns_cache_packet(cache, copy, size, 0);
		free(copy);
	}
	for (int i = 0; i < 200000; i++) {
		uint8_t *copy = malloc(p.size);

		memcpy(copy, p.data, p.size);
		for (int j = 0; j < 4; j++)
			copy[rand_r(&seed) % p.size] = rand_r(&seed);
		dns_cache_packet(cache, copy, p.size, i);
		free(copy);
	}
	dns_cache_free(cache);
}

/* More addresses than fit: the oldest go, the others stay. */
static void test_full(void **state)
{
	struct dns_cache *cache = dns_cache_new();
	uint64_t when;

	for (int round = 0; round < 3; round++)
		for (uint32_t i = 0; i < ENTRIES + 100; i++) {
			uint8_t address[16] = {10, i >> 16, i >> 8, i};
			char name[32];

			snprintf(name, sizeof(name), "host-%u", i);
			dns_remember(cache, 4, address, name, i);
		}
	for (uint32_t i = 0; i < ENTRIES + 100; i++) {
		uint8_t address[16] = {10, i >> 16, i >> 8, i};
		const char *name = dns_cache_find(cache, 4, address, i, &when);
		char expected[32];

		if (i < 100) {
			assert_null(name);
			continue;
		}
		snprintf(expected, sizeof(expected), "host-%u", i);
		assert_string_equal(name, expected);
		assert_int_equal(when, i);
	}
	dns_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_not_answers),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
