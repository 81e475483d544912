/* SPDX-License-Identifier: Apache-2.0 */
/* javathreads is the same for one language: it defines RUNTIME_TOOL and RUNTIME_LANGUAGE, and includes
 * this. */
#include "uthreads.h"

#include <bcc/symbols.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "runtime.h"
#include "symbol.h"
#include "tool.h"

#ifndef RUNTIME_TOOL
#define RUNTIME_TOOL "uthreads"
#define RUNTIME_LANGUAGE NULL
#endif
#define UTHREADS_LANGUAGES "c java"

static const char *language = RUNTIME_LANGUAGE;
static struct buffer title;

/* ---- rows ---- */

static void uthreads_id(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static char text[64];

	if (e->kind == UTHREADS_PTHREAD)
		value_text(value, text, snprintf(text, sizeof(text), "%" PRIu64, e->native_id));
	else
		value_text(value, text,
			snprintf(
				text, sizeof(text), "R=%" PRIu64 "/N=%" PRIu64, e->runtime_id, e->native_id));
}

static void uthreads_type(const struct tool_row *row, struct value *value)
{
	static const char *const names[] = {"pthread", "start", "stop"};
	const struct event *e = row->data;
	const char *name = e->kind < sizeof(names) / sizeof(*names) ? names[e->kind] : "?";

	value_text(value, name, strlen(name));
}

/* The only one whose threads are shown, and all that it has mapped, also when it has ended. */
static struct symbol_owner process;

static void uthreads_description(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	if (e->kind != UTHREADS_PTHREAD) {
		value_text(value, e->name, strnlen(e->name, sizeof(e->name)));
		return;
	}
	if (!e->function) {
		value->kind = VALUE_NONE;
		return;
	}
	b.size = 0;
	symbol_add(&b, &process, e->function, BCC_SYMBOL_MODULE);
	value_text(value, b.data, b.size);
}

static void uthreads_runtime_id(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_unsigned(value, e->runtime_id);
	if (e->kind == UTHREADS_PTHREAD)
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "seconds since the beginning", .format = COLUMN_SINCE_START, .digits = 3),
	COLUMN_BY("ID", -16, VALUE_TEXT, uthreads_id,
		"the thread; of a runtime, its number there and its number for the kernel",
		.not_in_json = true),
	COLUMN_BY("TYPE", -8, VALUE_TEXT, uthreads_type,
		"pthread: it is made by the C library; start, stop: the runtime's begins or ends"),
	COLUMN_BY("DESCRIPTION", -30, VALUE_TEXT, uthreads_description,
		"the function that it runs, or the runtime's name for it"),
	COLUMN("PID", 7, task.pid, "process", .hidden = true, .in_json = true),
	COLUMN("TID", 7, native_id, "the thread", .hidden = true, .in_json = true),
	COLUMN_BY("RUNTIMEID", 9, VALUE_UNSIGNED, uthreads_runtime_id, "the thread's number in the runtime",
		.json = "runtime_id", .hidden = true, .in_json = true),
	{0},
};

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

/* ---- the tool ---- */

static void uthreads_set_up(void)
{
	language = runtime_choose(language, UTHREADS_LANGUAGES " none");
	if (language && strcmp(language, "java") != 0)
		language = NULL;
	if (!runtime_process())
		return;
	runtime_filter();
	buffer_printf(&title, "Tracing thread events in process %d (language: %s)... Ctrl-C to quit.",
		runtime_process(), language ? language : "c");
	buffer_char(&title, '\0');
	view.title = title.data;
}

static bool uthreads_needs(const char *program)
{
	return strncmp(program, "thread_", strlen("thread_")) != 0 || language;
}

/* The return first: nothing is recorded that would stay. Threads are shown without their functions, too. */
static void uthreads_attach_pthread(struct bcc *b)
{
	const struct bcc_multi_opts begin = {.size = sizeof(begin), .pid = runtime_process()};
	const struct bcc_multi_opts end = {.size = sizeof(end), .pid = runtime_process(), .retprobe = true};
	static const char *const libraries[] = {"c", "pthread"}; /* in glibc before 2.34 */
	int ret = 0;

	for (int i = 0; i < 2 && ret <= 0; i++) {
		ret = bcc_attach_uprobes(
			b, "leave_pthread_create", libraries[i], "^pthread_create$", &end, NULL);
		if (ret > 0)
			ret = bcc_attach_uprobes(
				b, "enter_pthread_create", libraries[i], "^pthread_create$", &begin, NULL);
	}
	if (ret <= 0)
		tool_warn("the functions of threads are not known: %s", bcc_error(b));
}

static int uthreads_attached(struct bcc *b)
{
	static const struct runtime_probe probes[] = {RUNTIME_PROBE("thread_stop", "hotspot", "thread__stop"),
		RUNTIME_PROBE("thread_start", "hotspot", "thread__start"), {0}};

	process.pid = runtime_process();
	symbol_see(&process);
	uthreads_attach_pthread(b);
	return language ? runtime_attach(b, language, probes) : 0;
}

static void uthreads_tear_down(void)
{
	symbol_close();
	buffer_free(&title);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, runtime_process_option, "the process"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_TEXT('l', "language", "LANGUAGE", "java; c or none: only threads of the C library",
		.value = &language),
	{0},
};

const struct tool tool = {
	.name = RUNTIME_TOOL,
	.purpose = "Shows which threads a process makes, also those of its language's runtime.",
	.details =
		"The kernel tells of new threads, pthread_create() what they run, and the Java runtime how it "
		"calls them.",
	.examples = {{"1234", "threads of a process"}, {"-l none 1234", "not those of its runtime"}},
	.arguments = arguments,
	.options = options,
	.view = &view,
	.set_up = uthreads_set_up,
	.needs = uthreads_needs,
	.attached = uthreads_attached,
	.tear_down = uthreads_tear_down,
};
