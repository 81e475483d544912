/* SPDX-License-Identifier: Apache-2.0 */
/* Between the byte orders of the processor and of networks. */
/* As in libbpf's header: of the two, one that a program has of its own and this, the first counts. */
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

#define ___bpf_swab16(x) ((__u16)__builtin_bswap16(x))
#define ___bpf_swab32(x) ((__u32)__builtin_bswap32(x))
#define ___bpf_swab64(x) ((__u64)__builtin_bswap64(x))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __bcc_swap(bits, x) __builtin_bswap##bits(x)
#define __bcc_constant16(x) ((__u16)((((__u16)(x)) << 8) | (((__u16)(x)) >> 8)))
#define __bcc_constant32(x)                                                                                          \
	((__u32)((((__u32)(x)) << 24) | ((((__u32)(x)) & 0xff00) << 8) | ((((__u32)(x)) >> 8) & 0xff00) |            \
		 (((__u32)(x)) >> 24)))
#define __bcc_constant64(x)                                                                                          \
	((__u64)(((__u64)__bcc_constant32((__u64)(x)) << 32) | __bcc_constant32((__u64)(x) >> 32)))
#else
#define __bcc_swap(bits, x) (x)
#define __bcc_constant16(x) (x)
#define __bcc_constant32(x) (x)
#define __bcc_constant64(x) (x)
#endif
#define __bcc_order(bits, x) (__builtin_constant_p(x) ? __bcc_constant##bits(x) : __bcc_swap(bits, x))
#define bpf_htons(x) __bcc_order(16, x)
#define __bpf_htons(x) __bcc_swap(16, x)
#define __bpf_constant_htons(x) __bcc_constant16(x)
#define bpf_ntohs(x) __bcc_order(16, x)
#define __bpf_ntohs(x) __bcc_swap(16, x)
#define __bpf_constant_ntohs(x) __bcc_constant16(x)
#define bpf_htonl(x) __bcc_order(32, x)
#define __bpf_htonl(x) __bcc_swap(32, x)
#define __bpf_constant_htonl(x) __bcc_constant32(x)
#define bpf_ntohl(x) __bcc_order(32, x)
#define __bpf_ntohl(x) __bcc_swap(32, x)
#define __bpf_constant_ntohl(x) __bcc_constant32(x)
#define bpf_cpu_to_be64(x) __bcc_order(64, x)
#define __bpf_cpu_to_be64(x) __bcc_swap(64, x)
#define __bpf_constant_cpu_to_be64(x) __bcc_constant64(x)
#define bpf_be64_to_cpu(x) __bcc_order(64, x)
#define __bpf_be64_to_cpu(x) __bcc_swap(64, x)
#define __bpf_constant_be64_to_cpu(x) __bcc_constant64(x)

#endif
