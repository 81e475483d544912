/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpretrans.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "netns.h"
#include "tcp.h"
#include "tool.h"

static bool ipv4, ipv6, counting, loss_probes, syn_acks;

static const struct tool_view counts_view;

static void tcpretrans_set_up(void)
{
	if (ipv4 && ipv6)
		tool_usage("-4 and -6 cannot be combined");
	if (ipv4 || ipv6)
		tool_set_number("only_family", ipv4 ? 4 : 6);
	if (counting)
		tool_show(&counts_view);
}

static bool tcpretrans_needs(const char *program)
{
	if (strstr(program, "tcp_send_loss_probe"))
		return loss_probes;
	if (!strcmp(program, "raw_tracepoint__tcp_retransmit_synack"))
		return syn_acks;
	return true;
}

/* ---- columns ---- */

static const struct endpoints *ends_of(const struct tool_row *row)
{
	return &((const struct event *)row->data)->ends;
}

static void tcpretrans_local(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = ends_of(row);

	address_port_value(value, ends->family, ends->laddr, ends->lport);
}

static void tcpretrans_remote(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = ends_of(row);

	address_port_value(value, ends->family, ends->raddr, ends->rport);
}

static void tcpretrans_laddr(const struct tool_row *row, struct value *value)
{
	address_value(value, ends_of(row)->family, ends_of(row)->laddr);
}

static void tcpretrans_raddr(const struct tool_row *row, struct value *value)
{
	address_value(value, ends_of(row)->family, ends_of(row)->raddr);
}

static void tcpretrans_type(const struct tool_row *row, struct value *value)
{
	value_text(value, (const char *)&((const struct event *)row->data)->type, 1);
}

static void tcpretrans_state(const struct tool_row *row, struct value *value)
{
	const char *name = tcp_state_name(((const struct event *)row->data)->state);

	value->kind = VALUE_NONE;
	if (name)
		value_text(value, name, strlen(name));
}

static const struct tool_option options[] = {
	OPTION_FLAG(
		's', "sequence", "column with the TCP sequence number", .columns = "-STATE PADDED_STATE SEQ"),
	OPTION_FLAG('l', "lossprobe", "tail loss probes too", .value = &loss_probes),
	OPTION_FLAG('c', "count", "count by connection", .value = &counting, .variable = "counting"),
	OPTION_FLAG('4', "ipv4", "only IPv4", .value = &ipv4),
	OPTION_FLAG('6', "ipv6", "only IPv6", .value = &ipv6),
	OPTION_FLAG(0, "synack", "SYN-ACKs that a listening socket sends again, too", .value = &syn_acks),
	NETNS_OPTIONS,
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it was sent again"),
	COLUMN("PID", -7, pid, "process that the CPU was executing, often not the socket's; 0: none"),
	COLUMN("IP", -2, ends.family, "4 or 6"),
	COLUMN_BY("LADDR:LPORT", -20, VALUE_TEXT, tcpretrans_local, "local address and port",
		.not_in_json = true),
	COLUMN_BY("T", 1, VALUE_TEXT, tcpretrans_type,
		"R: sent again; L: a tail loss probe begins; S: a SYN-ACK was sent again", .json = "type",
		.after = "> "),
	COLUMN_BY("RADDR:RPORT", -20, VALUE_TEXT, tcpretrans_remote, "address and port of the other side",
		.not_in_json = true),
	COLUMN_BY(
		"LADDR", -16, VALUE_TEXT, tcpretrans_laddr, "local address", .hidden = true, .in_json = true),
	COLUMN("LPORT", -6, ends.lport, "local port", .hidden = true, .in_json = true),
	COLUMN_BY("RADDR", -16, VALUE_TEXT, tcpretrans_raddr, "address of the other side", .hidden = true,
		.in_json = true),
	COLUMN("RPORT", -6, ends.rport, "port of the other side", .hidden = true, .in_json = true),
	COLUMN_BY("STATE", 0, VALUE_TEXT, tcpretrans_state, "state of the connection"),
	COLUMN_BY("PADDED_STATE", -12, VALUE_TEXT, tcpretrans_state, "the same, as -s shows it",
		.heading = "STATE", .json = "state", .hidden = true),
	COLUMN("SEQ", -10, seq, "sequence number of the segment", .hidden = true, .in_json = true),
	COLUMN("UID", -6, uid, "owner of the socket", .hidden = true, .in_json = true),
	COLUMN("NETNS", -10, netns, "network namespace", .hidden = true, .in_json = true),
	{0},
};

static const struct tool_view view = {
	.title = "Tracing retransmits ... Hit Ctrl-C to end",
	.columns = columns,
	.bytes = sizeof(struct event),
};

/* ---- counts ---- */

static const struct endpoints *count_ends(const struct tool_row *row)
{
	return &((const struct count *)row->data)->ends;
}

/* "[127.0.0.1]#80", as BCC's tool writes it here */
static void count_end(struct value *value, char *text, int family, const uint8_t *address, unsigned port)
{
	struct value bare;

	address_value(&bare, family, address);
	sprintf(text, "[%.*s]#%u", (int)bare.length, bare.text, port & 0xffff);
	value_text(value, text, strlen(text));
}

static void count_local(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = count_ends(row);
	static char text[64];

	count_end(value, text, ends->family, ends->laddr, ends->lport);
}

static void count_remote(const struct tool_row *row, struct value *value)
{
	const struct endpoints *ends = count_ends(row);
	static char text[64];

	count_end(value, text, ends->family, ends->raddr, ends->rport);
}

static void count_laddr(const struct tool_row *row, struct value *value)
{
	address_value(value, count_ends(row)->family, count_ends(row)->laddr);
}

static void count_raddr(const struct tool_row *row, struct value *value)
{
	address_value(value, count_ends(row)->family, count_ends(row)->raddr);
}

/* IPv4 before IPv6, then the fewest first */
static int count_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct count *x = a->data, *y = b->data;

	if (x->ends.family != y->ends.family)
		return x->ends.family < y->ends.family ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static const struct tool_column count_columns[] = {
	COLUMN_BY("LADDR:LPORT", -20, VALUE_TEXT, count_local, "local address and port", .after = " <-> ",
		.not_in_json = true),
	COLUMN_BY("RADDR:RPORT", -20, VALUE_TEXT, count_remote, "address and port of the other side",
		.not_in_json = true),
	COLUMN_BY("LADDR", -16, VALUE_TEXT, count_laddr, "local address", .hidden = true, .in_json = true),
	COLUMN_OF(struct count, "LPORT", -6, ends.lport, "local port", .hidden = true, .in_json = true),
	COLUMN_BY("RADDR", -16, VALUE_TEXT, count_raddr, "address of the other side", .hidden = true,
		.in_json = true),
	COLUMN_OF(struct count, "RPORT", -6, ends.rport, "port of the other side", .hidden = true,
		.in_json = true),
	COLUMN_OF(struct count, "RETRANSMITS", 10, number, "how many segments were sent again"),
	{0},
};

static const struct tool_view counts_view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing retransmits ... Hit Ctrl-C to end",
	.table = "counts",
	.columns = count_columns,
	.bytes = sizeof(struct count),
	.compare = count_compare,
};

/* ---- the tool ---- */

static const struct tool_source sources[] = {
	{.name = "tracepoints, and fentry on tcp_send_loss_probe for -l",
		.programs = "kfunc__vmlinux__tcp_send_loss_probe"},
	{.name = "tracepoints, and a kprobe on tcp_send_loss_probe for -l",
		.programs = "kprobe__tcp_send_loss_probe"},
	{.name = "tracepoints",
		.programs = "",
		.less = "-l: tail loss probes are not shown: this kernel allows no probe on tcp_send_loss_probe"},
	{0},
};

static const struct tool_view *const views[] = {&counts_view, NULL};

const struct tool tool = {
	.name = "tcpretrans",
	.purpose = "Shows TCP segments that are sent again.",
	.details =
		"Mostly a timer or an arriving packet makes the kernel send a segment again, whatever process "
		"happens to run then: PID is not that of the socket's owner, UID is its user.",
	.examples = {{"-l", "tail loss probes too"}, {"-c", "how many there are for each connection"}},
	.options = options,
	.sources = sources,
	.view = &view,
	.views = views,
	.set_up = tcpretrans_set_up,
	.needs = tcpretrans_needs,
};
