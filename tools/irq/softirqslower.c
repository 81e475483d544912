/* SPDX-License-Identifier: Apache-2.0 */
#include "softirqslower.h"

#include <inttypes.h>

#include "softirq_name.h"
#include "tool.h"

enum { US = 1000, DEFAULT_LEAST_US = 10000 };

static uint64_t least = DEFAULT_LEAST_US * US;
static char title[128];

static void softirqslower_cpu(const char *argument)
{
	tool_set_number("only_cpu", argument_cpu(argument));
}

static void softirqslower_stage(const struct tool_row *row, struct value *value)
{
	const char *stage = ((const struct event *)row->data)->stage == STAGE_WAITED ? "irq(hard) to softirq"
										     : "softirq runtime";

	value_text(value, stage, strlen(stage));
}

static void softirqslower_name(const struct tool_row *row, struct value *value)
{
	softirq_name(((const struct event *)row->data)->number, value);
}

static const struct tool_option arguments[] = {
	OPTION_DURATION(0, "MIN_US", NULL, US,
		"only what took longer, in microseconds or with a unit (default 10000); 0: all",
		.value = &least, .variable = "least"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_CUSTOM('c', "cpu", "CPU", softirqslower_cpu, "only on this CPU"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it began to run, or was done"),
	COLUMN_BY("STAGE", -20, VALUE_TEXT, softirqslower_stage,
		"what took so long: from being raised to running, or running"),
	COLUMN_BY("SOFTIRQ", -8, VALUE_TEXT, softirqslower_name, "the soft interrupt"),
	COLUMN_DURATION("LAT(us)", -14, delay, "how long it took", .format = COLUMN_US),
	COLUMN("CPU", -6, cpu, "where"),
	COLUMN("COMM", -6, comm, "name of the thread that ran, or that it interrupted"),
	COLUMN("PID", -7, pid, "its process", .hidden = true, .in_json = true),
	COLUMN("TID", -7, tid, "the thread", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.title = title,
	.columns = columns,
	.bytes = sizeof(struct event),
};

static void softirqslower_set_up(void)
{
	if (least % US)
		snprintf(title, sizeof(title),
			"Tracing softirq latency higher than %" PRIu64 " ns... Hit Ctrl-C to end.\n", least);
	else
		snprintf(title, sizeof(title),
			"Tracing softirq latency higher than %" PRIu64 " us... Hit Ctrl-C to end.\n",
			least / US);
}

const struct tool tool = {
	.name = "softirqslower",
	.purpose = "Shows soft interrupts that wait long until they run, or run long.",
	.details =
		"The wait begins when a soft interrupt is raised, the first time if that happens several times. "
		"Running includes hard interrupts that arrive meanwhile.",
	.examples = {{"1000", "what took longer than a millisecond"},
		{"-c 0 50us --filter 'softirq == net_rx'", "received packets on the first CPU"}},
	.options = options,
	.arguments = arguments,
	.view = &view,
	.set_up = softirqslower_set_up,
};
