/* SPDX-License-Identifier: Apache-2.0 */
#include "drsnoop.h"

#include <bcc/symbols.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "settings.h"
#include "tool.h"

static const char *name;
static bool with_free;

static void drsnoop_set_up(void)
{
	struct bcc_symbols *symbols;
	uint64_t address;
	int ret;

	if (!with_free || settings.describe || settings.dump_text)
		return;
	ret = bcc_symbols_open_kernel(NULL, &symbols);
	if (!ret)
		ret = bcc_symbols_find(symbols, NULL, "vm_zone_stat", &address);
	if (ret == -EPERM)
		tool_warn("the amount of free memory is not known: addresses of the kernel are hidden "
			  "(kernel.kptr_restrict)");
	else if (ret)
		tool_warn("the amount of free memory is not known: this kernel does not say where it is "
			  "(CONFIG_KALLSYMS_ALL)");
	else
		tool_set_number("zone_counters", address);
	bcc_symbols_close(symbols);
}

static bool drsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	return !name || memmem(e->task.comm, strnlen(e->task.comm, sizeof(e->task.comm)), name, strlen(name));
}

static void drsnoop_free(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = VALUE_NONE;
	if (e->free >= 0)
		value_unsigned(value, (uint64_t)e->free * sysconf(_SC_PAGESIZE));
}

static void drsnoop_of(const struct tool_row *row, struct value *value)
{
	const char *of = ((const struct event *)row->data)->of_cgroup ? "cgroup" : "memory";

	value_text(value, of, strlen(of));
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the time", .columns = "TIME"),
	OPTION_FLAG('U', "print-uid", "column with the user", .columns = "UID"),
	OPTION_LETTER('t', "tid", .columns = "-PID TID"),
	OPTION_TEXT('n', "name", "NAME", "only threads whose name contains this", .value = &name),
	OPTION_FLAG('v', "verbose", "column with the memory that was free", .value = &with_free,
		.columns = "FREE"),
	OPTION_FLAG('e', "extended", "the same", .value = &with_free, .columns = "FREE"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when it was over, in seconds since the first one",
		.format = COLUMN_SECONDS, .digits = 9, .hidden = true, .in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true, .in_json = true),
	COLUMN("COMM", -14, task.comm, "name of the thread"),
	COLUMN("PID", -6, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread", .hidden = true, .in_json = true),
	COLUMN_DURATION("LAT(ms)", 8, delay, "time that it took", .format = COLUMN_MS, .digits = 2),
	COLUMN("PAGES", 5, pages, "pages that were reclaimed"),
	COLUMN_BY("FREE(KB)", 10, VALUE_UNSIGNED, drsnoop_free, "memory that was free when it began",
		.format = COLUMN_KB, .hidden = true),
	COLUMN_BY("OF", -6, VALUE_TEXT, drsnoop_of,
		"whose memory had run out: memory, that of the machine; cgroup, that of a control group",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = drsnoop_wanted,
};

#define DIRECT "raw_tracepoint__mm_vmscan_direct_reclaim_begin raw_tracepoint__mm_vmscan_direct_reclaim_end"

static const struct tool_source sources[] = {
	{.name = "tracepoints vmscan:mm_vmscan_direct_reclaim_… and mm_vmscan_memcg_reclaim_…",
		.programs = DIRECT " raw_tracepoint__mm_vmscan_memcg_reclaim_begin "
				   "raw_tracepoint__mm_vmscan_memcg_reclaim_end"},
	/* a kernel without control groups for memory */
	{.name = "tracepoints vmscan:mm_vmscan_direct_reclaim_…", .programs = DIRECT},
	{0},
};

const struct tool tool = {
	.name = "drsnoop",
	.purpose = "Shows tasks that wait for memory because they have to reclaim pages themselves.",
	.details =
		"That happens when free memory has run out, or, with control groups, when one has reached a "
		"limit of its own. It is also what writing to memory.reclaim and to limits does.",
	.examples = {{"-T -p 1234", "a process, with times"},
		{"-v --filter 'lat > 10ms'", "what takes long, and how much memory was free"},
		{"--filter 'of == cgroup'", "only limits of control groups"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.set_up = drsnoop_set_up,
};
