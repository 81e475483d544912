/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a C header with a struct of pointers to what a text has, for bcc_bind(). */
#include <argp.h>
#include <bcc/bcc.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/kernel/map_type.h"
#include "compile_options.h"
#include "globals.h"
#include "json_text.h"
#include "object_meta.h"
#include "program_text.h"
#include "text.h"
#include "verb.h"

struct gen {
	const char *command; /* "bpfcc gen" */
	const char *path, *wished_name;
	bool is_header; /* "header" was said */
	struct compile_options compile;
	char *name; /* of the struct, "opens_bpf" */
	struct bcc *b;
	struct buffer members, bindings, events, asserts;
	char **used; /* names of members */
	size_t used_count;
};

static const struct argp_option gen_options[] = {
	{"name", 'n', "NAME", 0, "Instead of the file's name up to the first dot", 0},
	COMPILE_OPTIONS(0),
	{0},
};

static error_t gen_option(int key, char *argument, struct argp_state *state)
{
	struct gen *g = state->input;

	switch (key) {
	case 'n':
		g->wished_name = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (!g->is_header && strcmp(argument, "header") != 0)
			argp_error(state, "%s: what can be made is a header", argument);
		else if (!g->is_header)
			g->is_header = true;
		else if (g->path)
			argp_error(state, "%s: one file at a time", argument);
		else
			g->path = argument;
		return 0;
	case ARGP_KEY_END:
		if (!g->path)
			argp_error(state, "the word header, or a file, is missing");
		else if (!strcmp(g->path, "-") && !g->wished_name)
			argp_error(state, "what comes from standard input needs --name");
		return 0;
	default:
		return compile_option(&g->compile, key, argument);
	}
}

static const struct argp gen_argp = {
	gen_options,
	gen_option,
	"header FILE",
	"Writes a C header for a program around a text, an object or a package: a struct NAME_bpf of pointers to its tables, "
	"programs and global variables, with their types, and the function NAME_bpf_bind() that sets them. Nothing is loaded."
	"\v"
	"Examples:\n"
	"  bpfcc gen header opens.bpf.c >opens.h\n",
	NULL,
	NULL,
	NULL,
};

/* ---- names ---- */

static bool gen_is_identifier(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

/* Whether a member cannot, or in C++ not, be called so: what bcc.h declares, macros of the standard's headers
 * and of compilers, and the words of C++. */
static bool gen_is_taken(const char *name)
{
	static const char *const words[] = {"NULL", "EOF", "and", "and_eq", "asm", "assert", "auto", "bitand",
		"bitor", "bool", "catch", "class", "compl", "const_cast", "constexpr", "decltype", "delete",
		"dynamic_cast", "errno", "explicit", "export", "false", "friend", "inline", "linux",
		"mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
		"or_eq", "private", "protected", "public", "reinterpret_cast", "restrict", "static_assert",
		"static_cast", "stderr", "stdin", "stdout", "template", "this", "thread_local", "throw",
		"true", "try", "typeid", "typename", "typeof", "unix", "using", "virtual", "wchar_t", "xor",
		"xor_eq"};

	if (!strcmp(name, "bcc") || !strncmp(name, "bcc_", 4) || !strncmp(name, "BCC_", 4))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(name, words[i]))
			return true;
	return false;
}

static bool gen_is_used(const struct gen *g, const char *name)
{
	for (size_t i = 0; i < g->used_count; i++)
		if (!strcmp(g->used[i], name))
			return true;
	return false;
}

/* The name of a member, with underscores after one that is taken. */
static const char *gen_member(struct gen *g, const char *name)
{
	char *member;

	if (asprintf(&member, "%s%s", name, gen_is_taken(name) ? "_" : "") < 0)
		buffer_no_memory();
	while (member && gen_is_used(g, member)) {
		char *longer;

		if (asprintf(&longer, "%s_", member) < 0)
			longer = NULL;
		free(member);
		member = longer;
	}
	if (!member)
		buffer_no_memory();
	g->used = buffer_grow(g->used, (g->used_count + 1) * sizeof(*g->used));
	g->used[g->used_count++] = member;
	return member;
}

/* "opens_bpf" of "/tmp/opens.bpf.c". */
static char *gen_name(const char *path, const char *wished)
{
	const char *slash = strrchr(path, '/'), *base = wished ? wished : slash ? slash + 1 : path;
	char *name;

	/* what begins with an underscore belongs to the compiler, what does with a digit is no name */
	if (asprintf(&name, "%s%.*s_bpf", isalpha((unsigned char)*base) ? "" : "text",
		    (int)strcspn(base, "."), base) < 0)
		buffer_no_memory();
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return name;
}

/* ---- types ---- */

static void gen_indent(struct buffer *out, int depth)
{
	buffer_fill(out, '\t', (size_t)depth);
}

/* A comment on one line, whatever the text has. */
static void gen_comment(struct buffer *out, const char *text)
{
	struct buffer line = {0};

	text_add_printable(&line, text, strlen(text));
	buffer_text(out, "/* ");
	for (size_t i = 0; i < line.size; i++) {
		if (i && line.data[i] == '/' && line.data[i - 1] == '*')
			buffer_char(out, ' ');
		buffer_char(out, line.data[i]);
		if (line.data[i] == '/' && i + 1 < line.size && line.data[i + 1] == '*')
			buffer_char(out, ' ');
	}
	buffer_text(out, " */");
	buffer_free(&line);
}

/* The type of one element in user space; NULL: there is none of the same size. */
static const char *gen_scalar(const struct bcc_field *field)
{
	static const char *const integers[][2] = {{"uint8_t", "int8_t"}, {"uint16_t", "int16_t"},
		{"uint32_t", "int32_t"}, {"uint64_t", "int64_t"}};
	unsigned bytes = field->bit_size / 8;
	int log = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;

	if (field->bit_size % 8 || !bytes || bytes > 8 || bytes & (bytes - 1))
		return NULL;
	switch (field->kind) {
	case BCC_FIELD_BOOL:
		return bytes == 1 ? "bool" : NULL;
	case BCC_FIELD_CHAR:
		return bytes == 1 ? "char" : NULL;
	case BCC_FIELD_FLOAT:
		return bytes == 4 ? "float" : bytes == 8 ? "double" : NULL;
	case BCC_FIELD_UNSIGNED:
	case BCC_FIELD_SIGNED:
	case BCC_FIELD_POINTER: /* an address that means nothing here */
	case BCC_FIELD_ENUM:
		return integers[log][field->is_signed];
	default:
		return NULL;
	}
}

struct gen_layout {
	uint64_t size, align; /* in bytes */
};

static bool gen_struct(struct gen *g, struct buffer *out, const struct bcc_field *fields, int count,
	int depth, struct gen_layout *layout);

/* The type of an element. Returns false if it cannot be written so that a C compiler lays it out likewise. */
static bool gen_element(struct gen *g, struct buffer *out, const struct bcc_field *field, int depth,
	struct gen_layout *layout)
{
	const struct bcc_field *members;
	const char *scalar = gen_scalar(field);
	int count;

	if (scalar) {
		buffer_text(out, scalar);
		layout->size = layout->align = field->bit_size / 8;
		return true;
	}
	if (field->kind != BCC_FIELD_STRUCT || depth > 16)
		return false;
	count = bcc_field_members(g->b, field, &members);
	return count > 0 && gen_struct(g, out, members, count, depth, layout) &&
	       layout->size * 8 == field->bit_size;
}

/* "struct { … }" of members that are where a C compiler puts them: no bit fields, unions, packed structs. */
static bool gen_struct(struct gen *g, struct buffer *out, const struct bcc_field *fields, int count,
	int depth, struct gen_layout *layout)
{
	*layout = (struct gen_layout){.align = 1};
	buffer_text(out, "struct {\n");
	for (int i = 0; i < count; i++) {
		struct gen_layout one;

		gen_indent(out, depth + 1);
		if ((fields[i].is_array && !fields[i].array_elements) || !gen_is_identifier(fields[i].name) ||
			!gen_element(g, out, &fields[i], depth + 1, &one))
			return false;
		buffer_printf(out, " %s%s", fields[i].name, gen_is_taken(fields[i].name) ? "_" : "");
		if (fields[i].is_array)
			buffer_printf(out, "[%u]", fields[i].array_elements);
		buffer_text(out, ";\n");
		layout->size = (layout->size + one.align - 1) / one.align * one.align;
		if (layout->size * 8 != fields[i].bit_offset)
			return false;
		layout->size += one.size * (fields[i].is_array ? fields[i].array_elements : 1);
		if (layout->align < one.align)
			layout->align = one.align;
	}
	layout->size = (layout->size + layout->align - 1) / layout->align * layout->align;
	gen_indent(out, depth);
	buffer_char(out, '}');
	return true;
}

/* The type of what has these fields, and has `bytes`: of a variable or an event. `elements`: of an array, how
 * many; 0: it is none. */
static bool gen_type(struct gen *g, struct buffer *out, const struct bcc_field *fields, int count,
	size_t bytes, uint32_t *elements, int depth)
{
	struct gen_layout layout;

	*elements = 0;
	if (count < 1)
		return false;
	if (*fields->name)
		return gen_struct(g, out, fields, count, depth, &layout) && layout.size == bytes;
	if (count != 1 || (fields->is_array && !fields->array_elements) ||
		!gen_element(g, out, fields, depth, &layout))
		return false;
	*elements = fields->is_array ? fields->array_elements : 0;
	return layout.size * (*elements ? *elements : 1) == bytes;
}

/* ---- members ---- */

/* bcc_bind() finds one thing by a name: two with the same would be pointers to the wrong one. */
static int gen_check(const struct gen *g, const char *name, const void *found)
{
	struct buffer text = {0};
	const void *bound = bcc_variable_find(g->b, name);

	if (!bound)
		bound = bcc_table_find(g->b, name);
	if (!bound)
		bound = bcc_program_find(g->b, name);
	if (gen_is_identifier(name) && bound == found)
		return 0;
	text_add_printable(&text, name, strlen(name));
	verb_fail(g->command, "%s: it has a name %s: \"%.*s\"", g->path,
		bound == found ? "that is none in C" : "twice", (int)text.size, text.data ? text.data : "");
	buffer_free(&text);
	return 1;
}

static void gen_bind(struct gen *g, const char *name, const char *member)
{
	buffer_printf(&g->bindings, "\t\t{\"%s\", &pointers->%s},\n", name, member);
}

static int gen_tables(struct gen *g)
{
	for (size_t i = 0; i < bcc_table_count(g->b); i++) {
		struct bcc_table *table = bcc_table_at(g->b, i);
		struct bcc_table_info info = {.size = sizeof(info)};
		const char *key = bcc_table_key_type(table), *value = bcc_table_value_type(table), *member;
		bcc_auto_free char *comment = NULL;

		if (bcc_table_info(table, &info))
			continue;
		if (gen_check(g, info.name, table))
			return 1;
		member = gen_member(g, info.name);
		if (asprintf(&comment, "%s%s%s%s%s", bcc_map_type_name(info.type), *key ? ", " : "", key,
			    *value ? " -> " : "", value) < 0)
			buffer_no_memory();
		buffer_text(&g->members, "\t");
		gen_comment(&g->members, comment);
		buffer_printf(&g->members, "\n\tstruct bcc_table *%s;\n", member);
		gen_bind(g, info.name, member);
	}
	return 0;
}

static int gen_programs(struct gen *g)
{
	for (size_t i = 0; i < bcc_program_count(g->b); i++) {
		const struct bcc_program *program = bcc_program_at(g->b, i);
		const char *name = bcc_program_name(program), *section = bcc_program_section(program),
			   *member;

		if (gen_check(g, name, program))
			return 1;
		member = gen_member(g, name);
		if (*section) {
			buffer_text(&g->members, "\t");
			gen_comment(&g->members, section);
			buffer_text(&g->members, "\n");
		}
		buffer_printf(&g->members, "\tstruct bcc_program *%s;\n", member);
		gen_bind(g, name, member);
	}
	return 0;
}

static void gen_variable(struct gen *g, struct bcc_variable *variable, const struct bcc_variable_info *info)
{
	const char *member = gen_member(g, info->name);
	const struct bcc_field *fields;
	struct buffer type = {0};
	int count = bcc_variable_fields(variable, &fields);
	uint32_t elements;
	bool known = gen_type(g, &type, fields, count, info->bytes, &elements, 1);

	buffer_text(&g->members, "\t");
	gen_comment(&g->members, bcc_variable_type(variable));
	buffer_text(&g->members, info->is_constant ? "\n\tconst " : "\n\t");
	if (known)
		buffer_add(&g->members, type.data, type.size);
	else
		buffer_text(&g->members, "void");
	if (known && elements)
		buffer_printf(&g->members, " (*%s)[%u];\n", member, elements);
	else
		buffer_printf(&g->members, " *%s;\n", member);
	if (known)
		buffer_printf(&g->asserts, "BCC_SIZE_IS(sizeof(*((struct %s *)0)->%s) == %zu);\n", g->name,
			member, info->bytes);
	gen_bind(g, info->name, member);
	buffer_free(&type);
}

static int gen_variables(struct gen *g)
{
	for (size_t i = 0; i < bcc_variable_count(g->b); i++) {
		struct bcc_variable *variable = bcc_variable_at(g->b, i);
		struct bcc_variable_info info = {.size = sizeof(info)};

		if (bcc_variable_info(variable, &info) || !globals_is_users(info.name))
			continue;
		if (gen_check(g, info.name, variable))
			return 1;
		gen_variable(g, variable, &info);
	}
	return 0;
}

/* A struct for the events of a buffer; the second type of one buffer has a number. */
static void gen_event(struct gen *g, const char *table, size_t index)
{
	const struct bcc_field *fields;
	size_t bytes = 0;
	const char *type = bcc_event_type(g->b, table, index, &bytes);
	int count = bcc_event_fields(g->b, table, index, &fields);
	struct buffer body = {0};
	uint32_t elements;

	if (type && count > 0 && *fields->name && gen_type(g, &body, fields, count, bytes, &elements, 0)) {
		buffer_text(&g->events, "\n");
		gen_comment(&g->events, type);
		buffer_printf(&g->events, "\nstruct %s_%s_event", g->name, table);
		if (index)
			buffer_printf(&g->events, "%zu", index + 1);
		/* behind the word struct */
		buffer_add(&g->events, body.data + 6, body.size - 6);
		buffer_text(&g->events, ";\n");
	}
	buffer_free(&body);
}

static void gen_events(struct gen *g)
{
	for (size_t i = 0; i < bcc_table_count(g->b); i++) {
		struct bcc_table_info info = {.size = sizeof(info)};

		if (bcc_table_info(bcc_table_at(g->b, i), &info))
			continue;
		for (size_t j = 0; j < bcc_event_type_count(g->b, info.name); j++)
			gen_event(g, info.name, j);
	}
}

/* ---- the header ---- */

static void gen_join(struct buffer *out, const struct buffer *part)
{
	if (part->size)
		buffer_add(out, part->data, part->size);
}

static int gen_write(const struct gen *g)
{
	struct buffer out = {0};
	bcc_auto_free char *guard = strdup(g->name);
	bool good;

	if (!guard)
		buffer_no_memory();
	for (char *c = guard; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	buffer_printf(&out,
		"/* What bpfcc gen header has made: change the text, not this. */\n"
		"#ifndef %s_H\n#define %s_H\n\n"
		"#include <bcc/bcc.h>\n#include <stdbool.h>\n#include <stdint.h>\n",
		guard, guard);
	gen_join(&out, &g->events);
	buffer_printf(&out,
		"\n/* Tables, programs and variables; %s_bind() sets the pointers. */\nstruct %s {\n",
		g->name, g->name);
	gen_join(&out, &g->members);
	buffer_text(&out, "};\n");
	if (g->asserts.size) {
		buffer_text(&out,
			"\n#ifdef __cplusplus\n#define BCC_SIZE_IS(known) static_assert(known, \"another size\")\n"
			"#else\n#define BCC_SIZE_IS(known) _Static_assert(known, \"another size\")\n#endif\n");
		gen_join(&out, &g->asserts);
		buffer_text(&out, "#undef BCC_SIZE_IS\n");
	}
	buffer_printf(&out,
		"\n/* Creates the tables and variables, unless they are there. Returns 0, or a negative errno with the reason in\n"
		" * bcc_error(). */\n"
		"static inline int %s_bind(struct bcc *b, struct %s *pointers)\n{\n"
		"\tconst struct bcc_binding bindings[] = {\n",
		g->name, g->name);
	gen_join(&out, &g->bindings);
	buffer_printf(&out, "\t\t{NULL, NULL},\n\t};\n\n\treturn bcc_bind(b, bindings);\n}\n\n#endif\n");
	good = json_flush(&out) && !fflush(stdout);
	buffer_free(&out);
	return good ? 0 : verb_fail(g->command, "the header cannot be written: %s", strerror(errno));
}

/* Tables and programs first: before Linux 5.5 variables have no memory, and bcc_bind() stops there. */
static int gen_text(struct gen *g, const struct program_text *text)
{
	if (text->forms.count)
		return verb_fail(g->command,
			"%s: short forms such as %s are for bpfcc run, which attaches them: write functions",
			g->path, text->forms.targets[0].target);
	g->b = text->b;
	gen_events(g);
	if (gen_tables(g) || gen_programs(g) || gen_variables(g))
		return 1;
	if (!g->used_count)
		return verb_fail(g->command, "%s has neither tables nor programs nor variables", g->path);
	return gen_write(g);
}

static int gen_run(int argc, char **argv)
{
	struct gen g = {.command = argv[0]};
	struct bcc_open_opts opts;
	struct program_text text;
	int status = compile_options_take(&g.compile, &argc, argv, argv[0]);

	if (status || argp_parse(&gen_argp, argc, argv, 0, NULL, &g)) {
		compile_options_free(&g.compile);
		return 2;
	}
	opts = compile_options_open(&g.compile);
	status = 1;
	g.name = gen_name(g.path, g.wished_name);
	if (!program_text_open(&text, g.path, NULL, &opts, 0, argv[0]))
		status = gen_text(&g, &text);
	program_text_close(&text);
	for (size_t i = 0; i < g.used_count; i++)
		free(g.used[i]);
	free(g.used);
	free(g.name);
	compile_options_free(&g.compile);
	buffer_free(&g.members);
	buffer_free(&g.bindings);
	buffer_free(&g.events);
	buffer_free(&g.asserts);
	return status;
}

const struct verb verb_gen = {
	"gen",
	"header FILE",
	"Writes a C header with pointers to what a text has",
	gen_run,
};
