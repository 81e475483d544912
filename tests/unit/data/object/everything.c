/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of each kind of thing that an object can contain. everything.o, next to it, is made by
 *
 *   clang-19 -target bpf -mcpu=v3 -O2 -g -fdebug-prefix-map=$PWD=. -c everything.c &&
 *   llvm-strip-19 -g everything.o
 */
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define NUMBER(name, value) int(*name)[value]

static long (*const update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static void *(*const lookup)(void *map, const void *key) = (void *)1;
static long (*const for_each)(void *map, void *callback, void *ctx, u64 flags) = (void *)164;
static long (*const print)(const char *format, u32 size, ...) = (void *)6;

struct key {
	u32 pid;
	char comm[16];
};

struct {
	NUMBER(type, 1);
	NUMBER(max_entries, 1000);
	NUMBER(map_flags, 1);
	struct key *key;
	u64 *value;
} counts SEC(".maps");

struct {
	NUMBER(type, 4);
	NUMBER(key_size, 4);
	NUMBER(value_size, 4);
} events SEC(".maps");

struct {
	NUMBER(type, 27);
	NUMBER(max_entries, 65536);
} ring SEC(".maps");

struct inner {
	NUMBER(type, 2);
	NUMBER(max_entries, 3);
	u32 *key;
	u64 *value;
} first SEC(".maps"), second SEC(".maps");

struct {
	NUMBER(type, 12);
	NUMBER(max_entries, 4);
	u32 *key;
	struct inner *values[];
} outer SEC(".maps") = {.values = {[1] = &first, [3] = &second}};

u64 total = 7;
static u64 calls;
const volatile u32 limit = 12;

extern u64 bpf_ktime_probe_kfunc(u32 number) __attribute__((section(".ksyms"), weak));

static __attribute__((noinline)) u64 leaf(u64 a)
{
	return a * 3 + __sync_fetch_and_add(&calls, 1);
}

static __attribute__((noinline)) u64 branch(u64 a)
{
	return leaf(a + 1) + leaf(a + 2);
}

static long callback(void *map, const void *key, u64 *value, void *ctx)
{
	return leaf(*value) & 1;
}

SEC("kprobe/vfs_read") int kprobe__vfs_read(void *ctx)
{
	struct key key = {.pid = 1};
	u64 *old = lookup(&counts, &key), value = total;

	if (!old)
		update(&counts, &key, &value, 0);
	return branch(limit);
}

SEC("kprobe/vfs_read") int same_section(void *ctx)
{
	static const char format[] = "%d\n";

	print(format, sizeof(format), (u32)branch(5));
	return 0;
}

SEC("tracepoint/sched/sched_switch") int tracepoint__sched__sched_switch(void *ctx)
{
	if (&bpf_ktime_probe_kfunc && bpf_ktime_probe_kfunc(1))
		return 1;
	return for_each(&counts, callback, 0, 0);
}

char _license[] SEC("license") = "GPL";
