/* SPDX-License-Identifier: Apache-2.0 */
#include "tcptop.h"

#include "address.h"
#include "netns.h"
#include "tcp_bytes.h"
#include "tool.h"

static bool ipv4, ipv6, no_summary;

static struct tool_view view;

static void tcptop_set_up(void)
{
	if (ipv4 && ipv6)
		tool_usage("-4 and -6 cannot be combined");
	if (ipv4 || ipv6)
		tool_set_number("only_family", ipv4 ? 4 : 6);
	if (no_summary)
		view.above = NULL;
}

static const struct tool_option options[] = {
	OPTION_FLAG('S', "nosummary", "no line with the time and the load averages", .value = &no_summary),
	OPTION_FLAG('4', "ipv4", "only IPv4", .value = &ipv4),
	OPTION_FLAG('6', "ipv6", "only IPv6", .value = &ipv6),
	OPTION_LETTER('s', "sort"),
	OPTION_LETTER('c', "cgroup"),
	NETNS_OPTIONS,
	{0},
};

/* ---- columns ---- */

static void tcptop_local(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = row->data;

	address_port_value(value, ends->family, ends->laddr, ends->lport);
}

static void tcptop_remote(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = row->data;

	address_port_value(value, ends->family, ends->raddr, ends->rport);
}

static void tcptop_laddr(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = row->data;

	address_value(value, ends->family, ends->laddr);
}

static void tcptop_raddr(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = row->data;

	address_value(value, ends->family, ends->raddr);
}

/* Those of IPv6 differ by their headings and widths. */
#define COLUMNS(suffix, width)                                                                               \
	COLUMN("PID", -7, key.pid, "process"),                                                               \
		COLUMN("COMM", -12, key.comm, "name of its thread", .cut = 12),                              \
		COLUMN_BY("LADDR", width, VALUE_TEXT, tcptop_local, "local address and port",                \
			.heading = "LADDR" suffix, .not_in_json = true),                                     \
		COLUMN_BY("RADDR", width, VALUE_TEXT, tcptop_remote, "address and port of the other side",   \
			.heading = "RADDR" suffix, .not_in_json = true),                                     \
		COLUMN("IP", 2, key.ends.family, "4 or 6", .hidden = true, .in_json = true),                 \
		COLUMN_BY("LOCAL", -16, VALUE_TEXT, tcptop_laddr, "local address", .json = "laddr",          \
			.hidden = true, .in_json = true),                                                    \
		COLUMN("LPORT", -6, key.ends.lport, "local port", .hidden = true, .in_json = true),          \
		COLUMN_BY("REMOTE", -16, VALUE_TEXT, tcptop_raddr, "address of the other side",              \
			.json = "raddr", .hidden = true, .in_json = true),                                   \
		COLUMN("RPORT", -6, key.ends.rport, "port of the other side", .hidden = true,                \
			.in_json = true),                                                                    \
		COLUMN("RX_KB", 6, value.received, "what the process received", .format = COLUMN_KB,         \
			.json = "rx_bytes"),                                                                 \
		COLUMN("TX_KB", 6, value.sent, "what it sent", .format = COLUMN_KB, .json = "tx_bytes"),     \
		COLUMN("BYTES", 10, value.bytes, "both, in bytes", .hidden = true),                          \
		COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time", \
			.hidden = true, .in_json = true)

static const struct tool_column columns[] = {COLUMNS("", -21), {0}};
static const struct tool_column ipv6_columns[] = {COLUMNS("6", -32), {0}};
static const struct tool_column *const block_columns[] = {ipv6_columns, NULL};

static unsigned tcptop_block(const struct tool_row *row)
{
	return ((const struct endpoints *)row->data)->family == 6;
}

/* of libbpf-tools' tcptop */
static const struct tool_sort_name sort_names[] = {
	{"all", "-BYTES,PID,LPORT"}, {"sent", "-TX_KB,PID,LPORT"}, {"received", "-RX_KB,PID,LPORT"}, {0}};

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "flows",
	.columns = columns,
	.block = tcptop_block,
	.block_columns = block_columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, value),
	.counters = 3,
	.screen = &tool_screen,
	.above = tool_load_average,
	.sort = "-BYTES,PID,LPORT",
	.sort_names = sort_names,
};

static const struct tool_source sources[] = {TCP_BYTES_SOURCES, {0}};

const struct tool tool = {
	.name = "tcptop",
	.purpose = "Shows how much processes send and receive over which TCP connections.",
	.details = TCP_BYTES_DETAILS
	"\n\n--sort takes the columns, and all, sent and received, which begin with the greatest number.",
	.examples = {{"", "a screen, each second"}, {"-C 5 10", "ten outputs, each of five seconds"},
		{"-s sent -p 1234", "what a process sends, and to whom"},
		{"--json --filter 'raddr ~ \"^10[.]\"'", "connections to one network, in bytes"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
	.set_up = tcptop_set_up,
};
