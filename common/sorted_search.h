/* SPDX-License-Identifier: Apache-2.0 */
/* Binary search in sorted data. */
#ifndef COMMON_SORTED_SEARCH_H
#define COMMON_SORTED_SEARCH_H

#include <stddef.h>

/*
 * The first i in [0, count) for which `is_before` is false, or `count` if it is true for all. `is_before` is
 * an expression in i, a name that the caller chooses; over i it must be true first and then false.
 *
 * 	after = bcc_partition_point(i, table->count, table->entries[i].address <= address);
 *
 * This is a macro because a function would need a callback and a struct at every use, and symbol look-ups,
 * one for each frame of each stack, have to be as fast as a hand-written loop.
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
