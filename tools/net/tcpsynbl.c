/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "netns.h"
#include "tool.h"

static bool ipv4, ipv6;

static const struct tool_column section = HIST_SECTION("backlog_max", "how many may wait");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing SYN backlog size. Ctrl-C to end.",
	.table = "hist",
	.section = &section,
	.unit = "backlog",
};

static void tcpsynbl_set_up(void)
{
	if (ipv4 && ipv6)
		tool_usage("-4 and -6 cannot be combined");
	if (ipv4 || ipv6)
		tool_set_number("only_family", ipv4 ? 4 : 6);
}

static bool tcpsynbl_needs(const char *program)
{
	return !(ipv4 && strstr(program, "tcp_v6_")) && !(ipv6 && strstr(program, "tcp_v4_"));
}

static const struct tool_option options[] = {
	OPTION_FLAG('4', "ipv4", "only IPv4", .value = &ipv4),
	OPTION_FLAG('6', "ipv6", "only IPv6", .value = &ipv6),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	NETNS_OPTIONS,
	{0},
};

static const struct tool_source sources[] = {
	{.name = "fentry on tcp_v4_syn_recv_sock and tcp_v6_syn_recv_sock",
		.programs = "kfunc__vmlinux__tcp_v4_syn_recv_sock kfunc__vmlinux__tcp_v6_syn_recv_sock"},
	{.name = "kprobes on tcp_v4_syn_recv_sock and tcp_v6_syn_recv_sock",
		.programs = "kprobe__tcp_v4_syn_recv_sock kprobe__tcp_v6_syn_recv_sock"},
	{.name = "tracepoint sock:inet_sock_set_state",
		.programs = "raw_tracepoint__inet_sock_set_state",
		.less = "connections that a full queue refuses are not counted, and IPv4 connections to IPv6 "
			"sockets count as IPv6"},
	{0},
};

const struct tool tool = {
	.name = "tcpsynbl",
	.purpose = "Shows how many TCP connections wait to be accepted, as histograms.",
	.details =
		"At each connection that has been made, the number of those that wait before it is counted; "
		"there is a histogram for each limit (backlog) that sockets listen with. If the numbers come "
		"near to the limit, a program does not accept connections as fast as they come.",
	.examples = {{"-T 1", "each second, with the time"}, {"-4", "only IPv4"}},
	.options = options,
	.intervals = true,
	.sources = sources,
	.view = &view,
	.set_up = tcpsynbl_set_up,
	.needs = tcpsynbl_needs,
};
