/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of the kernel's memory that the loader adapts to the running kernel's types, and questions about
 * these. */
/* As in libbpf's header: of the two, one that a program has of its own and this, the first counts. */
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include "bcc_arguments.h"
#include "bpf_helpers.h"

enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE = 1,
	BPF_FIELD_EXISTS = 2,
	BPF_FIELD_SIGNED = 3,
	BPF_FIELD_LSHIFT_U64 = 4,
	BPF_FIELD_RSHIFT_U64 = 5,
};
enum bpf_type_id_kind { BPF_TYPE_ID_LOCAL = 0, BPF_TYPE_ID_TARGET = 1 };
enum bpf_type_info_kind { BPF_TYPE_EXISTS = 0, BPF_TYPE_SIZE = 1, BPF_TYPE_MATCHES = 2 };
enum bpf_enum_value_kind { BPF_ENUMVAL_EXISTS = 0, BPF_ENUMVAL_VALUE = 1 };

/* FIELD is an expression, or a type and a member. */
#define __bcc_field_1(field) (field)
#define __bcc_field_2(type, field) (((typeof(type) *)0)->field)
#define __bcc_field(...) __bcc_join_read(__bcc_field_, __bcc_count(__VA_ARGS__))(__VA_ARGS__)
#define bpf_core_field_exists(...) __builtin_preserve_field_info(__bcc_field(__VA_ARGS__), BPF_FIELD_EXISTS)
#define bpf_core_field_size(...) __builtin_preserve_field_info(__bcc_field(__VA_ARGS__), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(...) __builtin_preserve_field_info(__bcc_field(__VA_ARGS__), BPF_FIELD_BYTE_OFFSET)

#define bpf_core_type_id_local(type) __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_MATCHES)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_SIZE)
#define bpf_core_enum_value_exists(type, value)                                                                      \
	__builtin_preserve_enum_value(*(typeof(type) *)value, BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, BPF_ENUMVAL_VALUE)

extern void *bpf_rdonly_cast(const void *pointer, unsigned int type)
	__attribute__((weak, section(".ksyms")));
#define bpf_core_cast(pointer, type) ((typeof(type) *)bpf_rdonly_cast((pointer), bpf_core_type_id_kernel(type)))

#define bpf_core_read(to, size, from)                                                                                \
	bpf_probe_read_kernel((void *)(to), size, (const void *)__builtin_preserve_access_index(from))
#define bpf_core_read_user(to, size, from)                                                                           \
	bpf_probe_read_user((void *)(to), size, (const void *)__builtin_preserve_access_index(from))
#define bpf_core_read_str(to, size, from)                                                                            \
	bpf_probe_read_kernel_str((void *)(to), size, (const void *)__builtin_preserve_access_index(from))
#define bpf_core_read_user_str(to, size, from)                                                                       \
	bpf_probe_read_user_str((void *)(to), size, (const void *)__builtin_preserve_access_index(from))
#define __bcc_probe_read(to, size, from) bpf_probe_read_kernel((void *)(to), size, (const void *)(from))
#define __bcc_probe_read_user(to, size, from) bpf_probe_read_user((void *)(to), size, (const void *)(from))
#define __bcc_probe_read_str(to, size, from) bpf_probe_read_kernel_str((void *)(to), size, (const void *)(from))
#define __bcc_probe_read_user_str(to, size, from)                                                                    \
	bpf_probe_read_user_str((void *)(to), size, (const void *)(from))

/* s->a1->a2->… */
#define __bcc_path_1(s, a1) (s)->a1
#define __bcc_path_2(s, a1, a2) (s)->a1->a2
#define __bcc_path_3(s, a1, a2, a3) (s)->a1->a2->a3
#define __bcc_path_4(s, a1, a2, a3, a4) (s)->a1->a2->a3->a4
#define __bcc_path_5(s, a1, a2, a3, a4, a5) (s)->a1->a2->a3->a4->a5
#define __bcc_path_6(s, a1, a2, a3, a4, a5, a6) (s)->a1->a2->a3->a4->a5->a6
#define __bcc_path_7(s, a1, a2, a3, a4, a5, a6, a7) (s)->a1->a2->a3->a4->a5->a6->a7
#define __bcc_path_8(s, a1, a2, a3, a4, a5, a6, a7, a8) (s)->a1->a2->a3->a4->a5->a6->a7->a8
#define __bcc_path_9(s, a1, a2, a3, a4, a5, a6, a7, a8, a9) (s)->a1->a2->a3->a4->a5->a6->a7->a8->a9
#define __bcc_path_10(s, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) (s)->a1->a2->a3->a4->a5->a6->a7->a8->a9->a10
#define __bcc_path_11(s, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) (s)->a1->a2->a3->a4->a5->a6->a7->a8->a9->a10->a11
#define __bcc_path_12(s, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) (s)->a1->a2->a3->a4->a5->a6->a7->a8->a9->a10->a11->a12
#define __bcc_path(s, ...) __bcc_join_read(__bcc_path_, __bcc_count(__VA_ARGS__))(s, ##__VA_ARGS__)
/* libbpf's names for a path and its type; programs declare variables with them. */
#define ___arrow(s, ...) __bcc_path((s), ##__VA_ARGS__)
#define ___type(s, ...) typeof(___arrow(s, ##__VA_ARGS__))

/* Reads pointer after pointer in one way, and what the last leads to in another. */
#define __bcc_read_1(way, last, to, s, a) last(to, sizeof(*(to)), &(s)->a)
#define __bcc_read_2(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p2;                                                                             \
		way((void *)&__bcc_p2, sizeof(__bcc_p2), &(s)->a);                                                   \
		__bcc_read_1(way, last, to, __bcc_p2, __VA_ARGS__);                                                  \
	})
#define __bcc_read_3(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p3;                                                                             \
		way((void *)&__bcc_p3, sizeof(__bcc_p3), &(s)->a);                                                   \
		__bcc_read_2(way, last, to, __bcc_p3, __VA_ARGS__);                                                  \
	})
#define __bcc_read_4(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p4;                                                                             \
		way((void *)&__bcc_p4, sizeof(__bcc_p4), &(s)->a);                                                   \
		__bcc_read_3(way, last, to, __bcc_p4, __VA_ARGS__);                                                  \
	})
#define __bcc_read_5(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p5;                                                                             \
		way((void *)&__bcc_p5, sizeof(__bcc_p5), &(s)->a);                                                   \
		__bcc_read_4(way, last, to, __bcc_p5, __VA_ARGS__);                                                  \
	})
#define __bcc_read_6(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p6;                                                                             \
		way((void *)&__bcc_p6, sizeof(__bcc_p6), &(s)->a);                                                   \
		__bcc_read_5(way, last, to, __bcc_p6, __VA_ARGS__);                                                  \
	})
#define __bcc_read_7(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p7;                                                                             \
		way((void *)&__bcc_p7, sizeof(__bcc_p7), &(s)->a);                                                   \
		__bcc_read_6(way, last, to, __bcc_p7, __VA_ARGS__);                                                  \
	})
#define __bcc_read_8(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p8;                                                                             \
		way((void *)&__bcc_p8, sizeof(__bcc_p8), &(s)->a);                                                   \
		__bcc_read_7(way, last, to, __bcc_p8, __VA_ARGS__);                                                  \
	})
#define __bcc_read_9(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p9;                                                                             \
		way((void *)&__bcc_p9, sizeof(__bcc_p9), &(s)->a);                                                   \
		__bcc_read_8(way, last, to, __bcc_p9, __VA_ARGS__);                                                  \
	})
#define __bcc_read_10(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p10;                                                                             \
		way((void *)&__bcc_p10, sizeof(__bcc_p10), &(s)->a);                                                   \
		__bcc_read_9(way, last, to, __bcc_p10, __VA_ARGS__);                                                  \
	})
#define __bcc_read_11(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p11;                                                                             \
		way((void *)&__bcc_p11, sizeof(__bcc_p11), &(s)->a);                                                   \
		__bcc_read_10(way, last, to, __bcc_p11, __VA_ARGS__);                                                  \
	})
#define __bcc_read_12(way, last, to, s, a, ...)                                                                        \
	({                                                                                                           \
		typeof((s)->a) __bcc_p12;                                                                             \
		way((void *)&__bcc_p12, sizeof(__bcc_p12), &(s)->a);                                                   \
		__bcc_read_11(way, last, to, __bcc_p12, __VA_ARGS__);                                                  \
	})
#define __bcc_read(way, last, to, s, ...)                                                                            \
	__bcc_join_read(__bcc_read_, __bcc_count(__VA_ARGS__))(way, last, to, s, ##__VA_ARGS__)
#define __bcc_read_value(way, s, ...)                                                                                \
	({                                                                                                           \
		typeof(__bcc_path((s), ##__VA_ARGS__)) __bcc_value;                                                  \
		__bcc_read(way, way, &__bcc_value, s, ##__VA_ARGS__);                                                \
		__bcc_value;                                                                                         \
	})

/* libbpf's name: programs make macros of it that read in ways of their own. */
#define ___core_read(last, way, to, s, ...) __bcc_read(way, last, to, s, ##__VA_ARGS__);

#define BPF_CORE_READ_INTO(to, s, ...) __bcc_read(bpf_core_read, bpf_core_read, to, s, ##__VA_ARGS__)
#define BPF_CORE_READ_STR_INTO(to, s, ...) __bcc_read(bpf_core_read, bpf_core_read_str, to, s, ##__VA_ARGS__)
#define BPF_CORE_READ_USER_INTO(to, s, ...)                                                                          \
	__bcc_read(bpf_core_read_user, bpf_core_read_user, to, s, ##__VA_ARGS__)
#define BPF_CORE_READ_USER_STR_INTO(to, s, ...)                                                                      \
	__bcc_read(bpf_core_read_user, bpf_core_read_user_str, to, s, ##__VA_ARGS__)
#define BPF_CORE_READ(s, ...) __bcc_read_value(bpf_core_read, s, ##__VA_ARGS__)
#define BPF_CORE_READ_USER(s, ...) __bcc_read_value(bpf_core_read_user, s, ##__VA_ARGS__)

#define BPF_PROBE_READ_INTO(to, s, ...) __bcc_read(__bcc_probe_read, __bcc_probe_read, to, s, ##__VA_ARGS__)
#define BPF_PROBE_READ_STR_INTO(to, s, ...)                                                                          \
	__bcc_read(__bcc_probe_read, __bcc_probe_read_str, to, s, ##__VA_ARGS__)
#define BPF_PROBE_READ_USER_INTO(to, s, ...)                                                                         \
	__bcc_read(__bcc_probe_read_user, __bcc_probe_read_user, to, s, ##__VA_ARGS__)
#define BPF_PROBE_READ_USER_STR_INTO(to, s, ...)                                                                     \
	__bcc_read(__bcc_probe_read_user, __bcc_probe_read_user_str, to, s, ##__VA_ARGS__)
#define BPF_PROBE_READ(s, ...) __bcc_read_value(__bcc_probe_read, s, ##__VA_ARGS__)
#define BPF_PROBE_READ_USER(s, ...) __bcc_read_value(__bcc_probe_read_user, s, ##__VA_ARGS__)

/* What holds a bit field is read whole, and shifted until the field is alone. */
#define __bcc_info(s, field, kind) __builtin_preserve_field_info((s)->field, kind)
#define __bcc_bits(value, s, field)                                                                                  \
	({                                                                                                           \
		value <<= __bcc_info(s, field, BPF_FIELD_LSHIFT_U64);                                                \
		if (__bcc_info(s, field, BPF_FIELD_SIGNED))                                                          \
			value = (long long)value >> __bcc_info(s, field, BPF_FIELD_RSHIFT_U64);                      \
		else                                                                                                 \
			value = value >> __bcc_info(s, field, BPF_FIELD_RSHIFT_U64);                                 \
		value;                                                                                               \
	})
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __bcc_first_byte(value, size) ((void *)&(value))
#else
#define __bcc_first_byte(value, size) ((void *)&(value) + (8 - (size)))
#endif
#define BPF_CORE_READ_BITFIELD_PROBED(s, field)                                                                      \
	({                                                                                                           \
		unsigned long long __bcc_value = 0;                                                                  \
		bpf_probe_read_kernel(__bcc_first_byte(__bcc_value, __bcc_info(s, field, BPF_FIELD_BYTE_SIZE)),      \
			__bcc_info(s, field, BPF_FIELD_BYTE_SIZE),                                                   \
			(const void *)(s) + __bcc_info(s, field, BPF_FIELD_BYTE_OFFSET));                            \
		__bcc_bits(__bcc_value, s, field);                                                                   \
	})
#define BPF_CORE_READ_BITFIELD(s, field)                                                                             \
	({                                                                                                           \
		const void *__bcc_at = (const void *)(s) + __bcc_info(s, field, BPF_FIELD_BYTE_OFFSET);              \
		unsigned long long __bcc_value = 0;                                                                  \
		asm volatile("" : "+r"(__bcc_at));                                                                   \
		switch (__bcc_info(s, field, BPF_FIELD_BYTE_SIZE)) {                                                 \
		case 1:                                                                                              \
			__bcc_value = *(const unsigned char *)__bcc_at;                                              \
			break;                                                                                       \
		case 2:                                                                                              \
			__bcc_value = *(const unsigned short *)__bcc_at;                                             \
			break;                                                                                       \
		case 4:                                                                                              \
			__bcc_value = *(const unsigned int *)__bcc_at;                                               \
			break;                                                                                       \
		case 8:                                                                                              \
			__bcc_value = *(const unsigned long long *)__bcc_at;                                         \
			break;                                                                                       \
		}                                                                                                    \
		__bcc_bits(__bcc_value, s, field);                                                                   \
	})
#define __bcc_put(type, to, mask, number) (*(type *)(to) = (type)(*(type *)(to) & ~(mask)) | (type)(number))
#define BPF_CORE_WRITE_BITFIELD(s, field, number)                                                                    \
	({                                                                                                           \
		void *__bcc_to = (void *)(s) + __bcc_info(s, field, BPF_FIELD_BYTE_OFFSET);                          \
		unsigned int __bcc_left = __bcc_info(s, field, BPF_FIELD_LSHIFT_U64);                                \
		unsigned int __bcc_right = __bcc_info(s, field, BPF_FIELD_RSHIFT_U64);                               \
		unsigned long long __bcc_mask = ~0ULL << __bcc_right >> __bcc_left;                                  \
		unsigned long long __bcc_set =                                                                       \
			(unsigned long long)(number) << (__bcc_right - __bcc_left) & __bcc_mask;                     \
		asm volatile("" : "+r"(__bcc_to));                                                                   \
		switch (__bcc_info(s, field, BPF_FIELD_BYTE_SIZE)) {                                                 \
		case 1:                                                                                              \
			__bcc_put(unsigned char, __bcc_to, __bcc_mask, __bcc_set);                                   \
			break;                                                                                       \
		case 2:                                                                                              \
			__bcc_put(unsigned short, __bcc_to, __bcc_mask, __bcc_set);                                  \
			break;                                                                                       \
		case 4:                                                                                              \
			__bcc_put(unsigned int, __bcc_to, __bcc_mask, __bcc_set);                                    \
			break;                                                                                       \
		case 8:                                                                                              \
			__bcc_put(unsigned long long, __bcc_to, __bcc_mask, __bcc_set);                              \
			break;                                                                                       \
		}                                                                                                    \
	})

#endif
