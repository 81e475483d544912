/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry and return of system calls. A text names them without looking which of them the running kernel has:
 * those that it lacks are not attached.
 *
 *	SYSCALL_ENTER(openat)
 *	{
 *		return enter((const char *)ARGUMENT(1));
 *	}
 *
 *	SYSCALL_EXIT(openat)
 *	{
 *		return leave(ctx, RESULT);
 *	}
 *
 * The kernel refuses a program that looks at an ARGUMENT() past those that the call has.
 *
 * Where SYSCALL_KEEPS_ARGUMENTS is defined (5.15), a program at the return of a call can have the arguments
 * from the registers with which user space made it: RETURN_ARGUMENT1() and so on, of syscall_registers().
 * That takes neither a program at the entry nor a table.
 */
#include <linux/version.h>

/* Not tracepoint__…, whose formats the compiler wants to see: these do not exist on each kernel. */
#define SYSCALL_ENTER(name) SEC("tp") int enter__##name(struct trace_event_raw_sys_enter *ctx)
#define SYSCALL_EXIT(name) SEC("tp") int exit__##name(struct trace_event_raw_sys_exit *ctx)
#define ARGUMENT(number) (ctx->args[number])
#define RESULT (ctx->ret)

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
#define SYSCALL_KEEPS_ARGUMENTS
#define RETURN_ARGUMENT1(registers) PT_REGS_PARM1_SYSCALL(registers)
#define RETURN_ARGUMENT2(registers) PT_REGS_PARM2_SYSCALL(registers)
#define RETURN_ARGUMENT3(registers) PT_REGS_PARM3_SYSCALL(registers)

static inline struct pt_regs *syscall_registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
}
#endif
