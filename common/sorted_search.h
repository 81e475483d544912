/* SPDX-License-Identifier: Apache-2.0 */
/* The binary search of everything that is kept in order. */
#ifndef COMMON_SORTED_SEARCH_H
#define COMMON_SORTED_SEARCH_H

#include <stddef.h>

/*
 * The first i of [0, count) for which `is_before` is false; `count` when it is true for all. `is_before` is an expression of i, a
 * name that the caller chooses, and what it looks at is in order: once false, it is false for all behind.
 *
 *	after = bcc_partition_point(i, table->count, table->entries[i].address <= address);
 *
 * A macro: a function would need another function and a struct of what it compares at each place, and the look-ups of symbols, of
 * which each frame of each stack takes one, are as quick as a loop of their own.
 */
#define bcc_partition_point(i, count, is_before)                                                             \
	({                                                                                                   \
		size_t bcc_low = 0, bcc_high = (count);                                                      \
                                                                                                             \
		while (bcc_low < bcc_high) {                                                                 \
			size_t i = bcc_low + (bcc_high - bcc_low) / 2;                                       \
                                                                                                             \
			if (is_before)                                                                       \
				bcc_low = i + 1;                                                             \
			else                                                                                 \
				bcc_high = i;                                                                \
		}                                                                                            \
		bcc_low;                                                                                     \
	})

#endif
