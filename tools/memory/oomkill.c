/* SPDX-License-Identifier: Apache-2.0 */
#include "oomkill.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "common/array.h"
#include "tool.h"

static const char *oomkill_load(void)
{
	static char line[128];
	FILE *f = fopen("/proc/loadavg", "re");

	if (!f || !fgets(line, sizeof(line), f))
		*line = '\0';
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void oomkill_text(struct value *value, const char *text, size_t room)
{
	value_text(value, text, strnlen(text, room));
	if (!value->length)
		value->kind = VALUE_NONE;
}

static void oomkill_load_average(const struct tool_row *row, struct value *value)
{
	oomkill_text(value, oomkill_load(), 128);
}

/* As BCC's tool prints it, after the time. */
static void oomkill_line(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	b.size = 0;
	buffer_printf(&b, "Triggered by PID %u (\"%.*s\"), OOM kill of PID %u (\"%.*s\"), ", e->task.pid,
		(int)sizeof(e->task.comm), e->task.comm, e->target, (int)sizeof(e->target_comm),
		e->has_task ? e->target_comm : "-");
	if (e->pages)
		buffer_unsigned(&b, e->pages);
	else
		buffer_char(&b, '-');
	buffer_printf(&b, " pages, loadavg: %s", oomkill_load());
	value_text(value, b.data, b.size);
}

static void oomkill_tcomm(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	oomkill_text(value, e->target_comm, sizeof(e->target_comm));
}

static void oomkill_cgroup(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	oomkill_text(value, e->cgroup, sizeof(e->cgroup));
}

static void oomkill_pages(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->pages)
		value_unsigned(value, e->pages);
	else
		value->kind = VALUE_NONE;
}

static void oomkill_rss(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->rss >= 0)
		value_unsigned(value, (uint64_t)e->rss * sysconf(_SC_PAGESIZE));
	else
		value->kind = VALUE_NONE;
}

static void oomkill_uid(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->has_task)
		value_unsigned(value, e->target_uid);
	else
		value->kind = VALUE_NONE;
}

static void oomkill_adjustment(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->has_task)
		value_signed(value, e->adjustment);
	else
		value->kind = VALUE_NONE;
}

static void oomkill_limit(const struct tool_row *row, struct value *value)
{
	static const char *const limits[] = {[CONSTRAINT_ALL] = "memory",
		[CONSTRAINT_CPUS] = "cpuset",
		[CONSTRAINT_POLICY] = "mempolicy",
		[CONSTRAINT_CGROUP] = "cgroup"};
	int constraint = ((const struct event *)row->data)->constraint;

	oomkill_text(
		value, constraint >= 0 && constraint < (int)ARRAY_SIZE(limits) ? limits[constraint] : "", 16);
}

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", 0, "when it was killed"),
	COLUMN_BY("EVENT", 0, VALUE_TEXT, oomkill_line, "the rest, as a sentence", .not_in_json = true),
	COLUMN("PID", -7, task.pid, "process that needed memory", .hidden = true, .in_json = true),
	COLUMN("COMM", -16, task.comm, "its name", .hidden = true, .in_json = true),
	COLUMN("TPID", -7, target, "process that was killed", .hidden = true, .in_json = true),
	COLUMN_BY("TCOMM", -16, VALUE_TEXT, oomkill_tcomm, "its name", .hidden = true, .in_json = true),
	COLUMN_BY("TUID", -6, VALUE_UNSIGNED, oomkill_uid, "its user", .hidden = true, .in_json = true),
	COLUMN_BY("RSS(KB)", 9, VALUE_UNSIGNED, oomkill_rss, "memory that it had, as the kernel counts",
		.format = COLUMN_KB, .hidden = true, .in_json = true),
	COLUMN_BY("ADJ", 5, VALUE_SIGNED, oomkill_adjustment, "its oom_score_adj", .json = "oom_score_adj",
		.hidden = true, .in_json = true),
	COLUMN_BY("CGROUP", -20, VALUE_TEXT, oomkill_cgroup,
		"its control group for memory, without those above", .hidden = true, .in_json = true),
	COLUMN_BY("LIMIT", -9, VALUE_TEXT, oomkill_limit,
		"what is used up: memory, or the part of a cgroup, a cpuset or a mempolicy", .hidden = true,
		.in_json = true),
	COLUMN_BY("PAGES", 10, VALUE_UNSIGNED, oomkill_pages, "pages that there are within this limit",
		.hidden = true, .in_json = true),
	COLUMN_BY("LOADAVG", 0, VALUE_TEXT, oomkill_load_average, "load averages, as in /proc/loadavg",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_source sources[] = {
	{.name = "fentry and fexit of oom_kill_process()",
		.programs = "kfunc__vmlinux__oom_kill_process kretfunc__vmlinux__oom_kill_process",
		.variable = "by_function"},
	{.name = "kprobes of oom_kill_process()",
		.programs = "kprobe__oom_kill_process kretprobe__oom_kill_process",
		.variable = "by_function"},
	{.name = "tracepoint oom:mark_victim only",
		.programs = "",
		.less = "the limit and its pages are not known, and processes that are ending anyway may be shown"},
	{0},
};

static const struct tool_view view = {
	.title = "Tracing OOM kills... Ctrl-C to stop.",
	.no_headings = true,
	.columns = columns,
	.bytes = sizeof(struct event),
};

const struct tool tool = {
	.name = "oomkill",
	.purpose = "Shows processes that the kernel kills because memory has run out.",
	.details = "Filters choose among the processes that are killed.",
	.examples = {{"--json", "with control group, limit and memory of the process"},
		{"--columns time,tpid,tcomm,rss,cgroup", "the same as a table"}},
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
};
