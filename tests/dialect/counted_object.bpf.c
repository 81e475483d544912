/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4 Linux 6.6 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

extern void *bpf_obj_new_impl(u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern void *bpf_refcount_acquire_impl(void *object, void *meta) __ksym;

struct counted {
	u64 value;
	struct bpf_refcount references;
};

SEC("syscall")
int run(void *ctx)
{
	struct counted *first = bpf_obj_new_impl(bpf_core_type_id_local(struct counted), NULL), *second;

	if (!first)
		return 0;
	first->value = 4;
	second = bpf_refcount_acquire_impl(first, NULL);
	bpf_obj_drop_impl(first, NULL);
	if (!second)
		return 0;
	put(0, second->value);
	bpf_obj_drop_impl(second, NULL);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
