/* SPDX-License-Identifier: Apache-2.0 */
#include "bindsnoop.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "filter.h"
#include "ip_protocol.h"
#include "netns.h"
#include "tool.h"

static bool wide, counting;

static const struct tool_view wide_view, counts_view;

static void bindsnoop_ports(const char *argument)
{
	struct filter_numbers ports = {0};

	ports.count = argument_numbers(argument, 0, 65535, ports.numbers, FILTER_NUMBERS);
	tool_set("ports", &ports, sizeof(ports));
}

static void bindsnoop_set_up(void)
{
	if (counting)
		tool_show(&counts_view);
	else if (wide)
		tool_show(&wide_view);
}

/* ---- columns ---- */

static void place_address(const struct place *place, struct value *value)
{
	value->kind = VALUE_NONE;
	if (place->family)
		address_value(value, place->family, place->address);
}

static void bindsnoop_address(const struct tool_row *row, struct value *value)
{
	place_address(&((const struct event *)row->data)->place, value);
}

static void bindsnoop_port(const struct tool_row *row, struct value *value)
{
	const struct place *place = &((const struct event *)row->data)->place;

	value->kind = VALUE_NONE;
	if (place->family)
		value_unsigned(value, place->port);
}

static void bindsnoop_family(const struct tool_row *row, struct value *value)
{
	const struct place *place = &((const struct event *)row->data)->place;

	value->kind = VALUE_NONE;
	if (place->family)
		value_unsigned(value, place->family);
}

static void bindsnoop_protocol(const struct tool_row *row, struct value *value)
{
	unsigned protocol = ((const struct event *)row->data)->protocol;
	const char *name = ip_protocol_name(protocol);
	static char number[16];

	snprintf(number, sizeof(number), "%u", protocol);
	value_text(value, name ? name : number, strlen(name ? name : number));
}

static void bindsnoop_options(const struct tool_row *row, struct value *value)
{
	uint8_t set = ((const struct event *)row->data)->options;
	static char text[] = "FTNRr";

	for (size_t i = 0; i < strlen(text); i++)
		text[i] = set >> i & 1 ? "FTNRr"[i] : '.';
	value_text(value, text, strlen(text));
}

static void bindsnoop_error(const struct tool_row *row, struct value *value)
{
	const char *text = strerror(-((const struct event *)row->data)->ret);

	value_text(value, text, strlen(text));
}

static const struct tool_option options[] = {
	OPTION_FLAG('t', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_FLAG('w', "wide", "wider columns, with room for IPv6, and errors as text", .value = &wide),
	OPTION_CUSTOM('P', "port", "PORT", bindsnoop_ports, "only these ports, separated by commas"),
	OPTION_FLAG('E', "errors", "calls that failed too, and a column with the result",
		.variable = "with_errors", .columns = "RC"),
	OPTION_FLAG('U', "print-uid", "column with the user ID", .columns = "UID"),
	OPTION_FLAG(0, "count", "count by address and port", .value = &counting, .variable = "counting"),
	NETNS_OPTIONS,
	OPTION_LETTER('c', "cgroup"),
	{0},
};

#define COLUMNS_BEFORE                                                                                       \
	COLUMN_TIME("TIME(s)", -9, "when the call returned", .format = COLUMN_SECONDS, .digits = 6,          \
		.hidden = true),                                                                             \
		COLUMN("UID", 6, task.uid, "user", .hidden = true)
#define COLUMNS_AFTER(pid_width, address_width)                                                              \
	COLUMN("PID", pid_width, task.pid, "process"),                                                       \
		COLUMN("COMM", -12, task.comm, "name of the thread", .cut = 12),                             \
		COLUMN_BY("PROT", -4, VALUE_TEXT, bindsnoop_protocol, "protocol"),                           \
		COLUMN_BY("ADDR", -(address_width), VALUE_TEXT, bindsnoop_address,                           \
			"address the socket is bound to; if that failed, the one asked for"),                \
		COLUMN_BY("PORT", 5, VALUE_UNSIGNED, bindsnoop_port, "its port", .heading = "PORT "),        \
		COLUMN_BY("OPTS", 5, VALUE_TEXT, bindsnoop_options,                                          \
			"options of the socket: F IP_FREEBIND, T IP_TRANSPARENT, "                           \
			"N IP_BIND_ADDRESS_NO_PORT, R SO_REUSEADDR, r SO_REUSEPORT"),                        \
		COLUMN("IF", 2, interface, "interface the socket is bound to, by number; 0: none"),          \
		COLUMN_BY("IP", -2, VALUE_UNSIGNED, bindsnoop_family, "4 or 6", .hidden = true,              \
			.in_json = true),                                                                    \
		COLUMN("RET", 4, ret, "0, or the negative errno", .hidden = true, .in_json = true),          \
		COLUMN("NETNS", -10, netns, "network namespace", .hidden = true, .in_json = true),           \
		COLUMN("TID", -7, task.tid, "thread", .hidden = true)

static const struct tool_column columns[] = {
	COLUMNS_BEFORE,
	COLUMN("RC", 3, ret, "0, or the negative errno", .json = "ret", .hidden = true),
	COLUMNS_AFTER(8, 15),
	{0},
};

static const struct tool_column wide_columns[] = {
	COLUMNS_BEFORE,
	COLUMN_BY("RC", -25, VALUE_TEXT, bindsnoop_error, "why it failed", .json = "error", .hidden = true),
	COLUMNS_AFTER(10, 39),
	{0},
};

static const struct tool_view view = {
	.title = "Tracing binds ... Hit Ctrl-C to end",
	.columns = columns,
	.bytes = sizeof(struct event),
};

static const struct tool_view wide_view = {
	.title = "Tracing binds ... Hit Ctrl-C to end",
	.columns = wide_columns,
	.bytes = sizeof(struct event),
};

/* ---- counts ---- */

static void count_address(const struct tool_row *row, struct value *value)
{
	place_address(&((const struct count *)row->data)->place, value);
}

/* IPv4 before IPv6, then the most first */
static int count_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct count *x = a->data, *y = b->data;

	if (x->place.family != y->place.family)
		return x->place.family < y->place.family ? -1 : 1;
	return (x->binds < y->binds) - (x->binds > y->binds);
}

static const struct tool_column count_columns[] = {
	COLUMN_BY("LADDR", -32, VALUE_TEXT, count_address, "address"),
	COLUMN_OF(struct count, "LPORT", 20, place.port, "port", .after = "     "),
	COLUMN_OF(struct count, "BINDS", -10, binds, "how often a socket was bound there"),
	{0},
};

static const struct tool_view counts_view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing binds ... Hit Ctrl-C to end",
	.table = "counts",
	.columns = count_columns,
	.bytes = sizeof(struct count),
	.compare = count_compare,
};

/* ---- the tool ---- */

static const struct tool_view *const views[] = {&wide_view, &counts_view, NULL};

const struct tool tool = {
	.name = "bindsnoop",
	.purpose = "Shows which addresses and ports sockets are bound to.",
	.details =
		"Sockets of IPv4 and IPv6 that processes bind by bind(). What io_uring binds is not shown.",
	.examples = {{"-E", "calls that failed too"}, {"-P 80,443", "who takes these ports"},
		{"--count -- make test", "which ports the tests of a project take, and how often"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.views = views,
	.set_up = bindsnoop_set_up,
};
