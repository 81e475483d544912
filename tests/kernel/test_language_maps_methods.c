/* SPDX-License-Identifier: Apache-2.0 */
/* Methods of tables that have entries: 19 to 24 and 29 to 31 of the language's maps, and types of keys and
 * values. */
#include <pthread.h>

#include "map_run.h"

static void test_maps_19_lookup(void **state)
{
	struct bcc *b = run_maps("BPF_HASH(t, u32, u64, 10);",
		"u32 k = 5, none = 6; u64 v = 100, *p; t.update(&k, &v);\n"
		"p = t.lookup(&k); if (p) { put(0, *p); *p += 11; } put(1, t.lookup(&none) == NULL);");
	uint32_t key = 5;
	uint64_t value = 0;

	expect_out(b, 100, 1);
	/* the pointer points into the table itself */
	expect_ok(b, bcc_table_get(bcc_table_find(b, "t"), &key, 4, &value, 8));
	assert_int_equal(value, 111);
	bcc_close(b);
}

static void test_maps_20_lookup_or_try_init(void **state)
{
	struct bcc *b = run_maps("BPF_HASH(t, u32, u64, 1);",
		"u32 k = 5, other = 6; u64 zero = 7, *p;\n"
		"p = t.lookup_or_try_init(&k, &zero); if (p) { put(0, *p); *p = 9; }\n"
		"p = t.lookup_or_try_init(&k, &zero); if (p) put(1, *p);\n"
		"put(2, t.lookup_or_try_init(&other, &zero) == NULL); put(3, 1);");

	expect_out(b, 7, 9, 1, 1);
	bcc_close(b);
}

static void test_maps_20_lookup_or_init(void **state)
{
	struct bcc *b = run_maps("BPF_HASH(t, u32, u64, 1);",
		"u32 k = 5, other = 6; u64 zero = 7;\n"
		"put(0, *t.lookup_or_init(&k, &zero)); (*t.lookup_or_init(&k, &zero))++;\n"
		"put(1, *t.lookup_or_init(&k, &zero));\n"
		"put(2, 1); t.lookup_or_init(&other, &zero); put(3, 1);");

	/* there is no room for the second key: the program ends there */
	expect_out(b, 7, 8, 1, 0);
	bcc_close(b);
}

static void test_maps_21_delete(void **state)
{
	struct bcc *b = run_maps("BPF_HASH(t, u32, u64, 10);",
		"u32 k = 5; u64 v = 1; t.update(&k, &v);\n"
		"put(0, t.delete(&k)); put(1, t.lookup(&k) == NULL); put(2, t.delete(&k));");

	expect_out(b, 0, 1, -ENOENT);
	bcc_close(b);
}

static void test_maps_22_update(void **state)
{
	struct bcc *b = run_maps("BPF_HASH(t, u32, u64, 1);",
		"u32 k = 5, other = 6; u64 v = 1, *p; put(0, t.update(&k, &v)); v = 2; put(1, t.update(&k, &v));\n"
		"p = t.lookup(&k); put(2, p ? *p : 0); put(3, t.update(&other, &v));");

	expect_out(b, 0, 0, 2, -E2BIG);
	bcc_close(b);
}

static void test_maps_23_insert(void **state)
{
	struct bcc *b = run_maps("BPF_HASH(t, u32, u64, 10);",
		"u32 k = 5; u64 v = 1, *p; put(0, t.insert(&k, &v)); v = 2; put(1, t.insert(&k, &v));\n"
		"p = t.lookup(&k); put(2, p ? *p : 0);");

	expect_out(b, 0, -EEXIST, 1);
	bcc_close(b);
}

static void test_maps_24_increment(void **state)
{
	struct bcc *b = run_maps(
		"struct key { u32 a; char name[12]; };\n"
		"BPF_HASH(t); BPF_HASH(s, struct key); BPF_ARRAY(bytes, u8, 4); BPF_HASH(shorts, u8, u16); BPF_HASH(names, char[16]);",
		"struct key k = {1, \"one\"}, other = {1, \"two\"}; u64 *p, five = 5, back = -2; int zero = 0; u8 small = 3, *q;\n"
		"t.increment(5); t.increment(five); t.increment(5ULL, 10); p = t.lookup(&five); put(0, p ? *p : 0);\n"
		"t.increment(five, back); p = t.lookup(&five); put(1, p ? *p : 0);\n"
		"s.increment(k, 3); s.increment(k); s.increment(other); p = s.lookup(&k); put(2, p ? *p : 0);\n"
		"bytes.increment(zero, 250); bytes.increment(zero, 8); q = bytes.lookup(&zero); put(3, q ? *q : 0);\n"
		"shorts.increment(small, 1000); u16 *w = shorts.lookup(&small); put(4, w ? *w : 0);\n"
		"char name[16] = \"an array\"; names.increment(name); names.increment(name, 4);\n"
		"p = names.lookup(&name); put(5, p ? *p : 0);");

	expect_out(b, 12, 10, 4, 2, 1000, 5);
	bcc_close(b);
}

#define ROUNDS 20000

static void *run_often(void *fd)
{
	char packet[64] = "";
	LIBBPF_OPTS(
		bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet), .repeat = ROUNDS);

	return (void *)(intptr_t)bpf_prog_test_run_opts(*(int *)fd, &opts);
}

static void test_maps_24_atomic_increment(void **state)
{
	struct bcc *b = open_maps("BPF_ARRAY(t, u64, 4); BPF_ARRAY(words, u32, 4); BPF_HASH(h, u32);",
		"u32 k = 3; t.atomic_increment(1); t.atomic_increment(2, 5); words.atomic_increment(1, 2); h.atomic_increment(k);\n"
		"u64 *p = h.lookup(&k); put(0, p ? *p : 0);");
	pthread_t threads[3];
	uint32_t key = 1, word = 0;
	int fd;

	run_filter(b);
	expect_out(b, 1);
	fd = load_program(b, "filter", BPF_PROG_TYPE_SCHED_CLS);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_often, &fd), 0);
	for (int i = 0; i < 3; i++) {
		void *error;

		assert_int_equal(pthread_join(threads[i], &error), 0);
		assert_null(error);
	}
	/* none is lost to another thread */
	assert_int_equal(table_u64(b, "t", 1), 3 * ROUNDS + 1);
	assert_int_equal(table_u64(b, "t", 2), 5 * (3 * ROUNDS + 1));
	expect_ok(b, bcc_table_get(bcc_table_find(b, "words"), &key, 4, &word, 4));
	assert_int_equal(word, 2 * (3 * ROUNDS + 1));
	bcc_close(b);
}

/* Keys and values of every type that C has; each key is found again through another variable with the same
 * contents. */
static void test_maps_types_of_keys_and_values(void **state)
{
	struct bcc *b = run_maps(
		"enum state { IDLE, BUSY = 5 };\n"
		"union address { u32 v4; u8 v6[16]; };\n"
		"struct bits { u32 low:3, high:5, rest:24; };\n"
		"struct outer { struct bits bits; struct { u16 a; u16 b; } pair[2]; union { u64 time; s32 change; }; };\n"
		"BPF_HASH(enums, enum state, enum state); BPF_HASH(unions, union address, union address);\n"
		"BPF_HASH(bits, struct bits, struct bits); BPF_HASH(nested, struct outer, struct outer);\n"
		"BPF_HASH(wide, unsigned __int128, __int128); BPF_HASH(pointers, struct task_struct *, struct task_struct *);\n"
		"BPF_HASH(arrays, u16[4], u16[2][3]); BPF_HASH(anonymous, struct { u32 a; u32 b; }, struct { s64 c; });\n"
		"BPF_HASH(bools, bool, bool);",
		"enum state e = BUSY, *ep; enums.update(&e, &e); ep = enums.lookup(&e); put(0, ep ? *ep : 0);\n"
		"union address a = {}, *ap; a.v6[15] = 9; a.v4 = 1; unions.update(&a, &a); ap = unions.lookup(&a);\n"
		"put(1, ap ? ap->v6[15] * 10 + ap->v4 : 0);\n"
		"struct bits i = {}, *ip; i.low = 5; i.high = 21; i.rest = 0xabcdef; bits.update(&i, &i); ip = bits.lookup(&i);\n"
		"put(2, ip ? ip->low : 0); put(3, ip ? ip->high : 0); put(4, ip ? ip->rest : 0);\n"
		"struct outer o = {}, *op; o.bits.high = 3; o.pair[1].b = 77; o.change = -4; nested.update(&o, &o);\n"
		"op = nested.lookup(&o); put(5, op ? op->bits.high * 1000 + op->pair[1].b : 0); put(6, op ? op->change : 0);\n"
		"unsigned __int128 w = (unsigned __int128)1 << 100; __int128 v = -1, *vp; wide.update(&w, &v); vp = wide.lookup(&w);\n"
		"put(7, vp ? *vp >> 64 : 0); wide.increment(w - 1); w -= 1; vp = wide.lookup(&w); put(8, vp != 0);\n"
		"u16 k[4] = {1, 2, 3, 4}, m[2][3] = {{0}, {0, 0, 6}}, (*mp)[2][3]; arrays.update(&k, &m); mp = arrays.lookup(&k);\n"
		"put(9, mp ? (*mp)[1][2] : 0);\n"
		"typeof(anonymous.key) ak = {1, 2}; typeof(anonymous.leaf) al = {-8}, *alp; anonymous.update(&ak, &al);\n"
		"alp = anonymous.lookup(&ak); put(10, alp ? alp->c : 0);\n"
		"struct task_struct *t = (void *)0x1234567890, **tp; pointers.update(&t, &t); tp = pointers.lookup(&t);\n"
		"put(11, tp ? (u64)*tp : 0); put(12, sizeof(nested.key) + sizeof(arrays.leaf));\n"
		"bool yes = true, *bp; bools.update(&yes, &yes); bp = bools.lookup(&yes); put(13, bp ? *bp : 0);");

	expect_out(b, 5, 91, 5, 21, 0xabcdef, 3077, -4, -1, 1, 6, -8, 0x1234567890, 24 + 12, 1);
	expect_map(b, "wide", BPF_MAP_TYPE_HASH, 16, 16, 10240, 0);
	assert_string_equal(bcc_table_key_type(bcc_table_find(b, "anonymous")), "struct { u32 a; u32 b; }");
	bcc_close(b);
}

static void test_maps_methods_of_other_kinds(void **state)
{
	expect_refused("BPF_HASH(t);\nint f(void *ctx) { u64 v = 1; return t.perf_submit(ctx, &v, 8); }",
		-EINVAL, "text.c:2:");
	expect_refused("BPF_QUEUE(t, u64, 3);\nint f(void *ctx) { u64 v = 1; t.update(&v, &v); return 0; }",
		-EINVAL, "has no method 'update'");
	expect_refused("BPF_PERF_OUTPUT(t);\nint f(void *ctx) { int k = 1; t.increment(k); return 0; }",
		-EINVAL, "has no method 'increment'");
}

static void test_maps_29_push(void **state)
{
	static const char tables[] = "BPF_QUEUE(q, u64, 3); BPF_STACK(s, u64, 3);";
	struct bcc *b =
		run_maps(tables, "u64 v;\n"
				 "for (int i = 1; i <= 3; i++) { v = i; q.push(&v, 0); s.push(&v, 0); }\n"
				 "v = 4;\n"
				 "put(0, q.push(&v, 0)); put(1, s.push(&v, 0));\n"
				 "put(2, q.push(&v, BPF_EXIST)); put(3, s.push(&v, BPF_EXIST));\n"
				 "q.pop(&v); put(4, v); v = 0; s.pop(&v); put(5, v);");

	/* the oldest in the queue was dropped */
	expect_out(b, -E2BIG, -E2BIG, 0, 0, 2, 4);
	bcc_close(b);
}

static void test_maps_30_pop(void **state)
{
	struct bcc *b = open_maps("BPF_QUEUE(q, u64, 3); BPF_STACK(s, u64, 3);",
		"u64 v = 0; put(0, q.pop(&v)); put(1, v); put(2, q.pop(&v)); put(3, v); put(4, q.pop(&v));\n"
		"put(5, s.pop(&v)); put(6, v);");

	for (uint64_t v = 10; v <= 20; v += 10) {
		expect_ok(b, bcc_table_set(bcc_table_find(b, "q"), NULL, 0, &v, 8, 0));
		expect_ok(b, bcc_table_set(bcc_table_find(b, "s"), NULL, 0, &v, 8, 0));
	}
	run_filter(b);
	expect_out(b, 0, 10, 0, 20, -ENOENT, 0, 20);
	bcc_close(b);
}

static void test_maps_31_peek(void **state)
{
	struct bcc *b = run_maps("BPF_QUEUE(q, u64, 3); BPF_STACK(s, u64, 3);",
		"u64 v = 10; put(0, q.peek(&v)); v = 10; q.push(&v, 0); s.push(&v, 0); v = 20; q.push(&v, 0); s.push(&v, 0);\n"
		"v = 0; put(1, q.peek(&v)); put(2, v); q.peek(&v); put(3, v); s.peek(&v); put(4, v);");
	uint64_t v = 0;

	expect_out(b, -ENOENT, 0, 10, 10, 20);
	expect_ok(b, bcc_table_get(bcc_table_find(b, "q"), NULL, 0, &v, 8));
	assert_int_equal(v, 10);
	bcc_close(b);
}

static void test_maps_BPF_BLOOM_FILTER(void **state)
{
	struct bcc *b = run_maps("struct id { u32 a; u32 b; }; BPF_BLOOM_FILTER(t, struct id, 1000);",
		"struct id in = {1, 2}, not = {2, 1}; put(0, t.push(&in, 0)); put(1, t.peek(&in)); put(2, t.peek(&not));");

	expect_map(b, "t", BPF_MAP_TYPE_BLOOM_FILTER, 0, 8, 1000, 0);
	expect_out(b, 0, 0, -ENOENT);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps_19_lookup),
		cmocka_unit_test(test_maps_20_lookup_or_try_init),
		cmocka_unit_test(test_maps_20_lookup_or_init),
		cmocka_unit_test(test_maps_21_delete),
		cmocka_unit_test(test_maps_22_update),
		cmocka_unit_test(test_maps_23_insert),
		cmocka_unit_test(test_maps_24_increment),
		cmocka_unit_test(test_maps_24_atomic_increment),
		cmocka_unit_test(test_maps_types_of_keys_and_values),
		cmocka_unit_test(test_maps_methods_of_other_kinds),
		cmocka_unit_test(test_maps_29_push),
		cmocka_unit_test(test_maps_30_pop),
		cmocka_unit_test(test_maps_31_peek),
		cmocka_unit_test(test_maps_BPF_BLOOM_FILTER),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
