/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpsubnet.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buffer.h"
#include "clock.h"
#include "netns.h"
#include "settings.h"
#include "tcp_bytes.h"
#include "tool.h"

enum { NAME_SIZE = 64 };

static struct subnets subnets;
static char names[SUBNETS][NAME_SIZE]; /* as the user wrote them */
static const char *given =
	"127.0.0.1/32,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,0.0.0.0/0,::1/128,fc00::/7,fe80::/10,::/0";
static uint64_t unit = 1, bits;

/* ---- options ---- */

/* The mask's first `bits` are set. */
static void tcpsubnet_mask(uint32_t *mask, unsigned prefix)
{
	for (int word = 0; word < 4; word++) {
		unsigned here = prefix > 32 ? 32 : prefix;

		mask[word] = here ? htonl(~0U << (32 - here)) : 0;
		prefix -= here;
	}
}

static void tcpsubnet_add(void *ctx, const char *text)
{
	size_t length = strcspn(text, "/");
	char address[NAME_SIZE];
	uint32_t *net, *mask;
	int family;

	if (subnets.count == SUBNETS)
		tool_usage("there are more than %d networks", SUBNETS);
	if (strlen(text) >= NAME_SIZE || !text[length])
		tool_usage("'%s' is no network, such as 10.0.0.0/8 or fc00::/7", text);
	snprintf(address, sizeof(address), "%.*s", (int)length, text);
	family = strchr(address, ':') ? AF_INET6 : AF_INET;
	net = subnets.nets[subnets.count].address;
	mask = subnets.nets[subnets.count].mask;
	if (inet_pton(family, address, net) != 1)
		tool_usage("'%s' is no address of a network", address);
	tcpsubnet_mask(mask, argument_number(text + length + 1, 0, family == AF_INET6 ? 128 : 32));
	for (int word = 0; word < 4; word++)
		net[word] &= mask[word];
	subnets.nets[subnets.count].family = family == AF_INET6 ? 6 : 4;
	strcpy(names[subnets.count++], text);
}

/* "k": kilobits */
static void tcpsubnet_format(const char *argument)
{
	static const char letters[] = "bkmBKM";
	const char *letter = strchr(letters, *argument);

	if (strlen(argument) != 1 || !letter)
		tool_usage("'%s' is not one of b, k, m (bits), B, K, M (bytes)", argument);
	bits = letter - letters < 3;
	unit = 1;
	for (int i = (letter - letters) % 3; i > 0; i--)
		unit *= 1024;
}

static struct tool_view view;

static void tcpsubnet_set_up(void)
{
	static char title[64];

	snprintf(title, sizeof(title), "Tracing... Output every %" PRIu64 " secs. Hit Ctrl-C to end",
		settings.interval);
	view.title = title;
	argument_list(given, tcpsubnet_add, NULL);
	tool_set("subnets", &subnets, sizeof(subnets));
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('f', "format", "UNIT", tcpsubnet_format,
		"unit of the table: b, k or m for bits, kilobits or megabits; B, K or M for bytes (default B)"),
	OPTION_NUMBER('i', "interval", "SECONDS", 1, INT32_MAX,
		"time from one output to the next (default 1)", .value = &settings.interval),
	OPTION_LETTER('J', "json"),
	NETNS_OPTIONS,
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_TEXT(0, "SUBNETS", NULL,
		"networks, separated by commas, of which the first that fits counts (default: local and private ones, then all)",
		.value = &given),
	{0},
};

/* ---- rows ---- */

/* "[11/28/26 12:00:00]" */
static void tcpsubnet_above(struct buffer *out)
{
	time_t now = clock_epoch(clock_now()) / 1000000000;
	struct tm tm;
	char text[32];

	localtime_r(&now, &tm);
	strftime(text, sizeof(text), "[%m/%d/%y %H:%M:%S]\n", &tm);
	buffer_text(out, text);
}

static void tcpsubnet_name(const struct tool_row *row, struct value *value)
{
	uint64_t subnet = ((const struct event *)row->data)->subnet;

	value->kind = VALUE_NONE;
	if (subnet < SUBNETS)
		value_text(value, names[subnet], strlen(names[subnet]));
}

static void tcpsubnet_sent(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct event *)row->data)->bytes * (bits ? 8 : 1) / unit);
}

static const struct tool_column columns[] = {
	COLUMN_BY("SUBNET", -21, VALUE_TEXT, tcpsubnet_name, "the network, as it was given"),
	COLUMN_BY("SENT", 6, VALUE_UNSIGNED, tcpsubnet_sent, "what was sent to it, in the unit of --format",
		.not_in_json = true),
	COLUMN("BYTES", 10, bytes, "the same in bytes", .hidden = true, .in_json = true),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "sent",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, bytes),
	.counters = 1,
	.above = tcpsubnet_above,
	.no_headings = true,
	.headings_once = true,
	.sort = "-BYTES,SUBNET",
};

static const struct tool_source sources[] = {TCP_BYTES_SENT_SOURCE, {0}};

const struct tool tool = {
	.name = "tcpsubnet",
	.purpose = "Shows how much is sent over TCP to which networks.",
	.details = TCP_BYTES_DETAILS,
	.examples = {{"", "to local and private networks, and to all others, each second"},
		{"-f K 10.80.0.0/24,0.0.0.0/0", "in kilobytes, to one network and to the rest of IPv4"},
		{"-i 10 -p 1234 ::/0", "what a process sends over IPv6"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.interval = 1,
	.sources = sources,
	.view = &view,
	.set_up = tcpsubnet_set_up,
};
