/* SPDX-License-Identifier: Apache-2.0 */
/* Pages that are read from swap: the current task is the one that needs them. */
#include "swapin.h"
#include "count.bpf.h"
#include "filter.bpf.h"

BPF_HASH(counts, struct swapin_key, u64, 10240);

static inline int count(void)
{
	struct swapin_key key = {.pid = bpf_get_current_pid_tgid() >> 32};

	if (current_is_unwanted())
		return 0;
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	count_add(counts, &key, 1);
	return 0;
}

KFUNC_PROBE(swap_read_folio)
{
	return count();
}

KFUNC_PROBE(swap_readpage)
{
	return count();
}

int kprobe__swap_read_folio(struct pt_regs *ctx)
{
	return count();
}

int kprobe__swap_readpage(struct pt_regs *ctx)
{
	return count();
}
