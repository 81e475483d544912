/* SPDX-License-Identifier: Apache-2.0 */
/* 0=3 Linux 6.4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

#define __contains(type, member) __attribute__((btf_decl_tag("contains:" #type ":" #member)))
#define __guarded SEC(".bss.guarded") __attribute__((aligned(8)))

extern void *bpf_obj_new_impl(u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node,
	bool(less)(struct bpf_rb_node *a, const struct bpf_rb_node *b), void *meta, u64 offset) __ksym;

struct entry {
	u64 key;
	struct bpf_rb_node node;
};

__guarded struct bpf_spin_lock lock;
__guarded struct bpf_rb_root root __contains(entry, node);

static bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b)
{
	return container_of(a, struct entry, node)->key < container_of(b, struct entry, node)->key;
}

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	struct entry *large = bpf_obj_new_impl(bpf_core_type_id_local(struct entry), NULL), *small;
	struct bpf_rb_node *first;

	if (!large)
		return 0;
	small = bpf_obj_new_impl(bpf_core_type_id_local(struct entry), NULL);
	if (!small) {
		bpf_obj_drop_impl(large, NULL);
		return 0;
	}
	large->key = 8;
	small->key = 3;
	bpf_spin_lock(&lock);
	bpf_rbtree_add_impl(&root, &large->node, less, NULL, 0);
	bpf_rbtree_add_impl(&root, &small->node, less, NULL, 0);
	first = bpf_rbtree_first(&root);
	if (first)
		first = bpf_rbtree_remove(&root, first);
	bpf_spin_unlock(&lock);
	if (!first)
		return 0;
	small = container_of(first, struct entry, node);
	put(0, small->key);
	bpf_obj_drop_impl(small, NULL);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
