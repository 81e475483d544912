/* SPDX-License-Identifier: Apache-2.0 */
/* javaflow and its like are the same for one language: they define RUNTIME_TOOL and RUNTIME_LANGUAGE, and
 * include this. */
#include "uflow.h"

#include "method_tool.h"

#ifndef RUNTIME_TOOL
#define RUNTIME_TOOL "uflow"
#define RUNTIME_LANGUAGE NULL
#endif

static const char *language = RUNTIME_LANGUAGE;
static struct method only;
static struct buffer title;

/* ---- rows ---- */

enum { MOST_INDENTED = 100 };

/* Indented by the depth; a return that no call was seen of is not. */
static void uflow_method(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	b.size = 0;
	for (uint32_t i = 1; i < e->depth && i < MOST_INDENTED; i++)
		buffer_text(&b, "  ");
	buffer_text(&b, e->is_return ? "<- " : "-> ");
	method_add(&b, &e->method);
	value_text(value, b.data, b.size);
}

static const struct tool_column columns[] = {
	COLUMN("CPU", -3, cpu, "processor"),
	COLUMN("PID", -6, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread"),
	COLUMN_TIME("TIME(s)", -8, "seconds since the beginning", .format = COLUMN_SINCE_START, .digits = 3),
	COLUMN_BY("METHOD", 0, VALUE_TEXT, uflow_method,
		"-> and the class or file and method that is called, or <- and the one that returns",
		.not_in_json = true),
	COLUMN("CLASS", 0, method.class, "class or file", .hidden = true, .in_json = true),
	COLUMN("NAME", 0, method.name, "method", .hidden = true, .in_json = true),
	COLUMN("DEPTH", 5, depth, "how many calls it is in, with itself", .hidden = true, .in_json = true),
	COLUMN("RETURN", 6, is_return, "1: it returns", .hidden = true, .in_json = true),
	{0},
};

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

/* ---- the tool ---- */

static void uflow_beginning(char *to, const char *variable, const char *argument)
{
	size_t length = strlen(argument);

	if (length >= METHOD_TEXT_SIZE)
		tool_usage("the beginning of a name is at most %d bytes long", METHOD_TEXT_SIZE - 1);
	memcpy(to, argument, length + 1);
	tool_set("only", &only, sizeof(only));
	tool_set_number(variable, length);
}

static void uflow_class(const char *argument)
{
	uflow_beginning(only.class, "only_class_length", argument);
}

static void uflow_name(const char *argument)
{
	uflow_beginning(only.name, "only_name_length", argument);
}

static void uflow_set_up(void)
{
	const char *hint;

	language = runtime_choose(language, METHOD_LANGUAGES);
	method_set_up(language);
	if (!runtime_process())
		return;
	if (!language)
		tool_usage("process %d runs none of %s, as far as its files say: -l says which",
			runtime_process(), METHOD_LANGUAGES);
	buffer_printf(&title, "Tracing method calls in %s process %d... Ctrl-C to quit.", language,
		runtime_process());
	hint = runtime_hint(language);
	if (hint)
		buffer_printf(&title, "\n%s", hint);
	buffer_char(&title, '\0');
	view.title = title.data;
}

static int uflow_attached(struct bcc *b)
{
	return method_attach(b, language, "method_begin", "method_end");
}

static void uflow_tear_down(void)
{
	buffer_free(&title);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, runtime_process_option, "the process"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_TEXT('l', "language", "LANGUAGE", "one of " METHOD_LANGUAGES, .value = &language),
	OPTION_CUSTOM('M', "method", "PREFIX", uflow_name, "only methods whose names begin so"),
	OPTION_CUSTOM('C', "class", "PREFIX", uflow_class, "only classes, or files, whose names begin so"),
	{0},
};

const struct tool tool = {
	.name = RUNTIME_TOOL,
	.purpose = "Shows calls of methods in processes of high-level languages, and their returns.",
	.details =
		"Methods are known by static probes of the language's runtime, which has to be built with them. "
		"Rows are indented by what calls what in a thread. Names of more than 95 bytes are cut.",
	.examples = {{"1234", "what the methods of a process call"},
		{"-M get -C java/util/ 1234", "methods that begin with get, of a package"}},
	.arguments = arguments,
	.options = options,
	.view = &view,
	.set_up = uflow_set_up,
	.attached = uflow_attached,
	.tear_down = uflow_tear_down,
};
