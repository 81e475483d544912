/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs of expr/program.c call. The text defines besides, with the probe's number:
 *
 *	EXPR_WANTED(number)		 whether the current task is of interest
 *	EXPR_VALUES(number, type)	 where the values go, a pointer; NULL: nowhere
 *	EXPR_SEND(ctx, number, values)	 takes them
 *	EXPR_ENTER(ctx, number, kernel, call)  keeps a struct expr_call, of a function of the kernel or of a
 *					 program, and sets when it began
 *	EXPR_LEAVE(ctx, number, kernel, call)  whether the call that ends is known: gets what was kept
 */
#define EXPR_TEXT_MOST 128
#define EXPR_ARGUMENTS 9

struct expr_call {
	u64 begin;
	u64 arguments[EXPR_ARGUMENTS];
};

/* A register's value as the type of an argument, of which only the lower bytes are defined. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define EXPR_PART(type)                                                                                      \
	struct {                                                                                             \
		char above[sizeof(u64) - sizeof(type)];                                                      \
		type part;                                                                                   \
	}
#else
#define EXPR_PART(type)                                                                                      \
	struct {                                                                                             \
		type part;                                                                                   \
	}
#endif
#define EXPR_AS(variable, name, value)                                                                       \
	({                                                                                                   \
		union {                                                                                      \
			u64 whole;                                                                           \
			EXPR_PART(__typeof__(variable));                                                     \
		} expr_register = {.whole = (u64)(value)};                                                   \
		_Static_assert(sizeof(expr_register.part) <= sizeof(u64),                                    \
			"the argument " name " is larger than a register");                                  \
		expr_register.part;                                                                          \
	})

/* An argument after the sixth, at a function's entry. */
static inline u64 expr_more_argument(struct pt_regs *ctx, u32 number, bool in_process)
{
	u64 value = 0;
#if defined(__TARGET_ARCH_x86)
	/* behind the address that the function returns to */
	const void *from = (const void *)(PT_REGS_SP(ctx) + 8 * (number - 6));
#elif defined(__TARGET_ARCH_arm64)
	const void *from = (const void *)(PT_REGS_SP(ctx) + 8 * (number - 9));

	if (number == 7)
		return PT_REGS_PARM7(ctx);
	if (number == 8)
		return PT_REGS_PARM8(ctx);
#else
#error "where are a function's arguments after the sixth?"
#endif
	if (in_process)
		bpf_probe_read_user(&value, sizeof(value), from);
	else
		bpf_probe_read_kernel(&value, sizeof(value), from);
	return value;
}

/* Reads a text whose memory may be of the kernel or, certainly so or not, of the process. If that fails, it
 * is empty. */
static inline bool expr_read_text(char *to, u32 size, const void *from, bool is_user)
{
	if (!from) {
		to[0] = 0;
		return false;
	}
	if (!is_user && bpf_probe_read_kernel_str(to, size, from) >= 0)
		return true;
	return bpf_probe_read_user_str(to, size, from) >= 0;
}

/* The same of bytes. If it fails, they are all zero. */
static inline bool expr_read_memory(char *to, u32 size, const void *from, bool is_user)
{
	if (!is_user && !bpf_probe_read_kernel(to, size, from))
		return true;
	return !bpf_probe_read_user(to, size, from);
}

static inline bool expr_has_bytes(const char *bytes, u32 size, const void *from, bool is_user)
{
	char is[EXPR_TEXT_MOST] = {};

	if (is_user || bpf_probe_read_kernel(is, size, from) < 0)
		if (bpf_probe_read_user(is, size, from) < 0)
			return false;
#pragma unroll
	for (u32 i = 0; i < size; i++)
		if (is[i] != bytes[i])
			return false;
	return true;
}

/* `size` is without the NUL, which is compared too. */
static inline bool expr_is_text(const char *text, u32 size, const void *from, bool is_user)
{
	char is[EXPR_TEXT_MOST] = {};

	if (!expr_read_text(is, size + 2, from, is_user))
		return false;
#pragma unroll
	for (u32 i = 0; i <= size; i++)
		if (is[i] != text[i])
			return false;
	return true;
}

/* Whether it is in the first EXPR_TEXT_MOST bytes. */
static inline bool expr_has_text(const char *text, u32 size, const void *from, bool is_user)
{
	char is[EXPR_TEXT_MOST] = {};

	if (!expr_read_text(is, sizeof(is), from, is_user))
		return false;
	for (u32 at = 0; at + size < sizeof(is); at++) {
		bool same = true;

#pragma unroll
		for (u32 i = 0; i < size; i++)
			same &= is[at + i] == text[i];
		if (same)
			return true;
	}
	return false;
}
