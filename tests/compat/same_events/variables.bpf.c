/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

enum mode { MODE_NONE, MODE_FIRST, MODE_SECOND };
struct inner {
	u8 a;
	u16 b;
	u32 c : 5, d : 7;
	s64 e;
};

const volatile struct inner wanted = {.a = 1, .b = 2, .c = 3, .d = 4, .e = -5};
u8 one = 0;
s16 two = -2;
u32 four = 4;
s64 eight = 0;
bool seen = false;
enum mode mode = MODE_NONE;
struct inner copy = {};
struct inner list[3] = {{.a = 9}};
char text[16] = "before";
static u64 hidden;
__u64 of_section SEC(".data.other") = 3;

SEC("raw_tp/sys_enter")
int BPF_PROG(enter, struct pt_regs *regs, long id)
{
	if (!OWN || id != 121)
		return 0;
	one++;
	two--;
	__sync_fetch_and_add(&four, 4);
	eight -= PT_REGS_PARM1_CORE_SYSCALL(regs);
	seen = true;
	mode = MODE_SECOND;
	copy = wanted;
	list[1].d = 77;
	list[2].e = hidden++;
	of_section += hidden;
	__builtin_memcpy(text, "after", 6);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
