/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/bcc.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buffer.h"
#include "period.h"

struct period_reader {
	uint32_t ended;
	size_t key_size, value_size;
	char *entries; /* keys and values, one after another */
	size_t count, room;
};

static int period_keep(void *ctx, const void *key, const void *value)
{
	struct period_reader *r = ctx;
	size_t bytes = r->key_size + r->value_size;
	uint32_t number;

	memcpy(&number, (const char *)key + r->key_size - sizeof(number), sizeof(number));
	if (number != r->ended)
		return 0;
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->entries = buffer_grow(r->entries, r->room * bytes);
	}
	memcpy(r->entries + r->count * bytes, key, r->key_size);
	memcpy(r->entries + r->count * bytes + r->key_size, value, r->value_size);
	r->count++;
	return 0;
}

/* Ends it, and waits until all programs have seen that: they are readers of RCU. */
static int period_end(struct bcc *b, uint32_t *ended)
{
	struct bcc_variable *v = bcc_variable_find(b, "period");
	uint32_t next;
	int ret = bcc_variable_get(v, ended, sizeof(*ended));

	if (ret)
		return ret;
	next = *ended + 1;
	ret = bcc_variable_set(v, &next, sizeof(next));
	/* waits for an RCU grace period; where that is refused (seccomp), no program takes this long */
	if (!ret && syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(10000);
	return ret;
}

int period_read(struct bcc *b, const char *table, void (*add)(void *ctx, const void *record), void *ctx)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc_table *t = bcc_table_find(b, table);
	struct period_reader r = {0};
	int ret = bcc_table_info(t, &info);

	if (ret)
		return ret;
	r.key_size = info.key_size;
	r.value_size = info.value_size;
	ret = period_end(b, &r.ended);
	if (!ret)
		ret = bcc_table_each(t, period_keep, &r);
	for (size_t i = 0; i < r.count && !ret; i++) {
		const char *entry = r.entries + i * (r.key_size + r.value_size);

		add(ctx, entry);
		ret = bcc_table_delete(t, entry, r.key_size);
	}
	free(r.entries);
	return ret;
}
