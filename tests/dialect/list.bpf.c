/* SPDX-License-Identifier: Apache-2.0 */
/* 0=77 Linux 6.4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

#define __contains(type, member) __attribute__((btf_decl_tag("contains:" #type ":" #member)))

extern void *bpf_obj_new_impl(u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern int bpf_list_push_front_impl(
	struct bpf_list_head *head, struct bpf_list_node *node, void *meta, u64 offset) __ksym;

struct item {
	u64 value;
	struct bpf_list_node node;
};

struct head {
	struct bpf_spin_lock lock;
	struct bpf_list_head list __contains(item, node);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct head);
} heads SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	u32 zero = 0;
	struct head *head = bpf_map_lookup_elem(&heads, &zero);
	struct bpf_list_node *node;
	struct item *item;

	if (!head)
		return 0;
	item = bpf_obj_new_impl(bpf_core_type_id_local(struct item), NULL);
	if (!item)
		return 0;
	item->value = 77;
	bpf_spin_lock(&head->lock);
	bpf_list_push_front_impl(&head->list, &item->node, NULL, 0);
	node = bpf_list_pop_front(&head->list);
	bpf_spin_unlock(&head->lock);
	if (!node)
		return 0;
	item = container_of(node, struct item, node);
	put(0, item->value);
	bpf_obj_drop_impl(item, NULL);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
