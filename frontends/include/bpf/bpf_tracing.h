/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments and results of the functions, system calls and tracepoints that a program is attached to. */
/* As in libbpf's header: of the two, one that a program has of its own and this, the first counts. */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include "bcc_arguments.h"
#include "bpf_helpers.h"
#include "bpf_core_read.h"

/* libbpf's names for the architecture and its registers. */
#define bpf_target_defined
#if defined(__TARGET_ARCH_x86)
#define bpf_target_x86
#elif defined(__TARGET_ARCH_arm64)
#define bpf_target_arm64
#elif defined(__TARGET_ARCH_arm)
#define bpf_target_arm
#elif defined(__TARGET_ARCH_s390)
#define bpf_target_s390
#elif defined(__TARGET_ARCH_powerpc)
#define bpf_target_powerpc
#elif defined(__TARGET_ARCH_riscv)
#define bpf_target_riscv
#elif defined(__TARGET_ARCH_loongarch)
#define bpf_target_loongarch
#elif defined(__TARGET_ARCH_mips)
#define bpf_target_mips
#endif
#define __PT_REGS_CAST(x) __bcc_registers(x)
#define __PT_PARM1_REG __BCC_REGISTER_PARM1
#define __PT_PARM2_REG __BCC_REGISTER_PARM2
#define __PT_PARM3_REG __BCC_REGISTER_PARM3
#define __PT_PARM4_REG __BCC_REGISTER_PARM4
#define __PT_PARM5_REG __BCC_REGISTER_PARM5
#define __PT_PARM6_REG __BCC_REGISTER_PARM6
#define __PT_PARM7_REG __BCC_REGISTER_PARM7
#define __PT_PARM8_REG __BCC_REGISTER_PARM8
#define __PT_RET_REG __BCC_REGISTER_RET
#define __PT_FP_REG __BCC_REGISTER_FP
#define __PT_RC_REG __BCC_REGISTER_RC
#define __PT_SP_REG __BCC_REGISTER_SP
#define __PT_IP_REG __BCC_REGISTER_IP
#define __PT_PARM1_SYSCALL_REG __BCC_REGISTER_SYSCALL1
#define __PT_PARM2_SYSCALL_REG __BCC_REGISTER_SYSCALL2
#define __PT_PARM3_SYSCALL_REG __BCC_REGISTER_SYSCALL3
#define __PT_PARM4_SYSCALL_REG __BCC_REGISTER_SYSCALL4
#define __PT_PARM5_SYSCALL_REG __BCC_REGISTER_SYSCALL5
#define __PT_PARM6_SYSCALL_REG __BCC_REGISTER_SYSCALL6
#define __PT_PARM7_SYSCALL_REG __BCC_REGISTER_SYSCALL7

#define __bcc_registers(x) ((const struct pt_regs *)(x))
#define PT_REGS_PARM1(x) (__bcc_registers(x)->__BCC_REGISTER_PARM1)
#define PT_REGS_PARM1_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM1)
#define PT_REGS_PARM2(x) (__bcc_registers(x)->__BCC_REGISTER_PARM2)
#define PT_REGS_PARM2_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM2)
#define PT_REGS_PARM3(x) (__bcc_registers(x)->__BCC_REGISTER_PARM3)
#define PT_REGS_PARM3_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM3)
#define PT_REGS_PARM4(x) (__bcc_registers(x)->__BCC_REGISTER_PARM4)
#define PT_REGS_PARM4_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM4)
#define PT_REGS_PARM5(x) (__bcc_registers(x)->__BCC_REGISTER_PARM5)
#define PT_REGS_PARM5_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM5)
#define PT_REGS_PARM6(x) (__bcc_registers(x)->__BCC_REGISTER_PARM6)
#define PT_REGS_PARM6_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM6)
#define PT_REGS_PARM7(x) (__bcc_registers(x)->__BCC_REGISTER_PARM7)
#define PT_REGS_PARM7_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM7)
#define PT_REGS_PARM8(x) (__bcc_registers(x)->__BCC_REGISTER_PARM8)
#define PT_REGS_PARM8_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_PARM8)
#define PT_REGS_RET(x) (__bcc_registers(x)->__BCC_REGISTER_RET)
#define PT_REGS_RET_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_RET)
#define PT_REGS_FP(x) (__bcc_registers(x)->__BCC_REGISTER_FP)
#define PT_REGS_FP_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_FP)
#define PT_REGS_RC(x) (__bcc_registers(x)->__BCC_REGISTER_RC)
#define PT_REGS_RC_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_RC)
#define PT_REGS_SP(x) (__bcc_registers(x)->__BCC_REGISTER_SP)
#define PT_REGS_SP_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SP)
#define PT_REGS_IP(x) (__bcc_registers(x)->__BCC_REGISTER_IP)
#define PT_REGS_IP_CORE(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_IP)
#define PT_REGS_PARM1_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL1)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL1)
#define PT_REGS_PARM2_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL2)
#define PT_REGS_PARM2_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL2)
#define PT_REGS_PARM3_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL3)
#define PT_REGS_PARM3_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL3)
#define PT_REGS_PARM4_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL4)
#define PT_REGS_PARM4_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL4)
#define PT_REGS_PARM5_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL5)
#define PT_REGS_PARM5_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL5)
#define PT_REGS_PARM6_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL6)
#define PT_REGS_PARM6_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL6)
#define PT_REGS_PARM7_SYSCALL(x) (__bcc_registers(x)->__BCC_REGISTER_SYSCALL7)
#define PT_REGS_PARM7_CORE_SYSCALL(x) BPF_CORE_READ(__bcc_registers(x), __BCC_REGISTER_SYSCALL7)
/* A system call's function gets one argument: the registers of its caller. */
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))

#define BPF_KPROBE_READ_RET_IP(ip, ctx)                                                                              \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP

/*
 * A function whose arguments have names: NAME(ctx) takes them from the context and calls the function that
 * the text goes on to write.
 */
#define __bcc_program(context, name, values, ...)                                                                    \
	name(context *ctx);                                                                                          \
	static __attribute__((always_inline)) inline typeof(name(0)) ____##name(context *ctx, ##__VA_ARGS__);        \
	typeof(name(0)) name(context *ctx)                                                                           \
	{                                                                                                            \
		_Pragma("GCC diagnostic push")                                                                       \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                                               \
		return ____##name(ctx values);                                                                       \
		_Pragma("GCC diagnostic pop")                                                                        \
	}                                                                                                            \
	static __attribute__((always_inline)) inline typeof(name(0)) ____##name(context *ctx, ##__VA_ARGS__)

#define __bcc_slots_0
#define __bcc_slots_1 __bcc_slots_0, (void *)ctx[0]
#define __bcc_slots_2 __bcc_slots_1, (void *)ctx[1]
#define __bcc_slots_3 __bcc_slots_2, (void *)ctx[2]
#define __bcc_slots_4 __bcc_slots_3, (void *)ctx[3]
#define __bcc_slots_5 __bcc_slots_4, (void *)ctx[4]
#define __bcc_slots_6 __bcc_slots_5, (void *)ctx[5]
#define __bcc_slots_7 __bcc_slots_6, (void *)ctx[6]
#define __bcc_slots_8 __bcc_slots_7, (void *)ctx[7]
#define __bcc_slots_9 __bcc_slots_8, (void *)ctx[8]
#define __bcc_slots_10 __bcc_slots_9, (void *)ctx[9]
#define __bcc_slots_11 __bcc_slots_10, (void *)ctx[10]
#define __bcc_slots_12 __bcc_slots_11, (void *)ctx[11]
#define BPF_PROG(name, ...)                                                                                          \
	__bcc_program(                                                                                               \
		unsigned long long, name, __bcc_join_program(__bcc_slots_, __bcc_count(__VA_ARGS__)), ##__VA_ARGS__)

/*
 * BPF_PROG2(NAME, TYPE, ARGUMENT, ...): arguments may be structs, which take as many slots as their size
 * needs. The verifier allows reads of whole slots only.
 */
#define __bcc_slots_of(type) ((sizeof(type) + 7) / 8)
#define __bcc_typed_value(type, slot)                                                                                \
	({                                                                                                           \
		union {                                                                                              \
			typeof(type) value;                                                                          \
			unsigned char in1;                                                                           \
			unsigned short in2;                                                                          \
			unsigned int in4;                                                                            \
			unsigned long long in8[2];                                                                   \
		} __bcc_value;                                                                                       \
		_Static_assert(sizeof(type) <= sizeof(__bcc_value.in8), #type " is larger than 16 bytes");           \
		if (sizeof(type) == 1)                                                                               \
			__bcc_value.in1 = ctx[slot];                                                                 \
		else if (sizeof(type) == 2)                                                                          \
			__bcc_value.in2 = ctx[slot];                                                                 \
		else if (sizeof(type) == 4)                                                                          \
			__bcc_value.in4 = ctx[slot];                                                                 \
		else                                                                                                 \
			__bcc_value.in8[0] = ctx[slot];                                                              \
		if (sizeof(type) > 8)                                                                                \
			__bcc_value.in8[1] = ctx[(slot) + 1];                                                        \
		__bcc_value.value;                                                                                   \
	})
#define __bcc_typed_1(slot, type, name) , __bcc_typed_value(type, slot)
#define __bcc_typed_2(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_1((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_3(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_2((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_4(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_3((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_5(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_4((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_6(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_5((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_7(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_6((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_8(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_7((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_9(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_8((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_10(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_9((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_11(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_10((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_typed_12(slot, type, name, ...)                                                                           \
	, __bcc_typed_value(type, slot) __bcc_typed_11((slot) + __bcc_slots_of(type), __VA_ARGS__)
#define __bcc_declared_1(type, name) type name
#define __bcc_declared_2(type, name, ...) type name, __bcc_declared_1(__VA_ARGS__)
#define __bcc_declared_3(type, name, ...) type name, __bcc_declared_2(__VA_ARGS__)
#define __bcc_declared_4(type, name, ...) type name, __bcc_declared_3(__VA_ARGS__)
#define __bcc_declared_5(type, name, ...) type name, __bcc_declared_4(__VA_ARGS__)
#define __bcc_declared_6(type, name, ...) type name, __bcc_declared_5(__VA_ARGS__)
#define __bcc_declared_7(type, name, ...) type name, __bcc_declared_6(__VA_ARGS__)
#define __bcc_declared_8(type, name, ...) type name, __bcc_declared_7(__VA_ARGS__)
#define __bcc_declared_9(type, name, ...) type name, __bcc_declared_8(__VA_ARGS__)
#define __bcc_declared_10(type, name, ...) type name, __bcc_declared_9(__VA_ARGS__)
#define __bcc_declared_11(type, name, ...) type name, __bcc_declared_10(__VA_ARGS__)
#define __bcc_declared_12(type, name, ...) type name, __bcc_declared_11(__VA_ARGS__)
#define __bcc_26th(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21,   \
	a22, a23, a24, a25, a26, ...)                                                                                \
	a26
/* 1 to 12 */
#define __bcc_pairs(...)                                                                                             \
	__bcc_26th(_, ##__VA_ARGS__, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0)
#define BPF_PROG2(name, ...)                                                                                         \
	__bcc_program(unsigned long long, name,                                                                      \
		__bcc_join_program(__bcc_typed_, __bcc_pairs(__VA_ARGS__))(0, __VA_ARGS__),                          \
		__bcc_join_program(__bcc_declared_, __bcc_pairs(__VA_ARGS__))(__VA_ARGS__))

#define __bcc_parameters_0
#define __bcc_parameters_1 __bcc_parameters_0, (void *)PT_REGS_PARM1(ctx)
#define __bcc_parameters_2 __bcc_parameters_1, (void *)PT_REGS_PARM2(ctx)
#define __bcc_parameters_3 __bcc_parameters_2, (void *)PT_REGS_PARM3(ctx)
#define __bcc_parameters_4 __bcc_parameters_3, (void *)PT_REGS_PARM4(ctx)
#define __bcc_parameters_5 __bcc_parameters_4, (void *)PT_REGS_PARM5(ctx)
#define __bcc_parameters_6 __bcc_parameters_5, (void *)PT_REGS_PARM6(ctx)
#define __bcc_parameters_7 __bcc_parameters_6, (void *)PT_REGS_PARM7(ctx)
#define __bcc_parameters_8 __bcc_parameters_7, (void *)PT_REGS_PARM8(ctx)
#define BPF_KPROBE(name, ...)                                                                                        \
	__bcc_program(                                                                                               \
		struct pt_regs, name, __bcc_join_program(__bcc_parameters_, __bcc_count(__VA_ARGS__)), ##__VA_ARGS__)
#define BPF_UPROBE(name, ...) BPF_KPROBE(name, ##__VA_ARGS__)

#define __bcc_result_0
#define __bcc_result_1 , (void *)PT_REGS_RC(ctx)
#define BPF_KRETPROBE(name, ...)                                                                                     \
	__bcc_program(                                                                                               \
		struct pt_regs, name, __bcc_join_program(__bcc_result_, __bcc_count(__VA_ARGS__)), ##__VA_ARGS__)
#define BPF_URETPROBE(name, ...) BPF_KRETPROBE(name, ##__VA_ARGS__)

#define __bcc_system_call_0
#define __bcc_system_call_1 __bcc_system_call_0, (void *)PT_REGS_PARM1_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define __bcc_system_call_2 __bcc_system_call_1, (void *)PT_REGS_PARM2_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define __bcc_system_call_3 __bcc_system_call_2, (void *)PT_REGS_PARM3_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define __bcc_system_call_4 __bcc_system_call_3, (void *)PT_REGS_PARM4_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define __bcc_system_call_5 __bcc_system_call_4, (void *)PT_REGS_PARM5_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define __bcc_system_call_6 __bcc_system_call_5, (void *)PT_REGS_PARM6_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define __bcc_system_call_7 __bcc_system_call_6, (void *)PT_REGS_PARM7_CORE_SYSCALL(PT_REGS_SYSCALL_REGS(ctx))
#define BPF_KSYSCALL(name, ...)                                                                                      \
	__bcc_program(                                                                                               \
		struct pt_regs, name, __bcc_join_program(__bcc_system_call_, __bcc_count(__VA_ARGS__)), ##__VA_ARGS__)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

/* libbpf's names for what a function gets whose arguments have names: programs make macros like those above
 * of them. */
#define ___bpf_ctx_cast(...) ctx __bcc_join_program(__bcc_slots_, __bcc_count(__VA_ARGS__))
#define ___bpf_kprobe_args(...) ctx __bcc_join_program(__bcc_parameters_, __bcc_count(__VA_ARGS__))
#define ___bpf_kretprobe_args(...) ctx __bcc_join_program(__bcc_result_, __bcc_count(__VA_ARGS__))
#define ___bpf_syscall_args(...) ctx __bcc_join_program(__bcc_registers_, __bcc_count(__VA_ARGS__))
#define ___bpf_syswrap_args(...) ctx __bcc_join_program(__bcc_wrapped_, __bcc_count(__VA_ARGS__))
#define __bcc_registers_0
#define __bcc_registers_1 __bcc_registers_0, (void *)PT_REGS_PARM1_SYSCALL(regs)
#define __bcc_registers_2 __bcc_registers_1, (void *)PT_REGS_PARM2_SYSCALL(regs)
#define __bcc_registers_3 __bcc_registers_2, (void *)PT_REGS_PARM3_SYSCALL(regs)
#define __bcc_registers_4 __bcc_registers_3, (void *)PT_REGS_PARM4_SYSCALL(regs)
#define __bcc_registers_5 __bcc_registers_4, (void *)PT_REGS_PARM5_SYSCALL(regs)
#define __bcc_registers_6 __bcc_registers_5, (void *)PT_REGS_PARM6_SYSCALL(regs)
#define __bcc_registers_7 __bcc_registers_6, (void *)PT_REGS_PARM7_SYSCALL(regs)
#define __bcc_wrapped_0
#define __bcc_wrapped_1 __bcc_wrapped_0, (void *)PT_REGS_PARM1_CORE_SYSCALL(regs)
#define __bcc_wrapped_2 __bcc_wrapped_1, (void *)PT_REGS_PARM2_CORE_SYSCALL(regs)
#define __bcc_wrapped_3 __bcc_wrapped_2, (void *)PT_REGS_PARM3_CORE_SYSCALL(regs)
#define __bcc_wrapped_4 __bcc_wrapped_3, (void *)PT_REGS_PARM4_CORE_SYSCALL(regs)
#define __bcc_wrapped_5 __bcc_wrapped_4, (void *)PT_REGS_PARM5_CORE_SYSCALL(regs)
#define __bcc_wrapped_6 __bcc_wrapped_5, (void *)PT_REGS_PARM6_CORE_SYSCALL(regs)
#define __bcc_wrapped_7 __bcc_wrapped_6, (void *)PT_REGS_PARM7_CORE_SYSCALL(regs)

#endif
