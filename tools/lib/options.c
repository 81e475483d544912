/* SPDX-License-Identifier: Apache-2.0 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "options.h"
#include "report.h"
#include "settings.h"
#include "standard_options.h"

enum { FIRST_KEY = 0x100, OUT_OF_RANGE = 2 };

/* while the command line is read */
static struct {
	const struct tool *tool;
	struct tool_option *options;
	struct argp_state *state;
	char said[64]; /* the option that is being read, as messages name it; "": none */
} parsing;

void tool_usage(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (parsing.state)
		argp_error(parsing.state, "%s%s%s", parsing.said, *parsing.said ? ": " : "", text);
	else
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
	exit(OUT_OF_RANGE);
}

/* ---- the table ---- */

static const struct tool_option *options_find(const struct tool_option *options, const char *name)
{
	for (; options && options->name; options++)
		if (!strcmp(options->name, name))
			return options;
	return NULL;
}

static bool options_use_letter(const struct tool_option *options, int letter, const char *name)
{
	for (; options && options->name; options++)
		if (options->letter == letter && strcmp(options->name, name))
			return true;
	return false;
}

/* A standard option as this tool has it; returns false if it has another one of that name, or none. */
static bool options_adapt(
	const struct tool *t, const struct tool_option *standard, struct tool_option *option)
{
	const struct tool_option *own = options_find(t->options, standard->name);

	if ((own && own->help) || !standard_option_applies(t, standard))
		return false;
	*option = *standard;
	if (own) {
		option->letter = own->letter;
		option->columns = own->columns;
	} else if (options_use_letter(t->options, option->letter, option->name)) {
		option->letter = 0;
	}
	return true;
}

struct tool_option *options_of(const struct tool *t)
{
	size_t room = 1, count = 0;
	struct tool_option *all;

	for (const struct tool_option *o = t->options; o && o->name; o++)
		room++;
	for (const struct tool_option *o = standard_options; o->name; o++)
		room++;
	all = calloc(room, sizeof(*all));
	if (!all)
		buffer_no_memory();
	for (const struct tool_option *o = t->options; o && o->name; o++)
		if (o->help)
			all[count++] = *o;
	for (const struct tool_option *o = standard_options; o->name; o++)
		count += options_adapt(t, o, &all[count]);
	return all;
}

/* ---- reading an option ---- */

static void options_change_columns(const char *changes)
{
	char *joined = NULL;

	if (asprintf(&joined, "%s %s", settings.column_changes ? settings.column_changes : "", changes) < 0)
		buffer_no_memory();
	free(settings.column_changes);
	settings.column_changes = joined;
}

static void options_read_value(const struct tool_option *o, const char *argument)
{
	uint64_t number = 1;

	switch (o->type) {
	case OPTION_FLAG:
		if (o->value)
			*(bool *)o->value = true;
		break;
	case OPTION_NUMBER:
		number = argument_number(argument, o->min, o->max);
		if (o->value)
			*(uint64_t *)o->value = number;
		number *= o->unit ? o->unit : 1;
		break;
	case OPTION_DURATION:
		number = argument_duration(argument, o->unit ? o->unit : 1);
		if (o->value)
			*(uint64_t *)o->value = number;
		break;
	case OPTION_TEXT:
		if (o->value)
			*(const char **)o->value = argument;
		break;
	case OPTION_CUSTOM:
		break;
	}
	if (o->variable && o->type == OPTION_TEXT)
		tool_set(o->variable, argument, strlen(argument) + 1);
	else if (o->variable)
		tool_set_number(o->variable, number);
	if (o->parse)
		o->parse(argument);
	if (o->columns)
		options_change_columns(o->columns);
}

/* argp passes on the value of an option that can be without one only if both are one word. */
static const char *options_next_value(struct argp_state *state)
{
	const char *next = state->next < state->argc ? state->argv[state->next] : NULL;

	if (!next || *next == '-')
		return NULL;
	state->next++;
	return next;
}

static void options_read(size_t index, const char *argument)
{
	const struct tool_option *o = &parsing.options[index];

	if (o->letter)
		snprintf(parsing.said, sizeof(parsing.said), "-%c", o->letter);
	else
		snprintf(parsing.said, sizeof(parsing.said), "--%s", o->name);
	if (o->optional && !argument)
		argument = options_next_value(parsing.state);
	options_read_value(o, argument);
	*parsing.said = '\0';
}

/* The tool's own argument at this place; NULL: it has none there. */
static const struct tool_option *options_argument(const struct tool *t, unsigned place)
{
	for (const struct tool_option *o = t->arguments; o && o->name; o++)
		if (!place-- || (o->repeated && !o[1].name))
			return o;
	return NULL;
}

static unsigned options_argument_count(const struct tool *t)
{
	unsigned count = 0;

	for (const struct tool_option *o = t->arguments; o && o->name; o++)
		count++;
	return count;
}

/* What is no option: the tool's own arguments, interval and count, or a command after "--". */
static void options_read_argument(const char *argument, struct argp_state *state)
{
	bool is_command = state->quoted && state->next > state->quoted;
	unsigned place = state->arg_num - options_argument_count(parsing.tool);
	const struct tool_option *own = options_argument(parsing.tool, state->arg_num);

	if (is_command && parsing.tool->filters & TOOL_FILTER_TASK) {
		settings.command = state->argv + state->next - 1;
		state->next = state->argc;
	} else if (!is_command && own) {
		snprintf(parsing.said, sizeof(parsing.said), "%s", own->name);
		options_read_value(own, argument);
		*parsing.said = '\0';
	} else if (parsing.tool->intervals && !is_command && place < 2) {
		bool is_count = place > 0;

		strcpy(parsing.said, is_count ? "count" : "interval");
		*(is_count ? &settings.count : &settings.interval) = argument_number(argument, 1, INT_MAX);
		*parsing.said = '\0';
	} else {
		tool_usage("unexpected argument '%s'", argument);
	}
}

static error_t options_key(int key, char *argument, struct argp_state *state)
{
	parsing.state = state;
	if (key == ARGP_KEY_ARG) {
		options_read_argument(argument, state);
		return 0;
	}
	if (key == ARGP_KEY_END) {
		if (parsing.tool->set_up)
			parsing.tool->set_up();
		return 0;
	}
	if (key == 'h') {
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK);
		exit(report_output());
	}
	for (size_t i = 0; parsing.options[i].name; i++)
		if (key == (int)(FIRST_KEY + i) || (key < FIRST_KEY && key == parsing.options[i].letter)) {
			options_read(i, argument);
			return 0;
		}
	return ARGP_ERR_UNKNOWN;
}

/* ---- --help ---- */

/* Whether there is an option to be shown under the group's heading; --help itself is one of the last. */
static bool options_has_group(const struct tool_option *options, int group)
{
	if (group == OPTION_RUNNING)
		return true;
	for (; options->name; options++)
		if ((int)options->group == group && !options->hidden)
			return true;
	return false;
}

static struct argp_option *options_for_argp(const struct tool *t, const struct tool_option *options)
{
	static const char *const groups[] = {
		[OPTION_FILTERS] = "Filters:", [OPTION_OUTPUT] = "Output:", [OPTION_RUNNING] = "Running:"};
	size_t count = 0, room = 5 + options_argument_count(t);
	struct argp_option *made;

	while (options[count].name)
		count++;
	made = calloc(count + room, sizeof(*made));
	if (!made)
		buffer_no_memory();
	for (size_t i = 0; i < count; i++) {
		const struct tool_option *o = &options[i];

		made[i] = (struct argp_option){.name = o->name,
			.key = o->letter ? o->letter : (int)(FIRST_KEY + i),
			.arg = o->argument,
			.flags = (o->hidden ? OPTION_HIDDEN : 0) | (o->optional ? OPTION_ARG_OPTIONAL : 0),
			.doc = o->help,
			.group = o->group + 1};
	}
	for (const struct tool_option *o = t->arguments; o && o->name; o++)
		made[count++] = (struct argp_option){.name = o->name,
			.doc = o->help,
			.flags = OPTION_DOC | OPTION_NO_USAGE,
			.group = OPTION_OWN + 1};
	for (int group = OPTION_FILTERS; group <= OPTION_RUNNING; group++)
		if (options_has_group(options, group))
			made[count++] = (struct argp_option){.doc = groups[group], .group = group + 1};
	made[count] = (struct argp_option){
		.name = "help", .key = 'h', .doc = "show this help and exit", .group = OPTION_RUNNING + 1};
	return made;
}

static void options_add_columns(struct buffer *b, const struct tool_column *columns)
{
	if (!columns)
		return;
	buffer_text(b, "\nColumns:\n");
	for (; columns->name; columns++)
		buffer_printf(b, "  %-12s %s%s\n", columns->name, columns->help ? columns->help : "",
			columns->hidden ? " (not shown by default)" : "");
}

static char *options_arguments_doc(const struct tool *t)
{
	struct buffer b = {0};

	for (const struct tool_option *o = t->arguments; o && o->name; o++)
		buffer_printf(&b, "[%s%s] ", o->name, o->repeated ? "..." : "");
	if (t->intervals)
		buffer_text(&b, "[INTERVAL [COUNT]] ");
	if (t->filters & TOOL_FILTER_TASK)
		buffer_text(&b, "[-- COMMAND...] ");
	if (b.size)
		b.size--;
	buffer_char(&b, '\0');
	return b.data;
}

static char *options_doc(const struct tool *t)
{
	struct buffer b = {0};

	buffer_printf(&b, "%s\v", t->purpose);
	if (t->examples[0].arguments)
		buffer_text(&b, "Examples:\n");
	for (size_t i = 0; i < sizeof(t->examples) / sizeof(t->examples[0]) && t->examples[i].arguments; i++)
		buffer_printf(
			&b, "  %s %s\n      %s\n", t->name, t->examples[i].arguments, t->examples[i].shows);
	if (t->view->kind != TOOL_HISTOGRAM)
		options_add_columns(&b, t->view->columns);
	buffer_char(&b, '\0');
	return b.data;
}

/* Without argp's note about options with two names. */
static char *options_help_filter(int key, const char *text, void *input)
{
	return key == ARGP_KEY_HELP_DUP_ARGS_NOTE ? NULL : (char *)text;
}

void options_parse(const struct tool *t, int argc, char **argv)
{
	struct argp_option *made;
	struct argp argp = {.parser = options_key, .help_filter = options_help_filter};
	char *doc, *arguments;

	parsing.tool = t;
	parsing.options = options_of(t);
	made = options_for_argp(t, parsing.options);
	doc = options_doc(t);
	argp.options = made;
	argp.doc = doc;
	arguments = options_arguments_doc(t);
	argp.args_doc = arguments;
	settings.interval = t->interval;
	/* scripts that call BCC's tools expect 2 for wrong options; argp's own is 64 */
	argp_err_exit_status = OUT_OF_RANGE;
	/* in order: else what is before "--" would come to stand behind it */
	if (argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_IN_ORDER, NULL, NULL))
		exit(OUT_OF_RANGE);
	parsing.state = NULL;
	free(doc);
	free(arguments);
	free(made);
	free(parsing.options);
	parsing.options = NULL;
}
