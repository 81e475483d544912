/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpstates.h"

#include <inttypes.h>
#include <stdio.h>

#include "tcp.h"
#include "tcp_tool.h"
#include "tcpstates_journal.h"

static bool wide, journal;

/* Text, since not all readers of JSON keep so large a number. */
static void tcpstates_sock(const struct tool_row *row, struct value *value)
{
	static char text[24];

	value_text(value, text,
		snprintf(text, sizeof(text), "%" PRIx64, ((const struct event *)row->data)->sock));
}

static void tcpstates_state(uint32_t state, char text[16], struct value *value)
{
	const char *name = tcp_state_name(state);

	snprintf(text, 16, "%u", state);
	value_text(value, name ? name : text, strlen(name ? name : text));
}

static void tcpstates_old(const struct tool_row *row, struct value *value)
{
	static char text[16];

	tcpstates_state(((const struct event *)row->data)->oldstate, text, value);
}

static void tcpstates_new(const struct tool_row *row, struct value *value)
{
	static char text[16];

	tcpstates_state(((const struct event *)row->data)->newstate, text, value);
}

static void tcpstates_shown(const struct tool_row *row)
{
	const struct event *e = row->data;
	struct value old, new;

	tcpstates_old(row, &old);
	tcpstates_new(row, &new);
	journal_send(&(struct journal_change){
		.tcp = &e->tcp, .oldstate = old.text, .newstate = new.text, .changed = e->changed});
}

static void tcpstates_span(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = e->changed ? VALUE_DURATION : VALUE_NONE;
	value->signed_number = e->tcp.task.time - e->changed;
}

enum {
	TIME,
	SECONDS,
	SOCK,
	CURRENT_PID,
	CURRENT_COMM,
	IP,
	LADDR,
	LPORT,
	RADDR,
	RPORT,
	OLD,
	NEW,
	SPAN,
	PID,
	COMM,
	UID,
	NETNS,
	COLUMNS
};

static struct tool_column columns[COLUMNS + 1] = {
	[TIME] = COLUMN_TIME("TIME", -8, "when it changed", .hidden = true),
	[SECONDS] = COLUMN_TIME(
		"TIME(s)", -9, "when it changed", .format = COLUMN_SECONDS, .digits = 6, .hidden = true),
	[SOCK] = COLUMN_BY("SKADDR", -16, VALUE_TEXT, tcpstates_sock,
		"address of the socket in the kernel, which tells sockets apart"),
	[CURRENT_PID] = COLUMN("C-PID", -5, current_pid,
		"process that was running: the socket's only where a process changes the state itself"),
	[CURRENT_COMM] = COLUMN("C-COMM", -10, current_comm, "name of its thread", .cut = 10),
	[IP] = COLUMN("IP", -2, tcp.flow.family, "4 or 6", .hidden = true, .in_json = true),
	[LADDR] = COLUMN_BY("LADDR", -15, VALUE_TEXT, tcp_local_address, "local address"),
	[LPORT] = COLUMN("LPORT", -5, tcp.flow.lport, "local port"),
	[RADDR] = COLUMN_BY("RADDR", -15, VALUE_TEXT, tcp_remote_address, "address of the other side"),
	[RPORT] = COLUMN("RPORT", -5, tcp.flow.rport, "port of the other side"),
	[OLD] = COLUMN_BY(
		"OLDSTATE", -11, VALUE_TEXT, tcpstates_old, "state that it leaves", .after = " -> "),
	[NEW] = COLUMN_BY("NEWSTATE", -11, VALUE_TEXT, tcpstates_new, "state that it enters"),
	[SPAN] = COLUMN_BY("MS", 0, VALUE_DURATION, tcpstates_span,
		"how long it was in the old state; not known of a new socket and of what began before the tool",
		.json = "duration_ns", .format = COLUMN_MS, .digits = 3),
	[PID] = COLUMN_BY("PID", -7, VALUE_UNSIGNED, tcp_pid,
		"process whose socket it is, when it has connected, accepted or closed it", .hidden = true,
		.in_json = true),
	[COMM] = COLUMN_BY(
		"COMM", -16, VALUE_TEXT, tcp_comm, "name of its thread", .hidden = true, .in_json = true),
	[UID] = TCP_COLUMN_UID,
	[NETNS] = TCP_COLUMN_NETNS,
};

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
	OPTION_FLAG('Y', "journal", "write the changes to systemd's journal too", .value = &journal),
	TCP_OPTION_FAMILIES,
	{0},
};

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

static void tcpstates_set_up(void)
{
	tcp_set_family();
	if (journal)
		view.shown = tcpstates_shown;
	if (!wide)
		return;
	columns[CURRENT_COMM].width = -16;
	columns[CURRENT_COMM].cut = 0;
	columns[LADDR].width = columns[RADDR].width = -39;
}

static int tcpstates_attached(struct bcc *b)
{
	return journal ? journal_open() : 0;
}

const struct tool tool = {
	.name = "tcpstates",
	.purpose = "Shows how TCP sockets change their state, and how long they were in each.",
	.details =
		"Many changes happen when a packet arrives, whichever process is running then (C-PID). PID is the "
		"process that connected, accepted or closed the socket; the filters look at it, and do not show "
		"what happens before it is known: a connection that arrives belongs to nobody until it is "
		"accepted.",
	.examples = {{"-L 80 -T", "what becomes of the connections of a web server"},
		{"--filter 'newstate == CLOSE_WAIT'", "connections that the other side has closed first"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.outlives = true,
	.view = &view,
	.set_up = tcpstates_set_up,
	.attached = tcpstates_attached,
	.tear_down = journal_close,
};
