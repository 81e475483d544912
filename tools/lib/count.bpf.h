/* SPDX-License-Identifier: Apache-2.0 */
/* Counters in a table, by any key. They are never set back. */
#include "entry.bpf.h"

/* Adds to the u64 of the key that `key` points to. */
#define count_add(table, key, number)                                                                        \
	do {                                                                                                 \
		u64 zero_ = 0, *count_ = entry_of(table, key, &zero_);                                       \
                                                                                                             \
		if (count_)                                                                                  \
			__sync_fetch_and_add(count_, number);                                                \
	} while (0)
