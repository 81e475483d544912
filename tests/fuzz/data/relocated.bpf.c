/* SPDX-License-Identifier: Apache-2.0 */
/* Each kind of relocation. relocated.o is made of it by: bpfcc build relocated.bpf.c -o relocated.o */
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
typedef unsigned int u32;
typedef unsigned long long u64;
struct inner {
	int a, b[4];
	union {
		long c;
		void *d;
	};
} __attribute__((preserve_access_index));
enum kind { KIND_A, KIND_B = 7 };
enum big { BIG = 0x100000000000ULL };
typedef struct {
	int n;
} named;
struct outer {
	struct inner *pointer, in, many[3];
	unsigned bits : 3, more : 9;
	enum kind kind;
	named n;
	int (*call)(int);
} __attribute__((preserve_access_index));
struct outer___old {
	short gone;
} __attribute__((preserve_access_index));
u64 out;
SEC("raw_tp/sys_enter") int program(void *ctx)
{
	struct outer *o = (struct outer *)bpf_get_current_task();
	out += BPF_CORE_READ(o, pointer, a) + BPF_CORE_READ(o, in.b[2]) + BPF_CORE_READ(o, many[1].c) +
	       BPF_CORE_READ(o, n.n);
	out += BPF_CORE_READ_BITFIELD_PROBED(o, more) + bpf_core_field_size(o->kind) +
	       bpf_core_field_exists(o->call);
	if (bpf_core_field_exists(struct outer___old, gone))
		out += BPF_CORE_READ((struct outer___old *)o, gone);
	out += bpf_core_type_exists(struct inner) + bpf_core_type_size(struct outer) +
	       bpf_core_type_matches(struct outer) + bpf_core_type_id_kernel(struct inner) +
	       bpf_core_type_exists(named);
	out += bpf_core_enum_value(enum kind, KIND_B) + bpf_core_enum_value_exists(enum big, BIG) +
	       bpf_core_enum_value(enum big, BIG);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
