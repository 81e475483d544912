/* SPDX-License-Identifier: Apache-2.0 */
/* The connection that accept() returned. */
#include "syscall.bpf.h"
#include "tcp_flow.bpf.h"

#include <linux/fdtable.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/version.h>

/* The socket behind a descriptor of the current process; NULL if it is none. */
static inline struct sock *tcp_sock_of_fd(u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = task->files->fdt;
	struct socket *socket;
	struct file *file;

	if (fd >= table->max_fds)
		return 0;
	file = table->fd[fd];
	if (!file)
		return 0;
	/* another thread may have closed it, and opened a file in its place */
	socket = file->private_data;
	if (!socket || socket->file != file)
		return 0;
	return socket->sk;
}

static inline bool tcp_sock_is_tcp(struct sock *sk)
{
	u32 family = sk->__sk_common.skc_family, protocol = sk->sk_protocol;

	return (family == FAMILY_IPV4 || family == FAMILY_IPV6) &&
	       (protocol == PROTOCOL_TCP || protocol == PROTOCOL_MPTCP);
}

/* Returns the connection that was accepted, or NULL if it is none of TCP. */
static __noinline struct sock *tcp_sock_accepted(long fd)
{
	struct sock *sk = fd >= 0 ? tcp_sock_of_fd(fd) : 0;

	return sk && tcp_sock_is_tcp(sk) ? sk : 0;
}

/* What inet_csk_accept() returns. Its arguments, which come first, became fewer in 6.10. */
static inline u64 tcp_accept_result(unsigned long long *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	u64 result = 0;

	bpf_get_func_ret(ctx, &result);
	return result;
#else
	return ctx[4];
#endif
}

/* Programs that call function(ctx, sk) for each connection that is accepted; sk may be NULL. The sources are
 * TCP_ACCEPT_SOURCES of tcp_tool.h. */
#define TCP_ACCEPT_PROGRAMS(function)                                                                        \
	int kretfunc__inet_csk_accept(unsigned long long *ctx)                                               \
	{                                                                                                    \
		return function(ctx, (struct sock *)tcp_accept_result(ctx));                                 \
	}                                                                                                    \
                                                                                                             \
	SYSCALL_EXIT(accept)                                                                                 \
	{                                                                                                    \
		return function(ctx, tcp_sock_accepted(RESULT));                                             \
	}                                                                                                    \
                                                                                                             \
	SYSCALL_EXIT(accept4)                                                                                \
	{                                                                                                    \
		return function(ctx, tcp_sock_accepted(RESULT));                                             \
	}
