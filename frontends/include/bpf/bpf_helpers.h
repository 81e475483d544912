/* SPDX-License-Identifier: Apache-2.0 */
/* What programs in libbpf's dialect include: tables, sections, attributes, printing. */
/* As in libbpf's header: of the two, one that a program has of its own and this, the first counts. */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#include "bcc/helper_defs.h"
#include "bcc/kernel_version.h"
#include "bcc_arguments.h"
#include "bcc_iterators.h"

#define SEC(name)                                                                                                    \
	_Pragma("GCC diagnostic push")                                                                               \
	_Pragma("GCC diagnostic ignored \"-Wignored-attributes\"")                                                   \
	__attribute__((section(name), used))                                                                         \
	_Pragma("GCC diagnostic pop")

/* members of a table's definition */
#define __uint(name, value) int(*name)[value]
#define __type(name, type) typeof(type) *name
#define __array(name, type) typeof(type) *name[]
#define __ulong(name, value) enum { __bcc_join(__bcc_value_, __COUNTER__) = (value) } name

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#define __hidden __attribute__((visibility("hidden")))
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __uptr __attribute__((btf_type_tag("uptr")))
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_untrusted __attribute__((btf_decl_tag("arg:untrusted")))
#define __arg_arena __attribute__((btf_decl_tag("arg:arena")))

#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#ifndef container_of
#define container_of(pointer, type, member)                                                                          \
	({                                                                                                           \
		void *__bcc_member = (void *)(pointer);                                                              \
		((type *)(__bcc_member - offsetof(type, member)));                                                   \
	})
#endif
#ifndef likely
#define likely(condition) __builtin_expect(!!(condition), 1)
#endif
#ifndef unlikely
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#endif
#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif
#ifndef barrier_var
#define barrier_var(variable) asm volatile("" : "+r"(variable))
#endif
#ifndef __bpf_unreachable
#define __bpf_unreachable() __builtin_trap()
#endif

enum libbpf_pin_type { LIBBPF_PIN_NONE, LIBBPF_PIN_BY_NAME };
enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };

#define bpf_ksym_exists(symbol)                                                                                      \
	({                                                                                                           \
		_Static_assert(!__builtin_constant_p(!!(symbol)), #symbol " should be marked as __weak");            \
		!!(symbol);                                                                                          \
	})

/* The numbers that printing helpers take. */
#define __bcc_store_0(to, ...)
#define __bcc_store_1(to, x) *(to) = (unsigned long long)(x)
#define __bcc_store_2(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_1((to) + 1, __VA_ARGS__)
#define __bcc_store_3(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_2((to) + 1, __VA_ARGS__)
#define __bcc_store_4(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_3((to) + 1, __VA_ARGS__)
#define __bcc_store_5(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_4((to) + 1, __VA_ARGS__)
#define __bcc_store_6(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_5((to) + 1, __VA_ARGS__)
#define __bcc_store_7(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_6((to) + 1, __VA_ARGS__)
#define __bcc_store_8(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_7((to) + 1, __VA_ARGS__)
#define __bcc_store_9(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_8((to) + 1, __VA_ARGS__)
#define __bcc_store_10(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_9((to) + 1, __VA_ARGS__)
#define __bcc_store_11(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_10((to) + 1, __VA_ARGS__)
#define __bcc_store_12(to, x, ...) *(to) = (unsigned long long)(x), __bcc_store_11((to) + 1, __VA_ARGS__)
#define __bcc_numbers(name, ...)                                                                                     \
	unsigned long long name[__bcc_count(__VA_ARGS__) ? __bcc_count(__VA_ARGS__) : 1] = {};                        \
	__bcc_join(__bcc_store_, __bcc_count(__VA_ARGS__))(name, ##__VA_ARGS__)

/* libbpf's names for what its macros are made of; macros of programs use them too. */
#define ___bpf_concat(a, b) a##b
#define ___bpf_apply(macro, count) ___bpf_concat(macro, count)
#define ___bpf_nth(_, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, ...) a13
#define ___bpf_narg(...) ___bpf_nth(_, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define ___bpf_fill(to, ...) __bcc_join(__bcc_store_, __bcc_count(__VA_ARGS__))(to, ##__VA_ARGS__)

#define BPF_SEQ_PRINTF(seq, format, ...)                                                                             \
	({                                                                                                           \
		static const char __bcc_format[] = format;                                                           \
		__bcc_numbers(__bcc_values, ##__VA_ARGS__);                                                          \
		bpf_seq_printf(seq, __bcc_format, sizeof(__bcc_format), __bcc_values,                                \
			__bcc_count(__VA_ARGS__) * 8);                                                               \
	})
#define BPF_SNPRINTF(out, size, format, ...)                                                                         \
	({                                                                                                           \
		static const char __bcc_format[] = format;                                                           \
		__bcc_numbers(__bcc_values, ##__VA_ARGS__);                                                          \
		bpf_snprintf(out, size, __bcc_format, __bcc_values, __bcc_count(__VA_ARGS__) * 8);                   \
	})

/* Into a stream of the program itself; the extern that does it is the program's. */
#define bpf_stream_printk(stream, format, ...)                                                                       \
	({                                                                                                           \
		static const char __bcc_format[] = format;                                                           \
		__bcc_numbers(__bcc_values, ##__VA_ARGS__);                                                          \
		bpf_stream_vprintk(stream, __bcc_format, __bcc_values, __bcc_count(__VA_ARGS__) * 8);                \
	})

#ifdef BPF_NO_GLOBAL_DATA
#define __bcc_print_storage
#else
#define __bcc_print_storage static const
#endif
#define __bcc_print_few(format, ...)                                                                                 \
	({                                                                                                           \
		__bcc_print_storage char __bcc_format[] = format;                                                    \
		bpf_trace_printk(__bcc_format, sizeof(__bcc_format), ##__VA_ARGS__);                                 \
	})
#define __bcc_print_many(format, ...)                                                                                \
	({                                                                                                           \
		static const char __bcc_format[] = format;                                                           \
		__bcc_numbers(__bcc_values, ##__VA_ARGS__);                                                          \
		bpf_trace_vprintk(                                                                                   \
			__bcc_format, sizeof(__bcc_format), __bcc_values, __bcc_count(__VA_ARGS__) * 8);             \
	})
#define __bcc_print_0 __bcc_print_few
#define __bcc_print_1 __bcc_print_few
#define __bcc_print_2 __bcc_print_few
#define __bcc_print_3 __bcc_print_few
#define __bcc_print_4 __bcc_print_many
#define __bcc_print_5 __bcc_print_many
#define __bcc_print_6 __bcc_print_many
#define __bcc_print_7 __bcc_print_many
#define __bcc_print_8 __bcc_print_many
#define __bcc_print_9 __bcc_print_many
#define __bcc_print_10 __bcc_print_many
#define __bcc_print_11 __bcc_print_many
#define __bcc_print_12 __bcc_print_many
#define bpf_printk(format, ...) __bcc_join(__bcc_print_, __bcc_count(__VA_ARGS__))(format, ##__VA_ARGS__)
#define __bpf_printk(format, ...) __bcc_print_few(format, ##__VA_ARGS__)
#define __bpf_vprintk(format, ...) __bcc_print_many(format, ##__VA_ARGS__)

/* The verifier wants to see the table and the index as constants. */
static __always_inline void bpf_tail_call_static(void *ctx, const void *table, const unsigned int slot)
{
	if (!__builtin_constant_p(slot))
		__bpf_unreachable();
	asm volatile("r1 = %[ctx]\n\t"
		     "r2 = %[table]\n\t"
		     "r3 = %[slot]\n\t"
		     "call 12"
		     :
		     : [ctx] "r"(ctx), [table] "r"(table), [slot] "i"(slot)
		     : "r0", "r1", "r2", "r3", "r4", "r5");
}

#endif
