/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What objects of other compilers have: tables, variables, relocations by types, subprograms. core-N.bpf.o is
 * this, made by clang N:
 *
 *   clang-N --target=bpf -mcpu=v3 -O2 -g -c core.bpf.c -o core-N.bpf.o && llvm-strip-N -g core-N.bpf.o
 *
 * The layouts here are no kernel's.
 */
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define IN_KERNEL __attribute__((preserve_access_index))

struct task_struct___mine {
	int no_such_field;
	char comm[16];
	int pid;
	int tgid;
	struct task_struct___mine *group_leader;
} IN_KERNEL;

enum pid_type___mine { PIDTYPE_SID___mine = 99 };

static u64 (*const bpf_get_current_task)(void) = (void *)35;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*const bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;

struct {
	int (*type)[2]; /* array */
	int (*max_entries)[16];
	u32 *key;
	u64 *value;
} out SEC(".maps");

const volatile int wanted = 0;
u64 events = 0;

char _license[] SEC("license") = "GPL";

static __attribute__((noinline)) int put(u32 at, u64 value)
{
	u64 *slot = bpf_map_lookup_elem(&out, &at);

	if (slot)
		*slot = value;
	return 0;
}

SEC("syscall")
int ask(void *context)
{
	struct task_struct___mine *task = (void *)bpf_get_current_task(), *leader = 0;
	int tgid = 0;

	bpf_probe_read_kernel(&leader, sizeof(leader), &task->group_leader);
	bpf_probe_read_kernel(&tgid, sizeof(tgid), &leader->tgid);
	put(0, tgid);
	put(1, __builtin_preserve_field_info(task->no_such_field, 2));
	put(2, __builtin_preserve_field_info(task->comm, 1));
	put(3, __builtin_preserve_type_info(*(struct task_struct___mine *)0, 1));
	put(4, __builtin_preserve_enum_value(*(enum pid_type___mine *)PIDTYPE_SID___mine, 1));
	put(5, __builtin_preserve_field_info(task->tgid, 0));
	return 0;
}

SEC("raw_tp/sys_enter")
int count(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted)
		__sync_fetch_and_add(&events, 1);
	return 0;
}
