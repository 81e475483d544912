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
 */
/* Not tracepoint__…, whose formats the compiler wants to see: these do not exist on each kernel. */
#define SYSCALL_ENTER(name) SEC("tp") int enter__##name(struct trace_event_raw_sys_enter *ctx)
#define SYSCALL_EXIT(name) SEC("tp") int exit__##name(struct trace_event_raw_sys_exit *ctx)
#define ARGUMENT(number) (ctx->args[number])
#define RESULT (ctx->ret)
