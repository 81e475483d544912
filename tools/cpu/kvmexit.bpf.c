/* SPDX-License-Identifier: Apache-2.0 */
/* Exits of virtual CPUs, which are threads: they leave the guest so that the host does something for it. */
#include "kvmexit.h"
#include "count.bpf.h"
#include "filter.bpf.h"

const volatile bool by_process, by_thread;

BPF_HASH(counts, struct kvmexit_key, u64, 65536);

/* The beginning of the tracepoint's record, which is the same in all kernels. The kernel's type of it is
 * known only while KVM is loaded. */
struct kvm_exit_record {
	u64 common;
	u32 reason;
	u64 address;
	u32 processor;
};

SEC("tp") int tracepoint__kvm__kvm_exit(struct kvm_exit_record *ctx)
{
	struct kvmexit_key key = {.reason = ctx->reason, .processor = ctx->processor};
	u64 id = bpf_get_current_pid_tgid();

	if (current_is_unwanted())
		return 0;
	if (by_process)
		key.pid = id >> 32;
	if (by_thread)
		key.tid = id;
	/* reasons are 16 bits; the others are flags, such as of an entry that failed */
	if (key.processor == KVMEXIT_VMX)
		key.reason &= 0xffff;
	count_add(counts, &key, 1);
	return 0;
}
