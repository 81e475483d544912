/* Replaces bcc/types.h if types come from a tree of kernel headers: the kernel's own basic headers, before
 * anything of ours, and replacements for inline functions that use machine instructions. */
#pragma once
#pragma GCC system_header

#define __BCC_HEADERS 1

/* What kbuild includes before each file of the kernel. */
#if __has_include(<linux/compiler-version.h>)
#include <linux/compiler-version.h>
#endif
#include <linux/kconfig.h>
#if __has_include(<linux/compiler_types.h>)
#include <linux/compiler_types.h>
#endif

#include <linux/types.h>
#include <linux/version.h>
#include <linux/stddef.h>
#include <linux/bug.h>
#include <linux/jump_label.h>
#include <linux/string.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <asm/byteorder.h>
#include <asm/current.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <uapi/linux/bpf.h>
#include <uapi/linux/if_packet.h>

/* Kernel bugs are reported by the kernel itself. */
#undef BUG
#undef BUG_ON
#undef WARN
#undef WARN_ON
#undef WARN_ON_ONCE
#undef WARN_ONCE
#undef WARN_TAINT
#undef WARN_TAINT_ONCE
#define BUG()                                                                                                \
	do {                                                                                                 \
	} while (0)
#define BUG_ON(condition) ((void)(condition))
#define WARN(condition, ...) (!!(condition))
#define WARN_ON(condition) (!!(condition))
#define WARN_ON_ONCE(condition) (!!(condition))
#define WARN_ONCE(condition, ...) (!!(condition))
#define WARN_TAINT(condition, ...) (!!(condition))
#define WARN_TAINT_ONCE(condition, ...) (!!(condition))

/* The kernel patches its code to switch these: here, each keeps its initial state. */
#undef static_branch_likely
#undef static_branch_unlikely
#define static_branch_likely(key) 1
#define static_branch_unlikely(key) 0
#define static_key_true(key) 1
#define static_key_false(key) 0

/* Per-CPU memory is read through the machine's segment registers. */
#undef current
#define current ((struct task_struct *)bpf_get_current_task())
