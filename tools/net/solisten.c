/* SPDX-License-Identifier: Apache-2.0 */
#include "solisten.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "ip_protocol.h"
#include "netns.h"
#include "tool.h"

static void solisten_address(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	address_value(value, e->family, e->address);
}

/* "TCPv4" */
static void solisten_protocol(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const char *name = ip_protocol_name(e->protocol);
	static char text[16];

	snprintf(text, sizeof(text), "%sv%u", name ? name : "UNK", e->family);
	value_text(value, text, strlen(text));
}

static const struct tool_option options[] = {
	OPTION_FLAG(0, "show-netns", "column with the network namespace", .columns = "NETNS"),
	OPTION_CUSTOM('n', "netns", "ID", netns_id_option,
		"only in this network namespace: the number that `readlink /proc/PID/ns/net` shows"),
	OPTION_FLAG('t', "timestamp", "column with the time of day", .columns = "TIME"),
	OPTION_FLAG('E', "errors", "calls that failed too, and a column with the result",
		.variable = "with_errors", .columns = "RET"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when the call returned", .hidden = true),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("COMM", -12, task.comm, "name of the thread", .cut = 12),
	COLUMN("RET", -3, ret, "0, or the negative errno", .hidden = true, .in_json = true),
	COLUMN("NETNS", -12, netns, "network namespace", .hidden = true, .in_json = true),
	COLUMN_BY("PROTO", -6, VALUE_TEXT, solisten_protocol, "protocol and version of IP"),
	COLUMN("BACKLOG", -8, backlog,
		"how many connections may wait to be accepted: what was asked for, up to net.core.somaxconn"),
	COLUMN("PORT", -5, port, "port"),
	COLUMN_BY("ADDR", -39, VALUE_TEXT, solisten_address, "address"),
	COLUMN("ASKED", -8, asked, "the backlog that was asked for", .hidden = true, .in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "solisten",
	.purpose = "Shows which sockets begin to listen.",
	.details =
		"Sockets of IPv4 and IPv6 for which processes call listen(). Where io_uring listens is not "
		"shown.",
	.examples = {{"--show-netns", "with the network namespace, which tells containers apart"},
		{"-E --filter 'ret < 0'", "calls that failed"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
