/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpcong.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "netns.h"
#include "tool.h"

static bool as_histograms, microseconds, show_time;

static struct tool_view view, us_view, hist_view;

/* ---- options ---- */

/* "80", or "8000-8100". */
static void tcpcong_ports(const char *variable, const char *argument)
{
	const char *dash = strchr(argument, '-');
	struct ports ports;
	char from[16];

	snprintf(from, sizeof(from), "%.*s", (int)(dash ? dash - argument : 15), argument);
	ports.from = argument_number(from, 1, 65535);
	ports.to = dash ? argument_number(dash + 1, 1, 65535) : ports.from;
	if (ports.from > ports.to)
		ports = (struct ports){.from = ports.to, .to = ports.from};
	tool_set(variable, &ports, sizeof(ports));
}

static void tcpcong_lports(const char *argument)
{
	tcpcong_ports("lports", argument);
}

static void tcpcong_rports(const char *argument)
{
	tcpcong_ports("rports", argument);
}

static void tcpcong_set_up(void)
{
	struct tool_view *shown = as_histograms ? &hist_view : microseconds ? &us_view : &view;

	shown->show_time = show_time;
	if (as_histograms)
		tool_set_number("unit", microseconds ? 1000 : 1000000);
	if (microseconds)
		hist_view.unit = "usecs";
	tool_show(shown);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('L', "localport", "PORTS", tcpcong_lports,
		"only this local port, or from one to another: 80-90"),
	OPTION_CUSTOM('R', "remoteport", "PORTS", tcpcong_rports,
		"only this port of the other side, or from one to another"),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &show_time),
	OPTION_FLAG('d', "dist", "histograms of how long a state lasted", .value = &as_histograms,
		.variable = "as_histograms"),
	OPTION_FLAG('u', "microseconds", "in microseconds instead of milliseconds", .value = &microseconds),
	NETNS_OPTIONS,
	{0},
};

/* ---- columns ---- */

/* "127.0.0.1/80" */
static void tcpcong_end(struct value *value, char *text, int family, const uint8_t *address, unsigned port)
{
	struct value bare;

	address_value(&bare, family, address);
	sprintf(text, "%.*s/%u", (int)bare.length, bare.text, port & 0xffff);
	value_text(value, text, strlen(text));
}

static void tcpcong_local(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = &((const struct event *)row->data)->ends;
	static char text[64];

	tcpcong_end(value, text, ends->family, ends->laddr, ends->lport);
}

static void tcpcong_remote(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = &((const struct event *)row->data)->ends;
	static char text[64];

	tcpcong_end(value, text, ends->family, ends->raddr, ends->rport);
}

static void tcpcong_laddr(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = &((const struct event *)row->data)->ends;

	address_value(value, ends->family, ends->laddr);
}

static void tcpcong_raddr(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = &((const struct event *)row->data)->ends;

	address_value(value, ends->family, ends->raddr);
}

#define TIME_COLUMN(name, width, state, label, unit, help)                                                   \
	COLUMN_DURATION(name, width, times.ns[state], help, .heading = label, .format = (unit))

#define COLUMNS(u, unit)                                                                                     \
	COLUMN_BY(                                                                                           \
		"LAddrPort", -21, VALUE_TEXT, tcpcong_local, "local address and port", .not_in_json = true), \
		COLUMN_BY("RAddrPort", -21, VALUE_TEXT, tcpcong_remote,                                      \
			"address and port of the other side", .not_in_json = true),                          \
		COLUMN_BY("LADDR", -16, VALUE_TEXT, tcpcong_laddr, "local address", .hidden = true,          \
			.in_json = true),                                                                    \
		COLUMN("LPORT", -6, ends.lport, "local port", .hidden = true, .in_json = true),              \
		COLUMN_BY("RADDR", -16, VALUE_TEXT, tcpcong_raddr, "address of the other side",              \
			.hidden = true, .in_json = true),                                                    \
		COLUMN("RPORT", -6, ends.rport, "port of the other side", .hidden = true, .in_json = true),  \
		TIME_COLUMN("OPEN", -7, OPEN, "Open_" u, unit, "nothing is wrong"),                          \
		TIME_COLUMN("DISORDER", -6, DISORDER, "Dod_" u, unit, "segments seem to be out of order"),   \
		TIME_COLUMN("RECOVERY", -7, RECOVERY, "Rcov_" u, unit, "lost segments are sent again"),      \
		TIME_COLUMN("CWR", -7, CWR, "Cwr_" u, unit, "the window is reduced, without a loss"),        \
		TIME_COLUMN("LOSS", -6, LOSS, "Los_" u, unit, "nothing has been acknowledged for too long"), \
		COLUMN("CHANGES", -5, times.changes, "changes of the state", .heading = "Chgs")

static const struct tool_column columns[] = {COLUMNS("ms", COLUMN_MS), {0}};
static const struct tool_column us_columns[] = {COLUMNS("us", COLUMN_US), {0}};

/* IPv4 before IPv6, then by local port */
static int tcpcong_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct endpoints *x = a->data, *y = b->data;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return x->lport - y->lport;
}

#define TITLE "Tracing tcp congestion control status duration... Hit Ctrl-C to end."
#define TABLE_VIEW(columns_)                                                                                 \
	{                                                                                                    \
		.kind = TOOL_ENTRIES,                                                                        \
		.title = TITLE,                                                                              \
		.table = "flows",                                                                            \
		.columns = (columns_),                                                                       \
		.bytes = sizeof(struct event),                                                               \
		.counters = STATES + 1,                                                                      \
		.counter_offset = offsetof(struct event, times.changes),                                     \
		.compare = tcpcong_compare,                                                                  \
	}

static struct tool_view view = TABLE_VIEW(columns);
static struct tool_view us_view = TABLE_VIEW(us_columns);

/* ---- histograms ---- */

static void tcpcong_state(const struct tool_row *row, struct value *value)
{
	static const char *const names[] = {[OPEN] = "open",
		[DISORDER] = "disorder",
		[CWR] = "cwr",
		[RECOVERY] = "recovery",
		[LOSS] = "loss"};
	uint64_t state;

	memcpy(&state, row->data, sizeof(state));
	value->kind = VALUE_NONE;
	if (state < STATES)
		value_text(value, names[state], strlen(names[state]));
}

static const struct tool_column section =
	COLUMN_BY("tcp_congest_state", 0, VALUE_TEXT, tcpcong_state, "state of congestion control");

static struct tool_view hist_view = {
	.kind = TOOL_HISTOGRAM,
	.title = TITLE,
	.table = "hist",
	.section = &section,
	.unit = "msecs",
};

/* ---- the tool ---- */

static const struct tool_source sources[] = {
	{.name = "tracepoint tcp:tcp_cong_state_set", .programs = "raw_tracepoint__tcp_cong_state_set"},
	{.name = "tracepoint tcp:tcp_probe",
		.programs = "raw_tracepoint__tcp_probe",
		.less = "changes of the state are noticed when the next segment arrives, and short ones not at "
			"all"},
	{0},
};

static const struct tool_view *const views[] = {&us_view, &hist_view, NULL};

const struct tool tool = {
	.name = "tcpcong",
	.purpose = "Shows how long TCP connections are in which state of congestion control.",
	.details =
		"A connection is shown when its state has changed at least twice; what came before the first "
		"change, and what lasts still, is not counted.",
	.examples = {{"5", "a table every five seconds"}, {"-d -u", "histograms in microseconds"},
		{"-R 443 -T 1 10", "connections to web servers, each second, ten times"}},
	.options = options,
	.intervals = true,
	.sources = sources,
	.view = &view,
	.views = views,
	.set_up = tcpcong_set_up,
};
