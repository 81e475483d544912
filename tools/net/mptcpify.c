/* SPDX-License-Identifier: Apache-2.0 */
#include "mptcpify.h"

#include "filter.h"
#include "tool.h"

static const struct tool_option options[] = {
	OPTION_CUSTOM('t', "targets", "NAMES", filter_comm_option,
		"only processes of these names, separated by commas; the same as --comm"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when the socket was opened"),
	COLUMN("PID", -7, task.pid, "process that opened it"),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN("IP", -2, version, "4 or 6"),
	{0},
};

static const struct tool_view view = {
	.title = "Opening sockets for MPTCP instead of TCP... Hit Ctrl-C to end.",
	.columns = columns,
	.bytes = sizeof(struct event),
};

const struct tool tool = {
	.name = "mptcpify",
	.purpose = "Has processes use Multipath TCP where they ask for TCP, and shows their sockets.",
	.details =
		"It takes Linux 6.6. A peer that does not know Multipath TCP is talked to with TCP. Sockets "
		"that are open when the tool ends stay what they are.",
	.examples = {{"-t iperf3,curl", "two programs"}, {"-- curl https://example.org", "a command"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
