/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets behind descriptors. */
#include "file.bpf.h"

#include <linux/net.h>
#include <net/sock.h>

/* sys/socket.h */
#define SOCKET_IPV4 2
#define SOCKET_IPV6 10

/* linux/stat.h */
#define FILE_TYPE 0170000
#define FILE_SOCKET 0140000

/* The socket of the Internet that a descriptor of the current process stands for; 0 if it is another, or
 * none. */
static inline struct sock *internet_socket_of(s32 fd)
{
	struct file *file = file_of(fd);
	struct sock *sk;
	u16 family;

	if (!file || (file->f_inode->i_mode & FILE_TYPE) != FILE_SOCKET)
		return 0;
	sk = ((struct socket *)file->private_data)->sk;
	if (!sk)
		return 0;
	family = sk->__sk_common.skc_family;
	return family == SOCKET_IPV4 || family == SOCKET_IPV6 ? sk : 0;
}
