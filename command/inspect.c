/* SPDX-License-Identifier: Apache-2.0 */
/* Shows what a text, an object or a package has, and loads none of it. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libbcc/kernel/map_type.h"
#include "compile_options.h"
#include "globals.h"
#include "json_text.h"
#include "object_meta.h"
#include "program_text.h"
#include "text.h"
#include "verb.h"

struct inspect {
	const char *path;
	bool json;
	struct compile_options compile;
};

static const struct argp_option inspect_options[] = {
	{"json", 'j', NULL, 0, "Print a JSON object", 0},
	COMPILE_OPTIONS(0),
	{0},
};

static error_t inspect_option(int key, char *argument, struct argp_state *state)
{
	struct inspect *inspect = state->input;

	switch (key) {
	case 'j':
		inspect->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (inspect->path)
			argp_error(state, "%s: one file at a time", argument);
		inspect->path = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a file is missing");
		return 0;
	default:
		return compile_option(&inspect->compile, key, argument);
	}
}

static const struct argp inspect_argp = {
	inspect_options,
	inspect_option,
	"FILE",
	"Shows the programs, tables, variables and events of a file: a text, an object (of clang, of bpftool), or a package of "
	"eunomia-bpf; - is standard input. Nothing is loaded."
	"\v"
	"Examples:\n"
	"  bpfcc inspect opens.bpf.o     what it has\n"
	"  bpfcc inspect -j opens.json   for other programs\n",
	NULL,
	NULL,
	NULL,
};

static void inspect_text(struct buffer *out, const char *text)
{
	text_add_printable(out, text, strlen(text));
}

static void inspect_programs(struct buffer *out, struct bcc *b)
{
	buffer_text(out, bcc_program_count(b) ? "programs:\n" : "");
	for (size_t i = 0; i < bcc_program_count(b); i++) {
		const char *section = bcc_program_section(bcc_program_at(b, i));

		buffer_text(out, "  ");
		inspect_text(out, bcc_program_name(bcc_program_at(b, i)));
		buffer_text(out, *section ? ": " : "");
		inspect_text(out, section);
		buffer_char(out, '\n');
	}
}

static void inspect_tables(struct buffer *out, struct bcc *b)
{
	buffer_text(out, bcc_table_count(b) ? "tables:\n" : "");
	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct bcc_table *table = bcc_table_at(b, i);
		struct bcc_table_info info = {.size = sizeof(info)};
		const char *key = bcc_table_key_type(table), *value = bcc_table_value_type(table);

		if (bcc_table_info(table, &info))
			continue;
		buffer_text(out, "  ");
		inspect_text(out, info.name);
		buffer_printf(out, ": %s, %u entries", bcc_map_type_name(info.type), info.max_entries);
		buffer_text(out, *key ? ", " : "");
		inspect_text(out, key);
		buffer_text(out, *value ? " -> " : "");
		inspect_text(out, value);
		buffer_char(out, '\n');
	}
}

/* As C has it, behind the variable. */
static void inspect_comment(struct buffer *out, const struct program_text *p, const char *variable)
{
	char *comment = program_text_comment(p, variable);

	buffer_text(out, comment ? " /* " : "");
	inspect_text(out, comment ? comment : "");
	buffer_text(out, comment ? " */" : "");
	free(comment);
}

static void inspect_variables(struct buffer *out, const struct program_text *p)
{
	struct bcc *b = p->b;
	bool any = false;

	for (size_t i = 0; i < bcc_variable_count(b); i++) {
		struct bcc_variable *variable = bcc_variable_at(b, i);
		struct bcc_variable_info info = {.size = sizeof(info)};

		if (bcc_variable_info(variable, &info) || !globals_is_users(info.name))
			continue;
		buffer_text(out, any ? "  " : "variables:\n  ");
		any = true;
		inspect_text(out, info.name);
		buffer_text(out, info.is_constant ? ": const " : ": ");
		inspect_text(out, bcc_variable_type(variable));
		inspect_comment(out, p, info.name);
		buffer_char(out, '\n');
	}
}

static void inspect_events(struct buffer *out, struct bcc *b)
{
	bool any = false;

	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct bcc_table_info info = {.size = sizeof(info)};

		if (bcc_table_info(bcc_table_at(b, i), &info))
			continue;
		for (size_t j = 0; j < bcc_event_type_count(b, info.name); j++) {
			size_t bytes;
			const char *type = bcc_event_type(b, info.name, j, &bytes);

			buffer_text(out, any ? "  " : "events:\n  ");
			any = true;
			inspect_text(out, info.name);
			buffer_text(out, ": ");
			inspect_text(out, type ? type : "");
			buffer_char(out, '\n');
		}
	}
}

static int inspect_run(int argc, char **argv)
{
	struct inspect inspect = {0};
	struct bcc_open_opts opts;
	struct program_text text;
	struct buffer out = {0};
	int status = compile_options_take(&inspect.compile, &argc, argv, argv[0]);

	if (status || argp_parse(&inspect_argp, argc, argv, 0, NULL, &inspect)) {
		compile_options_free(&inspect.compile);
		return 2;
	}
	opts = compile_options_open(&inspect.compile);
	status = 1;
	if (!program_text_open(&text, inspect.path, NULL, &opts, 0, argv[0])) {
		if (inspect.json) {
			object_meta_add(&out, &text, inspect.path);
			buffer_char(&out, '\n');
		} else {
			inspect_programs(&out, text.b);
			inspect_tables(&out, text.b);
			inspect_variables(&out, &text);
			inspect_events(&out, text.b);
		}
		status = json_flush(&out) && !fflush(stdout)
				 ? 0
				 : verb_fail(argv[0], "the output cannot be written: %s", strerror(errno));
	}
	buffer_free(&out);
	program_text_close(&text);
	compile_options_free(&inspect.compile);
	return status;
}

const struct verb verb_inspect = {
	"inspect",
	"FILE",
	"Shows what a text, an object or a package has",
	inspect_run,
};
