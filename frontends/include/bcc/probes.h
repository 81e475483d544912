/* How programs begin: the macros that define them and access their contexts. */
#pragma once

/* Arguments from a context of u64s: __BCC_CTX(int a, struct x *b) is ctx, (void *)ctx[0], (void *)ctx[1]. */
#define __BCC_COUNT(...) __BCC_COUNT_(_, ##__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define __BCC_COUNT_(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, count, ...) count
#define __BCC_GLUE(a, b) a##b
#define __BCC_GLUE2(a, b) __BCC_GLUE(a, b)
#define __BCC_CTX0() ctx
#define __BCC_CTX1(x) __BCC_CTX0(), (void *)ctx[0]
#define __BCC_CTX2(x, ...) __BCC_CTX1(__VA_ARGS__), (void *)ctx[1]
#define __BCC_CTX3(x, ...) __BCC_CTX2(__VA_ARGS__), (void *)ctx[2]
#define __BCC_CTX4(x, ...) __BCC_CTX3(__VA_ARGS__), (void *)ctx[3]
#define __BCC_CTX5(x, ...) __BCC_CTX4(__VA_ARGS__), (void *)ctx[4]
#define __BCC_CTX6(x, ...) __BCC_CTX5(__VA_ARGS__), (void *)ctx[5]
#define __BCC_CTX7(x, ...) __BCC_CTX6(__VA_ARGS__), (void *)ctx[6]
#define __BCC_CTX8(x, ...) __BCC_CTX7(__VA_ARGS__), (void *)ctx[7]
#define __BCC_CTX9(x, ...) __BCC_CTX8(__VA_ARGS__), (void *)ctx[8]
#define __BCC_CTX10(x, ...) __BCC_CTX9(__VA_ARGS__), (void *)ctx[9]
#define __BCC_CTX11(x, ...) __BCC_CTX10(__VA_ARGS__), (void *)ctx[10]
#define __BCC_CTX12(x, ...) __BCC_CTX11(__VA_ARGS__), (void *)ctx[11]
#define __BCC_CTX(...) __BCC_GLUE2(__BCC_CTX, __BCC_COUNT(__VA_ARGS__))(__VA_ARGS__)

/* A program whose arguments have their own types and names. Written as BPF_PROG(name, …) or with its return
 * type, int BPF_PROG(name, …); and after SEC("…"), which must apply to the program, so that the declaration
 * comes first. */
#define BPF_PROG(name, ...)                                                                                          \
	_Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wimplicit-int\"")                      \
		name(unsigned long long *ctx);                                                                       \
	_Pragma("clang diagnostic pop") static __always_inline __typeof__(name(NULL))                                \
		__bcc_body_##name(unsigned long long *ctx, ##__VA_ARGS__);                                           \
	__typeof__(name(NULL)) name(unsigned long long *ctx)                                                         \
	{                                                                                                            \
		_Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wint-conversion\"") return     \
			__bcc_body_##name(__BCC_CTX(__VA_ARGS__));                                                   \
		_Pragma("clang diagnostic pop")                                                                      \
	}                                                                                                            \
	static __always_inline __typeof__(name(NULL)) __bcc_body_##name(unsigned long long *ctx, ##__VA_ARGS__)

#define KFUNC_PROBE(event, ...) BPF_PROG(kfunc__vmlinux__##event, ##__VA_ARGS__)
#define KRETFUNC_PROBE(event, ...) BPF_PROG(kretfunc__vmlinux__##event, ##__VA_ARGS__)
#define KMOD_RET(event, ...) BPF_PROG(kmod_ret__##event, ##__VA_ARGS__)
#define MODULE_KFUNC_PROBE(module, event, ...) BPF_PROG(kfunc__##module##__##event, ##__VA_ARGS__)
#define MODULE_KRETFUNC_PROBE(module, event, ...) BPF_PROG(kretfunc__##module##__##event, ##__VA_ARGS__)
#define LSM_PROBE(event, ...) BPF_PROG(lsm__##event, ##__VA_ARGS__)

/* Registers by their role in a call, as named by the architecture's struct bcc_arch (common/arch/). */
#define PT_REGS_PARM1(ctx) ((ctx)->__BCC_REGISTER_PARM1)
#define PT_REGS_PARM2(ctx) ((ctx)->__BCC_REGISTER_PARM2)
#define PT_REGS_PARM3(ctx) ((ctx)->__BCC_REGISTER_PARM3)
#define PT_REGS_PARM4(ctx) ((ctx)->__BCC_REGISTER_PARM4)
#define PT_REGS_PARM5(ctx) ((ctx)->__BCC_REGISTER_PARM5)
#define PT_REGS_PARM6(ctx) ((ctx)->__BCC_REGISTER_PARM6)
#ifdef __BCC_REGISTER_PARM7
#define PT_REGS_PARM7(ctx) ((ctx)->__BCC_REGISTER_PARM7)
#endif
#ifdef __BCC_REGISTER_PARM8
#define PT_REGS_PARM8(ctx) ((ctx)->__BCC_REGISTER_PARM8)
#endif
#define PT_REGS_RET(ctx) ((ctx)->__BCC_REGISTER_RET)
#define PT_REGS_FP(ctx) ((ctx)->__BCC_REGISTER_FP)
#define PT_REGS_RC(ctx) ((ctx)->__BCC_REGISTER_RC)
#define PT_REGS_SP(ctx) ((ctx)->__BCC_REGISTER_SP)
#define PT_REGS_IP(ctx) ((ctx)->__BCC_REGISTER_IP)
#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->__BCC_REGISTER_SYSCALL1)
#define PT_REGS_PARM2_SYSCALL(ctx) ((ctx)->__BCC_REGISTER_SYSCALL2)
#define PT_REGS_PARM3_SYSCALL(ctx) ((ctx)->__BCC_REGISTER_SYSCALL3)
#define PT_REGS_PARM4_SYSCALL(ctx) ((ctx)->__BCC_REGISTER_SYSCALL4)
#define PT_REGS_PARM5_SYSCALL(ctx) ((ctx)->__BCC_REGISTER_SYSCALL5)
#define PT_REGS_PARM6_SYSCALL(ctx) ((ctx)->__BCC_REGISTER_SYSCALL6)
/* The function of a system call takes the registers of user space as its only argument
 * (CONFIG_ARCH_HAS_SYSCALL_WRAPPER). */
#define PT_REGS_SYSCALL_CTX(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))

/* Fields of variable length: the field itself is length << 16 | offset of the data from the record's start,
 * or for those named rel_loc_… from the field's end. */
#define __BCC_DATA_LOC(field) ((char *)args + (args->data_loc_##field & 0xffff))
#define __BCC_DATA_LENGTH(field) ((unsigned int)args->data_loc_##field >> 16)
#define __BCC_REL_LOC(field) ((char *)(&args->rel_loc_##field + 1) + (args->rel_loc_##field & 0xffff))
#define __BCC_REL_LENGTH(field) ((unsigned int)args->rel_loc_##field >> 16)
/* At most what `to` is known to have room for: the verifier requires a limit. */
#define __BCC_READ_LOC(to, from, length)                                                                             \
	({                                                                                                           \
		unsigned long __bcc_room = __builtin_object_size((to), 1);                                           \
		unsigned int __bcc_length = (length);                                                                \
		if (__bcc_length > __bcc_room)                                                                       \
			__bcc_length = __bcc_room;                                                                   \
		bpf_probe_read_kernel((void *)(to), __bcc_length, (from));                                           \
	})

#define TP_DATA_LOC_READ(to, field) __BCC_READ_LOC(to, __BCC_DATA_LOC(field), __BCC_DATA_LENGTH(field))
#define TP_DATA_LOC_READ_CONST(to, field, length)                                                                    \
	bpf_probe_read_kernel((void *)(to), (length), __BCC_DATA_LOC(field))
#define TP_DATA_LOC_READ_STR(to, field, length)                                                                      \
	bpf_probe_read_kernel_str((void *)(to), (length), __BCC_DATA_LOC(field))
#define TP_REL_LOC_READ(to, field) __BCC_READ_LOC(to, __BCC_REL_LOC(field), __BCC_REL_LENGTH(field))
#define TP_REL_LOC_READ_CONST(to, field, length) bpf_probe_read_kernel((void *)(to), (length), __BCC_REL_LOC(field))
#define TP_REL_LOC_READ_STR(to, field, length) bpf_probe_read_kernel_str((void *)(to), (length), __BCC_REL_LOC(field))
