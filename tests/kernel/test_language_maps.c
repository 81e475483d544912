/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of tables: entries 1 to 18 of the language's maps. The methods are in
 * test_language_maps_methods.c. */
#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>

#include "common/array.h"
#include "map_run.h"

#define NO_PREALLOC BPF_F_NO_PREALLOC

static void test_maps_1_BPF_TABLE(void **state)
{
	static const struct {
		const char *word;
		uint32_t type;
	} kinds[] = {
		{"hash", BPF_MAP_TYPE_HASH},
		{"array", BPF_MAP_TYPE_ARRAY},
		{"percpu_hash", BPF_MAP_TYPE_PERCPU_HASH},
		{"percpu_array", BPF_MAP_TYPE_PERCPU_ARRAY},
		{"lru_hash", BPF_MAP_TYPE_LRU_HASH},
		{"lru_percpu_hash", BPF_MAP_TYPE_LRU_PERCPU_HASH},
	};
	char tables[200];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct bcc *b;

		snprintf(tables, sizeof(tables), "BPF_TABLE(\"%s\", u32, u64, t, 100);", kinds[i].word);
		b = run_maps(tables, "u32 k = 7; u64 v = 1234, *p;\n"
				     "t.update(&k, &v); p = t.lookup(&k); put(0, p ? *p : 0);\n"
				     "put(1, t.max_entries);");
		expect_map(b, "t", kinds[i].type, 4, 8, 100, 0);
		expect_out(b, 1234, 100);
		bcc_close(b);
	}
	expect_refused("BPF_TABLE(\"hush\", int, int, t, 10);", -EINVAL, "unknown table type \"hush\"");
}

static void test_maps_1_BPF_F_TABLE(void **state)
{
	struct bcc *b = run_maps("BPF_F_TABLE(\"hash\", u32, u64, t, 100, BPF_F_NO_PREALLOC);",
		"t.increment(3, 40); t.increment(3); u32 k = 3; u64 *p = t.lookup(&k); put(0, p ? *p : 0);");

	expect_map(b, "t", BPF_MAP_TYPE_HASH, 4, 8, 100, NO_PREALLOC);
	expect_out(b, 41);
	bcc_close(b);
}

/* ---- pinned tables: in a child with a bpf file system of its own ---- */

static char complaint[2000];

static const char *complain(struct bcc *b, const char *what)
{
	snprintf(complaint, sizeof(complaint), "%s: %s", what, bcc_error(b));
	return complaint;
}

static char warning[500];

static void keep_warning(void *ctx, enum bcc_log_level level, const char *text)
{
	if (level == BCC_LOG_WARN)
		snprintf(warning, sizeof(warning), "%s", text);
}

#define PINNED(type, key, entries, flags)                                                                    \
	"BPF_TABLE_PINNED(\"" type "\", " key ", u64, ids, " entries ", \"/sys/fs/bpf/bcc_test_ids\"" flags  \
	");\n"

static const char *open_ids(const char *text, struct bcc **b, uint32_t key, uint64_t value)
{
	struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .log = keep_warning);
	uint64_t got;

	*warning = 0;
	if (bcc_open_text(text, &opts, b))
		return complain(*b, text);
	if (bcc_table_get(bcc_table_find(*b, "ids"), &key, 4, &got, 8) || got != value)
		return complain(*b, "the table does not hold what was put into it");
	return NULL;
}

static const char *use_pinned(void)
{
	struct bcc *first, *b;
	uint32_t key = 5;
	uint64_t value = 1234;
	const char *wrong;

	if (bcc_open_text(PINNED("hash", "u32", "10", ), NULL, &first))
		return complain(first, "first");
	if (access("/sys/fs/bpf/bcc_test_ids", F_OK))
		return "nothing is pinned";
	if (bcc_table_set(bcc_table_find(first, "ids"), &key, 4, &value, 8, 0))
		return complain(first, "set");
	bcc_close(first);
	wrong = open_ids(PINNED("hash", "u32", "10", ), &b, 5, 1234);
	if (wrong || *warning)
		return wrong ? wrong : warning;
	bcc_close(b);
	/* what is pinned decides; of the text's own definition only the sizes matter */
	wrong = open_ids(PINNED("array", "u32", "20", ), &b, 5, 1234);
	if (wrong)
		return wrong;
	if (!strstr(warning, "type hash, 10 entries"))
		return "no warning that the pinned table is another";
	bcc_close(b);
	wrong = open_ids(PINNED("hash", "u32", "10", ", BPF_F_NO_PREALLOC"), &b, 5, 1234);
	if (wrong || !strstr(warning, "flags 0x1"))
		return wrong ? wrong : "no warning that flags are others";
	bcc_close(b);
	if (bcc_open_text(PINNED("hash", "u64", "10", ), NULL, &b) != -EINVAL ||
		!strstr(bcc_error(b), "key 4 bytes"))
		return complain(b, "keys of another size");
	bcc_close(b);
	return NULL;
}

static uint32_t map_id(struct bcc *b, const char *table)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(table_fd(b, table), &info, &size) ? 0 : info.id;
}

/* What one handle pushes, another one pops; socket filters have no such method, but it is the same map. */
static const char *use_pinned_queue(void)
{
	static const char text[] =
		"BPF_QUEUESTACK_PINNED(\"queue\", numbers, u64, 10, 0, \"/sys/fs/bpf/bcc_test_numbers\");\n"
		"BPF_XSKMAP(sockets, 4, \"/sys/fs/bpf/bcc_test_sockets\");\n";
	uint64_t value = 4321;
	struct bcc *first, *b;
	uint32_t id;

	if (bcc_open_text(text, NULL, &first))
		return complain(first, "first");
	id = map_id(first, "sockets");
	if (bpf_map_update_elem(table_fd(first, "numbers"), NULL, &value, 0) || !id)
		return "nothing can be put into the queue";
	bcc_close(first);
	value = 0;
	if (bcc_open_text(text, NULL, &b))
		return complain(b, "second");
	if (bpf_map_lookup_and_delete_elem(table_fd(b, "numbers"), NULL, &value) || value != 4321)
		return "the queue does not hold what was put into it";
	if (map_id(b, "sockets") != id)
		return "the pinned table of sockets is another";
	bcc_close(b);
	return NULL;
}

static const char *in_bpf_file_system(void)
{
	const char *wrong;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL))
		return "no bpf file system";
	wrong = use_pinned();
	return wrong ? wrong : use_pinned_queue();
}

static void test_maps_1_BPF_TABLE_PINNED(void **state)
{
	expect_refused("BPF_TABLE_PINNED(\"hash\", u32, u64, ids, 10, \"/tmp/bcc_test_ids\");", -EPERM,
		"mount -t bpf");
	in_child(in_bpf_file_system);
}

static void test_maps_1_BPF_TABLE_PUBLIC(void **state)
{
	static const char user[] = "BPF_TABLE(\"extern\", u32, u64, bcc_test_public, 1);";
	static const char use[] = "bcc_test_public.increment(4, 3);\n"
				  "u32 k = 4; u64 *p = bcc_test_public.lookup(&k); put(0, p ? *p : 0);";
	struct bcc *owner, *b;
	uint32_t key = 4;
	uint64_t value = 0;

	expect_refused(user, -ENOENT, "BPF_TABLE_PUBLIC");
	owner = open_test_text("BPF_TABLE_PUBLIC(\"hash\", u32, u64, bcc_test_public, 100);", NULL);
	b = run_maps(user, use);
	expect_out(b, 3);
	expect_map(b, "bcc_test_public", BPF_MAP_TYPE_HASH, 4, 8, 100, 0);
	expect_ok(owner, bcc_table_get(bcc_table_find(owner, "bcc_test_public"), &key, 4, &value, 8));
	assert_int_equal(value, 3);
	expect_refused("BPF_TABLE(\"extern\", u32, u32, bcc_test_public, 1);", -EINVAL, "value 4 bytes");
	/* the user's table stays; later texts no longer find it */
	bcc_close(owner);
	run_filter(b);
	expect_out(b, 6);
	expect_refused(user, -ENOENT, "BPF_TABLE_PUBLIC");
	bcc_close(b);
}

static void test_maps_1_BPF_TABLE_SHARED(void **state)
{
	static const char shared[] = "BPF_TABLE_SHARED(\"array\", u32, u64, bcc_test_shared, 10);";
	static const char use[] = "u32 k = 4; bcc_test_shared.increment(k);\n"
				  "u64 *p = bcc_test_shared.lookup(&k); put(0, p ? *p : 0);";
	struct bcc *first = run_maps(shared, use), *second = run_maps(shared, use), *third;

	expect_out(first, 1);
	expect_out(second, 2);
	expect_refused("BPF_TABLE_SHARED(\"hash\", u32, u64, bcc_test_shared, 10);", -EINVAL,
		"type hash, key 4 bytes, value 8 bytes, 10 entries");
	expect_refused("BPF_TABLE_SHARED(\"array\", u32, u64, bcc_test_shared, 11);", -EINVAL, "11 entries");
	/* it lives as long as one of those that share it */
	bcc_close(first);
	third = run_maps("BPF_TABLE(\"extern\", u32, u64, bcc_test_shared, 1);", use);
	expect_out(third, 3);
	bcc_close(second);
	bcc_close(third);
	third = run_maps(shared, use);
	expect_out(third, 1);
	bcc_close(third);
}

static void test_maps_2_BPF_HASH(void **state)
{
	struct bcc *b = run_maps("struct pair { u32 a; char b[12]; };\n"
				 "BPF_HASH(one); BPF_HASH(two, struct task_struct *);\n"
				 "BPF_HASH(three, struct pair, char[3]); BPF_HASH(four, int, s32, 5);",
		"u64 k = 1ULL << 40, v = 17, *p; one.update(&k, &v); p = one.lookup(&k); put(0, p ? *p : 0);\n"
		"struct pair pair = {3, \"pair\"}; char text[3] = {1, 2, 3}, (*q)[3];\n"
		"three.update(&pair, &text); q = three.lookup(&pair); put(1, q ? (*q)[2] : 0);");

	expect_map(b, "one", BPF_MAP_TYPE_HASH, 8, 8, 10240, 0);
	expect_map(b, "two", BPF_MAP_TYPE_HASH, 8, 8, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_HASH, 16, 3, 10240, 0);
	expect_map(b, "four", BPF_MAP_TYPE_HASH, 4, 4, 5, 0);
	expect_out(b, 17, 3);
	bcc_close(b);
	expect_refused("BPF_HASH(t, u64, u64, 0);", -EINVAL, "number of entries is missing");
}

static void test_maps_3_BPF_ARRAY(void **state)
{
	struct bcc *b = run_maps(
		"BPF_ARRAY(one); BPF_ARRAY(two, u8); BPF_ARRAY(three, struct { u64 a; u64 b; }, 32);",
		"int last = 10239, past = 10240; u64 v = 5;\n"
		"put(0, one.update(&last, &v)); put(1, one.update(&past, &v) < 0);\n"
		"u8 *zero = two.lookup(&last); put(2, zero ? *zero + 1 : 0);");

	expect_map(b, "one", BPF_MAP_TYPE_ARRAY, 4, 8, 10240, 0);
	expect_map(b, "two", BPF_MAP_TYPE_ARRAY, 4, 1, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_ARRAY, 4, 16, 32, 0);
	expect_out(b, 0, 1, 1);
	assert_int_equal(table_u64(b, "one", 10239), 5);
	bcc_close(b);
}

static void test_maps_4_BPF_HISTOGRAM(void **state)
{
	struct bcc *b = run_maps(
		"struct key { u32 disk; u64 slot; };\n"
		"BPF_HISTOGRAM(one); BPF_HISTOGRAM(two, struct key); BPF_HISTOGRAM(three, u64, 10);\n"
		"BPF_HISTOGRAM(four, int, 128);",
		"for (int i = 0; i < 5; i++) one.increment(bpf_log2l(1000));\n"
		"struct key k = {.disk = 2, .slot = 3}; two.increment(k, 6); u64 *p = two.lookup(&k); put(0, p ? *p : 0);\n"
		"one.increment(bpf_log2l(1ULL << 63), 7);");

	expect_map(b, "one", BPF_MAP_TYPE_ARRAY, 4, 8, 65, 0);
	expect_map(b, "two", BPF_MAP_TYPE_HASH, 16, 8, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_HASH, 8, 8, 10, 0);
	expect_map(b, "four", BPF_MAP_TYPE_ARRAY, 4, 8, 128, 0);
	expect_out(b, 6);
	/* 512 to 1023 */
	assert_int_equal(table_u64(b, "one", 10), 5);
	assert_int_equal(table_u64(b, "one", 64), 7);
	bcc_close(b);
}

static void test_maps_5_BPF_STACK_TRACE(void **state)
{
	struct bcc *b =
		open_test_text("BPF_STACK_TRACE(one, 1024); BPF_STACK_TRACE_BUILDID(two, 100);", NULL);

	expect_map(b, "one", BPF_MAP_TYPE_STACK_TRACE, 4, 127 * 8, 1024, 0);
	expect_map(b, "two", BPF_MAP_TYPE_STACK_TRACE, 4, 127 * 32, 100, BPF_F_STACK_BUILD_ID);
	bcc_close(b);
	expect_refused(
		"BPF_STACK_TRACE(one, 10); int f(void *ctx) { int k = 0; return one.lookup(&k) != 0; }",
		-EINVAL, "has no method 'lookup'");
}

static void test_maps_6_BPF_PERF_ARRAY(void **state)
{
	struct bcc *b = open_test_text("BPF_PERF_ARRAY(t, 3);", NULL);

	expect_map(b, "t", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 3, 0);
	bcc_close(b);
}

static void test_maps_7_BPF_PERCPU_HASH(void **state)
{
	struct bcc *b = run_maps(
		"BPF_PERCPU_HASH(one); BPF_PERCPU_HASH(two, u32); BPF_PERCPU_HASH(three, u32, u32);\n"
		"BPF_PERCPU_HASH(four, u32, u32, 7);",
		"one.increment(9, 4); u64 k = 9, *p = one.lookup(&k); put(0, p ? *p : 0); put(1, bpf_get_smp_processor_id());");
	uint64_t key = 9, values[1024], sum = 0;
	size_t bytes = bcc_table_value_bytes(bcc_table_find(b, "one"));

	expect_map(b, "one", BPF_MAP_TYPE_PERCPU_HASH, 8, 8, 10240, 0);
	expect_map(b, "two", BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_PERCPU_HASH, 4, 4, 10240, 0);
	expect_map(b, "four", BPF_MAP_TYPE_PERCPU_HASH, 4, 4, 7, 0);
	expect_out(b, 4);
	assert_true(bytes <= sizeof(values));
	expect_ok(b, bcc_table_get(bcc_table_find(b, "one"), &key, 8, values, bytes));
	for (size_t i = 0; i < bytes / 8; i++)
		sum += values[i];
	assert_int_equal(values[out(b, 1)], 4);
	assert_int_equal(sum, 4);
	bcc_close(b);
}

static void test_maps_8_BPF_PERCPU_ARRAY(void **state)
{
	struct bcc *b = run_maps(
		"BPF_PERCPU_ARRAY(one); BPF_PERCPU_ARRAY(two, u32); BPF_PERCPU_ARRAY(three, char[100], 7);",
		"int k = 6; char (*p)[100] = three.lookup(&k); if (p) (*p)[99] = 'x'; put(0, bpf_get_smp_processor_id());");
	static char values[1024][104];
	uint32_t key = 6;
	size_t bytes = bcc_table_value_bytes(bcc_table_find(b, "three"));

	expect_map(b, "one", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 10240, 0);
	expect_map(b, "two", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 4, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 100, 7, 0);
	assert_true(bytes <= sizeof(values));
	expect_ok(b, bcc_table_get(bcc_table_find(b, "three"), &key, 4, values, bytes));
	for (size_t i = 0; i < bytes / sizeof(values[0]); i++)
		assert_int_equal(values[i][99], i == out(b, 0) ? 'x' : 0);
	bcc_close(b);
}

static void test_maps_9_BPF_LPM_TRIE(void **state)
{
	struct bcc *b = open_maps(
		"struct net { u32 bits; u8 address[4]; };\n"
		"BPF_LPM_TRIE(one); BPF_LPM_TRIE(two, struct net); BPF_LPM_TRIE(three, struct net, u32);\n"
		"BPF_LPM_TRIE(nets, struct net, u32, 16);",
		"struct net a = {32, {10, 1, 2, 3}}, b = {32, {10, 9, 9, 9}}, c = {32, {11, 0, 0, 1}}; u32 *p;\n"
		"p = nets.lookup(&a); put(0, p ? *p : 0); p = nets.lookup(&b); put(1, p ? *p : 0);\n"
		"p = nets.lookup(&c); put(2, p ? *p : 0);");
	static const struct {
		uint32_t bits;
		uint8_t address[4];
	} wide = {8, {10}}, narrow = {16, {10, 1}};
	uint32_t value = 8;

	expect_map(b, "one", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 10240, NO_PREALLOC);
	expect_map(b, "two", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 10240, NO_PREALLOC);
	expect_map(b, "three", BPF_MAP_TYPE_LPM_TRIE, 8, 4, 10240, NO_PREALLOC);
	expect_map(b, "nets", BPF_MAP_TYPE_LPM_TRIE, 8, 4, 16, NO_PREALLOC);
	expect_ok(b, bcc_table_set(bcc_table_find(b, "nets"), &wide, 8, &value, 4, 0));
	value = 16;
	expect_ok(b, bcc_table_set(bcc_table_find(b, "nets"), &narrow, 8, &value, 4, 0));
	run_filter(b);
	expect_out(b, 16, 8, 0);
	bcc_close(b);
}

static void test_maps_10_BPF_PROG_ARRAY(void **state)
{
	struct bcc *b =
		open_test_text("BPF_PROG_ARRAY(t, 3); int f(struct __sk_buff *skb) { return 0; }", NULL);
	uint32_t key = 2, none = -1;

	expect_map(b, "t", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 3, 0);
	set_u32(b, "t", 2, load_program(b, "f", BPF_PROG_TYPE_SCHED_CLS));
	expect_ok(b, bcc_table_delete(bcc_table_find(b, "t"), &key, sizeof(key)));
	assert_true(bcc_table_set(bcc_table_find(b, "t"), &key, 4, &none, 4, 0) < 0);
	bcc_close(b);
}

static void test_maps_11_BPF_DEVMAP(void **state)
{
	struct bcc *b = open_test_text("BPF_DEVMAP(t, 10); BPF_DEVMAP_HASH(u, 10);", NULL);
	uint32_t lo = if_nametoindex("lo"), key = 3, value = 0;

	/* the kernel adds a flag of its own: programs must not write */
	expect_map(b, "t", BPF_MAP_TYPE_DEVMAP, 4, 4, 10, BPF_F_RDONLY_PROG);
	expect_map(b, "u", BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 10, BPF_F_RDONLY_PROG);
	set_u32(b, "t", key, lo);
	expect_ok(b, bcc_table_get(bcc_table_find(b, "t"), &key, 4, &value, 4));
	assert_int_equal(value, lo);
	bcc_close(b);
}

static void test_maps_12_BPF_CPUMAP(void **state)
{
	struct bcc *b = open_test_text("BPF_CPUMAP(t, 1);", NULL);
	uint32_t key = 0, value = 0;

	expect_map(b, "t", BPF_MAP_TYPE_CPUMAP, 4, 4, 1, 0);
	set_u32(b, "t", 0, 192);
	expect_ok(b, bcc_table_get(bcc_table_find(b, "t"), &key, 4, &value, 4));
	assert_int_equal(value, 192);
	bcc_close(b);
}

static void test_maps_13_BPF_XSKMAP(void **state)
{
	struct bcc *b = open_test_text("BPF_XSKMAP(t, 8);", NULL);

	expect_map(b, "t", BPF_MAP_TYPE_XSKMAP, 4, 4, 8, 0);
	bcc_close(b);
	expect_refused("BPF_XSKMAP(t, 8, \"/tmp/bcc_test_xsk\");", -EPERM, "mount -t bpf");
}

static void test_maps_14_BPF_ARRAY_OF_MAPS(void **state)
{
	/* the outer table may come before what it holds */
	struct bcc *b = open_maps(
		"BPF_ARRAY_OF_MAPS(maps, \"ex1\", 10);\n"
		"BPF_TABLE(\"hash\", int, int, ex1, 1024); BPF_TABLE(\"hash\", int, int, ex2, 1024);",
		"int k = 3, none = 4, cell = 77, *p; void *inner = maps.lookup(&k);\n"
		"if (inner) { p = bpf_map_lookup_elem(inner, &cell); put(0, p ? *p : 0); }\n"
		"put(1, maps.lookup(&none) == 0);");

	expect_map(b, "maps", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 10, 0);
	set_u32(b, "maps", 3, table_fd(b, "ex2"));
	set_u32(b, "ex2", 77, 1234);
	set_u32(b, "ex1", 77, 1);
	run_filter(b);
	expect_out(b, 1234, 1);
	bcc_close(b);
	expect_refused("BPF_ARRAY_OF_MAPS(maps, \"ex3\", 10);", -EINVAL, "\"ex3\"");
	expect_refused("BPF_TABLE(\"array_of_maps\", int, int, maps, 10);", -EINVAL, "array_of_maps$NAME");
}

static void test_maps_15_BPF_HASH_OF_MAPS(void **state)
{
	struct bcc *b = open_maps("struct custom_key { u32 a, b; };\n"
				  "BPF_ARRAY(ex1, int, 1024); BPF_ARRAY(ex2, int, 1024);\n"
				  "BPF_HASH_OF_MAPS(maps, struct custom_key, \"ex1\", 10);\n"
				  "BPF_HASH_OF_MAPS(two, \"ex1\"); BPF_HASH_OF_MAPS(three, u64, \"ex1\");",
		"struct custom_key k = {5, 6}; int cell = 9, *p; void *inner = maps.lookup(&k);\n"
		"if (inner) { p = bpf_map_lookup_elem(inner, &cell); put(0, p ? *p : 0); }");
	const uint32_t key[2] = {5, 6};
	int inner = table_fd(b, "ex2");

	expect_map(b, "maps", BPF_MAP_TYPE_HASH_OF_MAPS, 8, 4, 10, 0);
	expect_map(b, "two", BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_HASH_OF_MAPS, 8, 4, 10240, 0);
	expect_ok(b, bcc_table_set(bcc_table_find(b, "maps"), key, sizeof(key), &inner, 4, 0));
	set_u32(b, "ex2", 9, 4321);
	run_filter(b);
	expect_out(b, 4321);
	bcc_close(b);
}

static void test_maps_16_BPF_STACK(void **state)
{
	struct bcc *b = run_maps(
		"struct event { u64 time; u32 pid; }; BPF_STACK(t, struct event, 5); BPF_STACK(u, u32, 5, 0);",
		"struct event e = {100, 1}; t.push(&e, 0); e.time = 200; t.push(&e, 0); e.time = 0;\n"
		"put(0, t.pop(&e)); put(1, e.time);");

	expect_map(b, "t", BPF_MAP_TYPE_STACK, 0, 16, 5, 0);
	expect_map(b, "u", BPF_MAP_TYPE_STACK, 0, 4, 5, 0);
	expect_out(b, 0, 200);
	bcc_close(b);
}

static void test_maps_17_BPF_QUEUE(void **state)
{
	struct bcc *b = run_maps(
		"struct event { u64 time; u32 pid; }; BPF_QUEUE(t, struct event, 5); BPF_QUEUE(u, u32, 5, 0);",
		"struct event e = {100, 1}; t.push(&e, 0); e.time = 200; t.push(&e, 0); e.time = 0;\n"
		"put(0, t.pop(&e)); put(1, e.time);");

	expect_map(b, "t", BPF_MAP_TYPE_QUEUE, 0, 16, 5, 0);
	expect_map(b, "u", BPF_MAP_TYPE_QUEUE, 0, 4, 5, 0);
	expect_out(b, 0, 100);
	bcc_close(b);
}

static void test_maps_17_BPF_QUEUESTACK_SHARED(void **state)
{
	struct bcc *owner = run_maps("BPF_QUEUESTACK_SHARED(\"queue\", bcc_test_queue, u32, 5, 0);",
		"u32 v = 41; bcc_test_queue.push(&v, 0); v = 42; bcc_test_queue.push(&v, 0);");
	struct bcc *b = run_maps("BPF_QUEUESTACK(\"extern\", bcc_test_queue, u32, 5, 0);",
		"u32 v = 0; put(0, bcc_test_queue.pop(&v)); put(1, v);");

	expect_out(b, 0, 41);
	bcc_close(owner);
	bcc_close(b);
	expect_refused("BPF_QUEUESTACK(\"hash\", t, u32, 5, 0);", -EINVAL, "neither \"queue\" nor \"stack\"");
}

static void test_maps_18_BPF_SOCKHASH(void **state)
{
	struct bcc *b = open_test_text(
		"struct key { u32 remote, local; };\n"
		"BPF_SOCKHASH(one); BPF_SOCKHASH(two, struct key); BPF_SOCKHASH(three, struct key, 65535);\n"
		"BPF_SOCKMAP(map, 10);",
		NULL);

	expect_map(b, "one", BPF_MAP_TYPE_SOCKHASH, 4, 4, 10240, 0);
	expect_map(b, "two", BPF_MAP_TYPE_SOCKHASH, 8, 4, 10240, 0);
	expect_map(b, "three", BPF_MAP_TYPE_SOCKHASH, 8, 4, 65535, 0);
	expect_map(b, "map", BPF_MAP_TYPE_SOCKMAP, 4, 4, 10, 0);
	bcc_close(b);
}

/* Structs of text have no alignment; they are copied by words all the same. */
static void test_large_copies(void **state)
{
	struct bcc *b = open_maps(
		"struct text { char bytes[291]; };\n"
		"BPF_HASH(from, u32, struct text); BPF_HASH(to, u32, struct text); BPF_PERCPU_ARRAY(room, struct text, 1);",
		"u32 k = 0; struct text *p = from.lookup(&k);\n"
		"if (!p) return 0;\n"
		"struct text own = *p; own.bytes[100]++; to.update(&k, &own);\n"
		"p->bytes[290] = 9; int zero = 0; struct text *q = room.lookup(&zero); if (!q) return 0;\n"
		"*q = *p; k = 1; to.update(&k, q);");
	uint8_t bytes[291], copy[291];
	uint32_t key = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = 7 * i;
	expect_ok(b, bcc_table_set(bcc_table_find(b, "from"), &key, sizeof(key), bytes, sizeof(bytes), 0));
	run_filter(b);
	expect_ok(b, bcc_table_get(bcc_table_find(b, "to"), &key, sizeof(key), copy, sizeof(copy)));
	bytes[100]++;
	assert_memory_equal(copy, bytes, sizeof(bytes));
	key = 1;
	expect_ok(b, bcc_table_get(bcc_table_find(b, "to"), &key, sizeof(key), copy, sizeof(copy)));
	bytes[100]--;
	bytes[290] = 9;
	assert_memory_equal(copy, bytes, sizeof(bytes));
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps_1_BPF_TABLE),
		cmocka_unit_test(test_maps_1_BPF_F_TABLE),
		cmocka_unit_test(test_maps_1_BPF_TABLE_PINNED),
		cmocka_unit_test(test_maps_1_BPF_TABLE_PUBLIC),
		cmocka_unit_test(test_maps_1_BPF_TABLE_SHARED),
		cmocka_unit_test(test_maps_2_BPF_HASH),
		cmocka_unit_test(test_maps_3_BPF_ARRAY),
		cmocka_unit_test(test_maps_4_BPF_HISTOGRAM),
		cmocka_unit_test(test_large_copies),
		cmocka_unit_test(test_maps_5_BPF_STACK_TRACE),
		cmocka_unit_test(test_maps_6_BPF_PERF_ARRAY),
		cmocka_unit_test(test_maps_7_BPF_PERCPU_HASH),
		cmocka_unit_test(test_maps_8_BPF_PERCPU_ARRAY),
		cmocka_unit_test(test_maps_9_BPF_LPM_TRIE),
		cmocka_unit_test(test_maps_10_BPF_PROG_ARRAY),
		cmocka_unit_test(test_maps_11_BPF_DEVMAP),
		cmocka_unit_test(test_maps_12_BPF_CPUMAP),
		cmocka_unit_test(test_maps_13_BPF_XSKMAP),
		cmocka_unit_test(test_maps_14_BPF_ARRAY_OF_MAPS),
		cmocka_unit_test(test_maps_15_BPF_HASH_OF_MAPS),
		cmocka_unit_test(test_maps_16_BPF_STACK),
		cmocka_unit_test(test_maps_17_BPF_QUEUE),
		cmocka_unit_test(test_maps_17_BPF_QUEUESTACK_SHARED),
		cmocka_unit_test(test_maps_18_BPF_SOCKHASH),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
