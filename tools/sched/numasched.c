/* SPDX-License-Identifier: Apache-2.0 */
#include "numasched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static struct node_of_cpu node_of_cpu;
static bool by_cpu;

/* Of "0-3,8": the CPUs of a node. */
static void numasched_read_list(const char *list, unsigned node)
{
	char *end;

	for (const char *at = list; *at >= '0' && *at <= '9'; at = *end == ',' ? end + 1 : end) {
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long cpu = first; cpu <= last && cpu < NUMASCHED_CPUS; cpu++)
			node_of_cpu.nodes[cpu] = node;
	}
}

static void numasched_read_nodes(void)
{
	char path[64], *line = NULL;
	size_t room = 0;

	for (unsigned node = 0; node < UINT16_MAX; node++) {
		FILE *f;

		snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/cpulist", node);
		f = fopen(path, "re");
		/* numbers may be left out, but not many */
		if (!f && node > 1024)
			break;
		if (f && getline(&line, &room, f) > 0)
			numasched_read_list(line, node);
		if (f)
			fclose(f);
	}
	free(line);
}

static void numasched_set_up(void)
{
	if (by_cpu)
		for (unsigned cpu = 0; cpu < NUMASCHED_CPUS; cpu++)
			node_of_cpu.nodes[cpu] = cpu;
	else
		numasched_read_nodes();
	tool_set("node_of_cpu", &node_of_cpu, sizeof(node_of_cpu));
}

static const struct tool_option options[] = {
	OPTION_LETTER('t', "tid"),
	OPTION_LETTER('c', "comm"),
	OPTION_FLAG(
		0, "by-cpu", "as if each CPU were a node: to try the tool", .value = &by_cpu, .hidden = true),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when"),
	COLUMN("PID", -8, pid, "process"),
	COLUMN("TID", -8, tid, "thread"),
	COLUMN("SRC_NID", -8, from, "the node on which it ran", .after = " -> ", .heading_after = "    "),
	COLUMN("DST_NID", -8, to, "the node on which it runs now"),
	COLUMN("COMM", -8, comm, "name of the thread"),
	{0},
};

static const struct tool_view view = {
	.title = "Tracing task NUMA switch...",
	.columns = columns,
	.bytes = sizeof(struct event),
};

const struct tool tool = {
	.name = "numasched",
	.purpose = "Shows tasks that are moved to a CPU of another NUMA node, away from their memory.",
	.examples = {{"-p 1234", "threads of a process"}, {"-c qemu", "threads of a name"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = numasched_set_up,
};
