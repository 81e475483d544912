/* SPDX-License-Identifier: Apache-2.0 */
#include "cachetop.h"
#include "cache.bpf.h"
#include "filter.bpf.h"

/* Processes end: the table forgets those that have been quiet for long. */
BPF_TABLE("lru_hash", struct cachetop_key, struct cache_counts, counts, 16384);

static inline struct cache_counts *cache_counts(void)
{
	struct cachetop_key key = {};
	struct cache_counts *found, none = {};

	if (current_is_unwanted())
		return 0;
	key.pid = bpf_get_current_pid_tgid() >> 32;
	key.uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	found = counts.lookup(&key);
	if (!found) {
		/* another CPU may have been quicker */
		counts.insert(&key, &none);
		found = counts.lookup(&key);
	}
	if (!found)
		event_missed();
	return found;
}
