/* Address families: include/linux/socket.h of the kernel */
#pragma once
#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL 1
#define AF_INET 2
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_INET6 10
#define AF_VSOCK 40
#define SCM_RIGHTS 0x01
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
