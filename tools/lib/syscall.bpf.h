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
 */
#define SYSCALL_ENTER(name) int tracepoint__syscalls__sys_enter_##name(struct trace_event_raw_sys_enter *ctx)
#define SYSCALL_EXIT(name) int tracepoint__syscalls__sys_exit_##name(struct trace_event_raw_sys_exit *ctx)
#define ARGUMENT(number) (ctx->args[number])
#define RESULT (ctx->ret)
