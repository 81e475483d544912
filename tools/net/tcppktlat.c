/* SPDX-License-Identifier: Apache-2.0 */
#include "tcppktlat.h"

#include "tcp_tool.h"

static bool wide;

enum { TIME, PID, TID, COMM, LADDR, LPORT, RADDR, RPORT, DELAY, UID, NETNS, COLUMNS };

static struct tool_column columns[COLUMNS + 1] = {
	[TIME] = COLUMN_TIME("TIME", -8, "when the data was read", .hidden = true, .heading = "TIME(s)"),
	[PID] = COLUMN("PID", -7, tcp.task.pid, "process that read"),
	[TID] = COLUMN("TID", -7, tcp.task.tid, "its thread"),
	[COMM] = COLUMN("COMM", -16, tcp.task.comm, "name of the thread"),
	[LADDR] = COLUMN_BY("LADDR", -15, VALUE_TEXT, tcp_local_address, "local address"),
	[LPORT] = COLUMN("LPORT", -5, tcp.flow.lport, "local port"),
	[RADDR] = COLUMN_BY("RADDR", -15, VALUE_TEXT, tcp_remote_address, "address of the other side"),
	[RPORT] = COLUMN("RPORT", -5, tcp.flow.rport, "port of the other side"),
	[DELAY] = COLUMN_DURATION("MS", 0, delay,
		"time from the first segment that had not been read until the read", .json = "delay_ns",
		.format = COLUMN_MS, .digits = 2),
	[UID] = TCP_COLUMN_UID,
	[NETNS] = TCP_COLUMN_NETNS,
};

static void tcppktlat_set_up(void)
{
	tcp_set_family();
	if (wide)
		columns[LADDR].width = columns[RADDR].width = -26;
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the time of day", .columns = "TIME"),
	OPTION_LETTER('t', "tid"),
	OPTION_CUSTOM('l', "lport", "PORT", tcp_local_ports,
		"only these local ports, separated by commas; !PORT: all but these"),
	OPTION_CUSTOM(
		'r', "rport", "PORT", tcp_remote_ports, "only these ports of the other side, as --lport"),
	OPTION_FLAG('w', "wide", "wide columns, into which most IPv6 addresses fit", .value = &wide),
	TCP_OPTION_FAMILIES,
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_DURATION(0, "MIN_US", NULL, 1000,
		"only data that waited at least this long, in microseconds or with a unit: 500, 2ms",
		.variable = "least_delay"),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "tcppktlat",
	.purpose = "Shows how long data that TCP has received waits until a process reads it.",
	.details = "The time begins when TCP takes in a segment whose data can be read, and ends when the "
		   "socket is read or peeked at. What arrives meanwhile does not begin another. An IPv4 "
		   "connection through an IPv6 socket counts as IPv4.",
	.examples = {{"10ms", "data that waited 10 ms or longer"},
		{"-l 443 -p 4711", "how fast a server reads its requests"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = tcppktlat_set_up,
};
