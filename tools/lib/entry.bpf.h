/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of tables that are made when they are first needed. */
#include "missed.bpf.h"

/* The value of a key, made of what `none` points to if there was none; 0, and counted as missed, if there is
 * no room for it. */
#define entry_of(table, key, none)                                                                           \
	({                                                                                                   \
		__auto_type entry_ = (table).lookup(key);                                                    \
                                                                                                             \
		if (!entry_) {                                                                               \
			/* another CPU may have been quicker */                                              \
			(table).insert(key, none);                                                           \
			entry_ = (table).lookup(key);                                                        \
		}                                                                                            \
		if (!entry_)                                                                                 \
			event_missed();                                                                      \
		entry_;                                                                                      \
	})
