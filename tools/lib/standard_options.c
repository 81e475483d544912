/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "common/array.h"
#include "filter.h"
#include "report.h"
#include "settings.h"
#include "source.h"
#include "stack_view.h"
#include "standard_options.h"
#include "writer.h"

enum { DEFAULT_PAGES = 256, MAX_PAGES = 1 << 18 };

struct settings settings = {.time_format = -1, .table_time_format = -1, .pages = DEFAULT_PAGES};

static void standard_output(const char *argument)
{
	settings.format = writer_format_find(argument);
	if (settings.format < 0)
		tool_usage("'%s' is not one of table, json, csv", argument);
}

static void standard_json(const char *argument)
{
	settings.format = WRITER_JSON;
}

static void standard_csv(const char *argument)
{
	settings.format = WRITER_CSV;
}

static void standard_time_format(const char *argument)
{
	settings.time_format = clock_format_find(argument);
	if (settings.time_format < 0)
		tool_usage(
			"'%s' is not one of local, utc, local-ms, utc-ms, local-us, utc-us, rfc3339, epoch, boot",
			argument);
}

void tool_time_format(const char *name)
{
	settings.table_time_format = clock_format_find(name);
}

static void standard_percentiles(const char *argument)
{
	hist_percentiles_read(&settings.percentiles, argument);
}

static void standard_picture(const char *argument)
{
	size_t length = strlen(argument);

	if (length < 5 || strcmp(argument + length - 4, ".svg") != 0)
		tool_usage("'%s' does not end with .svg, the format of pictures", argument);
	settings.picture = argument;
}

static void standard_pages(const char *argument)
{
	settings.pages = argument_number(argument, 1, MAX_PAGES);
	if (settings.pages & (settings.pages - 1))
		tool_usage("%s is not a power of two", argument);
}

static void standard_debug(void *ctx, const char *name)
{
	static const struct {
		const char *name;
		unsigned flag;
	} flags[] = {
		{"source", BCC_DEBUG_SOURCE},
		{"ir", BCC_DEBUG_IR},
		{"asm", BCC_DEBUG_ASM},
		{"verifier", BCC_DEBUG_VERIFIER},
		{"libbpf", BCC_DEBUG_LIBBPF},
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(flags[i].name, name)) {
			settings.debug |= flags[i].flag;
			return;
		}
	tool_usage("'%s' is not one of source, ir, asm, verifier, libbpf", name);
}

static void standard_debug_list(const char *argument)
{
	argument_list(argument, standard_debug, NULL);
}

static void standard_version(const char *argument)
{
	printf("%s (libbcc %s)\n", tool.name, bcc_version());
	exit(report_output());
}

const struct tool_option standard_options[] = {
	OPTION_CUSTOM('p', "pid", "PID", filter_pid_option,
		"only these processes, separated by commas; !PID: all but these", .group = OPTION_FILTERS),
	OPTION_CUSTOM(
		0, "tid", "TID", filter_tid_option, "only these threads, as --pid", .group = OPTION_FILTERS),
	OPTION_CUSTOM('u', "uid", "USER", filter_uid_option, "only these users, by number or name, as --pid",
		.group = OPTION_FILTERS),
	OPTION_CUSTOM(0, "ppid", "PID", filter_ppid_option, "only children of these processes, as --pid",
		.group = OPTION_FILTERS),
	OPTION_CUSTOM(0, "pidns", "PID|PATH", filter_pidns_option,
		"--pid, --tid and --ppid are numbers in the PID namespace of this process, or of this file (default: that of this tool)",
		.group = OPTION_FILTERS),
	OPTION_CUSTOM(0, "comm", "NAME", filter_comm_option,
		"only threads with these names, as --pid; at most 15 bytes of a name count",
		.group = OPTION_FILTERS),
	OPTION_CUSTOM(0, "cgroup", "PATH", filter_cgroup_option,
		"only these control groups (version 2) and those below them, by path, as --pid",
		.group = OPTION_FILTERS),
	OPTION_CUSTOM(0, "container", "NAME", filter_container_option,
		"only these containers of Docker, Podman, CRI-O or containerd, by name or ID, as --pid",
		.group = OPTION_FILTERS),
	OPTION_TEXT(0, "cgroupmap", "PATH", "only cgroups whose ids are keys of this pinned BPF map",
		.value = &settings.cgroup_map, .group = OPTION_FILTERS),
	OPTION_TEXT(0, "mntnsmap", "PATH", "only mount namespaces that are keys of this pinned BPF map",
		.value = &settings.mntns_map, .group = OPTION_FILTERS),

	OPTION_CUSTOM(0, "output", "FORMAT", standard_output, "table, json or csv", .group = OPTION_OUTPUT),
	OPTION_FLAG(0, "json", "same as --output=json: an object on each line", .parse = standard_json,
		.group = OPTION_OUTPUT),
	OPTION_FLAG(0, "csv", "same as --output=csv", .parse = standard_csv, .group = OPTION_OUTPUT),
	OPTION_TEXT(0, "columns", "NAMES", "these columns, separated by commas, in this order",
		.value = &settings.columns, .group = OPTION_OUTPUT),
	OPTION_TEXT(0, "filter", "CONDITION",
		"only rows for which this is true: columns, == != < <= > >= ~ !~ (regular expressions), && || ! ()",
		.value = &settings.filter, .group = OPTION_OUTPUT),
	OPTION_TEXT(0, "sort", "COLUMNS",
		"order of rows that are printed together: columns, separated by commas; -COLUMN: the greatest first",
		.value = &settings.sort, .group = OPTION_OUTPUT),
	OPTION_NUMBER(0, "rows", "COUNT", 1, UINT_MAX,
		"end after this many rows; of a table that is printed repeatedly, the first ones of each",
		.value = &settings.rows, .group = OPTION_OUTPUT),
	OPTION_NUMBER('r', "maxrows", "COUNT", 1, UINT_MAX,
		"rows of each output, at most; on a screen, no more than it has room for",
		.value = &settings.rows, .group = OPTION_OUTPUT),
	OPTION_FLAG('C', "noclear", "no screen on a terminal: each output below the one before",
		.value = &settings.no_clear, .group = OPTION_OUTPUT),
	OPTION_FLAG(0, "no-header", "no headings", .value = &settings.no_header, .group = OPTION_OUTPUT),
	OPTION_CUSTOM(0, "time-format", "FORMAT", standard_time_format,
		"the time of day as local, utc, local-ms, utc-ms, local-us, utc-us, rfc3339, epoch, or boot (since boot)",
		.group = OPTION_OUTPUT),

	OPTION_CUSTOM(0, "percentiles", "LIST", standard_percentiles,
		"with each histogram, the values that so many percent do not exceed, as far as its slots tell: 50,90,99,99.9; not in CSV",
		.group = OPTION_OUTPUT),
	OPTION_CUSTOM(0, "picture", "FILE.svg", standard_picture,
		"at the end, draw the histograms there: bars, or of several intervals a heat map",
		.group = OPTION_OUTPUT),
	OPTION_FLAG(0, "heatmap",
		"tables have a line of shades for each interval (default 1 second) instead of a histogram",
		.value = &settings.heatmap, .group = OPTION_OUTPUT),
	OPTION_FLAG('f', "folded", "a line for each stack, as flame graphs are made of",
		.value = &stack_style.folded, .group = OPTION_OUTPUT),
	OPTION_TEXT(0, "flamegraph", "FILE.svg",
		"write a flame graph, for a browser; nothing else is printed unless it is asked for",
		.value = &stack_style.flamegraph, .group = OPTION_OUTPUT),
	OPTION_TEXT(0, "baseline", "FILE",
		"compare the flame graph with these lines, as --folded prints them: red is what takes more, blue what takes less",
		.value = &stack_style.baseline, .group = OPTION_OUTPUT),
	OPTION_FLAG(0, "icicle", "the flame graph upside down: callers on top", .value = &stack_style.icicle,
		.group = OPTION_OUTPUT),
	OPTION_TEXT(0, "pprof", "FILE.pb.gz", "the same with a profile, for pprof",
		.value = &stack_style.pprof, .group = OPTION_OUTPUT),
	OPTION_FLAG(0, "inline",
		"functions that the compiler has inlined too, marked with [inlined], of programs with debug information",
		.value = &stack_style.inlined, .group = OPTION_OUTPUT),
	OPTION_CUSTOM(0, "stack-storage-size", "COUNT", stack_storage_option,
		"how many different stacks can be kept (default 16384)", .group = OPTION_RUNNING),

	OPTION_TEXT(0, "output-file", "PATH", "write to this file; SIGHUP opens it anew",
		.value = &settings.output_file, .group = OPTION_OUTPUT),

	OPTION_CUSTOM('d', "duration", "SECONDS", argument_run_time, "end after this time",
		.group = OPTION_RUNNING),
	OPTION_CUSTOM(0, "buffer-pages", "PAGES", standard_pages,
		"size of the event buffer in pages for each CPU, a power of two (default 256)",
		.group = OPTION_RUNNING),
	OPTION_FLAG('v', "verbose", "say which sources of events are used", .value = &settings.verbose,
		.group = OPTION_RUNNING),
	OPTION_TEXT(0, "source", "TEXT",
		"use no source of events but those whose names have this text; -v says them",
		.value = &settings.source, .group = OPTION_RUNNING),
	OPTION_CUSTOM(0, "debug", "WHAT", standard_debug_list,
		"print to stderr a comma-separated choice of: source, ir, asm, verifier, libbpf",
		.group = OPTION_RUNNING),
	OPTION_FLAG(0, "ebpf", "print the BPF text and exit", .value = &settings.dump_text,
		.group = OPTION_RUNNING, .hidden = true),
	OPTION_FLAG(0, "perf-buffers", "use perf buffers, as kernels without ring buffers do",
		.value = &settings.perf_buffers, .group = OPTION_RUNNING, .hidden = true),
	OPTION_FLAG(0, "describe", "print this tool's description as JSON and exit",
		.value = &settings.describe, .group = OPTION_RUNNING),
	OPTION_FLAG(0, "version", "print the version and exit", .parse = standard_version,
		.group = OPTION_RUNNING),
	{0},
};

static bool standard_option_is(const struct tool_option *option, const char *names)
{
	size_t length = strlen(option->name);

	for (const char *at = names; (at = strstr(at, option->name)); at += length)
		if ((at == names || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static bool standard_has_kind(const struct tool *t, enum tool_view_kind kind)
{
	for (const struct tool_view *const *view = t->views; view && *view; view++)
		if ((*view)->kind == kind)
			return true;
	return t->view->kind == kind;
}

static bool standard_has_screen(const struct tool *t)
{
	for (const struct tool_view *const *view = t->views; view && *view; view++)
		if ((*view)->screen)
			return true;
	return t->view->screen;
}

bool standard_option_applies(const struct tool *t, const struct tool_option *option)
{
	if (standard_option_is(option, "pid tid uid ppid pidns comm"))
		return t->filters & TOOL_FILTER_TASK;
	if (standard_option_is(option, "cgroup container cgroupmap mntnsmap"))
		return t->filters & TOOL_FILTER_PLACE;
	if (t->list && standard_option_is(option, "duration buffer-pages verbose debug ebpf perf-buffers"))
		return false;
	if (standard_option_is(option, "source"))
		return source_count(t->sources) > 1;
	if (standard_option_is(option, "buffer-pages"))
		return standard_has_kind(t, TOOL_EVENTS);
	if (standard_option_is(option, "perf-buffers"))
		return standard_has_kind(t, TOOL_EVENTS) || standard_has_kind(t, TOOL_STACKS);
	if (standard_option_is(option, "sort"))
		return standard_has_kind(t, TOOL_ENTRIES) || standard_has_kind(t, TOOL_STACKS);
	if (standard_option_is(option, "folded flamegraph baseline icicle pprof inline stack-storage-size"))
		return standard_has_kind(t, TOOL_STACKS);
	if (standard_option_is(option, "maxrows noclear"))
		return standard_has_screen(t);
	if (standard_option_is(option, "percentiles heatmap picture"))
		return standard_has_kind(t, TOOL_HISTOGRAM);
	if (standard_option_is(option, "columns filter rows"))
		return standard_has_kind(t, TOOL_EVENTS) || standard_has_kind(t, TOOL_ENTRIES) ||
		       standard_has_kind(t, TOOL_STACKS);
	return true;
}
