/* SPDX-License-Identifier: Apache-2.0 */
#include <argp.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "globals.h"
#include "text.h"
#include "typed.h"
#include "writer.h"

/* ---- the command line ---- */

static const struct argp_option *globals_option(
	const struct argp_option *options, const char *name, size_t length)
{
	for (; options->name || options->key || options->doc; options++)
		if (options->name && strlen(options->name) == length && !strncmp(options->name, name, length))
			return options;
	return NULL;
}

/* Whether the last of some short options takes the next word as its argument: "-vi" "1". */
static bool globals_short_takes_next(const struct argp_option *options, const char *letters)
{
	for (; *letters; letters++) {
		const struct argp_option *o = options;

		while ((o->name || o->key || o->doc) && o->key != *letters)
			o++;
		if (o->key && o->arg)
			return !letters[1];
	}
	return false;
}

static bool globals_is_value(const char *word)
{
	/* a negative number is a value too */
	return word && (*word != '-' || isdigit((unsigned char)word[1]) || !word[1]);
}

size_t globals_take(int *argc, char **argv, const struct argp_option *options, struct global *globals)
{
	size_t count = 0;
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		const char *word = argv[i];
		size_t length = strcspn(word, "=");
		const struct argp_option *option;

		if (word[0] == '-' && word[1] == '-') {
			option = globals_option(options, word + 2, length - 2);
			if (!option) {
				globals[count] = (struct global){.name = word + 2, .value = NULL};
				if (word[length]) {
					argv[i][length] = '\0';
					globals[count].value = word + length + 1;
				} else if (globals_is_value(argv[i + 1])) {
					globals[count].value = argv[++i];
				}
				count++;
				continue;
			}
			argv[kept++] = argv[i];
			if (option->arg && !word[length] && i + 1 < *argc)
				argv[kept++] = argv[++i];
			continue;
		}
		argv[kept++] = argv[i];
		if (word[0] == '-' && globals_short_takes_next(options, word + 1) && i + 1 < *argc)
			argv[kept++] = argv[++i];
	}
	argv[kept] = NULL;
	*argc = kept;
	return count;
}

/* ---- setting ---- */

int globals_set(struct program_text *p, struct global *globals, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		struct bcc_variable *v = bcc_variable_find(p->b, globals[i].name);
		const struct bcc_field *field;

		if (!v)
			continue;
		globals[i].used = true;
		if (!globals[i].value && (bcc_variable_fields(v, &field) != 1 ||
						 field->kind != BCC_FIELD_BOOL || field->is_array)) {
			fprintf(stderr, "%s: --%s needs a value: it is %s\n", name, globals[i].name,
				bcc_variable_type(v));
			return -1;
		}
		if (bcc_variable_set_text(v, globals[i].value ? globals[i].value : "true")) {
			fprintf(stderr, "%s: --%s\n", name, bcc_error(p->b));
			return -1;
		}
	}
	return 0;
}

bool globals_set_process(struct program_text *p, int pid)
{
	static const char *const names[] = {"targ_pid", "target_pid", "filter_pid", "targ_tgid",
		"target_tgid", "filter_tgid", "pid", "tgid", NULL};
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	for (size_t i = 0; names[i]; i++) {
		struct bcc_variable *v = bcc_variable_find(p->b, names[i]);

		if (v && !bcc_variable_set_text(v, text))
			return true;
	}
	return false;
}

/* ---- the list ---- */

/* A variable's value as it would be written. */
static void globals_add_value(
	struct program_text *p, struct bcc_variable *v, size_t bytes, struct buffer *out)
{
	struct writer w = {.format = WRITER_TABLE, .time_format = -1};
	char *data = buffer_grow(NULL, bytes + 1);
	struct typed *columns = typed_new(p->b);
	const struct bcc_field *fields;
	int count = bcc_variable_fields(v, &fields);
	struct value value = {.kind = VALUE_NONE};

	typed_add(columns, fields, count == 1 ? 1 : 0, 0, SIZE_MAX, "value");
	if (typed_count(columns) == 1 && !bcc_variable_get(v, data, bytes))
		column_get(typed_columns(columns), &(struct tool_row){.data = data, .size = bytes}, &value);
	if (value.kind == VALUE_TEXT && fields->is_char) {
		buffer_printf(out, "\"%.*s\"", (int)value.length, value.text);
	} else if (value.kind == VALUE_TEXT) {
		buffer_add(out, value.text, value.length);
	} else if (value.kind == VALUE_BOOL) {
		buffer_text(out, value.number ? "true" : "false");
	} else if (value.kind == VALUE_LIST) {
		for (const char *at = value.text; at < value.text + value.length; at += strlen(at) + 1)
			buffer_printf(out, "%s%s", at == value.text ? "" : ",", at);
	} else if (value.kind != VALUE_NONE) {
		writer_number(&w, typed_columns(columns), &value);
		buffer_add(out, w.out.data, w.out.size);
	}
	buffer_free(&w.out);
	typed_free(columns);
	free(data);
}

bool globals_is_users(const char *name)
{
	return strncmp(name, "__", 2) && !strchr(name, '.') && strcmp(name, "LICENSE") &&
	       strcmp(name, "license");
}

void globals_list(struct program_text *p, FILE *out)
{
	size_t listed = 0;

	for (size_t i = 0; i < bcc_variable_count(p->b); i++) {
		struct bcc_variable *v = bcc_variable_at(p->b, i);
		struct bcc_variable_info info = {.size = sizeof(info)};
		struct buffer value = {0};
		char *comment;

		if (bcc_variable_info(v, &info) || !globals_is_users(info.name))
			continue;
		if (!listed++)
			fprintf(out, "\nVariables of %s, which are options too:\n", p->name);
		globals_add_value(p, v, info.bytes, &value);
		fprintf(out, "  --%s=VALUE  (%s%s%.*s)\n", info.name, bcc_variable_type(v),
			value.size ? ", " : "", (int)value.size, value.size ? value.data : "");
		comment = program_text_comment(p, info.name);
		value.size = 0;
		text_add_printable(&value, comment ? comment : "", comment ? strlen(comment) : 0);
		if (comment)
			fprintf(out, "          %.*s\n", (int)value.size, value.data);
		free(comment);
		buffer_free(&value);
	}
	if (!listed)
		fprintf(out, "\n%s has no variables that could be set.\n", p->name);
}
