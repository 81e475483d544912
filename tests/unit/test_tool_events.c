/* SPDX-License-Identifier: Apache-2.0 */
/* Events are passed on in the order of their times, none twice and none lost, however they arrive. */
#include "tool_description.h"

#include "tools/lib/events.h"

struct event {
	uint64_t time, number;
	char text[24];
};

static struct event seen[20000];
static size_t seen_count, stop_at;

static int see(const void *data, size_t size)
{
	assert_true((uintptr_t)data % 8 == 0);
	assert_true(size >= 16 && size <= sizeof(struct event));
	memset(&seen[seen_count], 0, sizeof(seen[0]));
	memcpy(&seen[seen_count++], data, size);
	return seen_count == stop_at ? -5 : 0;
}

static void add(struct events_held *held, uint64_t time, uint64_t number, size_t text)
{
	struct event e = {.time = time, .number = number};

	memset(e.text, 'a' + number % 26, text);
	events_held_add(held, &e, 16 + text);
}

static void test_order(void **state)
{
	struct events_held *held = events_held_new();

	seen_count = stop_at = 0;
	add(held, 30, 0, 1);
	add(held, 10, 1, 0);
	add(held, 20, 2, 23);
	add(held, 10, 3, 5); /* after the one of the same time that arrived before it */
	events_held_add(held, "short", 5);
	assert_int_equal(events_held_count(held), 4);
	assert_int_equal(events_held_deliver(held, 9, see), 0);
	assert_int_equal(seen_count, 0);
	assert_int_equal(events_held_deliver(held, 20, see), 0);
	assert_int_equal(seen_count, 3);
	assert_int_equal(seen[0].number, 1);
	assert_int_equal(seen[1].number, 3);
	assert_memory_equal(seen[1].text, "ddddd", 6);
	assert_int_equal(seen[2].number, 2);
	add(held, 25, 4, 0);
	assert_int_equal(events_held_deliver(held, UINT64_MAX, see), 0);
	assert_int_equal(seen_count, 5);
	assert_int_equal(seen[3].number, 4);
	assert_int_equal(seen[4].number, 0);
	assert_memory_equal(seen[4].text, "a", 2);
	assert_int_equal(events_held_count(held), 0);
	events_held_free(held);
}

/* As two CPUs send them, in batches, with a look in between. */
static void test_many(void **state)
{
	struct events_held *held = events_held_new();
	uint64_t number = 0;

	seen_count = stop_at = 0;
	srand(1);
	for (uint64_t batch = 0; batch < 100; batch++) {
		for (int cpu = 0; cpu < 2; cpu++)
			for (int i = 0; i < 100; i++)
				add(held, batch * 100 + i, number++, rand() % 24);
		assert_int_equal(events_held_deliver(held, batch * 100 + 49, see), 0);
	}
	events_held_deliver(held, UINT64_MAX, see);
	assert_int_equal(seen_count, 20000);
	for (size_t i = 0; i < seen_count; i++) {
		assert_int_equal(seen[i].time, i / 2);
		/* of the two with this time, the first CPU's */
		assert_int_equal(seen[i].number, i / 200 * 200 + i % 2 * 100 + i / 2 % 100);
		for (size_t j = 0; seen[i].text[j]; j++)
			assert_int_equal(seen[i].text[j], 'a' + seen[i].number % 26);
	}
	events_held_free(held);
}

static struct events_held *growing;

/* Two more events for each of the first hundred, one of which has the same time. */
static int see_and_add(const void *data, size_t size)
{
	const struct event *e = data;
	uint64_t time = e->time, number = e->number;
	int ret = see(data, size);

	if (number < 100) {
		add(growing, time + 1000, 1000 + number, 23);
		add(growing, time, 100 + number, 23);
	}
	return ret;
}

/* What arrives while events are passed on is passed on the next time, in its order. */
static void test_more_meanwhile(void **state)
{
	growing = events_held_new();
	seen_count = stop_at = 0;
	for (uint64_t i = 0; i < 100; i++)
		add(growing, i, i, 0);
	assert_int_equal(events_held_deliver(growing, 5000, see_and_add), 0);
	assert_int_equal(seen_count, 100);
	assert_int_equal(events_held_count(growing), 200);
	assert_int_equal(events_held_deliver(growing, 5000, see), 0);
	assert_int_equal(seen_count, 300);
	for (uint64_t i = 0; i < 100; i++) {
		assert_int_equal(seen[i].number, i);
		assert_int_equal(seen[100 + i].number, 100 + i);
		assert_int_equal(seen[200 + i].number, 1000 + i);
	}
	assert_int_equal(events_held_count(growing), 0);
	events_held_free(growing);
}

static void test_stop(void **state)
{
	struct events_held *held = events_held_new();

	seen_count = 0;
	stop_at = 2;
	for (int i = 0; i < 5; i++)
		add(held, i, i, 0);
	assert_int_equal(events_held_deliver(held, UINT64_MAX, see), -5);
	assert_int_equal(seen_count, 2);
	assert_int_equal(events_held_count(held), 3);
	stop_at = 0;
	events_held_deliver(held, UINT64_MAX, see);
	assert_int_equal(seen_count, 5);
	assert_int_equal(seen[4].number, 4);
	events_held_free(held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_more_meanwhile),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
