/* SPDX-License-Identifier: Apache-2.0 */
#include "rdmaucma.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "common/array.h"
#include "settings.h"
#include "tool.h"

/* As the kernel calls them, in the order of enum rdma_cm_event_type, which programs know too. */
static const char *const types[] = {"address resolved", "address error", "route resolved", "route error",
	"connect request", "connect response", "connect error", "unreachable", "rejected", "established",
	"disconnected", "device removal", "multicast join", "multicast error", "address change",
	"timewait exit"};

static void rdmaucma_type(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static char number[32];
	const char *name = number;

	if (e->type < ARRAY_SIZE(types))
		name = types[e->type];
	else
		snprintf(number, sizeof(number), "%u", e->type);
	value_text(value, name, strlen(name));
}

static const char *rdmaucma_family_name(const struct rdmaucma_place *place)
{
	switch (place->family) {
	case AF_INET:
		return "IPv4";
	case AF_INET6:
		return "IPv6";
	case AF_IB:
		return "IB";
	default:
		return NULL;
	}
}

/* Of the other end, while this one has none. */
static void rdmaucma_family(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const char *name = rdmaucma_family_name(e->local.family ? &e->local : &e->remote);

	value->kind = VALUE_NONE;
	if (name)
		value_text(value, name, strlen(name));
}

static void rdmaucma_place(const struct rdmaucma_place *place, struct value *value)
{
	value->kind = VALUE_NONE;
	if (place->family == AF_INET || place->family == AF_INET6)
		address_port_value(value, place->family == AF_INET ? 4 : 6, place->address, place->port);
}

static void rdmaucma_local(const struct tool_row *row, struct value *value)
{
	rdmaucma_place(&((const struct event *)row->data)->local, value);
}

static void rdmaucma_remote(const struct tool_row *row, struct value *value)
{
	rdmaucma_place(&((const struct event *)row->data)->remote, value);
}

static const struct tool_column columns[] = {
	COLUMN_TIME("Timestamp", -9, "when it happened"),
	COLUMN_BY("Event", -16, VALUE_TEXT, rdmaucma_type, "what happened"),
	COLUMN_BY("Family", -6, VALUE_TEXT, rdmaucma_family, "IPv4, IPv6 or IB"),
	COLUMN("Status", 6, status, "0, a negative errno, or why the other end refuses", .hidden = true,
		.in_json = true),
	COLUMN_BY("Local", -45, VALUE_TEXT, rdmaucma_local, "address and port of this end"),
	COLUMN_BY("Remote", 0, VALUE_TEXT, rdmaucma_remote, "those of the other end"),
	{0},
};

static const struct tool_view view = {
	.title = "Tracing RDMA Userspace Connection Manager Access event... Hit Ctrl-C to end.",
	.columns = columns,
	.bytes = sizeof(struct event),
};

static const struct tool_option options[] = {
	SETTINGS_OPTION_PRINT_TEXT('D'),
	{0},
};

static void rdmaucma_set_up(void)
{
	/* the module's device; without it the kernel does not know the types either */
	if (settings.describe || settings.dump_text || !access("/sys/class/misc/rdma_cm", F_OK))
		return;
	tool_warn("programs have no RDMA connections: the kernel's module rdma_ucm is not loaded");
	exit(1);
}

static const struct tool_source sources[] = {
	{.name = "fentry on ucma_event_handler", .programs = "kfunc__vmlinux__ucma_event_handler"},
	{.name = "kprobe on ucma_event_handler", .programs = "kprobe__ucma_event_handler"},
	{.name = "tracepoint rdma_cma:cm_event_handler",
		.programs = "raw_tracepoint__cm_event_handler",
		.less = "connections of the kernel itself are shown too"},
	{0},
};

const struct tool tool = {
	.name = "rdmaucma",
	.purpose = "Shows what happens to RDMA connections that programs manage (librdmacm).",
	.examples = {{"", "all events"}, {"--filter 'event == rejected'", "connections that are refused"}},
	.options = options,
	.sources = sources,
	.view = &view,
	.set_up = rdmaucma_set_up,
};
