/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a socket is. Half of its changes of state happen when a packet arrives, while any other process may
 * be running. So the last process that changed it itself is kept for each socket.
 */
#include "begun.bpf.h"
#include "event.bpf.h"
#include "tcp_accept.bpf.h"

#include <linux/sched.h>

#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD */

struct tcp_socket {
	u64 begun;		 /* 0: before the tool */
	u64 changed;		 /* the last change of state; 0: before the tool */
	struct event_task owner; /* pid 0: not known */
	u32 unwanted;		 /* by the filters */
	u32 stage;		 /* the tool's own */
};

/* A socket of which nothing is known any more, because there are too many, is one that began before. */
BEGUN_TABLE(u64, struct tcp_socket, tcp_sockets, 32768);

/* A close that is left to a kernel thread is still that of the process. */
static inline void tcp_socket_set_owner(struct tcp_socket *socket)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (socket->owner.pid && task->flags & KERNEL_THREAD)
		return;
	event_task(&socket->owner);
	socket->unwanted = current_is_unwanted();
}

static inline struct tcp_socket *tcp_socket_add(u64 key)
{
	struct tcp_socket fresh = {.unwanted = filter_is_set()};

	begun_put(tcp_sockets, &key, &fresh);
	return tcp_sockets.lookup(&key);
}

/*
 * The socket that changes its state, if it is one of TCP. Whoever changes it in a process has locked it: a
 * packet that arrives meanwhile waits.
 */
static inline struct tcp_socket *tcp_socket_of_change(
	struct sock *sk, struct trace_event_raw_inet_sock_set_state *change)
{
	bool begins = change->newstate == STATE_SYN_SENT ||
		      (change->oldstate == STATE_LISTEN && change->newstate == STATE_SYN_RECV);
	struct tcp_socket *socket = 0;
	u64 key = (u64)sk;

	if (change->protocol != PROTOCOL_TCP)
		return 0;
	if (!begins)
		socket = tcp_sockets.lookup(&key);
	if (!socket)
		socket = tcp_socket_add(key);
	if (socket && sk->sk_lock.owned)
		tcp_socket_set_owner(socket);
	return socket;
}

static inline void tcp_socket_remove(struct sock *sk)
{
	u64 key = (u64)sk;

	begun_take(tcp_sockets, &key);
}

/* The socket of a connection that was accepted: this is the first that is known of its owner. NULL if it has
 * ended. */
static inline struct tcp_socket *tcp_socket_of_accepted(struct sock *sk)
{
	struct tcp_socket *socket;
	u64 key = (u64)sk;

	socket = tcp_sockets.lookup(&key);
	if (!socket && sk->__sk_common.skc_state != STATE_CLOSE)
		socket = tcp_socket_add(key);
	if (socket && !socket->owner.pid)
		tcp_socket_set_owner(socket);
	return socket;
}

/* At the return of accept(). */
static inline int tcp_socket_accepted(long fd)
{
	struct sock *sk = tcp_sock_accepted(fd);

	if (sk)
		tcp_socket_of_accepted(sk);
	return 0;
}
