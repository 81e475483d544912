/* SPDX-License-Identifier: Apache-2.0 */
#include "dcsnoop.h"

#include <string.h>

#include "dcache.h"
#include "tool.h"

static bool all;

static bool dcsnoop_needs(const char *program)
{
	return all || !strstr(program, "lookup_fast");
}

static const struct tool_option options[] = {
	OPTION_FLAG('a', "all", "all lookups, and not only those that miss", .value = &all),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -11, "when, in seconds since the tool began", .format = COLUMN_SINCE_START,
		.digits = 6),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN("T", 1, type, "M: a miss; R: a reference, which is any lookup of a component of a path",
		.json = "type"),
	COLUMN("FILE", 0, name, "the name"),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

static const struct tool_source sources[] = {
	DCACHE_SOURCES("references are not shown: this kernel's lookup_fast() cannot be probed"),
	{0},
};

const struct tool tool = {
	.name = "dcsnoop",
	.purpose =
		"Shows names that are looked up in the kernel's cache of directory entries and are not there.",
	.details = DCACHE_DETAILS,
	.examples = {{"-p 1234", "misses of a process"}, {"-a -- ls /etc", "all lookups of a command"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.needs = dcsnoop_needs,
};
