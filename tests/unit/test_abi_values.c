/* SPDX-License-Identifier: Apache-2.0 */
/* Values as text and back, in the format of BCC's library: expected texts are what it prints for the same
 * bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "libbcc/abi/abi.h"
#include "libbcc/abi/sha.h"

static struct btf *btf;
static int u8, u16, u32, u64, s32, letter;

static int begin(void **state)
{
	btf = btf__new_empty();
	if (!btf)
		return -1;
	u8 = btf__add_int(btf, "unsigned char", 1, 0);
	u16 = btf__add_int(btf, "unsigned short", 2, 0);
	u32 = btf__add_int(btf, "unsigned int", 4, 0);
	u64 = btf__add_int(btf, "unsigned long long", 8, 0);
	s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	letter = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	return 0;
}

static int end(void **state)
{
	btf__free(btf);
	return 0;
}

static void expect_print(int type, const void *data, size_t size, const char *text)
{
	char out[256];

	assert_int_equal(bcc_abi_print(btf, type, size, data, out, sizeof(out)), 0);
	assert_string_equal(out, text);
}

/* What is printed is parsed to the same bytes, over other contents, and without touching anything behind
 * them. */
static void expect_both(int type, const void *data, size_t size, const char *text)
{
	unsigned char back[256];

	expect_print(type, data, size, text);
	memset(back, 0x55, sizeof(back));
	memset(back, 0, size); /* gaps between members */
	assert_int_equal(bcc_abi_scan(btf, type, size, text, back), 0);
	assert_memory_equal(back, data, size);
	assert_int_equal(back[size], 0x55);
}

static void expect_scan(int type, size_t size, const char *text, uint64_t number)
{
	uint64_t out = 0;

	assert_int_equal(bcc_abi_scan(btf, type, size, text, &out), 0);
	assert_int_equal(out, number);
}

static void test_numbers(void **state)
{
	expect_both(u32, &(uint32_t){0x8a878481}, 4, "0x8a878481");
	expect_both(s32, &(int32_t){-2}, 4, "0xfffffffe");
	expect_both(u8, &(uint8_t){0x81}, 1, "0x81");
	expect_both(u64, &(uint64_t){UINT64_MAX}, 8, "0xffffffffffffffff");
	expect_both(0, &(uint32_t){7}, 4, "0x7");
	expect_both(btf__add_ptr(btf, u32), &(uint64_t){0xffff888012345678}, 8, "0xffff888012345678");
	expect_both(btf__add_int(btf, "unsigned __int128", 16, 0),
		&(unsigned __int128){(unsigned __int128)1 << 64 | 2}, 16, "0x10000000000000002");
	expect_scan(u32, 4, "17", 17);
	expect_scan(u32, 4, "0x10", 16);
	expect_scan(u32, 4, "0X1f", 31);
	expect_scan(u32, 4, "010", 8);
	expect_scan(u32, 4, "0", 0);
	expect_scan(u32, 4, "-1", 0xffffffff);
	expect_scan(u32, 4, " +7 ", 7);
	expect_scan(u8, 1, "300", 44);
	assert_int_equal(bcc_abi_scan(btf, u32, 4, "abc", &(uint32_t){0}), -EINVAL);
	assert_int_equal(bcc_abi_scan(btf, u32, 4, "", &(uint32_t){0}), -EINVAL);
	assert_int_equal(bcc_abi_scan(btf, u32, 4, "-", &(uint32_t){0}), -EINVAL);
}

static void test_struct(void **state)
{
	const struct {
		uint32_t pid;
		char comm[6];
		uint16_t z;
	} value = {0x44004241, "EF", 0x4c00};
	int comm = btf__add_array(btf, u32, letter, 6), type = btf__add_struct(btf, "value", 12);

	btf__add_field(btf, "pid", u32, 0, 0);
	btf__add_field(btf, "comm", comm, 32, 0);
	btf__add_field(btf, "z", u16, 80, 0);
	expect_both(type, &value, sizeof(value), "{ 0x44004241 \"EF\" 0x4c00 }");
	assert_int_equal(bcc_abi_scan(btf, type, 12, "{1 \"abcdefgh\"3}", (char[12]){0}), 0);
	assert_int_equal(bcc_abi_scan(btf, type, 12, "{ 1 ab 3 }", (char[12]){0}), -EINVAL);
	assert_int_equal(bcc_abi_scan(btf, type, 12, "{ 1 \"ab 3 }", (char[12]){0}), -EINVAL);
	assert_int_equal(bcc_abi_scan(btf, type, 12, "1 \"ab\" 3", (char[12]){0}), -EINVAL);
	assert_int_equal(bcc_abi_scan(btf, type, 12, "{ 1 \"ab\" }", (char[12]){0}), -EINVAL);
}

/* Text that fills its array has no terminator. */
static void test_full_text(void **state)
{
	int type = btf__add_array(btf, u32, letter, 4);

	expect_both(type, "abcd", 4, "\"abcd\"");
	expect_both(type, "a b", 4, "\"a b\"");
	expect_both(type, "\0\0\0", 4, "\"\"");
	expect_both(btf__add_array(btf, u32, u8, 4), "ABCD", 4, "\"ABCD\"");
}

static void test_nested(void **state)
{
	static const struct {
		struct {
			uint16_t a;
			uint8_t b;
		} one, more[2];
	} value = {{0x4241, 0x43}, {{0x4645, 0x47}, {0x4a49, 0x4b}}};
	int in = btf__add_struct(btf, "in", 4), more, type;

	btf__add_field(btf, "a", u16, 0, 0);
	btf__add_field(btf, "b", u8, 16, 0);
	more = btf__add_array(btf, u32, in, 2);
	type = btf__add_struct(btf, "out", 12);
	btf__add_field(btf, "one", in, 0, 0);
	btf__add_field(btf, "more", more, 32, 0);
	expect_both(type, &value, sizeof(value), "{ { 0x4241 0x43 } [ { 0x4645 0x47 } { 0x4a49 0x4b } ] }");
}

static void test_dimensions(void **state)
{
	const uint32_t value[2][2] = {{1, 2}, {3, 4}};
	int row = btf__add_array(btf, u32, u32, 2);

	expect_both(btf__add_array(btf, u32, row, 2), value, sizeof(value), "[ [ 0x1 0x2 ] [ 0x3 0x4 ] ]");
}

/* struct { u32 a; union { u32 b; u64 c; }; }, where the largest member counts */
static void test_union(void **state)
{
	const uint64_t value[] = {1, 0xaeaba8a5a29f9c99};
	int both = btf__add_union(btf, NULL, 8), type;

	btf__add_field(btf, "b", u32, 0, 0);
	btf__add_field(btf, "c", u64, 0, 0);
	type = btf__add_struct(btf, "s", 16);
	btf__add_field(btf, "a", u32, 0, 0);
	btf__add_field(btf, "", both, 64, 0);
	expect_both(type, value, sizeof(value), "{ 0x1 { 0xaeaba8a5a29f9c99 } }");
}

static void test_bit_fields(void **state)
{
	const struct {
		uint32_t a : 3;
		uint32_t b : 7;
		uint64_t c : 40;
	} value = {5, 100, 0x123456789a};
	int type = btf__add_struct(btf, "bits", 8);

	btf__add_field(btf, "a", u32, 0, 3);
	btf__add_field(btf, "b", u32, 3, 7);
	btf__add_field(btf, "c", u64, 10, 40);
	expect_both(type, &value, sizeof(value), "{ 0x5 0x64 0x123456789a }");
}

static void test_room(void **state)
{
	char out[8];

	memset(out, 'x', sizeof(out));
	assert_int_equal(bcc_abi_print(btf, u32, 4, &(uint32_t){0x1234}, out, 6), -ENOSPC);
	assert_int_equal(bcc_abi_print(btf, u32, 4, &(uint32_t){0x1234}, out, 7), 0);
	assert_string_equal(out, "0x1234");
	assert_int_equal(out[7], 'x');
}

static void expect_digest(const uint8_t *digest, size_t size, const char *hex)
{
	char text[65] = "";

	for (size_t i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(text, hex);
}

/* The examples of FIPS 180-4's publisher (NIST, "Examples with Intermediate Values"), and a length for which
 * padding takes another block */
static void test_digests(void **state)
{
	const char *long_text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	uint8_t digest[32];

	bcc_sha1("abc", 3, digest);
	expect_digest(digest, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
	bcc_sha1(long_text, 56, digest);
	expect_digest(digest, 20, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	bcc_sha256("abc", 3, digest);
	expect_digest(digest, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	bcc_sha256(long_text, 56, digest);
	expect_digest(digest, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_struct),
		cmocka_unit_test(test_full_text),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_dimensions),
		cmocka_unit_test(test_union),
		cmocka_unit_test(test_bit_fields),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
