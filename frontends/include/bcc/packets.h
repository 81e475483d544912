/* What programs for packets use besides the headers of bcc/proto.h. */
#pragma once

/* The program's own context, wherever this is used in the text: the rewriter inserts it. */
void *__bcc_context(void);

/* One to four bytes of the packet in host byte order; outside the packet, the program ends with 0. */
unsigned long long load_byte(void *skb, unsigned long long offset) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long offset) asm("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long offset) asm("llvm.bpf.load.word");

/* The header at the cursor, which is advanced past it. A cursor is an offset from the packet's start (u8
 * *cursor = 0), so it is advanced as an integer: arithmetic on NULL would be undefined. */
#define cursor_advance(cursor, length)                                                                               \
	({                                                                                                           \
		void *__bcc_header = (cursor);                                                                       \
		(cursor) = (__typeof__(cursor))((u64)(cursor) + (u64)(length) * sizeof(*(cursor)));                  \
		__bcc_header;                                                                                        \
	})

/* Updates a checksum of the packet at offset `at` for a field of `size` bytes that changes; both values in
 * host byte order. The kernel accepts two or four bytes: eight are done as two fours. */
static __always_inline int bpf_l3_csum_replace_(void *ctx, u64 at, u64 from, u64 to, u64 size)
{
	int result;

	switch (size) {
	case 2:
		return bpf_l3_csum_replace(ctx, at, bpf_htons((u16)from), bpf_htons((u16)to), 2);
	case 4:
		return bpf_l3_csum_replace(ctx, at, bpf_htonl((u32)from), bpf_htonl((u32)to), 4);
	case 8:
		result = bpf_l3_csum_replace(ctx, at, bpf_htonl((u32)(from >> 32)), bpf_htonl((u32)(to >> 32)), 4);
		return result ? result : bpf_l3_csum_replace(ctx, at, bpf_htonl((u32)from), bpf_htonl((u32)to), 4);
	default:
		return bpf_l3_csum_replace(ctx, at, from, to, size);
	}
}

/* The size is in the low four bits of `flags`; BPF_F_PSEUDO_HDR (0x10) means that the field is part of the
 * pseudo header. */
static __always_inline int bpf_l4_csum_replace_(void *ctx, u64 at, u64 from, u64 to, u64 flags)
{
	u64 other = flags & ~0xfULL;
	int result;

	switch (flags & 0xf) {
	case 2:
		return bpf_l4_csum_replace(ctx, at, bpf_htons((u16)from), bpf_htons((u16)to), flags);
	case 4:
		return bpf_l4_csum_replace(ctx, at, bpf_htonl((u32)from), bpf_htonl((u32)to), flags);
	case 8:
		result = bpf_l4_csum_replace(
			ctx, at, bpf_htonl((u32)(from >> 32)), bpf_htonl((u32)(to >> 32)), other | 4);
		return result ? result
			      : bpf_l4_csum_replace(ctx, at, bpf_htonl((u32)from), bpf_htonl((u32)to), other | 4);
	default:
		return bpf_l4_csum_replace(ctx, at, from, to, flags);
	}
}

/* `at` is a field's address, &ip->hchecksum; the size of the change is that of the new value's type. */
#define incr_cksum_l3(at, from, to) bpf_l3_csum_replace_(__bcc_context(), (u64)(at), (from), (to), sizeof(to))
#define incr_cksum_l4(at, from, to, pseudo)                                                                          \
	bpf_l4_csum_replace_(                                                                                        \
		__bcc_context(), (u64)(at), (from), (to), (((u64)(pseudo) & 1) << 4) | sizeof(to))
