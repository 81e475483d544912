/* SPDX-License-Identifier: Apache-2.0 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "buffer.h"
#include "common/array.h"
#include "describe.h"
#include "options.h"

enum { DESCRIBE_SCHEMA = 1 };

static void describe_put(struct json_object *object, const char *name, struct json_object *value)
{
	if (!value || json_object_object_add(object, name, value))
		buffer_no_memory();
}

/* Members that are not there say that there is nothing. */
static void describe_text(struct json_object *object, const char *name, const char *text)
{
	if (text)
		describe_put(object, name, json_object_new_string(text));
}

static void describe_flag(struct json_object *object, const char *name, bool value)
{
	if (value)
		describe_put(object, name, json_object_new_boolean(true));
}

static void describe_append(struct json_object *array, struct json_object *item)
{
	if (!item || json_object_array_add(array, item))
		buffer_no_memory();
}

static struct json_object *describe_option(const struct tool_option *o)
{
	static const char *const groups[] = {[OPTION_OWN] = "tool",
		[OPTION_FILTERS] = "filters",
		[OPTION_OUTPUT] = "output",
		[OPTION_RUNNING] = "running"};
	struct json_object *option = json_object_new_object();
	char letter[2] = {(char)o->letter, '\0'};

	describe_text(option, "name", o->name);
	describe_text(option, "letter", o->letter ? letter : NULL);
	describe_text(option, "argument", o->argument);
	describe_text(option, "help", o->help);
	describe_text(option, "group", groups[o->group]);
	describe_flag(option, "optional", o->optional);
	describe_flag(option, "hidden", o->hidden);
	return option;
}

static struct json_object *describe_options(const struct tool *t)
{
	struct tool_option *options = options_of(t);
	struct json_object *array = json_object_new_array();

	for (const struct tool_option *o = options; o->name; o++)
		describe_append(array, describe_option(o));
	free(options);
	return array;
}

static struct json_object *describe_arguments(const struct tool *t)
{
	struct json_object *array = json_object_new_array();

	for (const struct tool_option *o = t->arguments; o && o->name; o++) {
		struct json_object *argument = json_object_new_object();

		describe_text(argument, "name", o->name);
		describe_text(argument, "help", o->help);
		describe_append(array, argument);
	}
	return array;
}

static struct json_object *describe_column(const struct tool_column *c)
{
	static const char *const kinds[] = {[VALUE_NONE] = "nothing",
		[VALUE_UNSIGNED] = "unsigned",
		[VALUE_SIGNED] = "signed",
		[VALUE_BOOL] = "boolean",
		[VALUE_REAL] = "real",
		[VALUE_TEXT] = "text",
		[VALUE_LIST] = "list",
		[VALUE_TIME] = "time",
		[VALUE_DURATION] = "duration"};
	struct json_object *column = json_object_new_object();
	char name[64];

	column_json(c, name, sizeof(name));
	describe_text(column, "name", c->name);
	describe_text(column, "heading", c->heading);
	describe_text(column, "json", name);
	describe_text(column, "type", kinds[c->kind]);
	describe_text(column, "help", c->help);
	describe_flag(column, "hidden", c->hidden);
	return column;
}

static struct json_object *describe_view(const struct tool_view *view)
{
	static const char *const kinds[] = {[TOOL_EVENTS] = "events",
		[TOOL_ENTRIES] = "entries",
		[TOOL_HISTOGRAM] = "histogram",
		[TOOL_STACKS] = "stacks"};
	struct json_object *object = json_object_new_object(), *columns = json_object_new_array();

	describe_text(object, "kind", kinds[view->kind]);
	describe_text(object, "unit", view->unit);
	for (const struct tool_column *c = view->columns; c && c->name; c++)
		describe_append(columns, describe_column(c));
	describe_put(object, "columns", columns);
	return object;
}

static struct json_object *describe_views(const struct tool *t)
{
	struct json_object *array = json_object_new_array();

	describe_append(array, describe_view(t->view));
	for (const struct tool_view *const *view = t->views; view && *view; view++)
		describe_append(array, describe_view(*view));
	return array;
}

static struct json_object *describe_examples(const struct tool *t)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < ARRAY_SIZE(t->examples) && t->examples[i].arguments; i++) {
		struct json_object *example = json_object_new_object();

		describe_text(example, "arguments", t->examples[i].arguments);
		describe_text(example, "shows", t->examples[i].shows);
		describe_append(array, example);
	}
	return array;
}

static struct json_object *describe_sources(const struct tool *t)
{
	struct json_object *array = json_object_new_array();

	for (const struct tool_source *s = t->sources; s && s->name; s++) {
		struct json_object *source = json_object_new_object();

		describe_text(source, "name", s->name);
		describe_text(source, "programs", s->programs);
		describe_text(source, "less", s->less);
		describe_append(array, source);
	}
	return array;
}

void describe_print(const struct tool *t)
{
	struct json_object *object = json_object_new_object();

	describe_put(object, "schema", json_object_new_int(DESCRIBE_SCHEMA));
	describe_text(object, "tool", t->name);
	describe_text(object, "version", bcc_version());
	describe_text(object, "purpose", t->purpose);
	describe_text(object, "details", t->details);
	describe_put(object, "arguments", describe_arguments(t));
	describe_flag(object, "intervals", t->intervals);
	if (t->interval)
		describe_put(object, "interval", json_object_new_int(t->interval));
	describe_flag(object, "command", t->filters & TOOL_FILTER_TASK);
	describe_put(object, "examples", describe_examples(t));
	describe_put(object, "options", describe_options(t));
	describe_put(object, "views", describe_views(t));
	describe_put(object, "sources", describe_sources(t));
	puts(json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}
