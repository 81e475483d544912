/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpconnlat.h"

#include "tcp_tool.h"

/* Not known of one that the process gave up. */
static void tcpconnlat_result(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_signed(value, -(int64_t)e->error);
	if (e->failed && !e->error)
		value->kind = VALUE_NONE;
}

static const struct tool_option options[] = {
	OPTION_FLAG('t', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_FLAG('L', "lport", "column with the local port", .columns = "LPORT"),
	TCP_OPTION_FAMILIES,
	OPTION_FLAG(0, "all", "attempts that failed too, and a column with the result",
		.variable = "with_failed", .columns = "RESULT"),
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_DURATION(0, "MIN_MS", NULL, 1000000,
		"only those that took at least this long, in milliseconds or with a unit: 0.1, 20us",
		.variable = "least_delay"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -9, "when it ended", .format = COLUMN_SECONDS, .digits = 3, .tight = true,
		.hidden = true),
	COLUMN("PID", -7, tcp.task.pid, "process"),
	COLUMN("COMM", -12, tcp.task.comm, "name of its thread", .cut = 12),
	COLUMN("IP", -2, tcp.flow.family, "4 or 6"),
	COLUMN_BY("SADDR", -16, VALUE_TEXT, tcp_local_address, "local address"),
	COLUMN("LPORT", -6, tcp.flow.lport, "local port", .hidden = true),
	COLUMN_BY("DADDR", -16, VALUE_TEXT, tcp_remote_address, "address of the other side"),
	COLUMN("DPORT", -5, tcp.flow.rport, "port of the other side"),
	COLUMN_BY("RESULT", 6, VALUE_SIGNED, tcpconnlat_result,
		"0, or the negative errno; not known if the process gave up", .hidden = true,
		.in_json = true),
	COLUMN_DURATION("LAT(ms)", 0, delay,
		"time from the first SYN until the connection was established, "
		"or until that failed",
		.format = COLUMN_MS, .digits = 2),
	TCP_COLUMN_UID,
	TCP_COLUMN_NETNS,
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "tcpconnlat",
	.purpose = "Shows how long it takes to establish the TCP connections that this machine initiates.",
	.details = "An IPv4 connection through an IPv6 socket counts as IPv4.",
	.examples = {{"10", "connections that took 10 ms or longer"},
		{"--all 1s", "those that took a second, or failed only then"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = tcp_set_family,
};
