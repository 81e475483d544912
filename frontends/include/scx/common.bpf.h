/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of sched_ext's header. Functions, types and constants of schedulers come by name, from the kernel
 * or, where it has none, so that the text compiles.
 */
#pragma once

#include "../vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <asm-generic/errno.h>

#ifndef PF_IDLE
#define PF_IDLE 0x00000002
#endif
#ifndef PF_EXITING
#define PF_EXITING 0x00000004
#endif
#ifndef PF_KTHREAD
#define PF_KTHREAD 0x00200000
#endif
#define PF_IO_WORKER 0x00000010
#define PF_WQ_WORKER 0x00000020
#define PF_KCOMPACTD 0x00010000
#define PF_KSWAPD 0x00020000
#define CLOCK_MONOTONIC 1

extern int LINUX_KERNEL_VERSION __kconfig;
extern const char CONFIG_CC_VERSION_TEXT[64] __kconfig __weak;
extern const char CONFIG_LOCALVERSION[64] __kconfig __weak;

#define BPF_STRUCT_OPS(name, ...) SEC("struct_ops/" #name) BPF_PROG(name, ##__VA_ARGS__)
#define BPF_STRUCT_OPS_SLEEPABLE(name, ...) SEC("struct_ops.s/" #name) BPF_PROG(name, ##__VA_ARGS__)
#define SCX_OPS_DEFINE(name, ...)                                                                            \
	SEC(".struct_ops.link")                                                                              \
	struct sched_ext_ops name = {__VA_ARGS__}

/* ---- what the kernel prints ---- */
#define __bcc_scx_print(print, format, ...)                                                                  \
	({                                                                                                   \
		static char __bcc_format[] = format;                                                         \
		__bcc_numbers(__bcc_values, ##__VA_ARGS__);                                                  \
		print;                                                                                       \
	})
#define __bcc_scx_text __bcc_format, __bcc_values, sizeof(__bcc_values)
#define scx_bpf_exit(code, format, ...)                                                                      \
	__bcc_scx_print(scx_bpf_exit_bstr(code, __bcc_scx_text), format, ##__VA_ARGS__)
#define scx_bpf_error(format, ...) __bcc_scx_print(scx_bpf_error_bstr(__bcc_scx_text), format, ##__VA_ARGS__)
#define scx_bpf_dump(format, ...) __bcc_scx_print(scx_bpf_dump_bstr(__bcc_scx_text), format, ##__VA_ARGS__)
#define scx_bpf_dump_header()                                                                                \
	scx_bpf_dump("kernel: %d.%d.%d %s\ncc: %s\n", LINUX_KERNEL_VERSION >> 16,                            \
		LINUX_KERNEL_VERSION >> 8 & 255, LINUX_KERNEL_VERSION & 255, CONFIG_LOCALVERSION,            \
		CONFIG_CC_VERSION_TEXT)

/* ---- arrays, of which a process may choose the size before the program is loaded ---- */
#define RESIZABLE_ARRAY(section, name) name[1] SEC("." #section "." #name)

/* The verifier sees one comparison of the offset that is added. */
static __always_inline void *__bcc_scx_within(void *base, u64 offset, u64 most)
{
	barrier_var(offset);
	if (offset > most)
		return NULL;
	return base + offset;
}
#define MEMBER_VPTR(base, member)                                                                            \
	((typeof((base)member) *)__bcc_scx_within(                                                           \
		&(base), (u64) & ((base)member) - (u64) & (base), sizeof(base) - sizeof((base)member)))
#define ARRAY_ELEM_PTR(array, i, n)                                                                          \
	((typeof(&(array)[0]))__bcc_scx_within(                                                              \
		(void *)(array), (u64)(i) * sizeof((array)[0]), sizeof((array)[0]) * ((n) - 1)))

/* ---- lists and trees ---- */
#define __contains(name, node) __attribute__((btf_decl_tag("contains:" #name ":" #node)))
#define private(name) SEC(".data." #name) __hidden __attribute__((aligned(8)))
#define bpf_obj_new(type) ((type *)bpf_obj_new_impl(bpf_core_type_id_local(type), NULL))
#define bpf_obj_drop(object) bpf_obj_drop_impl(object, NULL)
#define bpf_rbtree_add(root, node, less) bpf_rbtree_add_impl(root, node, less, NULL, 0)
#define bpf_list_push_front(head, node) bpf_list_push_front_impl(head, node, NULL, 0)
#define bpf_list_push_back(head, node) bpf_list_push_back_impl(head, node, NULL, 0)
#define bpf_refcount_acquire(object) bpf_refcount_acquire_impl(object, NULL)

/* In bpf_for_each(scx_dsq, …): the queue's iterator. */
#define BPF_FOR_EACH_ITER (&__bcc_it)

static __always_inline const struct cpumask *cast_mask(struct bpf_cpumask *mask)
{
	return (const struct cpumask *)mask;
}

/* ---- numbers ---- */
#ifndef READ_ONCE
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))
#endif
#define __COMPAT_ENUM_OR_ZERO(type, name)                                                                    \
	(bpf_core_enum_value_exists(type, name) ? bpf_core_enum_value(type, name) : 0)
#define scx_read_event(events, name) (bpf_core_field_exists((events)->name) ? (events)->name : 0)

static __always_inline u32 log2_u32(u32 value)
{
	return value ? 31 - __builtin_clz(value) : 0;
}
static __always_inline u32 log2_u64(u64 value)
{
	return value ? 63 - __builtin_clzll(value) : 0;
}
/* Times and virtual times, which may wrap around. */
static __always_inline s64 time_delta(u64 after, u64 before)
{
	return (s64)(after - before) > 0 ? (s64)(after - before) : 0;
}
static __always_inline bool time_after(u64 a, u64 b)
{
	return (s64)(b - a) < 0;
}
static __always_inline bool time_after_eq(u64 a, u64 b)
{
	return (s64)(a - b) >= 0;
}
static __always_inline bool time_before(u64 a, u64 b)
{
	return time_after(b, a);
}
static __always_inline bool time_before_eq(u64 a, u64 b)
{
	return time_after_eq(b, a);
}
static __always_inline bool time_in_range(u64 time, u64 from, u64 to)
{
	return time_after_eq(time, from) && time_before_eq(time, to);
}

#include "user_exit_info.h"
