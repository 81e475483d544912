/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of <linux/bpf.h> that are newer than the oldest supported headers (Linux 6.1). */
#ifndef COMMON_KERNEL_BPF_H
#define COMMON_KERNEL_BPF_H

/* enum bpf_map_type */
#define KERNEL_BPF_MAP_TYPE_ARENA 33 /* Linux 6.9 */

/* enum bpf_prog_type */
#define KERNEL_BPF_PROG_TYPE_NETFILTER 32 /* Linux 6.4 */

/* enum bpf_attach_type */
#define KERNEL_BPF_STRUCT_OPS 44	      /* 6.4 */
#define KERNEL_BPF_NETFILTER 45		      /* 6.4 */
#define KERNEL_BPF_TCX_INGRESS 46	      /* 6.6 */
#define KERNEL_BPF_TCX_EGRESS 47	      /* 6.6 */
#define KERNEL_BPF_TRACE_UPROBE_MULTI 48      /* 6.6 */
#define KERNEL_BPF_CGROUP_UNIX_CONNECT 49     /* 6.7 */
#define KERNEL_BPF_CGROUP_UNIX_SENDMSG 50     /* 6.7 */
#define KERNEL_BPF_CGROUP_UNIX_RECVMSG 51     /* 6.7 */
#define KERNEL_BPF_CGROUP_UNIX_GETPEERNAME 52 /* 6.7 */
#define KERNEL_BPF_CGROUP_UNIX_GETSOCKNAME 53 /* 6.7 */
#define KERNEL_BPF_NETKIT_PRIMARY 54	      /* 6.7 */
#define KERNEL_BPF_NETKIT_PEER 55	      /* 6.7 */
#define KERNEL_BPF_TRACE_KPROBE_SESSION 56    /* 6.10 */
#define KERNEL_BPF_TRACE_UPROBE_SESSION 57    /* 6.13 */
#define KERNEL_BPF_TRACE_FSESSION 58	      /* 7.0 */
#define KERNEL_BPF_TRACE_FENTRY_MULTI 59
#define KERNEL_BPF_TRACE_FEXIT_MULTI 60
#define KERNEL_BPF_TRACE_FSESSION_MULTI 61

#endif
