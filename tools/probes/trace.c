/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include <bcc/symbols.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "buffer.h"
#include "clock.h"
#include "expr/struct_value.h"
#include "expr/writer.h"
#include "settings.h"
#include "symbol.h"
#include "tool.h"

enum { MOST_BYTES = 16384 };

static bool kernel_stack, user_stack, addresses, binary, unix_time, since_start, time_of_day;
static uint64_t text_size = 80;
static const char *name_part, *message_part;
static const char *symbol_files;
static struct bcc_symbols *build_ids; /* of these files; NULL: stacks have addresses */
static struct buffer message, list, epoch;

/* Of probes whose formats have %S. */
static struct {
	struct kernel_function *function;
	uint32_t *values; /* a type for each value; 0: it is no struct */
} types[ASKED_MOST];

/* ---- events ---- */

static const char *trace_user_stack(const struct event *e)
{
	return (const char *)(e + 1) + (kernel_stack ? STACK_FRAMES * sizeof(uint64_t) : 0);
}

static const char *trace_values(const struct event *e)
{
	size_t frame = symbol_files ? sizeof(struct bpf_stack_build_id) : sizeof(uint64_t);

	return trace_user_stack(e) + (user_stack ? STACK_FRAMES * frame : 0);
}

static struct symbol_owner trace_owner(const struct event *e)
{
	return (struct symbol_owner){.pid = e->task.pid, .start = e->start};
}

/* A number's place is the name of a function. */
static void trace_add_symbol(const struct event *e, const struct format_conversion *c, uint64_t address)
{
	const struct symbol_owner process = trace_owner(e), kernel = {.pid = 0};
	struct buffer name = {0};

	if (c->kind == FORMAT_KERNEL_SYMBOL)
		symbol_add_known(&name, &kernel, address, BCC_SYMBOL_OFFSET);
	else
		symbol_add_known(&name, &process, address, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE);
	format_add_text(&message, c, name.data, name.size);
	buffer_free(&name);
}

static void trace_make_message(const struct event *e)
{
	const struct asked *a = &asked[e->probe];

	message.size = 0;
	for (size_t i = 0; i < a->program.count; i++) {
		const struct program_field *field = &a->program.fields[i];
		const struct format_conversion *c = &a->spec.format.conversions[i];
		const char *value = trace_values(e) + field->offset;
		uint64_t number;

		buffer_add(&message, c->before, c->before_size);
		if (field->is_text) {
			format_add_text(&message, c, value, field->size);
			continue;
		}
		memcpy(&number, value, sizeof(number));
		if (c->kind == FORMAT_STRUCT)
			struct_value_add(&message, types[e->probe].function, types[e->probe].values[i],
				a->name, value, field->memory);
		else if (c->kind == FORMAT_KERNEL_SYMBOL || c->kind == FORMAT_USER_SYMBOL)
			trace_add_symbol(e, c, number);
		else
			format_add_number(&message, c, number);
	}
	buffer_add(&message, a->spec.format.after, a->spec.format.after_size);
}

static bool trace_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;
	char comm[sizeof(e->task.comm) + 1] = {0};

	if (e->probe >= asked_count || e->frames > STACK_FRAMES || e->user_frames > STACK_FRAMES ||
		row->size < (size_t)(trace_values(e) - (const char *)e) + asked[e->probe].program.size)
		return false;
	memcpy(comm, e->task.comm, sizeof(e->task.comm));
	if (name_part && !strstr(comm, name_part))
		return false;
	if (!message_part)
		return true;
	trace_make_message(e);
	return memmem(message.data, message.size, message_part, strlen(message_part)) != NULL;
}

/* ---- columns ---- */

static void trace_function(const struct tool_row *row, struct value *value)
{
	const char *name = asked[((const struct event *)row->data)->probe].spec.probe.name;

	value_text(value, name, strlen(name));
}

static void trace_message(const struct tool_row *row, struct value *value)
{
	trace_make_message(row->data);
	value_text(value, message.size ? message.data : "", message.size);
}

/* "-14" where BCC's tool prints a number, in words. */
static void trace_add_missed(int32_t frames, const char *whose)
{
	if (frames >= 0)
		return;
	buffer_printf(&list, "[Missed %s Stack]", whose);
	buffer_char(&list, '\0');
}

static void trace_add_frame(const struct symbol_owner *owner, uint64_t address)
{
	if (addresses)
		buffer_printf(&list, "%16" PRIx64 " ", address);
	symbol_add_known(&list, owner, address, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE);
	buffer_char(&list, '\0');
}

static void trace_add_frames(const struct symbol_owner *owner, const char *stack, int32_t count)
{
	size_t end = symbol_stack_frames(owner, stack, count > 0 ? count : 0);

	for (size_t i = 0; i < end; i++) {
		uint64_t address;

		memcpy(&address, stack + i * sizeof(address), sizeof(address));
		trace_add_frame(owner, address);
	}
}

/* An offset in a file, known by its build ID. */
static void trace_add_place(const struct bpf_stack_build_id *place)
{
	struct bcc_symbol_info info;
	const char *module;

	if (addresses)
		buffer_printf(&list, "%16" PRIx64 " ", (uint64_t)place->offset);
	if (bcc_symbols_resolve_build_id(build_ids, place->build_id, place->offset, &info)) {
		for (size_t i = 0; i < sizeof(place->build_id); i++)
			buffer_printf(&list, "%02x", place->build_id[i]);
		buffer_printf(&list, "+0x%" PRIx64, (uint64_t)place->offset);
	} else {
		module = info.module ? strrchr(info.module, '/') : NULL;
		module = module ? module + 1 : info.module;
		buffer_printf(&list, "%s+0x%" PRIx64, info.name, info.offset);
		if (module)
			buffer_printf(&list, " [%s]", module);
	}
	buffer_char(&list, '\0');
}

static struct bpf_stack_build_id trace_place(const char *stack, int32_t i)
{
	struct bpf_stack_build_id place;

	memcpy(&place, stack + i * sizeof(place), sizeof(place));
	return place;
}

/* The kernel takes an address that is not mapped for one of the next file behind it, whose start lies behind
 * the address then. */
static bool trace_is_end(const struct bpf_stack_build_id *place)
{
	if (place->status == BPF_STACK_BUILD_ID_VALID)
		return (int64_t)place->offset < 0;
	return place->status != BPF_STACK_BUILD_ID_IP || !place->ip;
}

/* As symbol_stack_frames(). What is in a file is code. */
static int32_t trace_count_places(const struct symbol_owner *owner, const char *stack, int32_t count)
{
	int32_t end = 0;

	for (int32_t i = 0; i < count; i++) {
		struct bpf_stack_build_id place = trace_place(stack, i);

		if (trace_is_end(&place))
			break;
		if (place.status == BPF_STACK_BUILD_ID_VALID || symbol_is_code(owner, place.ip))
			end = i + 2;
		else if (!end)
			end = 1;
	}
	return end < count ? end : count;
}

static void trace_add_places(const struct symbol_owner *owner, const char *stack, int32_t count)
{
	int32_t end = trace_count_places(owner, stack, count);

	for (int32_t i = 0; i < end; i++) {
		struct bpf_stack_build_id place = trace_place(stack, i);

		if (trace_is_end(&place))
			break;
		if (place.status == BPF_STACK_BUILD_ID_VALID)
			trace_add_place(&place);
		else
			trace_add_frame(owner, place.ip);
	}
}

static void trace_stack(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const struct symbol_owner process = trace_owner(e), kernel = {.pid = 0};

	list.size = 0;
	trace_add_missed(e->frames, "Kernel");
	if (kernel_stack)
		trace_add_frames(&kernel, (const char *)(e + 1), e->frames);
	trace_add_missed(e->user_frames, "User");
	if (user_stack && symbol_files)
		trace_add_places(&process, trace_user_stack(e), e->user_frames);
	else if (user_stack)
		trace_add_frames(&process, trace_user_stack(e), e->user_frames);
	value_text(value, list.size ? list.data : "", list.size);
	value->kind = VALUE_LIST;
}

/* Seconds since 1970. */
static void trace_unix_time(const struct tool_row *row, struct value *value)
{
	epoch.size = 0;
	clock_add(&epoch, ((const struct event *)row->data)->task.time, CLOCK_EPOCH);
	/* microseconds, of nanoseconds */
	value_text(value, epoch.data, epoch.size - 3);
}

enum { TIMES = 3, MESSAGE = 8, STACK = 10 };

static struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it happened", .hidden = true),
	COLUMN_TIME("TIME(s)", -8, "the same, in seconds since the tool attached", .heading = "TIME",
		.format = COLUMN_SINCE_START, .digits = 6, .hidden = true),
	COLUMN_BY("EPOCH", -17, VALUE_TEXT, trace_unix_time, "the same, in seconds since 1970",
		.heading = "TIME", .hidden = true),
	COLUMN("CPU", -3, cpu, "processor", .hidden = true),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("TID", -7, task.tid, "thread"),
	COLUMN("COMM", -15, task.comm, "name of the thread"),
	COLUMN_BY("FUNC", -16, VALUE_TEXT, trace_function, "function, tracepoint or static probe"),
	[MESSAGE] = COLUMN_BY("MESSAGE", 0, VALUE_TEXT, trace_message, "what the format makes of the values"),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	[STACK] = COLUMN_BY("STACK", 0, VALUE_LIST, trace_stack, "the stacks, innermost first",
		.below = "        ", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = trace_wanted,
};

/* No two rows with times are equal. */
static const struct tool_view view_without_times = {
	.columns = columns + TIMES,
	.bytes = sizeof(struct event),
	.wanted = trace_wanted,
};

/* ---- probes ---- */

static void trace_probe(const char *argument)
{
	struct asked *a = asked_new(argument);
	struct probe_error error;

	if (spec_read_trace(&a->spec, argument, &error))
		asked_wrong(a, &error);
}

/* What values of %S are. */
static void trace_find_types(unsigned probe)
{
	struct asked *a = &asked[probe];
	struct probe_error error;

	for (size_t i = 0; i < a->spec.count; i++) {
		if (a->spec.format.conversions[i].kind != FORMAT_STRUCT)
			continue;
		if (!types[probe].values) {
			types[probe].function = struct_value_types(&a->spec.probe, a->name);
			types[probe].values = buffer_grow(NULL, a->spec.count * sizeof(*types[probe].values));
		}
		types[probe].values[i] =
			struct_value_set(&a->spec, types[probe].function, &a->spec.values[i], &error);
		if (!types[probe].values[i])
			asked_wrong(a, &error);
	}
}

static void trace_write_programs(void)
{
	const struct program_options options = {.text_size = text_size, .compares_binary = binary};
	struct buffer text = {0};

	asked_write_headers(&text);
	for (unsigned i = 0; i < asked_count; i++) {
		trace_find_types(i);
		asked_write(&text, i, &options);
		if (asked[i].program.size > MOST_BYTES)
			tool_usage(
				"%s: its values take %u bytes, and there is room for %d; -Z makes texts shorter",
				asked[i].text, asked[i].program.size, MOST_BYTES);
	}
	tool_add_text(text.data, text.size);
	buffer_free(&text);
}

static void trace_open_file(void *ctx, const char *path)
{
	if (bcc_symbols_add_file(build_ids, path))
		tool_usage("-s: %s", bcc_symbols_error(build_ids));
}

static void trace_open_files(void)
{
	if (bcc_symbols_open_build_ids(NULL, &build_ids))
		tool_usage("-s: %s", bcc_symbols_error(build_ids));
	argument_list(symbol_files, trace_open_file, NULL);
}

static void trace_set_up(void)
{
	bool messages = false;

	if (!asked_count && !settings.describe && !settings.dump_text)
		tool_usage("which probes? For example: do_sys_openat2 'c:open \"%%s\", arg1'");
	if (unix_time && !since_start)
		tool_usage("-u goes with -t");
	if (symbol_files && !user_stack)
		tool_usage("-s goes with -U: it is about the process's stacks");
	if (symbol_files)
		trace_open_files();
	if (settings.count_same && !since_start && !time_of_day)
		tool_show(&view_without_times);
	columns[STACK].tight = settings.count_same;
	if (kernel_stack)
		tool_define("KERNEL_STACK");
	if (user_stack)
		tool_define("USER_STACK");
	if (symbol_files)
		tool_define("BUILD_IDS");
	for (unsigned i = 0; i < asked_count; i++)
		messages |= asked[i].spec.has_format;
	columns[MESSAGE].heading = messages ? "-" : "";
	columns[MESSAGE].json = "message";
	if (!settings.describe)
		trace_write_programs();
}

static void trace_tear_down(void)
{
	asked_free();
	for (unsigned i = 0; i < asked_count; i++) {
		kernel_function_close(types[i].function);
		free(types[i].values);
	}
	buffer_free(&message);
	buffer_free(&list);
	buffer_free(&epoch);
	bcc_symbols_close(build_ids);
	symbol_close();
}

/* ---- the tool ---- */

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PROBE", NULL, trace_probe,
		"[p|r|t|u]:[LIBRARY|CATEGORY]:NAME[(ARGUMENTS)] [(CONDITION)] [\"FORMAT\", VALUE, …]",
		.repeated = true),
	{0},
};

static const struct tool_option options[] = {
	OPTION_LETTER('b', "buffer-pages"),
	OPTION_LETTER('L', "tid"),
	OPTION_NUMBER('Z', "string-size", "BYTES", 1, 4096, "most bytes of a text, with its NUL; default: 80",
		.value = &text_size),
	OPTION_FLAG('S', "include-self", "events of this tool too", .value = &settings.include_self),
	OPTION_NUMBER(
		'M', "max-events", "COUNT", 1, UINT32_MAX, "end after this many", .value = &settings.rows),
	OPTION_FLAG('t', "timestamp", "column with seconds since the tool attached", .value = &since_start,
		.columns = "TIME(s)"),
	OPTION_FLAG('u', "unix-timestamp", "with -t: seconds since 1970", .value = &unix_time,
		.columns = "EPOCH -TIME(s)"),
	OPTION_FLAG('T', "time", "column with the time of day", .value = &time_of_day, .columns = "TIME"),
	OPTION_FLAG('C', "print_cpu", "column with the processor", .columns = "CPU"),
	OPTION_CUSTOM('c', "cgroup-path", "PATH", filter_cgroup_option, "only this control group"),
	OPTION_TEXT('n', "name", "TEXT", "only threads whose names have it", .value = &name_part),
	OPTION_TEXT('f', "msg-filter", "TEXT", "only messages that have it", .value = &message_part),
	OPTION_FLAG('B', "bin_cmp", "STRCMP compares bytes: STRCMP(\"{0x6c, 0}\", arg2)", .value = &binary),
	OPTION_FLAG('K', "kernel-stack", "the kernel's stack below each row", .value = &kernel_stack,
		.columns = "STACK"),
	OPTION_FLAG('U', "user-stack", "the process's stack below each row", .value = &user_stack,
		.columns = "STACK"),
	OPTION_FLAG('a', "address", "addresses in stacks", .value = &addresses),
	OPTION_TEXT('s', "sym_file_list", "FILES",
		"with -U: names are those of these programs and libraries, separated by commas; processes may have ended",
		.value = &symbol_files),
	OPTION_FLAG('A', "aggregate", "at the end, each row once, and how often it was there",
		.value = &settings.count_same),
	OPTION_CUSTOM(
		'I', "include", "HEADER", asked_header, "a header that declares what values are made of"),
	{0},
};

const struct tool tool = {
	.name = "trace",
	.purpose =
		"Prints a message whenever a function is called or returns, or at tracepoints and static probes.",
	.details =
		"Values are expressions of C: arg1 to arg9, retval, names of arguments, as the kernel's BTF, a "
		"program's debug information (DWARF) or (ARGUMENTS) declares them, args->FIELD of tracepoints, $entry(NAME) and $latency at returns, $pid "
		"$tgid $uid $gid $cpu $task $comm, STRCMP(\"text\", pointer), STRSTR(\"text\", pointer). Formats "
		"are those of printf(), %K and %U for names of functions of the kernel and the process, and %S for a "
		"struct, or what a pointer to one points to, with all members that are not zero.",
	.examples = {{"'c:open \"%s\", arg1'", "files that are opened by the C library"},
		{"'r::vfs_read ((int)retval > 0) \"%d bytes, %lld ns\", retval, $latency'",
			"reads and their times"},
		{"'t:sched:sched_switch \"%s\", args->next_comm'", "switches of tasks"},
		{"'vfs_read \"%S\", file->f_path'", "a struct and its members"},
		{"-K -M 1 tcp_retransmit_skb", "where the kernel sends TCP segments again"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.set_up = trace_set_up,
	.needs = asked_needs,
	.attached = asked_attach,
	.tear_down = trace_tear_down,
};
