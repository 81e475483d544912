/* Arguments of static probes (USDT). Their locations are in a table that is filled when a program is
 * attached: libbcc/usdt/argument_location.h has the same structs. */
#pragma once

struct __bcc_usdt_argument {
	u64 constant;
	s16 base, index;
	u8 is_known, is_memory;
	u8 bytes;
	u8 up, down, is_signed;
	u8 index_up, index_is_signed, index_shift;
	u8 unused[3];
};

struct __bcc_usdt_place {
	u32 used;
	u32 count;
	u64 cookie;
	struct __bcc_usdt_argument arguments[12];
};

__BCC_MAP(__usdt, 2, u32, struct __bcc_usdt_place, 1024, 0)

/* Loads of the context need offsets that the verifier knows, and that the compiler does not merge into a
 * variable one. */
#define __BCC_USDT_CASE(at)                                                                                  \
	case at:                                                                                             \
		asm volatile("%0 = *(u64 *)(%1 + " #at ")" : "=r"(value) : "r"(ctx));                        \
		break;
static __always_inline u64 __bcc_usdt_register(void *ctx, s16 at)
{
	u64 value = 0;

	switch (at) {
		__BCC_USDT_CASES
	}
	return value;
}

static __always_inline u64 __bcc_usdt_narrow(u64 value, u8 up, u8 down, u8 is_signed)
{
	value <<= up & 63;
	return is_signed ? (u64)((s64)value >> (down & 63)) : value >> (down & 63);
}

/* Attach cookies are available since Linux 5.15. Before, locations are told apart by the offset of the
 * instruction in its page: whole pages are mapped, so it is the same in every process. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0) && !defined(__BCC_USDT_BY_ADDRESS)
static __always_inline u32 __bcc_usdt_number(void *ctx)
{
	return bpf_get_attach_cookie(ctx);
}
#else
__BCC_MAP(__usdt_at, 2, u32, u32, 4096, 0)
static __always_inline u32 __bcc_usdt_number(void *ctx)
{
	u32 low = __bcc_usdt_register(ctx, __BCC_USDT_IP) & 0xfff;
	u32 *number = bpf_map_lookup_elem(&__bcc_map___usdt_at, &low);

	return number ? *number : 0;
}
#endif

/* Shared by all arguments, except where the kernel does not allow subprograms together with tail calls
 * (before Linux 5.10). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 10, 0)
static __noinline
#else
static __always_inline
#endif
	int
	__bcc_usdt_readarg(u32 n, void *ctx, u64 *to)
{
	u32 number = __bcc_usdt_number(ctx);
	struct __bcc_usdt_place *place = bpf_map_lookup_elem(&__bcc_map___usdt, &number);
	struct __bcc_usdt_argument *a;
	u64 value;

	if (!place || n < 1 || n > 12)
		return -1;
	a = &place->arguments[n - 1];
	if (!a->is_known)
		return -1;
	value = a->constant;
	if (a->base >= 0)
		value += __bcc_usdt_register(ctx, a->base);
	if (a->index >= 0)
		value += __bcc_usdt_narrow(__bcc_usdt_register(ctx, a->index), a->index_up, a->index_up,
				 a->index_is_signed)
			 << (a->index_shift & 63);
	if (a->is_memory) {
		void *from = (void *)value;
		u32 bytes = a->bytes;

		value = 0;
		if (bytes > sizeof(value) || bpf_probe_read_user(&value, bytes, from))
			return -1;
	}
	*to = __bcc_usdt_narrow(value, a->up, a->down, a->is_signed);
	return 0;
}

/* Argument `n` (counted from 1), extended or truncated to the variable at `to`. Returns 0, or -1 if there is
 * none or it cannot be read; the variable is 0 then. */
#define bpf_usdt_readarg(n, ctx, to)                                                                         \
	({                                                                                                   \
		u64 __bcc_value = 0;                                                                         \
		int __bcc_result = sizeof(*(to)) > sizeof(__bcc_value)                                       \
					   ? -1                                                              \
					   : __bcc_usdt_readarg(n, ctx, &__bcc_value);                       \
		__builtin_memcpy((to), &__bcc_value,                                                         \
			sizeof(*(to)) > sizeof(__bcc_value) ? sizeof(__bcc_value) : sizeof(*(to)));          \
		__bcc_result;                                                                                \
	})

/* The first `size` bytes of what argument `n` points to. */
#define bpf_usdt_readarg_p(n, ctx, to, size)                                                                 \
	({                                                                                                   \
		u64 __bcc_address = 0;                                                                       \
		__bcc_usdt_readarg(n, ctx, &__bcc_address);                                                  \
		bpf_probe_read_user((to), (size), (void *)__bcc_address);                                    \
	})
