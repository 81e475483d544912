/* SPDX-License-Identifier: Apache-2.0 */
/* Options and columns of the tools about TCP. Their events begin with a struct tcp_event, called tcp. */
#ifndef TOOLS_TCP_TOOL_H
#define TOOLS_TCP_TOOL_H

#include <string.h>

#include "address.h"
#include "filter.h"
#include "tcp_flow.h"
#include "tool.h"

/* ---- options ---- */

static bool tcp_ipv4, tcp_ipv6;

#define TCP_OPTION_FAMILIES                                                                                  \
	OPTION_FLAG('4', "ipv4", "only IPv4", .value = &tcp_ipv4),                                           \
		OPTION_FLAG('6', "ipv6", "only IPv6", .value = &tcp_ipv6)

/* To be called by set_up(). */
static inline void tcp_set_family(void)
{
	if (tcp_ipv4 && tcp_ipv6)
		tool_usage("-4 and -6 cannot be combined");
	if (tcp_ipv4 || tcp_ipv6)
		tool_set_number("only_family", tcp_ipv4 ? 4 : 6);
}

static inline void tcp_local_ports(const char *argument)
{
	filter_numbers_option("local_ports", argument, 1, UINT16_MAX);
}

static inline void tcp_remote_ports(const char *argument)
{
	filter_numbers_option("remote_ports", argument, 1, UINT16_MAX);
}

/* ---- sources ---- */

/* How TCP_ACCEPT_PROGRAMS() of tcp_accept.bpf.h hears of connections. No kretprobe: only so many threads can
 * wait in a function that one is on, and servers wait in this one. */
#define TCP_ACCEPT_SOURCES                                                                                   \
	{.name = "fexit on inet_csk_accept", .programs = "kretfunc__inet_csk_accept"},                       \
		{.name = "tracepoints of accept() and accept4()",                                            \
			.programs = "exit__accept exit__accept4",                                            \
			.less = "what io_uring and the kernel itself accept is not shown"},                  \
		{0}

/* ---- columns ---- */

static inline void tcp_pid(const struct tool_row *row, struct value *value)
{
	const struct tcp_event *e = row->data;

	value_unsigned(value, e->task.pid);
	if (!e->task.pid)
		value->kind = VALUE_NONE;
}

static inline void tcp_uid(const struct tool_row *row, struct value *value)
{
	const struct tcp_event *e = row->data;

	value_unsigned(value, e->task.uid);
	if (!e->task.pid)
		value->kind = VALUE_NONE;
}

static inline void tcp_comm(const struct tool_row *row, struct value *value)
{
	const struct tcp_event *e = row->data;

	value_text(value, e->task.comm, strnlen(e->task.comm, sizeof(e->task.comm)));
	if (!e->task.pid)
		value->kind = VALUE_NONE;
}

static inline void tcp_local_address(const struct tool_row *row, struct value *value)
{
	const struct tcp_event *e = row->data;

	address_value(value, e->flow.family, e->flow.laddr);
}

static inline void tcp_remote_address(const struct tool_row *row, struct value *value)
{
	const struct tcp_event *e = row->data;

	address_value(value, e->flow.family, e->flow.raddr);
}

#define TCP_COLUMN_PID(width_) COLUMN_BY("PID", width_, VALUE_UNSIGNED, tcp_pid, "process")
#define TCP_COLUMN_COMM(width_)                                                                              \
	COLUMN_BY("COMM", width_, VALUE_TEXT, tcp_comm, "name of its thread", .cut = -(width_))
#define TCP_COLUMN_UID COLUMN_BY("UID", -6, VALUE_UNSIGNED, tcp_uid, "user", .hidden = true)
#define TCP_COLUMN_NETNS                                                                                     \
	COLUMN("NETNS", -10, tcp.flow.netns, "inode number of the network namespace", .hidden = true)

#endif
