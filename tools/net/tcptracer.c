/* SPDX-License-Identifier: Apache-2.0 */
#include "tcptracer.h"

#include <stdio.h>

#include "common/array.h"
#include "tcp_tool.h"

static const struct {
	const char *letter, *name;
} types[] = {[CONNECT] = {"C", "connect"}, [ACCEPT] = {"A", "accept"}, [CLOSE] = {"X", "close"}};

static bool verbose, timestamp;

static bool tcptracer_wanted(const struct tool_row *row)
{
	return ((const struct event *)row->data)->type < ARRAY_SIZE(types);
}

static void tcptracer_letter(const struct tool_row *row, struct value *value)
{
	value_text(value, types[((const struct event *)row->data)->type].letter, 1);
}

static void tcptracer_type(const struct tool_row *row, struct value *value)
{
	const char *name = types[((const struct event *)row->data)->type].name;

	value_text(value, name, strlen(name));
}

static void tcptracer_since(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static uint64_t first;

	if (!first)
		first = e->tcp.task.time;
	value_unsigned(value, e->tcp.task.time - first);
}

/* For people, an IPv6 address is in brackets. */
static void tcptracer_bracket(
	const struct tool_row *row, const uint8_t *address, char text[64], struct value *value)
{
	const struct event *e = row->data;

	address_value(value, e->tcp.flow.family, address);
	if (e->tcp.flow.family == 6)
		value_text(value, text, snprintf(text, 64, "[%.*s]", (int)value->length, value->text));
}

static void tcptracer_source(const struct tool_row *row, struct value *value)
{
	static char text[64];

	tcptracer_bracket(row, ((const struct event *)row->data)->tcp.flow.laddr, text, value);
}

static void tcptracer_destination(const struct tool_row *row, struct value *value)
{
	static char text[64];

	tcptracer_bracket(row, ((const struct event *)row->data)->tcp.flow.raddr, text, value);
}

enum {
	SECONDS,
	NANOSECONDS,
	LETTER,
	TYPE,
	UID,
	PID,
	COMM,
	IP,
	SADDR,
	DADDR,
	SPORT,
	DPORT,
	NETNS,
	LADDR,
	RADDR,
	COLUMNS
};

static struct tool_column columns[COLUMNS + 1] = {
	[SECONDS] = COLUMN_TIME("TIME(s)", -9, "when it happened", .format = COLUMN_SECONDS, .digits = 3,
		.tight = true, .hidden = true),
	[NANOSECONDS] = COLUMN_BY("TIME(ns)", -14, VALUE_UNSIGNED, tcptracer_since,
		"nanoseconds since the first event", .tight = true, .hidden = true, .not_in_json = true),
	[LETTER] = COLUMN_BY("T", -2, VALUE_TEXT, tcptracer_letter, "C: connected, A: accepted, X: closed",
		.not_in_json = true),
	[TYPE] = COLUMN_BY("TYPE", -12, VALUE_TEXT, tcptracer_type, "connect, accept or close",
		.hidden = true, .in_json = true),
	[UID] = COLUMN_BY("UID", -6, VALUE_UNSIGNED, tcp_uid, "user", .hidden = true),
	[PID] = TCP_COLUMN_PID(-6),
	[COMM] = TCP_COLUMN_COMM(-16),
	[IP] = COLUMN("IP", -2, tcp.flow.family, "4 or 6"),
	[SADDR] = COLUMN_BY("SADDR", -16, VALUE_TEXT, tcptracer_source, "local address", .not_in_json = true),
	[DADDR] = COLUMN_BY("DADDR", -16, VALUE_TEXT, tcptracer_destination, "address of the other side",
		.not_in_json = true),
	[SPORT] = COLUMN("SPORT", -6, tcp.flow.lport, "local port"),
	[DPORT] = COLUMN("DPORT", -6, tcp.flow.rport, "port of the other side"),
	[NETNS] = COLUMN("NETNS", -8, tcp.flow.netns, "inode number of the network namespace", .hidden = true,
		.in_json = true),
	[LADDR] = COLUMN_BY("LADDR", -16, VALUE_TEXT, tcp_local_address, "local address, without brackets",
		.json = "saddr", .hidden = true, .in_json = true),
	[RADDR] = COLUMN_BY("RADDR", -16, VALUE_TEXT, tcp_remote_address,
		"address of the other side, without brackets", .json = "daddr", .hidden = true,
		.in_json = true),
};

static void tcptracer_set_up(void)
{
	tcp_set_family();
	columns[SECONDS].hidden = !timestamp || verbose;
	columns[NANOSECONDS].hidden = !timestamp || !verbose;
}

static const struct tool_option options[] = {
	OPTION_FLAG('t', "timestamp", "column with the time since the first event, in seconds",
		.value = &timestamp),
	OPTION_NUMBER('N', "netns", "INODE", 1, UINT32_MAX,
		"only this network namespace, by its inode number", .variable = "only_netns"),
	TCP_OPTION_FAMILIES,
	OPTION_FLAG('U', "print-uid", "column with the user ID", .columns = "UID"),
	OPTION_FLAG('v', "verbose",
		"types in full, column with the network namespace, and times (-t) in nanoseconds",
		.value = &verbose, .columns = "-T TYPE NETNS"),
	{0},
};

static const struct tool_source sources[] = {TCP_ACCEPT_SOURCES};

static const struct tool_view view = {
	.title = "Tracing TCP established connections. Ctrl-C to end.",
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = tcptracer_wanted,
};

const struct tool tool = {
	.name = "tcptracer",
	.purpose = "Shows TCP connections as they are opened, accepted and closed.",
	.details =
		"A connection is closed (X) when this side says that it will send no more, by close(), shutdown() "
		"or the process's end, or when it breaks off. The process of X is the one that did that, else the "
		"one that connected or accepted; it is not known (-) if none of that happened while the tool was "
		"running.\n\n"
		"An IPv4 connection through an IPv6 socket counts as IPv4.",
	.examples = {{"-t -- curl -s http://example.test", "the connections of a command"},
		{"-v -N 4026531840", "those of one network namespace, as lsns shows its number"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.outlives = true,
	.sources = sources,
	.view = &view,
	.set_up = tcptracer_set_up,
};
