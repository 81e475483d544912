/* SPDX-License-Identifier: Apache-2.0 */
#include "tcprtt.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "filter.h"
#include "netns.h"
#include "settings.h"
#include "tool.h"

static bool milliseconds, by_local, by_remote, with_average, ipv4, ipv6;

static struct tool_view view;

/* ---- options ---- */

static void tcprtt_ports(const char *variable, const char *argument)
{
	struct filter_numbers ports = {0};

	ports.count = argument_numbers(argument, 1, 65535, ports.numbers, FILTER_NUMBERS);
	tool_set(variable, &ports, sizeof(ports));
}

static void tcprtt_lports(const char *argument)
{
	tcprtt_ports("lports", argument);
}

static void tcprtt_rports(const char *argument)
{
	tcprtt_ports("rports", argument);
}

/* An address, or a network: "10.0.0.0/8". */
static void tcprtt_network(const char *variable, const char *argument)
{
	struct network network = {0};
	const char *slash = strchr(argument, '/');
	size_t length = slash ? (size_t)(slash - argument) : strlen(argument);
	uint32_t bits, most = 128;
	char address[64];

	snprintf(address, sizeof(address), "%.*s", (int)length, argument);
	if (length < sizeof(address) && inet_pton(AF_INET, address, network.address) == 1) {
		network.family = 4;
		most = 32;
	} else if (length < sizeof(address) && inet_pton(AF_INET6, address, network.address) == 1) {
		network.family = 6;
	} else {
		tool_usage("'%s' is not an address of IPv4 or IPv6", argument);
	}
	bits = slash ? argument_number(slash + 1, 0, most) : most;
	/* of IPv4, only the first word is used */
	for (unsigned i = 0; i < 4; i++) {
		unsigned here = bits > 32 * i ? bits - 32 * i : 0;

		network.mask[i] = here >= 32 ? UINT32_MAX : htonl(~(UINT32_MAX >> here));
		network.address[i] &= network.mask[i];
	}
	tool_set(variable, &network, sizeof(network));
}

static void tcprtt_laddr(const char *argument)
{
	tcprtt_network("lnet", argument);
}

static void tcprtt_raddr(const char *argument)
{
	tcprtt_network("rnet", argument);
}

/* ---- sections ---- */

static void tcprtt_address(const struct tool_row *row, struct value *value)
{
	struct section section;

	memcpy(&section, row->data, sizeof(section));
	if (section.family)
		address_value(value, section.family, section.address);
	else
		value_text(value, "*******", 7);
}

static const struct tool_column sections[] = {
	[BY_NOTHING] = COLUMN_BY("All Addresses", 0, VALUE_TEXT, tcprtt_address, "all", .json = "address"),
	[BY_LOCAL] = COLUMN_BY("Local Address", 0, VALUE_TEXT, tcprtt_address, "local address"),
	[BY_REMOTE] = COLUMN_BY("Remote Address", 0, VALUE_TEXT, tcprtt_address, "address of the other side"),
};

static void tcprtt_set_up(void)
{
	unsigned by = by_local ? BY_LOCAL : by_remote ? BY_REMOTE : BY_NOTHING;

	if (ipv4 && ipv6)
		tool_usage("-4 and -6 cannot be combined");
	if (by_local && by_remote)
		tool_usage("-b and -B cannot be combined");
	if (ipv4 || ipv6)
		tool_set_number("only_family", ipv4 ? 4 : 6);
	tool_set_number("by", by);
	view.section = &sections[by];
	if (milliseconds) {
		tool_set_number("unit", 1000);
		view.unit = "msecs";
		view.sum_unit = 1000;
	}
	if (with_average)
		view.section_sum = "sums";
}

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing TCP RTT... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "usecs",
};

static const struct tool_option options[] = {
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000,
		"print a summary so often, and not just one at the end", .value = &settings.interval),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_CUSTOM('p', "lport", "PORT", tcprtt_lports, "only these local ports, separated by commas"),
	OPTION_CUSTOM('P', "rport", "PORT", tcprtt_rports,
		"only these ports of the other side, separated by commas"),
	OPTION_CUSTOM('a', "laddr", "ADDRESS", tcprtt_laddr,
		"only this local address, or this network: 10.0.0.0/8"),
	OPTION_CUSTOM(
		'A', "raddr", "ADDRESS", tcprtt_raddr, "only this address of the other side, or network"),
	OPTION_FLAG('b', "byladdr", "a histogram for each local address", .value = &by_local),
	OPTION_FLAG('B', "byraddr", "a histogram for each address of the other side", .value = &by_remote),
	OPTION_FLAG('e', "extension", "the average of each histogram", .value = &with_average,
		.variable = "with_sums"),
	OPTION_FLAG('4', "ipv4", "only IPv4", .value = &ipv4),
	OPTION_FLAG('6', "ipv6", "only IPv6", .value = &ipv6),
	SETTINGS_OPTION_PRINT_TEXT('D'),
	NETNS_OPTIONS,
	{0},
};

const struct tool tool = {
	.name = "tcprtt",
	.purpose = "Shows the round-trip times of TCP connections as histograms.",
	.details =
		"What is counted is the smoothed round-trip time that the kernel keeps for each connection, "
		"at each segment that arrives while the connection is established.",
	.examples = {{"-i 1 -d 10", "each second, ten times"},
		{"-B -e", "a histogram and an average for each address of the other side"},
		{"-P 443 -A 192.0.2.0/24", "connections to web servers in one network"}},
	.options = options,
	.view = &view,
	.set_up = tcprtt_set_up,
};
