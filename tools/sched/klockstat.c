/* SPDX-License-Identifier: Apache-2.0 */
#include "klockstat.h"

#include <bcc/symbols.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "period.h"
#include "settings.h"
#include "stack_store.h"
#include "stack_view.h"
#include "symbol.h"
#include "tool.h"
#include "writer.h"

/* ---- sources ---- */

#define TAKE(function, probe, ret) probe function " " ret function " "
#define FUNCTIONS(probe, ret)                                                                                \
	TAKE("mutex_lock", probe, ret)                                                                       \
	TAKE("mutex_lock_interruptible", probe, ret)                                                         \
	TAKE("mutex_lock_killable", probe, ret)                                                              \
	TAKE("mutex_trylock", probe, ret)                                                                    \
	TAKE("down_write", probe, ret)                                                                       \
	TAKE("down_write_killable", probe, ret)                                                              \
	TAKE("down_write_trylock", probe, ret)                                                               \
	TAKE("down_read", probe, ret)                                                                        \
	TAKE("down_read_interruptible", probe, ret)                                                          \
	TAKE("down_read_killable", probe, ret)                                                               \
	TAKE("down_read_trylock", probe, ret)                                                                \
	probe "mutex_unlock " probe "up_write " probe "up_read"

static const struct tool_source sources[] = {
	{.name = "fentry and fexit on mutex_lock and other functions",
		.programs = FUNCTIONS("kfunc__vmlinux__", "kretfunc__vmlinux__")},
	{.name = "kprobes on mutex_lock and other functions",
		.programs = FUNCTIONS("kprobe__", "kretprobe__")},
	{.name = "tracepoints lock:contention_begin and lock:contention_end",
		.programs = "raw_tracepoint__contention_begin raw_tracepoint__contention_end",
		.less = "only locks that are waited for are shown, and not how long they are held"},
	{0},
};

/* Functions that not every kernel has; without the others, a source is of no use. */
static bool klockstat_may_lack(const char *program)
{
	return strstr(program, "_interruptible") || strstr(program, "_killable");
}

/* ---- frames ---- */

/* What is in a stack before the function that takes the lock is among its first frames. */
enum { LOCK_FRAMES = 10 };

static bool klockstat_is_lock(const char *name)
{
	static const char *const beginnings[] = {"bpf_prog_", "bpf_trampoline_", "bpf_trace_run",
		"__bpf_trace_", "__traceiter_", "bpf_get_stack", "__bpf_get_stack", "trace_contention_",
		"mutex_lock", "mutex_trylock", "__mutex_", "down_read", "down_write", "__down_", "rwsem_",
		"rt_mutex", "__rt_mutex", "ww_mutex", "__ww_mutex", "percpu_down_", "__percpu_down_",
		"percpu_rwsem_"};

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (!strncmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

static struct buffer frames;

static void klockstat_add_frame(struct buffer *b, uint64_t address, unsigned flags)
{
	static const struct symbol_owner kernel;

	symbol_add(b, &kernel, address, flags);
	buffer_char(b, '\0');
}

/* The functions that lead to the lock, `most` at most, the innermost first. Returns how many. */
static size_t klockstat_frames(int64_t stack, size_t most)
{
	const struct stack_record *record = stack_store_find(stack);
	size_t first = 0, count = 0;

	frames.size = 0;
	if (!record)
		return 0;
	/* programs among them may have no names */
	for (size_t i = 0; i < record->count && i < LOCK_FRAMES; i++) {
		frames.size = 0;
		klockstat_add_frame(&frames, record->frames[i], 0);
		if (klockstat_is_lock(frames.data))
			first = i + 1;
	}
	frames.size = 0;
	for (; first < record->count && count < most; first++, count++)
		klockstat_add_frame(&frames, record->frames[first], BCC_SYMBOL_OFFSET);
	return count;
}

/* ---- entries ---- */

enum { SORT_MAX, SORT_TOTAL, SORT_COUNT };

static int sorts[KLOCKSTAT_KINDS];
static uint64_t most_locks = UINT64_MAX, most_frames = 1;
static const char *only_caller;
static bool per_thread;

static struct {
	struct entry *entries;
	size_t count, room;
} read_entries;

static void klockstat_keep(void *ctx, const void *record)
{
	const struct entry *e = record;

	/* between being made and being counted */
	if (!e->count)
		return;
	if (read_entries.count == read_entries.room) {
		read_entries.room = read_entries.room ? 2 * read_entries.room : 256;
		read_entries.entries =
			buffer_grow(read_entries.entries, read_entries.room * sizeof(*read_entries.entries));
	}
	memcpy(&read_entries.entries[read_entries.count++], record, sizeof(*e));
}

static uint64_t klockstat_order_of(const struct entry *e)
{
	int sort = sorts[e->key.kind % KLOCKSTAT_KINDS];

	return sort == SORT_MAX ? e->longest : sort == SORT_TOTAL ? e->total : e->count;
}

/* The greatest first; all waits before all holds. */
static int klockstat_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	uint64_t first = klockstat_order_of(x), second = klockstat_order_of(y);

	if (x->key.kind != y->key.kind)
		return x->key.kind < y->key.kind ? -1 : 1;
	if (first != second)
		return first > second ? -1 : 1;
	return (x->key.stack > y->key.stack) - (x->key.stack < y->key.stack);
}

static bool klockstat_wants(const struct entry *e)
{
	if (!only_caller)
		return true;
	return klockstat_frames(e->key.stack, 1) && strstr(frames.data, only_caller);
}

static int klockstat_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	uint64_t added[KLOCKSTAT_KINDS] = {0};
	int ret;

	read_entries.count = 0;
	ret = period_read(b, "times", klockstat_keep, NULL);
	/* after the keys: they name stacks that are there already */
	if (!ret)
		ret = stack_store_read(b);
	if (ret)
		return ret;
	stack_store_say_missed(b);
	if (read_entries.count)
		qsort(read_entries.entries, read_entries.count, sizeof(*read_entries.entries),
			klockstat_compare);
	for (size_t i = 0; i < read_entries.count; i++) {
		const struct entry *e = &read_entries.entries[i];

		if (e->key.kind < KLOCKSTAT_KINDS && added[e->key.kind] < most_locks && klockstat_wants(e)) {
			added[e->key.kind]++;
			add(ctx, e);
		}
	}
	return 0;
}

/* ---- columns ---- */

static struct buffer caller, below;

static void klockstat_kind(const struct tool_row *row, struct value *value)
{
	const char *kind = ((const struct entry *)row->data)->key.kind == KLOCKSTAT_HOLD ? "hold" : "wait";

	value_text(value, kind, strlen(kind));
}

static void klockstat_caller(const struct tool_row *row, struct value *value)
{
	static const char missed[] = "[Missed Kernel Stack]";

	if (!klockstat_frames(((const struct entry *)row->data)->key.stack, 1)) {
		value_text(value, missed, strlen(missed));
		return;
	}
	caller.size = 0;
	buffer_text(&caller, frames.data);
	value_text(value, caller.data, caller.size);
}

static void klockstat_stack(const struct tool_row *row, struct value *value)
{
	size_t count = klockstat_frames(((const struct entry *)row->data)->key.stack, most_frames);
	size_t first = count ? strlen(frames.data) + 1 : 0;

	below.size = 0;
	/* tables have the first one in the row */
	if (settings.format == WRITER_TABLE && count)
		for (const char *at = frames.data + first; at < frames.data + frames.size;
			at += strlen(at) + 1) {
			buffer_printf(&below, "%40s", at);
			buffer_char(&below, '\0');
		}
	else if (count)
		buffer_add(&below, frames.data, frames.size);
	value_text(value, below.size ? below.data : "", below.size);
	value->kind = VALUE_LIST;
}

static void klockstat_average(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value->kind = VALUE_DURATION;
	value->signed_number = e->total / e->count;
}

#define KLOCKSTAT_TIME(name_, heading_, member_, json_, help_)                                               \
	{.name = (name_),                                                                                    \
		.heading = (heading_),                                                                       \
		.json = (json_),                                                                             \
		.width = 10,                                                                                 \
		.help = (help_),                                                                             \
		.kind = VALUE_DURATION,                                                                      \
		.bytes = 8,                                                                                  \
		.offset = offsetof(struct entry, member_)}

#define KLOCKSTAT_COLUMNS(title, small)                                                                      \
	COLUMN_BY("KIND", -4, VALUE_TEXT, klockstat_kind, "wait: for a lock; hold: of a lock",               \
		.hidden = true, .in_json = true),                                                            \
		COLUMN_OF(struct entry, "TID", 24, key.tid, "thread that took it, with -P",                  \
			.heading = "Tid", .hidden = true),                                                   \
		COLUMN_OF(struct entry, "COMM", 15, key.comm, "its name, with -P", .heading = "Comm",        \
			.hidden = true),                                                                     \
		COLUMN_BY("CALLER", 40, VALUE_TEXT, klockstat_caller, "function that took it",               \
			.heading = "Caller"),                                                                \
		COLUMN_BY("AVG", 10, VALUE_DURATION, klockstat_average, "nanoseconds, on average",           \
			.heading = "Avg " title, .json = "avg_ns"),                                          \
		COLUMN_OF(struct entry, "COUNT", 6, count, "how often", .heading = "Count"),                 \
		KLOCKSTAT_TIME("MAX", "Max " small, longest, "max_ns", "the longest time"),                  \
		KLOCKSTAT_TIME("TOTAL", "Total " small, total, "total_ns", "all in all"),                    \
		COLUMN_BY("STACK", 0, VALUE_LIST, klockstat_stack,                                           \
			"further functions, as many as -s says, the innermost first", .below = "",           \
			.tight = true, .hidden = true)

static const struct tool_column wait_columns[] = {KLOCKSTAT_COLUMNS("Spin", "spin"), {0}};
static const struct tool_column hold_columns[] = {KLOCKSTAT_COLUMNS("Hold", "hold"), {0}};
static const struct tool_column *const block_columns[] = {hold_columns, NULL};

static unsigned klockstat_block(const struct tool_row *row)
{
	return ((const struct entry *)row->data)->key.kind;
}

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing lock events... Hit Ctrl-C to end.",
	.columns = wait_columns,
	.block_columns = block_columns,
	.block = klockstat_block,
	.bytes = sizeof(struct entry),
	.collect = klockstat_collect,
};

/* ---- the tool ---- */

static void klockstat_sort(void *ctx, const char *name)
{
	static const char *const kinds[] = {"acq_", "hld_"}, *const orders[] = {"max", "total", "count"};

	for (int kind = 0; kind < KLOCKSTAT_KINDS; kind++)
		for (int order = 0; order < 3; order++)
			if (!strncmp(name, kinds[kind], 4) && !strcmp(name + 4, orders[order])) {
				sorts[kind] = order;
				return;
			}
	tool_usage("'%s' is not one of acq_max, acq_total, acq_count, hld_max, hld_total, hld_count", name);
}

static void klockstat_sorts(const char *argument)
{
	argument_list(argument, klockstat_sort, NULL);
}

/* ---- one lock ---- */

static const char *lock_name;

/* An address, or the name of a variable of the kernel. */
static uint64_t klockstat_lock_address(void)
{
	struct bcc_symbols *symbols;
	uint64_t address;
	char *end;
	int ret;

	errno = 0;
	address = strtoull(lock_name, &end, 16);
	if (!strncmp(lock_name, "0x", 2) && end > lock_name + 2 && !*end && !errno && address)
		return address;
	ret = bcc_symbols_open_kernel(NULL, &symbols);
	if (!ret)
		ret = bcc_symbols_find(symbols, NULL, lock_name, &address);
	if (ret == -EPERM)
		tool_usage("the address of '%s' is hidden (kernel.kptr_restrict)", lock_name);
	bcc_symbols_close(symbols);
	if (ret)
		tool_usage(
			"'%s' is neither the address (0x…) nor the name of a lock of the kernel", lock_name);
	return address;
}

static void klockstat_set_up(void)
{
	if (per_thread && (only_caller || most_frames > 1))
		tool_usage("-P shows threads, -c and -s are about functions: choose one");
	tool_set_number("stacks_no_user", true);
	if (settings.describe || settings.dump_text)
		return;
	if (lock_name)
		tool_set_number("only_lock", klockstat_lock_address());
}

static int klockstat_attached(struct bcc *b)
{
	return stack_store_open(b);
}

static void klockstat_tear_down(void)
{
	free(read_entries.entries);
	buffer_free(&frames);
	buffer_free(&caller);
	buffer_free(&below);
	stack_store_close();
	symbol_close();
}

static const struct tool_option options[] = {
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000,
		"print what has happened so often; default: once, at the end", .value = &settings.interval),
	OPTION_NUMBER(
		'n', "locks", "COUNT", 1, UINT64_MAX, "only so many rows of each kind", .value = &most_locks),
	OPTION_NUMBER('s', "stacks", "COUNT", 1, 127, "show so many functions of each stack (default 1)",
		.value = &most_frames, .columns = "STACK"),
	OPTION_TEXT('L', "lock", "LOCK",
		"only this lock: its address, or the name of a variable of the kernel", .value = &lock_name),
	OPTION_FLAG('P', "per-thread", "numbers of threads instead of functions", .value = &per_thread,
		.variable = "per_thread", .columns = "TID COMM -CALLER"),
	OPTION_FLAG('R', "reset", "numbers begin anew with each output; they always do", .hidden = true),
	OPTION_TEXT('c', "caller", "TEXT", "only locks taken by functions whose names contain this",
		.value = &only_caller),
	OPTION_CUSTOM('S', "sort", "ORDER", klockstat_sorts,
		"the greatest first: acq_max, acq_total or acq_count of waits, hld_max, hld_total or hld_count of "
		"holds; both, separated by a comma (default acq_max,hld_max)"),
	OPTION_LETTER('t', "tid"),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_CUSTOM(0, "stack-storage-size", "COUNT", stack_storage_option,
		"how many different stacks can be kept (default 16384)", .group = OPTION_RUNNING),
	{0},
};

const struct tool tool = {
	.name = "klockstat",
	.purpose =
		"Shows how long the kernel waits for its mutexes and semaphores, and how long it holds them.",
	.details =
		"Rows are functions that take locks, of the kinds that tasks sleep for: mutexes, and semaphores for "
		"readers and writers. Times are nanoseconds. The first table has the time until the lock was taken, "
		"the second one the time until it was released; locks that were taken before tracing, or are still "
		"held at the end, are not in it. The filters are about who takes a lock.",
	.examples = {{"-d 5", "for five seconds"}, {"-p 1234 -s 3", "locks of a process, with callers"},
		{"-c pipe_ -i 5", "only locks taken by functions with pipe_ in their names"},
		{"-S acq_total,hld_total -n 10", "the ten longest in all, of each kind"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.set_up = klockstat_set_up,
	.may_lack = klockstat_may_lack,
	.attached = klockstat_attached,
	.tear_down = klockstat_tear_down,
};
