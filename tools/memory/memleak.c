/* SPDX-License-Identifier: Apache-2.0 */
#include "memleak.h"

#include <bcc/symbols.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "common/array.h"
#include "filter.h"
#include "pprof.h"
#include "report.h"
#include "settings.h"
#include "stack_view.h"
#include "tool.h"

enum { MS = 1000000, MOST_STACKS = 1 << 20 };

/* A row: all that a stack has allocated. */
struct leak {
	struct stack_key stack;
	uint64_t count;
	uint64_t bytes;
};

static const char *pid_text, *command, *object = "c", *prefix = "";
static uint32_t pids[FILTER_NUMBERS];
static unsigned pid_count;
static uint64_t older = 500, top = 10, sample_rate, min_size, max_size = UINT64_MAX;
static bool show_allocations, combined_only, percpu, trace_all, by_count, of_kernel;

/* ---- options ---- */

static void memleak_pid(const char *argument)
{
	if (*argument == '!')
		tool_usage("all processes but some would be slowed down: name those to look at");
	filter_pid_option(argument);
	pid_count = argument_numbers(argument, 1, INT_MAX, pids, ARRAY_SIZE(pids));
	pid_text = argument;
}

static void memleak_sort(const char *argument)
{
	by_count = !strcmp(argument, "count");
	if (!by_count && strcmp(argument, "size"))
		tool_usage("'%s' is neither size nor count", argument);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('p', "pid", "PID", memleak_pid,
		"these processes, separated by commas; without it and a command: the kernel"),
	OPTION_FLAG('t', "trace", "show each allocation and each end of one", .value = &trace_all,
		.variable = "trace_all"),
	OPTION_FLAG(
		'a', "show-allocs", "show each allocation, besides the stacks", .value = &show_allocations),
	OPTION_NUMBER('o', "older", "MS", 0, UINT32_MAX,
		"only what was allocated so many milliseconds ago (default 500)", .value = &older),
	OPTION_TEXT('c', "command", "COMMAND", "run this command, as -- COMMAND", .value = &command),
	OPTION_FLAG(0, "combined-only", "all allocations, whatever their age", .value = &combined_only),
	OPTION_FLAG(0, "wa-missing-free",
		"accepted as BCC's: an address that is allocated again has been freed, in any case"),
	OPTION_NUMBER('s', "sample-rate", "N", 1, UINT32_MAX, "only one of so many allocations, by chance",
		.value = &sample_rate, .variable = "sample_rate"),
	OPTION_NUMBER('T', "top", "COUNT", 1, MOST_STACKS, "so many stacks (default 10)", .value = &top),
	OPTION_NUMBER('z', "min-size", "BYTES", 0, UINT64_MAX, "only allocations of so many bytes or more",
		.value = &min_size, .variable = "min_size"),
	OPTION_NUMBER('Z', "max-size", "BYTES", 0, UINT64_MAX, "only allocations of so many bytes or less",
		.value = &max_size, .variable = "max_size"),
	OPTION_TEXT('O', "obj", "OBJECT", "the library or program that allocates (default: the C library)",
		.value = &object),
	OPTION_TEXT(0, "symbols-prefix", "PREFIX", "what the names of its functions begin with: je_",
		.value = &prefix),
	OPTION_FLAG(0, "percpu", "memory of the kernel for each CPU", .value = &percpu),
	OPTION_CUSTOM(0, "sort", "ORDER", memleak_sort, "the top ones by size or count (default size)"),
	{0},
};

/* ---- rows ---- */

static int memleak_compare_stacks(const void *a, const void *b)
{
	return memcmp(
		&((const struct leak *)a)->stack, &((const struct leak *)b)->stack, sizeof(struct stack_key));
}

static int memleak_compare(const void *a, const void *b)
{
	const struct leak *x = a, *y = b;
	uint64_t i = by_count ? x->count : x->bytes, j = by_count ? y->count : y->bytes;

	return i != j ? (i > j) - (i < j) : memleak_compare_stacks(a, b);
}

static int memleak_compare_rows(const struct tool_row *a, const struct tool_row *b)
{
	return memleak_compare(a->data, b->data);
}

static struct {
	struct leak *leaks;
	size_t count, room;
	struct buffer lines; /* of single allocations */
	uint64_t now;
} reading;

static int memleak_add(void *ctx, const void *k, const void *v)
{
	const struct allocation_key *key = k;
	const struct allocation *a = v;
	struct leak *leak;

	if (!combined_only && a->time + older * MS > reading.now)
		return 0;
	if (show_allocations && !combined_only)
		buffer_printf(
			&reading.lines, "\taddr = %" PRIx64 " size = %" PRIu64 "\n", key->address, a->size);
	if (reading.count == reading.room) {
		reading.room = reading.room ? 2 * reading.room : 1024;
		reading.leaks = buffer_grow(reading.leaks, reading.room * sizeof(*reading.leaks));
	}
	leak = &reading.leaks[reading.count++];
	memset(leak, 0, sizeof(*leak));
	leak->stack.owner = a->owner;
	leak->stack.pid = a->owner.pid;
	*(of_kernel ? &leak->stack.kernel : &leak->stack.user) = a->stack;
	leak->count = 1;
	leak->bytes = a->size;
	return 0;
}

/* Leaves out what programs had that have been replaced by exec(): it went with them. */
static void memleak_drop_replaced(void)
{
	size_t kept = 0, end;

	for (size_t i = 0; i < reading.count; i = end) {
		const struct stack_owner owner = reading.leaks[i].stack.owner;
		uint32_t last = 0;

		for (end = i; end < reading.count; end++) {
			const struct stack_owner *o = &reading.leaks[end].stack.owner;

			if (o->start != owner.start || o->pid != owner.pid)
				break;
			last = o->exec > last ? o->exec : last;
		}
		for (size_t j = i; j < end; j++)
			if (reading.leaks[j].stack.owner.exec == last)
				reading.leaks[kept++] = reading.leaks[j];
	}
	reading.count = kept;
}

/* Adds up what has the same stack. */
static void memleak_merge(void)
{
	size_t count = 0;

	if (reading.count)
		qsort(reading.leaks, reading.count, sizeof(*reading.leaks), memleak_compare_stacks);
	for (size_t i = 0; i < reading.count; i++) {
		struct leak *last = count ? &reading.leaks[count - 1] : NULL;

		if (last && !memleak_compare_stacks(last, &reading.leaks[i])) {
			last->count += reading.leaks[i].count;
			last->bytes += reading.leaks[i].bytes;
		} else {
			reading.leaks[count++] = reading.leaks[i];
		}
	}
	reading.count = count;
	memleak_drop_replaced();
	if (reading.count)
		qsort(reading.leaks, reading.count, sizeof(*reading.leaks), memleak_compare);
}

static int memleak_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	int ret;

	reading.count = 0;
	reading.lines.size = 0;
	reading.now = clock_now();
	ret = bcc_table_each(bcc_table_find(b, "allocations"), memleak_add, NULL);
	if (ret)
		return ret;
	memleak_merge();
	for (size_t i = reading.count > top ? reading.count - top : 0; i < reading.count; i++)
		add(ctx, &reading.leaks[i]);
	return 0;
}

static void memleak_begin(struct buffer *out, uint64_t time)
{
	buffer_char(out, '[');
	clock_add(
		out, time, settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_printf(out, "] Top %" PRIu64 " stacks with outstanding allocations:\n", top);
	buffer_add(out, reading.lines.data, reading.lines.size);
}

static void memleak_text(struct buffer *out, const struct tool_row *row)
{
	const struct leak *leak = row->data;

	buffer_printf(
		out, "\t%" PRIu64 " bytes in %" PRIu64 " allocations from stack\n", leak->bytes, leak->count);
	stack_text_frames(out, "\t\t", &leak->stack);
}

static void memleak_path(struct stack_path *path, const struct tool_row *row)
{
	stack_path_frames(path, row->data, false);
}

static const struct stack_layout layout = {.unit = "bytes",
	.pprof = &pprof_calls,
	.type = "space",
	.begin = memleak_begin,
	.text = memleak_text,
	.path = memleak_path,
	.addresses = STACK_ADDRESSES_TABBED};

static const struct tool_column columns[] = {
	COLUMN_OF(struct leak, "PID", -7, stack.pid, "process; 0: the kernel"),
	COLUMN_OF(struct leak, "ALLOCATIONS", 11, count, "how many there are"),
	COLUMN_OF(struct leak, "SIZE", 12, bytes, "their bytes", .json = "size_bytes"),
	COLUMN_BY(
		"KERNEL", 0, VALUE_LIST, stack_kernel_value, "functions of the kernel, the innermost first"),
	COLUMN_BY("USER", 0, VALUE_LIST, stack_user_value, "functions of the program, the innermost first"),
	{0},
};

static char title[128];

static const struct tool_view view = {
	.kind = TOOL_STACKS,
	.title = title,
	.columns = columns,
	.bytes = sizeof(struct leak),
	.collect = memleak_collect,
	.compare = memleak_compare_rows,
	.stacks = &layout,
};

static const struct tool_column event_columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when", .format = COLUMN_SECONDS, .digits = 9),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("FREE", -5, is_free, "1: it is freed, 0: it is allocated"),
	COLUMN("ADDR", 18, address, "its address; of pages of the kernel, their number",
		.format = COLUMN_HEX),
	COLUMN("SIZE", 10, size, "its bytes", .json = "size_bytes"),
	{0},
};

static const struct tool_view event_view = {
	.title = title, .columns = event_columns, .bytes = sizeof(struct event)};
static const struct tool_view *const views[] = {&event_view, NULL};

/* ---- probes ---- */

struct function {
	const char *name, *enter;
	bool leaves;
	bool may_be_missing; /* in some libraries */
	bool has_no_prefix;
};

#define OPERATOR_NEW(name)                                                                                   \
	{name, "enter_malloc", .leaves = true, .may_be_missing = true, .has_no_prefix = true}
#define OPERATOR_DELETE(name) {name, "enter_free", .may_be_missing = true, .has_no_prefix = true}

static const struct function functions[] = {
	{"free", "enter_free", .leaves = false},
	{"munmap", "enter_free", .may_be_missing = true},
	{"malloc", "enter_malloc", .leaves = true},
	{"calloc", "enter_calloc", .leaves = true},
	{"realloc", "enter_realloc", .leaves = true},
	{"mmap", "enter_second", .leaves = true, .may_be_missing = true},
	{"posix_memalign", "enter_posix_memalign", .leaves = true, .may_be_missing = true},
	{"aligned_alloc", "enter_second", .leaves = true, .may_be_missing = true},
	{"memalign", "enter_second", .leaves = true, .may_be_missing = true},
	{"valloc", "enter_malloc", .leaves = true, .may_be_missing = true},
	{"pvalloc", "enter_malloc", .leaves = true, .may_be_missing = true},
	{"mremap", "enter_mremap", .leaves = true, .may_be_missing = true},
	/* of jemalloc, which has the operators of C++ too, as tcmalloc has; libstdc++'s call malloc() */
	{"mallocx", "enter_malloc", .leaves = true, .may_be_missing = true},
	{"rallocx", "enter_realloc", .leaves = true, .may_be_missing = true},
	{"dallocx", "enter_free", .may_be_missing = true},
	{"sdallocx", "enter_free", .may_be_missing = true},
	OPERATOR_NEW("_Znwm"),
	OPERATOR_NEW("_Znam"),
	OPERATOR_NEW("_ZnwmRKSt9nothrow_t"),
	OPERATOR_NEW("_ZnamRKSt9nothrow_t"),
	OPERATOR_NEW("_ZnwmSt11align_val_t"),
	OPERATOR_NEW("_ZnamSt11align_val_t"),
	OPERATOR_NEW("_ZnwmSt11align_val_tRKSt9nothrow_t"),
	OPERATOR_NEW("_ZnamSt11align_val_tRKSt9nothrow_t"),
	OPERATOR_DELETE("_ZdlPv"),
	OPERATOR_DELETE("_ZdaPv"),
	OPERATOR_DELETE("_ZdlPvm"),
	OPERATOR_DELETE("_ZdaPvm"),
	OPERATOR_DELETE("_ZdlPvRKSt9nothrow_t"),
	OPERATOR_DELETE("_ZdaPvRKSt9nothrow_t"),
	OPERATOR_DELETE("_ZdlPvSt11align_val_t"),
	OPERATOR_DELETE("_ZdaPvSt11align_val_t"),
	OPERATOR_DELETE("_ZdlPvmSt11align_val_t"),
	OPERATOR_DELETE("_ZdaPvmSt11align_val_t"),
};

/* What must be there is looked for by bcc_attach_uprobe(), which says what is similar if it is not; all else
 * among symbols that have been read, which takes a fraction of that. */
static int memleak_attach(
	struct bcc *b, const char *program, const char *symbol, bool is_return, bool may_be_missing, int pid)
{
	char regex[320];
	int ret;

	if (!may_be_missing)
		return bcc_attach_uprobe(b, program, object,
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = symbol, .pid = pid), NULL);
	snprintf(regex, sizeof(regex), "^%s$", symbol);
	ret = bcc_attach_uprobes(b, program, object, regex,
		&BCC_OPTS(struct bcc_multi_opts, .pid = pid, .retprobe = is_return, .one_by_one = true),
		NULL);
	return ret < 0 ? ret : 0;
}

/* Those that end an allocation, or those that make one. */
static int memleak_attach_functions(struct bcc *b, bool ends, int pid)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(functions) && !ret; i++) {
		const struct function *f = &functions[i];
		char symbol[256];
		int enters;

		if (!strcmp(f->enter, "enter_free") != ends)
			continue;
		snprintf(symbol, sizeof(symbol), "%s%s", f->has_no_prefix ? "" : prefix, f->name);
		/* returns first: what is not begun is not looked at */
		if (f->leaves)
			ret = memleak_attach(b, "leave", symbol, true, true, pid);
		if (!ret || !f->may_be_missing) {
			enters = memleak_attach(b, f->enter, symbol, false, f->may_be_missing, pid);
			ret = enters ? enters : ret;
		}
		if (ret == -ENOENT && f->may_be_missing)
			ret = 0;
	}
	return ret;
}

/* Other libraries than the C library, whose functions the process may call instead. */
static void memleak_say_library(int pid)
{
	static const char *const libraries[] = {"jemalloc", "tcmalloc", "tcmalloc_minimal", "mimalloc"};
	struct bcc_symbols *symbols = NULL;
	struct bcc_symbol_info info;
	uint64_t address;

	for (size_t i = 0; i < ARRAY_SIZE(libraries) && (i || !bcc_symbols_open_process(pid, NULL, &symbols));
		i++)
		if (!bcc_symbols_find(symbols, libraries[i], "malloc", &address) &&
			!bcc_symbols_resolve(symbols, address, &info))
			tool_warn("WARNING: process %d has a malloc() of its own, which -O %s looks at", pid,
				info.module);
	bcc_symbols_close(symbols);
}

/* To this process alone: a probe takes microseconds, a hundred times as long as malloc(). */
static int memleak_attach_process(struct bcc *b, int pid)
{
	int ret = 0;

	/* ends first: what is seen to be allocated, and is freed, is seen to be freed */
	for (int ends = 1; ends >= 0 && !ret; ends--)
		ret = memleak_attach_functions(b, ends, pid);
	if (ret)
		report_failure(b);
	else if (!strcmp(object, "c"))
		memleak_say_library(pid);
	return ret;
}

static int memleak_attached(struct bcc *b)
{
	int ret = 0;

	if (tool_command_pid())
		ret = memleak_attach_process(b, tool_command_pid());
	for (unsigned i = 0; i < pid_count && !ret; i++)
		ret = memleak_attach_process(b, (int)pids[i]);
	return ret;
}

/* ---- description ---- */

static void memleak_command(void)
{
	static char text[4096], *arguments[] = {"/bin/sh", "-c", text, NULL};

	if (!*command)
		tool_usage("-c: the command is missing");
	if (settings.command)
		tool_usage("-c and a command after -- cannot be combined");
	if (snprintf(text, sizeof(text), "exec %s", command) >= (int)sizeof(text))
		tool_usage("-c: the command is too long");
	settings.command = arguments;
}

static void memleak_set_up(void)
{
	if (command)
		memleak_command();
	of_kernel = !pid_text && !settings.command;
	if (min_size > max_size)
		tool_usage("-z cannot be greater than -Z");
	if (percpu && !of_kernel)
		tool_usage("--percpu is about the kernel, and no process can be given");
	stack_style.offsets = stack_style.modules = stack_style.addresses = true;
	tool_set_number(of_kernel ? "stacks_no_user" : "stacks_no_kernel", true);
	if (of_kernel) {
		tool_define("MEMLEAK_KERNEL");
		tool_define("MEMLEAK_PAGE=%ldULL", sysconf(_SC_PAGESIZE));
	}
	if (percpu)
		tool_define("MEMLEAK_PERCPU");
	snprintf(title, sizeof(title), "Attaching to kernel allocators, Ctrl+C to quit.");
	if (command)
		snprintf(title, sizeof(title), "Executing '%.60s' and tracing the resulting process.",
			command);
	else if (!of_kernel)
		snprintf(title, sizeof(title), "Attaching to pid %.60s, Ctrl+C to quit.",
			pid_text ? pid_text : settings.command[0]);
	if (trace_all)
		tool_show(&event_view);
}

static void memleak_tear_down(void)
{
	free(reading.leaks);
	buffer_free(&reading.lines);
}

const struct tool tool = {
	.name = "memleak",
	.purpose =
		"Shows memory that has been allocated and not been freed, with the stacks that allocated it.",
	.details =
		"Without a process or a command it is memory of the kernel. Of a command it is that of its "
		"own process, not of its children. Each call that is looked at takes some microseconds "
		"more, sampled or not.",
	.examples = {{"-p 1234", "what a process keeps, every five seconds"},
		{"-p 1234 -s 100 60", "one allocation of 100, every minute"},
		{"--flamegraph leaks.svg -- ./server", "what a command keeps, as a flame graph"},
		{"-o 60000", "memory of the kernel that is older than a minute"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 5,
	.view = &view,
	.views = views,
	.set_up = memleak_set_up,
	.attached = memleak_attached,
	.tear_down = memleak_tear_down,
};
