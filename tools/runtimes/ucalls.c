/* SPDX-License-Identifier: Apache-2.0 */
/* javacalls and its like are the same for one language: they define RUNTIME_TOOL and RUNTIME_LANGUAGE, and
 * include this. */
#include "ucalls.h"

#include "method_tool.h"
#include "settings.h"
#include "syscall_name.h"

#ifndef RUNTIME_TOOL
#define RUNTIME_TOOL "ucalls"
#define RUNTIME_LANGUAGE NULL
#endif

static const char *language = RUNTIME_LANGUAGE;
static bool with_latency, with_system_calls, milliseconds;
static struct buffer title;

/* ---- rows ---- */

static void ucalls_method(const struct tool_row *row, struct value *value)
{
	const struct event *c = row->data;
	static struct buffer b;
	const char *name;

	if (c->key.system_call) {
		name = syscall_name((int)(c->key.system_call - 1), false);
		value_text(value, name, strlen(name));
		return;
	}
	b.size = 0;
	method_add(&b, &c->key.method);
	value_text(value, b.data, b.size);
}

static struct tool_column columns[] = {
	COLUMN_BY("METHOD", -50, VALUE_TEXT, ucalls_method,
		"class or file, and method; with -S also system calls"),
	COLUMN("CALLS", 8, value.count, "calls; with -L, those that have returned", .heading = "# CALLS",
		.json = "calls"),
	COLUMN_DURATION("TIME", 8, value.time, "how long they took together", .heading = "TIME (us)",
		.json = "time_ns", .format = COLUMN_US, .digits = 2, .hidden = true),
	{0},
};
enum { TIME = 2 };

/* The least first, as BCC's tool has them. */
static int ucalls_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct call_value *x = &((const struct event *)a->data)->value;
	const struct call_value *y = &((const struct event *)b->data)->value;

	if (with_latency && x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->count > y->count) - (x->count < y->count);
}

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct event),
	.table = "counts",
	.compare = ucalls_compare,
	.counter_offset = offsetof(struct event, value),
	.counters = sizeof(struct call_value) / sizeof(uint64_t),
	.last_rows = true,
};

/* ---- the tool ---- */

static void ucalls_set_up(void)
{
	const char *hint;

	language = runtime_choose(language, METHOD_LANGUAGES " none");
	if (language && !strcmp(language, "none")) {
		if (!with_system_calls)
			tool_usage("-l none goes with -S: there is nothing else to count");
		language = NULL;
	}
	if (with_latency && milliseconds) {
		columns[TIME].heading = "TIME (ms)";
		columns[TIME].format = COLUMN_MS;
	}
	method_set_up(language);
	if (!runtime_process())
		return;
	runtime_filter();
	if (!language && !with_system_calls)
		tool_usage(
			"process %d runs none of %s, as far as its files say: -l says which, and -S counts "
			"system calls",
			runtime_process(), METHOD_LANGUAGES);
	buffer_printf(&title, "Tracing calls in process %d (language: %s)... Ctrl-C to quit.",
		runtime_process(), language ? language : "none");
	hint = language ? runtime_hint(language) : NULL;
	if (hint)
		buffer_printf(&title, "\n%s", hint);
	buffer_char(&title, '\0');
	view.title = title.data;
}

static bool ucalls_needs(const char *program)
{
	if (!strcmp(program, "method_begin"))
		return language;
	if (!strcmp(program, "method_end"))
		return language && with_latency;
	return with_system_calls && (with_latency || strcmp(program, "raw_tracepoint__sys_exit") != 0);
}

static int ucalls_attached(struct bcc *b)
{
	if (!language)
		return 0;
	return method_attach(b, language, "method_begin", with_latency ? "method_end" : NULL);
}

static void ucalls_tear_down(void)
{
	buffer_free(&title);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, runtime_process_option, "the process"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_TEXT('l', "language", "LANGUAGE", "one of " METHOD_LANGUAGES "; none: only system calls",
		.value = &language),
	OPTION_NUMBER('T', "top", "COUNT", 1, UINT32_MAX,
		"only so many methods: those with most calls or time", .value = &settings.rows),
	OPTION_FLAG('L', "latency", "how long methods take, with what they call", .value = &with_latency,
		.variable = "with_latency", .columns = "TIME"),
	OPTION_FLAG('S', "syscalls", "system calls too", .value = &with_system_calls),
	OPTION_FLAG(
		'm', "milliseconds", "times in milliseconds instead of microseconds", .value = &milliseconds),
	{0},
};

const struct tool tool = {
	.name = RUNTIME_TOOL,
	.purpose = "Counts calls of methods in processes of high-level languages.",
	.details =
		"Methods are known by static probes of the language's runtime, which has to be built with them. "
		"The time of a method that calls itself counts once for each call. Names of more than 95 bytes "
		"are cut.",
	.examples = {{"1234", "calls of methods until Ctrl-C"},
		{"1234 1 -T 10", "every second, the ten most frequent"},
		{"1234 -LS", "with the times of methods and system calls"}},
	.arguments = arguments,
	.options = options,
	.intervals = true,
	.view = &view,
	.set_up = ucalls_set_up,
	.needs = ucalls_needs,
	.attached = ucalls_attached,
	.tear_down = ucalls_tear_down,
};
