/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "debug_info.h"
#include "stack_store.h"
#include "symbol.h"
#include "tool.h"

struct stored_stack {
	int64_t number;
	struct stack_record record;
};

static struct {
	struct stored_stack *stacks; /* in the order of their numbers */
	size_t count, room;
	uint64_t missed[STACK_MISSES]; /* that have been said */
} store;

/* ---- processes ---- */

static int stack_store_see_owner(void *ctx, int cpu, const void *data, size_t size)
{
	struct stack_owner owner;
	struct symbol_owner seen;

	if (size < sizeof(owner))
		return 0;
	memcpy(&owner, data, sizeof(owner));
	seen = (struct symbol_owner){.pid = owner.pid, .start = owner.start, .exec = owner.exec};
	symbol_see(&seen);
	if (debug_info_is_open())
		debug_info_see(&seen);
	return 0;
}

int stack_store_open(struct bcc *b)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	const char *name = "stacks_seen_owners";
	int ret = bcc_table_info(bcc_table_find(b, name), &info);

	if (ret)
		return ret;
	if (info.type == BPF_MAP_TYPE_RINGBUF)
		return bcc_open_ring(b, name, stack_store_see_owner, NULL);
	return bcc_open_perf(b, name, stack_store_see_owner, NULL, NULL);
}

/* ---- stacks ---- */

static int stack_store_add(void *ctx, const void *key, const void *value)
{
	struct stored_stack *s;

	if (store.count == store.room) {
		store.room = store.room ? 2 * store.room : 256;
		store.stacks = buffer_grow(store.stacks, store.room * sizeof(*store.stacks));
	}
	s = &store.stacks[store.count];
	memcpy(&s->number, key, sizeof(s->number));
	memcpy(&s->record, value, sizeof(s->record));
	store.count += s->record.count <= STACK_FRAMES;
	return 0;
}

static int stack_store_compare(const void *a, const void *b)
{
	const struct stored_stack *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

int stack_store_read(struct bcc *b)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc_table *t = bcc_table_find(b, "stacks");
	int ret = bcc_table_info(t, &info);

	if (ret)
		return ret;
	if (info.key_size != sizeof(int64_t) || info.value_size != sizeof(struct stack_record))
		return -EINVAL;
	store.count = 0;
	ret = bcc_table_each(t, stack_store_add, NULL);
	if (store.count)
		qsort(store.stacks, store.count, sizeof(*store.stacks), stack_store_compare);
	return ret;
}

const struct stack_record *stack_store_find(int64_t number)
{
	struct stored_stack key = {.number = number}, *found = NULL;

	if (store.count)
		found = bsearch(&key, store.stacks, store.count, sizeof(*store.stacks), stack_store_compare);
	return found ? &found->record : NULL;
}

/* ---- what is missing ---- */

uint64_t stack_store_say_missed(struct bcc *b)
{
	static const char *const why[STACK_MISSES] = {
		[STACK_MISS_FULL] = "their table is full; consider increasing --stack-storage-size",
		[STACK_MISS_COLLISION] = "others have the same hash",
		[STACK_MISS_UNREADABLE] = "the kernel could not walk them",
		[STACK_MISS_BUSY] = "programs interrupted one another",
		[STACK_MISS_UNSENT] = "they came faster than they could be read",
	};
	struct bcc_variable *v = bcc_variable_find(b, "stacks_missed");
	uint64_t now[STACK_MISSES], all = 0;

	if (!v || bcc_variable_get(v, now, sizeof(now)))
		return 0;
	for (int i = 0; i < STACK_MISSES; i++) {
		uint64_t added = now[i] - store.missed[i];

		if (added)
			tool_warn("WARNING: %" PRIu64 " stack traces could not be displayed: %s", added,
				why[i]);
		store.missed[i] = now[i];
		all += added;
	}
	return all;
}

void stack_store_close(void)
{
	free(store.stacks);
	memset(&store, 0, sizeof(store));
}
