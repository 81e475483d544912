/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpaccept.h"

#include "tcp_tool.h"

static const struct tool_option options[] = {
	OPTION_FLAG('T', "time", "column with the time of day", .columns = "TIME"),
	OPTION_FLAG('t', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_CUSTOM('P', "port", "PORT", tcp_local_ports,
		"only at these local ports, separated by commas; !PORT: all but these"),
	TCP_OPTION_FAMILIES,
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -9, "when it was accepted", .tight = true, .hidden = true),
	COLUMN_TIME("TIME(s)", -9, "when it was accepted", .format = COLUMN_SECONDS, .digits = 3,
		.tight = true, .hidden = true),
	COLUMN("PID", -7, tcp.task.pid, "process that accepted it"),
	COLUMN("COMM", -12, tcp.task.comm, "name of its thread", .cut = 12),
	COLUMN("IP", -2, tcp.flow.family, "4 or 6"),
	COLUMN_BY("RADDR", -16, VALUE_TEXT, tcp_remote_address, "address of the other side"),
	COLUMN("RPORT", -5, tcp.flow.rport, "port of the other side"),
	COLUMN_BY("LADDR", -16, VALUE_TEXT, tcp_local_address, "local address"),
	COLUMN("LPORT", -5, tcp.flow.lport, "local port"),
	TCP_COLUMN_UID,
	TCP_COLUMN_NETNS,
	{0},
};

static const struct tool_source sources[] = {TCP_ACCEPT_SOURCES};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "tcpaccept",
	.purpose = "Shows TCP connections that processes of this machine accept.",
	.details = "An IPv4 connection through an IPv6 socket counts as IPv4.",
	.examples = {{"-P 80,443 -T", "connections to a web server"},
		{"-P '!22' --json", "all but those to sshd, as JSON"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.set_up = tcp_set_family,
};
