/* SPDX-License-Identifier: Apache-2.0 */
/* Single entries of tables of every shape, and walks over them while programs change them. */
#include "own_events.h"

#include <sched.h>
#include <linux/bpf.h>

#define CPUS 1024

static long possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	int first = 0, last = 0;

	assert_non_null(file);
	if (fscanf(file, "%d-%d", &first, &last) < 2)
		last = first;
	fclose(file);
	return last + 1;
}

static void test_program_and_caller_see_the_same(void **state)
{
	struct bcc *b = open_own_events("BPF_HASH(counts, u64, u64);\nBPF_ARRAY(limits, u64, 4);",
		"int zero = 0; u64 *limit = limits.lookup(&zero); if (limit && n < *limit) counts.increment(n);");
	struct bcc_table *counts = table_of(b, "counts"), *limits = table_of(b, "limits");
	uint64_t value, key, limit = 5;
	uint32_t zero = 0;

	expect_ok(b, bcc_table_set(limits, &zero, sizeof(zero), &limit, sizeof(limit), 0));
	for (uint64_t n = 0; n < 8; n++)
		for (uint64_t i = 0; i <= n; i++)
			own_event(n);
	for (key = 0; key < 5; key++) {
		expect_ok(b, bcc_table_get(counts, &key, sizeof(key), &value, sizeof(value)));
		assert_int_equal(value, key + 1);
	}
	key = 5;
	expect_fails(b, bcc_table_get(counts, &key, sizeof(key), &value, sizeof(value)), -ENOENT, "counts");
	key = 3;
	expect_ok(b, bcc_table_delete(counts, &key, sizeof(key)));
	expect_fails(b, bcc_table_delete(counts, &key, sizeof(key)), -ENOENT, "no such entry");
	own_event(3);
	expect_ok(b, bcc_table_get(counts, &key, sizeof(key), &value, sizeof(value)));
	assert_int_equal(value, 1);
	bcc_close(b);
}

static void test_sizes_and_missing_arguments(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(table, u32, u64, 8);\nBPF_ARRAY(array, u64, 8);", NULL);
	struct bcc_table *t = table_of(b, "table"), *array = table_of(b, "array");
	uint64_t big[4] = {};
	uint32_t key = 1;

	expect_fails(b, bcc_table_get(t, &key, 8, big, 8), -EINVAL, "8 bytes");
	assert_non_null(strstr(bcc_error(b), "have 4"));
	expect_fails(b, bcc_table_get(t, &key, 3, big, 8), -EINVAL, "3 bytes");
	expect_fails(b, bcc_table_get(t, &key, 4, big, 7), -EINVAL, "the value has 7 bytes");
	expect_fails(b, bcc_table_set(t, &key, 4, big, 16, 0), -EINVAL, "the value has 16 bytes");
	expect_fails(b, bcc_table_set(t, &key, 0, big, 8, 0), -EINVAL, "the key has 0 bytes");
	expect_fails(b, bcc_table_set(t, NULL, 4, big, 8, 0), -EINVAL, "the key for table");
	expect_fails(b, bcc_table_set(t, &key, 4, NULL, 8, 0), -EINVAL, "the value for table");
	expect_fails(b, bcc_table_delete(t, &key, 5), -EINVAL, "5 bytes");
	expect_fails(b, bcc_table_next(t, NULL, NULL), -EINVAL, "the buffer for the next key");
	expect_fails(b, bcc_table_each(t, NULL, NULL), -EINVAL, "the callback for the entries");
	assert_int_equal(bcc_table_get(NULL, &key, 4, big, 8), -EINVAL);
	assert_int_equal(bcc_table_clear(NULL), -EINVAL);
	/* a larger buffer may receive a value */
	expect_ok(b, bcc_table_set(t, &key, 4, big, 8, 0));
	expect_ok(b, bcc_table_get(t, &key, 4, big, sizeof(big)));
	expect_fails(b, bcc_table_delete(array, &key, 4), -EINVAL, "cannot be deleted");
	key = 8;
	expect_fails(b, bcc_table_set(array, &key, 4, big, 8, 0), -E2BIG, "beyond its 8 elements");
	expect_fails(b, bcc_table_get(array, &key, 4, big, 8), -ENOENT, "array");
	bcc_close(b);
}

static void test_flags_and_full_table(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(table, u32, u64, 16);", NULL);
	struct bcc_table *t = table_of(b, "table");
	uint64_t value = 7;
	uint32_t key;

	for (key = 0; key < 16; key++)
		expect_ok(b, bcc_table_set(t, &key, 4, &value, 8, BPF_NOEXIST));
	expect_fails(b, bcc_table_set(t, &key, 4, &value, 8, 0), -E2BIG, "full (16 entries)");
	key = 3;
	expect_fails(b, bcc_table_set(t, &key, 4, &value, 8, BPF_NOEXIST), -EEXIST, "already");
	value = 8;
	expect_ok(b, bcc_table_set(t, &key, 4, &value, 8, BPF_EXIST));
	value = 0;
	expect_ok(b, bcc_table_get(t, &key, 4, &value, 8));
	assert_int_equal(value, 8);
	key = 99;
	expect_fails(b, bcc_table_set(t, &key, 4, &value, 8, BPF_EXIST), -ENOENT, "no such entry");
	expect_fails(b, bcc_table_set(t, &key, 4, &value, 8, 1 << 20), -EINVAL, "flags");
	bcc_close(b);
}

struct seen {
	uint64_t sum_keys, sum_values;
	unsigned calls, stop_at;
	int stop;
};

static int see_u64(void *ctx, const void *key, const void *value)
{
	struct seen *seen = ctx;
	uint64_t k, v;

	memcpy(&k, key, sizeof(k));
	memcpy(&v, value, sizeof(v));
	seen->sum_keys += k;
	seen->sum_values += v;
	return ++seen->calls == seen->stop_at ? seen->stop : 0;
}

static void test_next_and_each(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(table, u64, u64, 1000);", NULL);
	struct bcc_table *t = table_of(b, "table");
	uint64_t key, value, sum = 0;
	unsigned steps = 0;

	expect_fails(b, bcc_table_next(t, NULL, &key), -ENOENT, "no more entries");
	for (key = 1; key <= 1000; key++) {
		value = 3 * key;
		expect_ok(b, bcc_table_set(t, &key, 8, &value, 8, 0));
	}
	for (int err = bcc_table_next(t, NULL, &key); !err; err = bcc_table_next(t, &key, &key), steps++)
		sum += key;
	assert_int_equal(steps, 1000);
	assert_int_equal(sum, 500500);
	struct seen all = {}, some = {.stop_at = 10, .stop = -12345}, positive = {.stop_at = 1, .stop = 6};
	expect_ok(b, bcc_table_each(t, see_u64, &all));
	assert_int_equal(all.calls, 1000);
	assert_int_equal(all.sum_keys, 500500);
	assert_int_equal(all.sum_values, 3 * 500500);
	assert_int_equal(bcc_table_each(t, see_u64, &some), -12345);
	assert_int_equal(some.calls, 10);
	assert_int_equal(bcc_table_each(t, see_u64, &positive), 6);
	expect_ok(b, bcc_table_clear(t));
	expect_fails(b, bcc_table_next(t, NULL, &key), -ENOENT, "no more entries");
	expect_ok(b, bcc_table_clear(t));
	bcc_close(b);
}

static int see_element(void *ctx, const void *key, const void *value)
{
	uint64_t *elements = ctx;
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	memcpy(&elements[index], value, sizeof(*elements));
	return 0;
}

static void test_arrays_have_all_their_elements(void **state)
{
	struct bcc *b = open_own_events("BPF_ARRAY(table, u64, 100);", "table.increment(n);");
	struct bcc_table *t = table_of(b, "table");
	uint64_t elements[100];

	memset(elements, 0xff, sizeof(elements));
	own_event(7);
	own_event(7);
	own_event(99);
	own_event(100); /* past the end: ignored by the program */
	expect_ok(b, bcc_table_each(t, see_element, elements));
	for (int i = 0; i < 100; i++)
		assert_int_equal(elements[i], i == 7 ? 2 : i == 99 ? 1 : 0);
	expect_ok(b, bcc_table_clear(t));
	memset(elements, 0xff, sizeof(elements));
	expect_ok(b, bcc_table_each(t, see_element, elements));
	for (int i = 0; i < 100; i++)
		assert_int_equal(elements[i], 0);
	bcc_close(b);
}

/* Runs own_event(n) `times` times on one CPU; false when this thread may not run there. */
static bool events_on(int cpu, uint64_t n, int times)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return false;
	while (times--)
		own_event(n);
	return true;
}

static void check_percpu(const char *declaration)
{
	struct bcc *b = open_own_events(declaration, "table.increment(n);");
	struct bcc_table *t = table_of(b, "table");
	struct bcc_table_info info = {.size = sizeof(info)};
	long cpus = possible_cpus();
	uint64_t values[CPUS], expected[CPUS] = {}, sum = 0;
	char key[8] = {5};
	cpu_set_t before;

	assert_true(cpus <= CPUS);
	expect_ok(b, bcc_table_info(t, &info));
	assert_true(info.percpu);
	assert_int_equal(bcc_table_value_bytes(t), cpus * 8);
	sched_getaffinity(0, sizeof(before), &before);
	for (int cpu = 0; cpu < cpus; cpu++)
		if (events_on(cpu, 5, cpu + 1))
			expected[cpu] = cpu + 1;
	sched_setaffinity(0, sizeof(before), &before);
	assert_int_equal(expected[0], 1);
	expect_ok(b, bcc_table_get(t, key, info.key_size, values, sizeof(values)));
	for (int cpu = 0; cpu < cpus; cpu++)
		/* a u32 is in the first of its 8 bytes */
		assert_int_equal(info.value_size == 4 ? (uint32_t)values[cpu] : values[cpu], expected[cpu]);
	expect_fails(b, bcc_table_get(t, key, info.key_size, values, cpus * 8 - 1), -EINVAL, "bytes");
	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = 100;
	expect_ok(b, bcc_table_set(t, key, info.key_size, values, cpus * 8, 0));
	own_event(5);
	expect_ok(b, bcc_table_get(t, key, info.key_size, values, sizeof(values)));
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += values[cpu];
	assert_int_equal(sum, cpus * 100 + 1);
	expect_ok(b, bcc_table_clear(t));
	if (bcc_table_get(t, key, info.key_size, values, sizeof(values)) == 0)
		for (int cpu = 0; cpu < cpus; cpu++)
			assert_int_equal(values[cpu], 0);
	bcc_close(b);
}

static void test_percpu_rows(void **state)
{
	check_percpu("BPF_PERCPU_ARRAY(table, u64, 10);");
	check_percpu("BPF_PERCPU_ARRAY(table, u32, 10);");
	check_percpu("BPF_PERCPU_HASH(table, u64, u64);");
	check_percpu("BPF_PERCPU_HASH(table, u32, u32);");
	check_percpu("BPF_TABLE(\"lru_percpu_hash\", u64, u64, table, 1024);");
}

static void test_other_types(void **state)
{
	struct bcc *b = open_test_text(
		"struct lpm { u32 bits; u32 data; };\n"
		"BPF_LPM_TRIE(trie, struct lpm, u64, 16);\n"
		"BPF_PROG_ARRAY(progs, 4);\nBPF_RINGBUF_OUTPUT(ring, 1);\nBPF_PERF_OUTPUT(perf);\n"
		"BPF_STACK_TRACE(stacks, 64);",
		NULL);
	struct bcc_table *trie = table_of(b, "trie"), *ring = table_of(b, "ring");
	struct bcc_table *progs = table_of(b, "progs");
	struct {
		uint32_t bits, data;
	} key = {.bits = 16};
	struct seen seen = {};
	uint64_t value;

	for (uint32_t i = 0; i < 10; i++) {
		key.data = i << 8 | 10;
		value = i;
		expect_ok(b, bcc_table_set(trie, &key, sizeof(key), &value, sizeof(value), 0));
	}
	expect_ok(b, bcc_table_each(trie, see_u64, &seen));
	assert_int_equal(seen.calls, 10);
	assert_int_equal(seen.sum_values, 45);
	expect_ok(b, bcc_table_clear(trie));
	seen = (struct seen){};
	expect_ok(b, bcc_table_each(trie, see_u64, &seen));
	assert_int_equal(seen.calls, 0);
	expect_fails(b, bcc_table_each(ring, see_u64, &seen), -EOPNOTSUPP, "ring");
	expect_fails(b, bcc_table_clear(ring), -EOPNOTSUPP, "ring");
	expect_ok(b, bcc_table_clear(progs));
	expect_ok(b, bcc_table_each(progs, see_u64, &seen));
	expect_ok(b, bcc_table_clear(table_of(b, "stacks")));
	expect_ok(b, bcc_table_clear(table_of(b, "perf")));
	bcc_close(b);
}

static int delete_it(void *ctx, const void *key, const void *value)
{
	struct bcc_table *t = ctx;

	return bcc_table_delete(t, key, 8);
}

static void test_each_may_delete(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(table, u64, u64, 5000);", NULL);
	struct bcc_table *t = table_of(b, "table");
	uint64_t key;

	for (key = 0; key < 5000; key++)
		expect_ok(b, bcc_table_set(t, &key, 8, &key, 8, 0));
	expect_ok(b, bcc_table_each(t, delete_it, t));
	expect_return(b, bcc_table_next(t, NULL, &key), -ENOENT);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program_and_caller_see_the_same),
		cmocka_unit_test(test_sizes_and_missing_arguments),
		cmocka_unit_test(test_flags_and_full_table),
		cmocka_unit_test(test_next_and_each),
		cmocka_unit_test(test_arrays_have_all_their_elements),
		cmocka_unit_test(test_percpu_rows),
		cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_each_may_delete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
