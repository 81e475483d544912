/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpconnect.h"

#include "tcp_tool.h"
#include "tcpconnect_names.h"

static bool counting, dns;

static const struct tool_view counts_view;

static void tcpconnect_set_up(void)
{
	tcp_set_family();
	if (dns && counting)
		tool_usage("-d and -c cannot be combined");
	if (counting)
		tool_show(&counts_view);
}

static int tcpconnect_attached(struct bcc *b)
{
	return dns ? names_open(b) : 0;
}

static void tcpconnect_query(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	names_query(value, e->tcp.flow.family, e->tcp.flow.raddr, e->tcp.task.time);
}

static const struct tool_option options[] = {
	OPTION_FLAG('t', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_CUSTOM('P', "port", "PORT", tcp_remote_ports,
		"only to these ports, separated by commas; !PORT: all but these"),
	TCP_OPTION_FAMILIES,
	OPTION_FLAG('L', "lport", "column with the local port", .variable = "with_lport", .columns = "LPORT"),
	OPTION_FLAG('U', "print-uid", "column with the user ID", .columns = "UID"),
	OPTION_FLAG('c', "count", "count connections by source address, destination address and port",
		.value = &counting, .variable = "counting"),
	OPTION_FLAG('d', "dns", "column with the name that was looked up for the address", .value = &dns,
		.columns = "QUERY"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -9, "when it began", .format = COLUMN_SECONDS, .digits = 3, .tight = true,
		.hidden = true),
	COLUMN("UID", -6, tcp.task.uid, "user", .tight = true, .hidden = true),
	COLUMN("PID", -7, tcp.task.pid, "process"),
	COLUMN("COMM", -12, tcp.task.comm, "name of the thread", .cut = 12),
	COLUMN("IP", -2, tcp.flow.family, "4 or 6"),
	COLUMN_BY("SADDR", -16, VALUE_TEXT, tcp_local_address, "local address"),
	COLUMN("LPORT", -6, tcp.flow.lport, "local port", .hidden = true),
	COLUMN_BY("DADDR", -16, VALUE_TEXT, tcp_remote_address, "address of the other side"),
	COLUMN("DPORT", -6, tcp.flow.rport, "port of the other side"),
	COLUMN_BY("QUERY", 0, VALUE_TEXT, tcpconnect_query, "name that the address was looked up for",
		.hidden = true),
	TCP_COLUMN_NETNS,
	{0},
};

static const struct tool_view view = {
	.title = "Tracing connect ... Hit Ctrl-C to end",
	.columns = columns,
	.bytes = sizeof(struct event),
};

/* ---- counts ---- */

static void count_source(const struct tool_row *row, struct value *value)
{
	const struct count *c = row->data;

	address_value(value, c->flow.family, c->flow.laddr);
}

static void count_destination(const struct tool_row *row, struct value *value)
{
	const struct count *c = row->data;

	address_value(value, c->flow.family, c->flow.raddr);
}

/* IPv4 before IPv6, then the most connections first */
static int count_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct count *x = a->data, *y = b->data;

	if (x->flow.family != y->flow.family)
		return x->flow.family < y->flow.family ? -1 : 1;
	return (x->connects < y->connects) - (x->connects > y->connects);
}

static const struct tool_column count_columns[] = {
	COLUMN_BY("LADDR", -25, VALUE_TEXT, count_source, "local address"),
	COLUMN_BY("RADDR", -25, VALUE_TEXT, count_destination, "address of the other side"),
	COLUMN_OF(struct count, "RPORT", -20, flow.rport, "port of the other side"),
	COLUMN_OF(struct count, "CONNECTS", -10, connects, "how many connections began"),
	{0},
};

static const struct tool_view counts_view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing connect ... Hit Ctrl-C to end",
	.table = "counts",
	.columns = count_columns,
	.bytes = sizeof(struct count),
	.compare = count_compare,
};

/* ---- the tool ---- */

static const struct tool_source sources[] = {
	{.name = "kprobes on tcp_v4_connect and tcp_v6_connect",
		.programs = "kprobe__tcp_v4_connect kretprobe__tcp_v4_connect kprobe__tcp_v6_connect "
			    "kretprobe__tcp_v6_connect"},
	{.name = "tracepoint sock:inet_sock_set_state", .programs = "tracepoint__sock__inet_sock_set_state"},
	{0},
};

static const struct tool_view *const views[] = {&counts_view, NULL};

const struct tool tool = {
	.name = "tcpconnect",
	.purpose = "Shows TCP connections that this machine initiates.",
	.examples = {{"-P 80,443 -d", "connections to web servers, by name"},
		{"-c", "how many connections go where"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.views = views,
	.set_up = tcpconnect_set_up,
	.attached = tcpconnect_attached,
	.tear_down = names_close,
};
