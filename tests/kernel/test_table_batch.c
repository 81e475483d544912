/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: the same result as one by one, with and without the kernel's help. */
#include "own_events.h"

#include <dlfcn.h>
#include <linux/bpf.h>
#include <pthread.h>

#define ENTRIES 10000

/* ---- a kernel without batches ---- */

/* These override libbpf's and can fail like a kernel before 5.6; they count the calls to the real ones. */
static bool no_batches;
static unsigned batch_calls;
struct bpf_map_batch_opts;

#define WRAP(name, parameters, arguments)                                                                    \
	__attribute__((visibility("default"))) int name parameters;                                          \
	int name parameters                                                                                  \
	{                                                                                                    \
		int(*real) parameters = (int(*) parameters)dlsym(RTLD_NEXT, #name);                          \
                                                                                                             \
		if (no_batches)                                                                              \
			return -EINVAL;                                                                      \
		batch_calls++;                                                                               \
		return real arguments;                                                                       \
	}

WRAP(bpf_map_lookup_batch,
	(int fd, void *in, void *out, void *keys, void *values, uint32_t *count,
		const struct bpf_map_batch_opts *opts),
	(fd, in, out, keys, values, count, opts))
WRAP(bpf_map_lookup_and_delete_batch,
	(int fd, void *in, void *out, void *keys, void *values, uint32_t *count,
		const struct bpf_map_batch_opts *opts),
	(fd, in, out, keys, values, count, opts))
WRAP(bpf_map_update_batch,
	(int fd, const void *keys, const void *values, uint32_t *count,
		const struct bpf_map_batch_opts *opts),
	(fd, keys, values, count, opts))
WRAP(bpf_map_delete_batch, (int fd, const void *keys, uint32_t *count, const struct bpf_map_batch_opts *opts),
	(fd, keys, count, opts))
WRAP(bpf_map_lookup_and_delete_elem, (int fd, const void *key, void *value), (fd, key, value))

/* ---- what is in a table ---- */

static uint64_t keys[ENTRIES + 1], values[ENTRIES + 1];

static uint64_t value_of(uint64_t key)
{
	return key * 2654435761u + 1;
}

static void fill(struct bcc *b, struct bcc_table *t, uint32_t n)
{
	uint32_t count = n;

	for (uint32_t i = 0; i < n; i++) {
		keys[i] = i;
		values[i] = value_of(i);
	}
	expect_ok(b, bcc_table_set_many(t, keys, values, &count, 0));
	assert_int_equal(count, n);
}

/* `count` entries in keys[] and values[]: each of them one of 0..below, with its value, once. */
static void check_entries(uint32_t count, uint32_t below)
{
	static bool seen[ENTRIES];

	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < count; i++) {
		assert_true(keys[i] < below);
		assert_false(seen[keys[i]]);
		seen[keys[i]] = true;
		assert_true(values[i] == value_of(keys[i]));
	}
}

static uint32_t entries_left(struct bcc *b, struct bcc_table *t)
{
	uint64_t key;
	uint32_t n = 0;

	for (int err = bcc_table_next(t, NULL, &key); !err; err = bcc_table_next(t, &key, &key))
		n++;
	return n;
}

/* ---- tests ---- */

static void check_hash(const char *declaration)
{
	struct bcc *b = open_test_text(declaration, NULL);
	struct bcc_table *t = table_of(b, "table");
	uint64_t value;
	uint32_t count;

	fill(b, t, ENTRIES);
	for (uint64_t key = 0; key < ENTRIES; key++) {
		expect_ok(b, bcc_table_get(t, &key, 8, &value, 8));
		assert_true(value == value_of(key));
	}
	/* read: all, all with exactly the room, without the values, fewer than there are, none */
	for (count = ENTRIES + 1; count >= ENTRIES; count = count == ENTRIES ? 0 : ENTRIES) {
		uint32_t n = count;

		memset(keys, 0xff, sizeof(keys));
		memset(values, 0xff, sizeof(values));
		expect_ok(b, bcc_table_read(t, keys, values, &n));
		assert_int_equal(n, ENTRIES);
		check_entries(n, ENTRIES);
	}
	count = ENTRIES;
	expect_ok(b, bcc_table_read(t, keys, NULL, &count));
	assert_int_equal(count, ENTRIES);
	count = 777;
	expect_fails(b, bcc_table_read(t, keys, values, &count), -ENOSPC, "777 entries");
	assert_int_equal(count, 777);
	check_entries(777, ENTRIES);
	count = 0;
	expect_fails(b, bcc_table_read(t, NULL, NULL, &count), -ENOSPC, "0 entries");

	/* take: some, the rest */
	count = 777;
	expect_fails(b, bcc_table_take(t, keys, values, &count), -ENOSPC, "777 entries");
	assert_int_equal(count, 777);
	check_entries(777, ENTRIES);
	for (uint32_t i = 0; i < 777; i++)
		expect_return(b, bcc_table_get(t, &keys[i], 8, &value, 8), -ENOENT);
	assert_int_equal(entries_left(b, t), ENTRIES - 777);
	count = ENTRIES - 777;
	expect_ok(b, bcc_table_take(t, keys, values, &count));
	assert_int_equal(count, ENTRIES - 777);
	check_entries(count, ENTRIES);
	assert_int_equal(entries_left(b, t), 0);
	count = 5;
	expect_ok(b, bcc_table_take(t, keys, values, &count));
	assert_int_equal(count, 0);

	/* delete: up to the first that does not exist */
	fill(b, t, ENTRIES);
	count = 100;
	expect_ok(b, bcc_table_delete_many(t, keys, &count));
	assert_int_equal(count, 100);
	assert_int_equal(entries_left(b, t), ENTRIES - 100);
	count = 3;
	expect_fails(
		b, bcc_table_delete_many(t, (uint64_t[]){200, 50, 201}, &count), -ENOENT, "no such entry");
	assert_int_equal(count, 1);
	assert_int_equal(entries_left(b, t), ENTRIES - 101);
	expect_ok(b, bcc_table_clear(t));
	assert_int_equal(entries_left(b, t), 0);
	bcc_close(b);
}

static void test_hash(void **state)
{
	batch_calls = 0;
	check_hash("BPF_HASH(table, u64, u64, 10000);");
	assert_true(batch_calls > 0);
	/* a bucket has many entries: more than a small chunk */
	check_hash("BPF_F_TABLE(\"hash\", u64, u64, table, 10000, 1 /* BPF_F_NO_PREALLOC */);");
}

static void test_hash_of_a_kernel_without_batches(void **state)
{
	no_batches = true;
	check_hash("BPF_HASH(table, u64, u64, 10000);");
	no_batches = false;
}

/* Taken with little room again and again, as a tool that prints every second does. */
static void test_take_in_pieces(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(table, u64, u64, 10000);", NULL);
	struct bcc_table *t = table_of(b, "table");

	for (uint32_t room = 1; room < 100; room = room * 3 + 1) {
		uint32_t left = 1000, count;
		uint64_t sum = 0;
		int err;

		fill(b, t, left);
		do {
			count = room;
			err = bcc_table_take(t, keys, values, &count);
			assert_true(!err || err == -ENOSPC);
			assert_int_equal(count, left < room ? left : room);
			assert_int_equal(err, count < left ? -ENOSPC : 0);
			for (uint32_t i = 0; i < count; i++)
				sum += keys[i];
			left -= count;
		} while (err);
		assert_int_equal(left, 0);
		assert_int_equal(sum, 499500);
	}
	bcc_close(b);
}

static void check_array(void)
{
	struct bcc *b = open_test_text("BPF_ARRAY(table, u64, 1000);", NULL);
	struct bcc_table *t = table_of(b, "table");
	static uint32_t index[1000];
	uint32_t count = 1000;

	for (uint32_t i = 0; i < 1000; i++) {
		index[i] = i;
		values[i] = value_of(i);
	}
	expect_ok(b, bcc_table_set_many(t, index, values, &count, 0));
	assert_int_equal(count, 1000);
	memset(index, 0xff, sizeof(index));
	memset(values, 0xff, sizeof(values));
	expect_ok(b, bcc_table_read(t, index, values, &count));
	assert_int_equal(count, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(index[i], i);
		assert_true(values[i] == value_of(i));
	}
	count = 10;
	expect_fails(b, bcc_table_take(t, index, values, &count), -ENOSPC, "10 entries");
	assert_int_equal(count, 10);
	assert_true(values[9] == value_of(9));
	assert_int_equal(table_u64(b, "table", 9), 0);
	assert_true(table_u64(b, "table", 10) == value_of(10));
	expect_fails(b, bcc_table_delete_many(t, index, &count), -EINVAL, "cannot be deleted");
	assert_int_equal(count, 0);
	expect_ok(b, bcc_table_clear(t));
	assert_int_equal(table_u64(b, "table", 10), 0);
	bcc_close(b);
}

static void test_array(void **state)
{
	check_array();
	no_batches = true;
	check_array();
	no_batches = false;
}

static void test_percpu(void **state)
{
	struct bcc *b = open_test_text("BPF_PERCPU_HASH(table, u32, u32, 500);", NULL);
	struct bcc_table *t = table_of(b, "table");
	size_t cpus = bcc_table_value_bytes(t) / 8;
	uint64_t *rows = calloc(500, cpus * 8);
	uint32_t small[500], count;

	for (int round = 0; round < 2; round++) {
		no_batches = round;
		for (uint32_t i = 0; i < 500; i++) {
			small[i] = i;
			for (size_t cpu = 0; cpu < cpus; cpu++)
				rows[i * cpus + cpu] = i * 1000 + cpu;
		}
		count = 500;
		expect_ok(b, bcc_table_set_many(t, small, rows, &count, 0));
		memset(rows, 0xff, 500 * cpus * 8);
		expect_ok(b, bcc_table_take(t, small, rows, &count));
		assert_int_equal(count, 500);
		for (uint32_t i = 0; i < 500; i++)
			for (size_t cpu = 0; cpu < cpus; cpu++)
				assert_int_equal((uint32_t)rows[i * cpus + cpu], small[i] * 1000 + cpu);
		expect_ok(b, bcc_table_read(t, small, rows, &count));
		assert_int_equal(count, 0);
	}
	no_batches = false;
	free(rows);
	bcc_close(b);
}

static void test_full_and_flags(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(table, u64, u64, 100);", NULL);
	struct bcc_table *t = table_of(b, "table");
	uint32_t count;

	for (int round = 0; round < 2; round++) {
		no_batches = round;
		for (uint64_t i = 0; i < 200; i++)
			keys[i] = values[i] = i;
		count = 200;
		expect_fails(b, bcc_table_set_many(t, keys, values, &count, 0), -E2BIG, "full (100 entries)");
		assert_int_equal(count, 100);
		count = 200;
		expect_fails(b, bcc_table_set_many(t, keys, values, &count, BPF_NOEXIST), -EEXIST, "already");
		assert_int_equal(count, 0);
		count = 100;
		expect_ok(b, bcc_table_set_many(t, keys, values, &count, BPF_EXIST));
		assert_int_equal(count, 100);
		expect_ok(b, bcc_table_clear(t));
	}
	no_batches = false;
	expect_fails(b, bcc_table_set_many(t, keys, values, NULL, 0), -EINVAL, "the count of entries");
	expect_fails(b, bcc_table_set_many(t, NULL, values, &count, 0), -EINVAL, "the keys for table");
	expect_fails(b, bcc_table_set_many(t, keys, NULL, &count, 0), -EINVAL, "the values for table");
	count = 0;
	expect_ok(b, bcc_table_set_many(t, NULL, NULL, &count, 0));
	bcc_close(b);
}

static void test_queue(void **state)
{
	/* maps as programs for libbpf define them: BPF_MAP_TYPE_QUEUE and BPF_MAP_TYPE_STACK */
	struct bcc *b = open_own_events(
		"struct { int (*type)[BPF_MAP_TYPE_QUEUE]; u64 *value; int (*max_entries)[10]; } queue SEC(\".maps\");\n"
		"struct { int (*type)[BPF_MAP_TYPE_STACK]; u64 *value; int (*max_entries)[10]; } stack SEC(\".maps\");",
		"bpf_map_push_elem(&queue, &n, 0); bpf_map_push_elem(&stack, &n, 0);");
	struct bcc_table *queue = table_of(b, "queue"), *stack = table_of(b, "stack");
	uint64_t value = 77;
	uint32_t count = 3;

	for (uint64_t n = 1; n <= 8; n++)
		own_event(n);
	expect_ok(b, bcc_table_get(queue, NULL, 0, &value, 8));
	assert_int_equal(value, 1);
	expect_fails(b, bcc_table_take(queue, NULL, values, &count), -ENOSPC, "3 entries");
	assert_int_equal(count, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(values[i], i + 1);
	expect_ok(b, bcc_table_set(queue, NULL, 0, &value, 8, 0));
	count = 10;
	expect_ok(b, bcc_table_take(queue, NULL, values, &count));
	assert_int_equal(count, 6);
	assert_int_equal(values[5], 1);
	count = 2;
	expect_fails(b, bcc_table_take(stack, NULL, values, &count), -ENOSPC, "2 entries");
	assert_int_equal(values[0], 8);
	expect_ok(b, bcc_table_clear(stack));
	expect_return(b, bcc_table_get(stack, NULL, 0, &value, 8), -ENOENT);
	count = 2;
	expect_fails(b, bcc_table_read(queue, NULL, values, &count), -EOPNOTSUPP, "queue");
	bcc_close(b);
}

struct churn {
	unsigned seed;
	volatile bool stop;
};

static void *churn(void *arg)
{
	struct churn *c = arg;

	for (uint64_t i = c->seed; !c->stop; i += 7919)
		own_event(i % 4096);
	return NULL;
}

struct stayed {
	unsigned seen[1000];
	unsigned others;
};

static int see_stayed(void *ctx, const void *key, const void *value)
{
	struct stayed *s = ctx;
	uint64_t k;

	memcpy(&k, key, sizeof(k));
	if (k < 1000)
		s->seen[k]++;
	else
		s->others++;
	return 0;
}

/* Programs add and delete as fast as two threads can make them, beside 1000 entries that stay. */
static void check_each_in_churn(const char *declaration)
{
	struct bcc *b = open_own_events(declaration,
		"u64 k = 1000000 + n, v = 0; if (table.lookup(&k)) table.delete(&k); else table.update(&k, &v);");
	struct bcc_table *t = table_of(b, "table");
	struct churn churns[2] = {{.seed = 1}, {.seed = 2}};
	pthread_t threads[2];
	time_t limit = time(NULL) + 60;
	unsigned others = 0;

	for (uint64_t key = 0; key < 1000; key++)
		expect_ok(b, bcc_table_set(t, &key, 8, &key, 8, 0));
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, &churns[i]), 0);
	/* an emulated machine may delay the threads for long */
	for (int round = 0; round < 30 || (!others && time(NULL) < limit); round++) {
		struct stayed s = {};

		expect_ok(b, bcc_table_each(t, see_stayed, &s));
		for (int i = 0; i < 1000; i++)
			assert_int_equal(s.seen[i], 1);
		others += s.others;
	}
	expect_ok(b, bcc_table_clear(t));
	for (int i = 0; i < 2; i++) {
		churns[i].stop = true;
		pthread_join(threads[i], NULL);
	}
	/* otherwise nothing has changed meanwhile, and nothing was tested */
	assert_true(others > 0);
	expect_ok(b, bcc_table_clear(t));
	struct stayed s = {};
	expect_ok(b, bcc_table_each(t, see_stayed, &s));
	assert_int_equal(s.others, 0);
	bcc_close(b);
}

static void test_each_ends_and_sees_what_stays(void **state)
{
	check_each_in_churn("BPF_HASH(table, u64, u64, 20000);");
	/* without batches the kernel starts over each time that the entry to continue from was deleted */
	no_batches = true;
	check_each_in_churn("BPF_HASH(table, u64, u64, 20000);");
	no_batches = false;
}

/* If a call is rejected as a whole, nothing is done, and the count says so. */
static void test_counts_of_what_is_refused(void **state)
{
	struct bcc *b = open_test_text("BPF_F_TABLE(\"hash\", u64, u64, fixed, 16, BPF_F_RDONLY);", NULL);
	struct bcc_table *t = table_of(b, "fixed");
	uint64_t some[4] = {1, 2, 3, 4};

	for (int single = 0; single < 2; single++) {
		uint32_t count = 4;

		no_batches = single;
		expect_return(b, bcc_table_set_many(t, some, some, &count, 0), -EPERM);
		assert_int_equal(count, 0);
		count = 4;
		expect_return(b, bcc_table_delete_many(t, some, &count), -EPERM);
		assert_int_equal(count, 0);
		count = 4;
		expect_return(b, bcc_table_take(t, some, some, &count), single ? 0 : -EPERM);
		assert_int_equal(count, 0);
	}
	no_batches = false;
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_hash_of_a_kernel_without_batches),
		cmocka_unit_test(test_take_in_pieces),
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_percpu),
		cmocka_unit_test(test_full_and_flags),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_each_ends_and_sees_what_stays),
		cmocka_unit_test(test_counts_of_what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
