/* SPDX-License-Identifier: Apache-2.0 */
/* Counters in a table, by any key. They are never set back. */
#include "missed.bpf.h"

/* Adds to the u64 of the key that `key` points to. */
#define count_add(table, key, number)                                                                        \
	do {                                                                                                 \
		u64 zero_ = 0, *count_ = (table).lookup(key);                                                \
                                                                                                             \
		if (!count_) {                                                                               \
			/* another CPU may have been quicker */                                              \
			(table).insert(key, &zero_);                                                         \
			count_ = (table).lookup(key);                                                        \
		}                                                                                            \
		if (count_)                                                                                  \
			__sync_fetch_and_add(count_, number);                                                \
		else                                                                                         \
			event_missed();                                                                      \
	} while (0)
