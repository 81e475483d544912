/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpdrop.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "buffer.h"
#include "kernel_enum.h"
#include "netns.h"
#include "stack.h"
#include "tcp.h"
#include "tool.h"

static bool ipv4, ipv6;

static void tcpdrop_set_up(void)
{
	if (ipv4 && ipv6)
		tool_usage("-4 and -6 cannot be combined");
	if (ipv4 || ipv6)
		tool_set_number("only_family", ipv4 ? 4 : 6);
}

static void tcpdrop_tear_down(void)
{
	stack_close();
	kernel_enum_close();
}

static bool tcpdrop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	return e->frames <= STACK_FRAMES &&
	       row->size - offsetof(struct event, stack) >= e->frames * sizeof(*e->stack);
}

/* ---- texts ---- */

/* A name without what all names of its enum begin with. */
static const char *without(const char *name, const char *beginning)
{
	size_t length = strlen(beginning);

	return strncmp(name, beginning, length) ? name : name + length;
}

/* As the kernel's own tracepoint prints it: "TCP_CSUM". Other parts of the kernel have reasons of their own,
 * in the lower half: "OPENVSWITCH:3". NULL: it has no name. */
static const char *reason_text(uint32_t reason)
{
	const char *name = kernel_enum_name("skb_drop_reason", reason), *part;
	static char text[64];

	if (name)
		return without(name, "SKB_DROP_REASON_");
	part = reason >> 16 ? kernel_enum_name("skb_drop_reason_subsys", reason >> 16) : NULL;
	if (!part)
		return NULL;
	snprintf(text, sizeof(text), "%s:%u", without(part, "SKB_DROP_REASON_SUBSYS_"), reason & 0xffff);
	return text;
}

static void text_or_none(struct value *value, const char *text)
{
	value->kind = VALUE_NONE;
	if (text)
		value_text(value, text, strlen(text));
}

/* ---- columns ---- */

static void tcpdrop_source(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	address_port_value(value, e->family, e->saddr, e->sport);
}

static void tcpdrop_destination(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	address_port_value(value, e->family, e->daddr, e->dport);
}

static void tcpdrop_saddr(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	address_value(value, e->family, e->saddr);
}

static void tcpdrop_daddr(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	address_value(value, e->family, e->daddr);
}

static void tcpdrop_state(const struct tool_row *row, struct value *value)
{
	text_or_none(value, tcp_state_name(((const struct event *)row->data)->state));
}

static void tcpdrop_flags(const struct tool_row *row, struct value *value)
{
	static char text[TCP_FLAGS_SIZE];

	text_or_none(value, tcp_flags_text(((const struct event *)row->data)->flags, text));
}

static void tcpdrop_state_flags(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const char *state = tcp_state_name(e->state);
	char flags[TCP_FLAGS_SIZE];
	static struct buffer text;

	text.size = 0;
	buffer_printf(&text, "%s (%s)", state ? state : "-", tcp_flags_text(e->flags, flags));
	value_text(value, text.data, text.size);
}

static void tcpdrop_reason(const struct tool_row *row, struct value *value)
{
	text_or_none(value, reason_text(((const struct event *)row->data)->reason));
}

static void tcpdrop_code(const struct tool_row *row, struct value *value)
{
	uint32_t reason = ((const struct event *)row->data)->reason;

	value->kind = VALUE_NONE;
	if (reason)
		value_unsigned(value, reason);
}

static void tcpdrop_reason_code(const struct tool_row *row, struct value *value)
{
	uint32_t reason = ((const struct event *)row->data)->reason;
	const char *name = reason_text(reason);
	static struct buffer text;

	value->kind = VALUE_NONE;
	if (!reason)
		return;
	text.size = 0;
	buffer_printf(&text, "%s (%u)", name ? name : "-", reason);
	value_text(value, text.data, text.size);
}

static void tcpdrop_netns(const struct tool_row *row, struct value *value)
{
	uint32_t netns = ((const struct event *)row->data)->netns;

	value->kind = VALUE_NONE;
	if (netns)
		value_unsigned(value, netns);
}

static void tcpdrop_stack(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	stack_value(value, e->stack, e->frames);
}

static const struct tool_option options[] = {
	OPTION_FLAG('4', "ipv4", "only IPv4", .value = &ipv4),
	OPTION_FLAG('6', "ipv6", "only IPv6", .value = &ipv6),
	NETNS_OPTIONS,
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it was dropped"),
	COLUMN("PID", -7, pid, "process that the CPU was executing, often not the socket's; 0: none"),
	COLUMN("IP", -2, family, "4 or 6"),
	COLUMN_BY("SADDR:SPORT", -20, VALUE_TEXT, tcpdrop_source, "source of the packet", .after = " > ",
		.not_in_json = true),
	COLUMN_BY("DADDR:DPORT", -20, VALUE_TEXT, tcpdrop_destination, "destination of the packet",
		.not_in_json = true),
	COLUMN_BY("STATE (FLAGS)", -20, VALUE_TEXT, tcpdrop_state_flags,
		"state of the socket, if it is known, and flags of the packet", .not_in_json = true),
	COLUMN_BY("REASON (CODE)", 0, VALUE_TEXT, tcpdrop_reason_code,
		"why it was dropped: name and number in this kernel", .not_in_json = true),
	COLUMN_BY("SADDR", -16, VALUE_TEXT, tcpdrop_saddr, "source address", .hidden = true, .in_json = true),
	COLUMN("SPORT", -6, sport, "source port", .hidden = true, .in_json = true),
	COLUMN_BY("DADDR", -16, VALUE_TEXT, tcpdrop_daddr, "destination address", .hidden = true,
		.in_json = true),
	COLUMN("DPORT", -6, dport, "destination port", .hidden = true, .in_json = true),
	COLUMN_BY("STATE", -12, VALUE_TEXT, tcpdrop_state, "state of the socket", .hidden = true,
		.in_json = true),
	COLUMN_BY("FLAGS", -12, VALUE_TEXT, tcpdrop_flags, "flags of the packet", .hidden = true,
		.in_json = true),
	COLUMN_BY("REASON", -20, VALUE_TEXT, tcpdrop_reason, "why it was dropped", .hidden = true,
		.in_json = true),
	COLUMN_BY("CODE", -6, VALUE_UNSIGNED, tcpdrop_code, "the reason's number", .hidden = true,
		.in_json = true),
	COLUMN_BY("NETNS", -10, VALUE_UNSIGNED, tcpdrop_netns, "network namespace", .hidden = true,
		.in_json = true),
	COLUMN_BY("STACK", 0, VALUE_LIST, tcpdrop_stack, "functions of the kernel that led there",
		.below = "\t"),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, stack),
	.wanted = tcpdrop_wanted,
};

static const struct tool_source sources[] = {
	{.name = "tracepoint skb:kfree_skb", .programs = "tracepoint__skb__kfree_skb"},
	{.name = "kprobe on tcp_drop",
		.programs = "kprobe__tcp_drop",
		.less = "reasons are not shown, nor packets for which there is no socket"},
	{0},
};

const struct tool tool = {
	.name = "tcpdrop",
	.purpose = "Shows TCP packets that the kernel drops, and why.",
	.details = "Packets arrive while some process or other runs: PID is seldom that of the socket's "
		   "owner. The socket's state is known if the kernel had found the socket when it dropped "
		   "the packet, and of packets that arrive since Linux 6.11.",
	.examples = {{"-4", "only IPv4"},
		{"--filter 'reason == NO_SOCKET'", "packets to ports at which nobody listens"},
		{"--columns TIME,SADDR,DADDR,DPORT,REASON", "a line for each, without stacks"}},
	.options = options,
	.sources = sources,
	.view = &view,
	.set_up = tcpdrop_set_up,
	.tear_down = tcpdrop_tear_down,
};
