/* SPDX-License-Identifier: Apache-2.0 */
#include "funclatency.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "filter.h"
#include "calls.h"
#include "probe_set.h"
#include "settings.h"
#include "tool.h"

static bool use_regex, microseconds, milliseconds, by_function;
static const char *pattern;
static struct probe probe;
static struct buffer title, name;

/* The function, and of functions of programs the process. */
static void funclatency_section(const struct tool_row *row, struct value *value)
{
	struct section section;

	memcpy(&section, row->data, sizeof(section));
	probe_set_name(section.place, value);
	if (!section.pid)
		return;
	name.size = 0;
	buffer_add(&name, value->text, value->length);
	buffer_printf(&name, " [%" PRIu32 "]", section.pid);
	value_text(value, name.data, name.size);
}

static const struct tool_column section =
	COLUMN_BY("Function", 0, VALUE_TEXT, funclatency_section, "the function, and the process");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.table = "hist",
	.unit = "nsecs",
	.sum = "hist_sum",
	.sum_unit = 1,
};

static void funclatency_set_up(void)
{
	bool by_process;

	if (!pattern && (settings.describe || settings.dump_text))
		return;
	if (!pattern)
		tool_usage("which functions? For example: vfs_read, 'vfs_*', c:malloc");
	if (microseconds && milliseconds)
		tool_usage("microseconds (-u) or milliseconds (-m)?");
	probe_argument(&probe, pattern, PROBE_FUNCTIONS | (use_regex ? PROBE_REGEX : 0));
	if (settings.describe || settings.dump_text)
		return;
	probe_set_add(&probe);
	probe_set_tell_apart();
	by_process = probe.kind == PROBE_USER && !filter_single_pid();
	if (by_function || by_process)
		view.section = &section;
	tool_set_number("by_function", by_function || by_process);
	tool_set_number("by_process", by_process);
	if (microseconds || milliseconds) {
		view.unit = milliseconds ? "msecs" : "usecs";
		view.sum_unit = milliseconds ? 1000000 : 1000;
		tool_set_number("unit", view.sum_unit);
	}
}

static int funclatency_attached(struct bcc *b)
{
	int ret = calls_attach(b, NULL);

	if (ret < 0)
		return ret;
	buffer_printf(&title, "Tracing %d functions for \"%s\"... Hit Ctrl-C to end.", ret, pattern);
	buffer_char(&title, '\0');
	view.title = title.data;
	return 0;
}

static void funclatency_tear_down(void)
{
	probe_set_free();
	probe_free(&probe);
	buffer_free(&title);
	buffer_free(&name);
}

static const struct tool_option arguments[] = {
	OPTION_TEXT(0, "PATTERN", NULL,
		"FUNCTION of the kernel, LIBRARY:FUNCTION, /PATH:FUNCTION or MODULE:FUNCTION; in names, * and ? stand "
		"for others",
		.value = &pattern),
	{0},
};

static const struct tool_option options[] = {
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000,
		"print histograms so often; default: once, at the end", .value = &settings.interval),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('u', "microseconds", "in microseconds instead of nanoseconds", .value = &microseconds),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of nanoseconds", .value = &milliseconds),
	OPTION_FLAG('F', "function", "a histogram for each function", .value = &by_function),
	OPTION_FLAG('r', "regexp", "names in PATTERN are regular expressions", .value = &use_regex),
	OPTION_NUMBER('l', "level", "LEVELS", 1, 65536,
		"of functions that call themselves or each other, only the outermost LEVELS; default: all calls",
		.variable = "levels"),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

const struct tool tool = {
	.name = "funclatency",
	.purpose = "Shows how long functions take, as histograms.",
	.details =
		"A call counts when it returns; calls that began before tracing, or have not returned when it "
		"ends, are not shown. Functions that call themselves are measured right, at each depth. Calls that "
		"are left by longjmp(), or for whose returns the kernel has no room, are counted and said. "
		"Functions of a library or program have a histogram for each process, unless -p names one.",
	.examples = {{"-u vfs_read", "reads of files, in microseconds"},
		{"-F 'vfs_*'", "a histogram for each function whose name begins with vfs_"},
		{"-p 1234 -m c:getaddrinfo", "lookups of names of hosts by one process"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.set_up = funclatency_set_up,
	.attached = funclatency_attached,
	.tear_down = funclatency_tear_down,
};
