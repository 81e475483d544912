/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of what has begun, until it ends. Of some the end never comes, so they are of the kind that makes
 * room for what is new: a full one forgets what was put in longest ago, and the kernel does not say so. What
 * is put in and taken out is counted, so that the tool can say how many are missing (begun.c).
 */
#include "begun.h"
#include "missed.bpf.h"

#include <linux/errno.h>

#define BEGUN_TABLE(key_type, value_type, name, entries)                                                     \
	BPF_TABLE("lru_hash", key_type, value_type, name, entries);                                          \
	BPF_PERCPU_ARRAY(name##_begun, struct begun_count, 1)

#define begun_count_(table, member)                                                                          \
	({                                                                                                   \
		u32 zero_ = 0;                                                                               \
		struct begun_count *count_ = table##_begun.lookup(&zero_);                                   \
                                                                                                             \
		if (count_)                                                                                  \
			__sync_fetch_and_add(&count_->member, 1);                                            \
	})

/* Puts an entry in, also in the place of one with this key. */
#define begun_put(table, key, value)                                                                         \
	({                                                                                                   \
		int ret_ = table.insert(key, value);                                                         \
                                                                                                             \
		if (!ret_)                                                                                   \
			begun_count_(table, put);                                                            \
		else if (ret_ == -EEXIST)                                                                    \
			ret_ = table.update(key, value);                                                     \
		if (ret_)                                                                                    \
			event_missed();                                                                      \
	})

#define begun_take(table, key)                                                                               \
	({                                                                                                   \
		if (!table.delete(key))                                                                      \
			begun_count_(table, taken);                                                          \
	})
