/* SPDX-License-Identifier: Apache-2.0 */
#include "tcplife.h"

#include "tcp_tool.h"

static bool wide;

static void tcplife_duration(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = e->begun ? VALUE_DURATION : VALUE_NONE;
	value->signed_number = e->tcp.task.time - e->begun;
}

enum { TIME, SECONDS, PID, COMM, IP, LADDR, LPORT, RADDR, RPORT, TX, RX, DURATION, UID, NETNS, COLUMNS };

static struct tool_column columns[COLUMNS + 1] = {
	[TIME] = COLUMN_TIME("TIME", -8, "when it ended", .hidden = true),
	[SECONDS] = COLUMN_TIME(
		"TIME(s)", -9, "when it ended", .format = COLUMN_SECONDS, .digits = 6, .hidden = true),
	[PID] = TCP_COLUMN_PID(-5),
	[COMM] = TCP_COLUMN_COMM(-10),
	[IP] = COLUMN("IP", -2, tcp.flow.family, "4 or 6", .hidden = true, .in_json = true),
	[LADDR] = COLUMN_BY("LADDR", -15, VALUE_TEXT, tcp_local_address, "local address"),
	[LPORT] = COLUMN("LPORT", -5, tcp.flow.lport, "local port"),
	[RADDR] = COLUMN_BY("RADDR", -15, VALUE_TEXT, tcp_remote_address, "address of the other side"),
	[RPORT] = COLUMN("RPORT", -5, tcp.flow.rport, "port of the other side"),
	[TX] = COLUMN("TX_KB", 5, sent, "bytes that were sent, without those sent again", .json = "tx_bytes",
		.format = COLUMN_KB),
	[RX] = COLUMN("RX_KB", 5, received, "bytes that arrived", .json = "rx_bytes", .format = COLUMN_KB),
	[DURATION] = COLUMN_BY("MS", 0, VALUE_DURATION, tcplife_duration,
		"how long it lasted; not known if it began before the tool", .json = "duration_ns",
		.format = COLUMN_MS, .digits = 2),
	[UID] = TCP_COLUMN_UID,
	[NETNS] = TCP_COLUMN_NETNS,
};

static void tcplife_set_up(void)
{
	tcp_set_family();
	if (!wide)
		return;
	columns[COMM].width = -16;
	columns[COMM].cut = 0;
	columns[LADDR].width = columns[RADDR].width = -39;
	columns[TX].width = columns[RX].width = 6;
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "time", "column with the time of day", .columns = "TIME"),
	OPTION_FLAG('t', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_FLAG(
		'w', "wide", "wide columns, into which IPv6 addresses fit", .value = &wide, .columns = "IP"),
	OPTION_LETTER('s', "csv", .columns = "IP"),
	OPTION_CUSTOM('L', "localport", "PORT", tcp_local_ports,
		"only these local ports, separated by commas; !PORT: all but these"),
	OPTION_CUSTOM('D', "remoteport", "PORT", tcp_remote_ports,
		"only these ports of the other side, as --localport"),
	TCP_OPTION_FAMILIES,
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "tcplife",
	.purpose = "Shows TCP connections as they end: whose they were, how long they lasted, and how many "
		   "bytes they carried.",
	.details =
		"The process is the one that opened, accepted or closed the connection, whichever was last. It is "
		"not known (-) if none of that happened while the tool was running.\n\n"
		"Attempts to connect that failed are shown too. An IPv4 connection through an IPv6 socket counts as "
		"IPv4.",
	.examples = {{"-L 443 -w", "the connections of a web server"},
		{"--filter 'ms > 1s && tx_kb < 1024'", "long ones that sent little"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.outlives = true,
	.view = &view,
	.set_up = tcplife_set_up,
};
