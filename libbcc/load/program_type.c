/* SPDX-License-Identifier: Apache-2.0 */
#include "program_type.h"

#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

#include "common/array.h"

/* The names that libbpf gave sections, so that objects mean the same to both. Longer prefixes come before
 * their beginnings. */
static const struct bcc_program_type types[] = {
	{"kprobe/", BPF_PROG_TYPE_KPROBE, 0, 0},
	{"kretprobe/", BPF_PROG_TYPE_KPROBE, 0, 0},
	{"uprobe/", BPF_PROG_TYPE_KPROBE, 0, 0},
	{"uretprobe/", BPF_PROG_TYPE_KPROBE, 0, 0},
	{"uprobe.s/", BPF_PROG_TYPE_KPROBE, 0, BPF_F_SLEEPABLE},
	{"uretprobe.s/", BPF_PROG_TYPE_KPROBE, 0, BPF_F_SLEEPABLE},
	{"tracepoint/", BPF_PROG_TYPE_TRACEPOINT, 0, 0},
	{"tp/", BPF_PROG_TYPE_TRACEPOINT, 0, 0},
	{"raw_tracepoint/", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0},
	{"raw_tp/", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0},
	{"raw_tp.w/", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, 0, 0},
	{"tp_btf/", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, 0},
	{"fentry/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 0},
	{"fentry.s/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, BPF_F_SLEEPABLE},
	{"fexit/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, 0},
	{"fexit.s/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, BPF_F_SLEEPABLE},
	{"fmod_ret/", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, 0},
	{"fmod_ret.s/", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, BPF_F_SLEEPABLE},
	{"iter/", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, 0},
	{"iter.s/", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, BPF_F_SLEEPABLE},
	{"lsm/", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 0},
	{"lsm.s/", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, BPF_F_SLEEPABLE},
	{"perf_event", BPF_PROG_TYPE_PERF_EVENT, 0, 0},
	{"xdp", BPF_PROG_TYPE_XDP, 0, 0},
	{"tc", BPF_PROG_TYPE_SCHED_CLS, 0, 0},
	{"classifier", BPF_PROG_TYPE_SCHED_CLS, 0, 0},
	{"action", BPF_PROG_TYPE_SCHED_ACT, 0, 0},
	{"socket", BPF_PROG_TYPE_SOCKET_FILTER, 0, 0},
	{"cgroup_skb/ingress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, 0},
	{"cgroup_skb/egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, 0},
	{"cgroup/skb", BPF_PROG_TYPE_CGROUP_SKB, 0, 0},
	{"cgroup/dev", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, 0},
	{"cgroup/sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL, 0},
	{"sockops", BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS, 0},
	{"sk_skb/stream_parser", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_PARSER, 0},
	{"sk_skb/stream_verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_VERDICT, 0},
	{"sk_msg", BPF_PROG_TYPE_SK_MSG, BPF_SK_MSG_VERDICT, 0},
	{"sk_lookup", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, 0},
	{"flow_dissector", BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_FLOW_DISSECTOR, 0},
	{"lwt_in", BPF_PROG_TYPE_LWT_IN, 0, 0},
	{"lwt_out", BPF_PROG_TYPE_LWT_OUT, 0, 0},
	{"lwt_xmit", BPF_PROG_TYPE_LWT_XMIT, 0, 0},
	{"syscall", BPF_PROG_TYPE_SYSCALL, 0, BPF_F_SLEEPABLE},
};

const struct bcc_program_type *bcc_program_type_of(const char *section, const char **target)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t length = strlen(types[i].prefix);
		const char *rest = section + length;

		if (strncmp(section, types[i].prefix, length) != 0)
			continue;
		/* "xdp" and "xdp/NAME", but not "xdp_other" */
		if (types[i].prefix[length - 1] != '/' && *rest != '\0' && *rest != '/')
			continue;
		*target = *rest == '/' ? rest + 1 : rest;
		return &types[i];
	}
	return NULL;
}
