/* What decides how a text is parsed: constants that #if may test, attributes, and macros that concatenate
 * names. These are known before it is determined which names the text uses; everything else is provided in
 * pieces, by those names: frontends/prelude.h. */
#pragma once

#include <linux/kconfig.h>
#include "kernel_version.h"
#define SEC(name) __attribute__((section(name), used))
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __BCC_HEADERS
/* the compiler reads through such pointers with bpf_probe_read_user(); it also knows the kernel's own ones,
 * by BTF */
#define __user __attribute__((btf_type_tag("user")))
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __bitwise
#define __maybe_unused __attribute__((unused))
#define __attribute_const__ __attribute__((const))
#define __must_check
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef __BCC_HEADERS
#define true 1
#define false 0
#endif

#define BPF_MAX_STACK_DEPTH 127

#define TRACEPOINT_PROBE(category, event)                                                                            \
	int tracepoint__##category##__##event(struct tracepoint__##category##__##event *args)
#define RAW_TRACEPOINT_PROBE(event) int raw_tracepoint__##event(struct bpf_raw_tracepoint_args *ctx)
#define BPF_ITER(target) int bpf_iter__##target(struct bpf_iter__##target *ctx)

/* The compiler's marker: it returns its argument, which points to user memory. */
void *__bcc_user_pointer(const volatile void *pointer) __attribute__((const));
