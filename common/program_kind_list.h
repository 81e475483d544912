/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of program_kind.h, to be read through macros. The sections are libbpf's, so that an object means
 * the same to both.
 *
 *   KIND(id, section, program type, attach type, other members…)
 *   AUTO(id, section, program type, attach type, attach function, other members…)
 *
 * AUTO is a kind that bcc_attach_all() attaches, by that function. The other members are the non-zero ones of
 * struct bcc_program_kind; FUNCTION() sets the prefix of functions' names.
 */
/* clang-format off */

/* ---- functions of the kernel and of programs ---- */
AUTO(KPROBE,                "kprobe",                KPROBE,           0, bcc_section_kprobe,
	FUNCTION("kprobe__"))
AUTO(KRETPROBE,             "kretprobe",             KPROBE,           0, bcc_section_kprobe,
	FUNCTION("kretprobe__"))
AUTO(KPROBE_MULTI,          "kprobe.multi",          KPROBE,           BPF_TRACE_KPROBE_MULTI,
	bcc_section_kprobes)
AUTO(KRETPROBE_MULTI,       "kretprobe.multi",       KPROBE,           BPF_TRACE_KPROBE_MULTI,
	bcc_section_kprobes)
AUTO(KPROBE_SESSION,        "kprobe.session",        KPROBE,           KERNEL_BPF_TRACE_KPROBE_SESSION,
	bcc_section_kprobes)
AUTO(KSYSCALL,              "ksyscall",              KPROBE,           0,
	bcc_section_syscall)
AUTO(KRETSYSCALL,           "kretsyscall",           KPROBE,           0,
	bcc_section_syscall)
AUTO(UPROBE,                "uprobe",                KPROBE,           0,
	bcc_section_uprobe, .traits = BCC_TRAIT_SLEEPABLE)
AUTO(URETPROBE,             "uretprobe",             KPROBE,           0,
	bcc_section_uprobe, .traits = BCC_TRAIT_SLEEPABLE)
AUTO(UPROBE_MULTI,          "uprobe.multi",          KPROBE,           KERNEL_BPF_TRACE_UPROBE_MULTI,
	bcc_section_uprobes,
	.traits = BCC_TRAIT_SLEEPABLE)
AUTO(URETPROBE_MULTI,       "uretprobe.multi",       KPROBE,           KERNEL_BPF_TRACE_UPROBE_MULTI,
	bcc_section_uprobes,
	.traits = BCC_TRAIT_SLEEPABLE)
AUTO(UPROBE_SESSION,        "uprobe.session",        KPROBE,           KERNEL_BPF_TRACE_UPROBE_SESSION,
	bcc_section_uprobes,
	.traits = BCC_TRAIT_SLEEPABLE)
AUTO(USDT,                  "usdt",                  KPROBE,           0,
	bcc_section_usdt, .traits = BCC_TRAIT_SLEEPABLE)

/* ---- tracepoints ---- */
AUTO(TRACEPOINT,            "tracepoint",            TRACEPOINT,       0, bcc_tracepoint_auto,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_CATEGORY, FUNCTION("tracepoint__"))
AUTO(TP,                    "tp",                    TRACEPOINT,       0, bcc_tracepoint_auto,
	.traits = BCC_TRAIT_SLEEPABLE)
AUTO(RAW_TRACEPOINT,        "raw_tp",                RAW_TRACEPOINT,   0, bcc_raw_tracepoint_auto,
	.traits = BCC_TRAIT_SLEEPABLE, FUNCTION("raw_tracepoint__"))
AUTO(RAW_TRACEPOINT_ALIAS,  "raw_tracepoint",        RAW_TRACEPOINT,   0, bcc_raw_tracepoint_auto,
	.traits = BCC_TRAIT_SLEEPABLE)
AUTO(RAW_TP_WRITABLE,       "raw_tp.w",              RAW_TRACEPOINT_WRITABLE, 0, bcc_raw_tracepoint_auto)
AUTO(RAW_TRACEPOINT_WRITABLE, "raw_tracepoint.w",      RAW_TRACEPOINT_WRITABLE, 0, bcc_raw_tracepoint_auto)
AUTO(TP_BTF,                "tp_btf",                TRACING,          BPF_TRACE_RAW_TP,
	bcc_raw_tracepoint_auto,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED,
	.target = BCC_TARGET_TRACEPOINT)

/* ---- what the kernel's BTF gives types to ---- */
AUTO(FENTRY,                "fentry",                TRACING,          BPF_TRACE_FENTRY, bcc_fentry_auto,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED | BCC_TRAIT_MODULE,
	.target = BCC_TARGET_FUNCTION, FUNCTION("kfunc__"))
AUTO(FEXIT,                 "fexit",                 TRACING,          BPF_TRACE_FEXIT, bcc_fentry_auto,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED | BCC_TRAIT_MODULE,
	.target = BCC_TARGET_FUNCTION, FUNCTION("kretfunc__"))
AUTO(FMOD_RET,              "fmod_ret",              TRACING,          BPF_MODIFY_RETURN, bcc_fentry_auto,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED | BCC_TRAIT_MODULE,
	.target = BCC_TARGET_FUNCTION, FUNCTION("kmod_ret__"))
KIND(FSESSION,              "fsession",              TRACING,          KERNEL_BPF_TRACE_FSESSION,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED, .target = BCC_TARGET_FUNCTION)
KIND(FENTRY_MULTI,          "fentry.multi",          TRACING,          KERNEL_BPF_TRACE_FENTRY_MULTI,
	.traits = BCC_TRAIT_SLEEPABLE)
KIND(FEXIT_MULTI,           "fexit.multi",           TRACING,          KERNEL_BPF_TRACE_FEXIT_MULTI,
	.traits = BCC_TRAIT_SLEEPABLE)
KIND(FSESSION_MULTI,        "fsession.multi",        TRACING,          KERNEL_BPF_TRACE_FSESSION_MULTI,
	.traits = BCC_TRAIT_SLEEPABLE)
KIND(FREPLACE,              "freplace",              EXT,              0)
AUTO(LSM,                   "lsm",                   LSM,              BPF_LSM_MAC, bcc_lsm_auto,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED, .target = BCC_TARGET_HOOK, FUNCTION("lsm__"))
KIND(LSM_CGROUP,            "lsm_cgroup",            LSM,              BPF_LSM_CGROUP,
	.traits = BCC_TRAIT_TYPED, .target = BCC_TARGET_HOOK)
KIND(ITER,                  "iter",                  TRACING,          BPF_TRACE_ITER,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED,
	.target = BCC_TARGET_ITERATOR, FUNCTION("bpf_iter__"))
KIND(STRUCT_OPS,            "struct_ops",            STRUCT_OPS,       0,
	.traits = BCC_TRAIT_SLEEPABLE | BCC_TRAIT_TYPED)

/* ---- other kinds without packets ---- */
KIND(PERF_EVENT,            "perf_event",            PERF_EVENT,       0)
KIND(SYSCALL,               "syscall",               SYSCALL,          0, .prog_flags = BPF_F_SLEEPABLE)
KIND(LIRC_MODE2,            "lirc_mode2",            LIRC_MODE2,       BPF_LIRC_MODE2)

/* ---- packets passing through a device ---- */
KIND(XDP,                   "xdp",                   XDP,              BPF_XDP, FUNCTION("xdp__"))
KIND(XDP_DEVMAP,            "xdp/devmap",            XDP,              BPF_XDP_DEVMAP)
KIND(XDP_CPUMAP,            "xdp/cpumap",            XDP,              BPF_XDP_CPUMAP)
KIND(XDP_FRAGS,             "xdp.frags",             XDP,              BPF_XDP,
	.prog_flags = BPF_F_XDP_HAS_FRAGS)
KIND(XDP_FRAGS_DEVMAP,      "xdp.frags/devmap",      XDP,              BPF_XDP_DEVMAP,
	.prog_flags = BPF_F_XDP_HAS_FRAGS)
KIND(XDP_FRAGS_CPUMAP,      "xdp.frags/cpumap",      XDP,              BPF_XDP_CPUMAP,
	.prog_flags = BPF_F_XDP_HAS_FRAGS)
KIND(TC,                    "tc",                    SCHED_CLS,        0, FUNCTION("tc__"))
KIND(TC_INGRESS,            "tc/ingress",            SCHED_CLS,        KERNEL_BPF_TCX_INGRESS)
KIND(TC_EGRESS,             "tc/egress",             SCHED_CLS,        KERNEL_BPF_TCX_EGRESS)
KIND(TCX_INGRESS,           "tcx/ingress",           SCHED_CLS,        KERNEL_BPF_TCX_INGRESS)
KIND(TCX_EGRESS,            "tcx/egress",            SCHED_CLS,        KERNEL_BPF_TCX_EGRESS)
KIND(NETKIT_PRIMARY,        "netkit/primary",        SCHED_CLS,        KERNEL_BPF_NETKIT_PRIMARY)
KIND(NETKIT_PEER,           "netkit/peer",           SCHED_CLS,        KERNEL_BPF_NETKIT_PEER)
KIND(CLASSIFIER,            "classifier",            SCHED_CLS,        0)
KIND(ACTION,                "action",                SCHED_ACT,        0)
KIND(LWT_IN,                "lwt_in",                LWT_IN,           0)
KIND(LWT_OUT,               "lwt_out",               LWT_OUT,          0)
KIND(LWT_XMIT,              "lwt_xmit",              LWT_XMIT,         0)
KIND(LWT_SEG6LOCAL,         "lwt_seg6local",         LWT_SEG6LOCAL,    0)
KIND(FLOW_DISSECTOR,        "flow_dissector",        FLOW_DISSECTOR,   BPF_FLOW_DISSECTOR)
KIND(NETFILTER,             "netfilter",             NETFILTER,        KERNEL_BPF_NETFILTER)

/* ---- sockets ---- */
KIND(SOCKET,                "socket",                SOCKET_FILTER,    0)
KIND(SK_REUSEPORT,          "sk_reuseport",          SK_REUSEPORT,     BPF_SK_REUSEPORT_SELECT)
KIND(SK_REUSEPORT_MIGRATE,  "sk_reuseport/migrate",  SK_REUSEPORT,     BPF_SK_REUSEPORT_SELECT_OR_MIGRATE)
KIND(SK_LOOKUP,             "sk_lookup",             SK_LOOKUP,        BPF_SK_LOOKUP)
KIND(SK_MSG,                "sk_msg",                SK_MSG,           BPF_SK_MSG_VERDICT)
KIND(SK_SKB,                "sk_skb",                SK_SKB,           0)
KIND(SK_SKB_STREAM_PARSER,  "sk_skb/stream_parser",  SK_SKB,           BPF_SK_SKB_STREAM_PARSER)
KIND(SK_SKB_STREAM_VERDICT, "sk_skb/stream_verdict", SK_SKB,           BPF_SK_SKB_STREAM_VERDICT)
KIND(SK_SKB_VERDICT,        "sk_skb/verdict",        SK_SKB,           BPF_SK_SKB_VERDICT)
KIND(SOCKOPS,               "sockops",               SOCK_OPS,         BPF_CGROUP_SOCK_OPS)

/* ---- what the processes of a cgroup do ---- */
KIND(CGROUP_SKB,            "cgroup/skb",            CGROUP_SKB,       0)
KIND(CGROUP_SKB_INGRESS,    "cgroup_skb/ingress",    CGROUP_SKB,       BPF_CGROUP_INET_INGRESS)
KIND(CGROUP_SKB_EGRESS,     "cgroup_skb/egress",     CGROUP_SKB,       BPF_CGROUP_INET_EGRESS)
KIND(CGROUP_SOCK,           "cgroup/sock",           CGROUP_SOCK,      BPF_CGROUP_INET_SOCK_CREATE)
KIND(CGROUP_SOCK_CREATE,    "cgroup/sock_create",    CGROUP_SOCK,      BPF_CGROUP_INET_SOCK_CREATE)
KIND(CGROUP_SOCK_RELEASE,   "cgroup/sock_release",   CGROUP_SOCK,      BPF_CGROUP_INET_SOCK_RELEASE)
KIND(CGROUP_POST_BIND4,     "cgroup/post_bind4",     CGROUP_SOCK,      BPF_CGROUP_INET4_POST_BIND)
KIND(CGROUP_POST_BIND6,     "cgroup/post_bind6",     CGROUP_SOCK,      BPF_CGROUP_INET6_POST_BIND)
KIND(CGROUP_BIND4,          "cgroup/bind4",          CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND)
KIND(CGROUP_BIND6,          "cgroup/bind6",          CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND)
KIND(CGROUP_CONNECT4,       "cgroup/connect4",       CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT)
KIND(CGROUP_CONNECT6,       "cgroup/connect6",       CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT)
KIND(CGROUP_CONNECT_UNIX,   "cgroup/connect_unix",   CGROUP_SOCK_ADDR, KERNEL_BPF_CGROUP_UNIX_CONNECT)
KIND(CGROUP_SENDMSG4,       "cgroup/sendmsg4",       CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG)
KIND(CGROUP_SENDMSG6,       "cgroup/sendmsg6",       CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG)
KIND(CGROUP_SENDMSG_UNIX,   "cgroup/sendmsg_unix",   CGROUP_SOCK_ADDR, KERNEL_BPF_CGROUP_UNIX_SENDMSG)
KIND(CGROUP_RECVMSG4,       "cgroup/recvmsg4",       CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_RECVMSG)
KIND(CGROUP_RECVMSG6,       "cgroup/recvmsg6",       CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_RECVMSG)
KIND(CGROUP_RECVMSG_UNIX,   "cgroup/recvmsg_unix",   CGROUP_SOCK_ADDR, KERNEL_BPF_CGROUP_UNIX_RECVMSG)
KIND(CGROUP_GETPEERNAME4,   "cgroup/getpeername4",   CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETPEERNAME)
KIND(CGROUP_GETPEERNAME6,   "cgroup/getpeername6",   CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETPEERNAME)
KIND(CGROUP_GETPEERNAME_UNIX, "cgroup/getpeername_unix", CGROUP_SOCK_ADDR, KERNEL_BPF_CGROUP_UNIX_GETPEERNAME)
KIND(CGROUP_GETSOCKNAME4,   "cgroup/getsockname4",   CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETSOCKNAME)
KIND(CGROUP_GETSOCKNAME6,   "cgroup/getsockname6",   CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETSOCKNAME)
KIND(CGROUP_GETSOCKNAME_UNIX, "cgroup/getsockname_unix", CGROUP_SOCK_ADDR, KERNEL_BPF_CGROUP_UNIX_GETSOCKNAME)
KIND(CGROUP_GETSOCKOPT,     "cgroup/getsockopt",     CGROUP_SOCKOPT,   BPF_CGROUP_GETSOCKOPT)
KIND(CGROUP_SETSOCKOPT,     "cgroup/setsockopt",     CGROUP_SOCKOPT,   BPF_CGROUP_SETSOCKOPT)
KIND(CGROUP_SYSCTL,         "cgroup/sysctl",         CGROUP_SYSCTL,    BPF_CGROUP_SYSCTL)
KIND(CGROUP_DEV,            "cgroup/dev",            CGROUP_DEVICE,    BPF_CGROUP_DEVICE)
