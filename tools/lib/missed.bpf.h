/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be recorded, such as when an update of a table fails: counted, and said on stderr. */
u64 events_missed;

static inline void event_missed(void)
{
	__sync_fetch_and_add(&events_missed, 1);
}
