/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "probe_set.h"
#include "settings.h"
#include "tool.h"

static bool microseconds, milliseconds;
static const char *place;
static struct probe probe;
static struct buffer title;

static struct tool_view view = {.kind = TOOL_HISTOGRAM, .table = "hist", .unit = "nsecs"};

static void funcinterval_set_up(void)
{
	if (!place && (settings.describe || settings.dump_text))
		return;
	if (!place)
		tool_usage(
			"which function or tracepoint? For example: vfs_read, c:malloc, t:sched:sched_switch");
	if (microseconds && milliseconds)
		tool_usage("microseconds (-u) or milliseconds (-m)?");
	probe_argument(&probe, place, PROBE_SINGLE);
	if (settings.describe || settings.dump_text)
		return;
	probe_set_add(&probe);
	if (microseconds || milliseconds) {
		view.unit = milliseconds ? "msecs" : "usecs";
		tool_set_number("unit", milliseconds ? 1000000 : 1000);
	}
}

static int funcinterval_attached(struct bcc *b)
{
	static const char *const kinds[] = {[PROBE_FUNCTION] = "kprobe function",
		[PROBE_USER] = "uprobe function",
		[PROBE_TRACEPOINT] = "tracepoint",
		[PROBE_USDT] = "static probe"};
	static const struct probe_programs programs = {.function = "reach_function",
		.user = "reach_function",
		.tracepoint = "reach_tracepoint",
		.usdt = "reach_usdt"};
	int ret = probe_set_attach(b, &programs);

	if (ret < 0)
		return ret;
	buffer_printf(&title, "Tracing %s for \"", kinds[probe.kind]);
	if (probe.kind == PROBE_TRACEPOINT)
		buffer_printf(&title, "%s:", probe.place);
	buffer_printf(&title, "%s\"... Hit Ctrl-C to end.", probe.name);
	buffer_char(&title, '\0');
	view.title = title.data;
	return 0;
}

static void funcinterval_tear_down(void)
{
	probe_set_free();
	probe_free(&probe);
	buffer_free(&title);
}

static const struct tool_option arguments[] = {
	OPTION_TEXT(0, "PLACE", NULL,
		"FUNCTION of the kernel, LIBRARY:FUNCTION, /PATH:FUNCTION, MODULE:FUNCTION, t:CATEGORY:TRACEPOINT, or "
		"u:LIBRARY:PROBE",
		.value = &place),
	{0},
};

static const struct tool_option options[] = {
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000,
		"print a histogram so often; default: once, at the end", .value = &settings.interval),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('u', "microseconds", "in microseconds instead of nanoseconds", .value = &microseconds),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of nanoseconds", .value = &milliseconds),
	{0},
};

const struct tool tool = {
	.name = "funcinterval",
	.purpose = "Shows how much time passes between two calls of a function, as a histogram.",
	.details =
		"The function, tracepoint or static probe is one for all processes and CPUs that are not filtered "
		"out: the time is that from one call to the next, whoever makes it.",
	.examples = {{"-u vfs_read", "reads of files by anyone, in microseconds"},
		{"-p 1234 -i 1 c:malloc", "a process's calls of malloc(), every second"},
		{"t:sched:sched_process_fork", "how often processes are made"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.set_up = funcinterval_set_up,
	.attached = funcinterval_attached,
	.tear_down = funcinterval_tear_down,
};
