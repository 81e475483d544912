/* SPDX-License-Identifier: Apache-2.0 */
#include "bitesize.h"

#include "block_tool.h"

static const struct tool_column comm = COLUMN_OF(
	struct section, "Process Name", 0, comm, "name of the thread that submitted it", .json = "comm");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing block I/O... Hit Ctrl-C to end.",
	.table = "hist",
	.section = &comm,
	.unit = "Kbytes",
};

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	BLOCK_OPTION_DISK,
	OPTION_LETTER('c', "comm"),
	{0},
};

const struct tool tool = {
	.name = "bitesize",
	.purpose = "Shows how large requests to block devices are, as a histogram for each name of threads.",
	.details =
		"Sizes are those that the device gets: what the kernel has merged is one request, what it has "
		"split is several. A request counts when it is done.",
	.examples = {{"", "until Ctrl-C"}, {"-c postgres 10", "of threads of this name, every ten seconds"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.sources = block_sources,
	.view = &view,
	.tear_down = kernel_enum_close,
};
