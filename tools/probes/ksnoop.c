/* SPDX-License-Identifier: Apache-2.0 */
#include "ksnoop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "common/array.h"
#include "kernel_type.h"
#include "settings.h"
#include "text.h"
#include "trace.h"
#include "writer.h"

enum {
	FUNCTIONS = CHAIN_MOST / 2, /* each has two programs */
	VALUES = 16,		    /* of a function */
	REGISTERS = 6,
	MOST_MEMORY = 2048, /* of a value */
	MOST_TEXT = 256,    /* with the NUL */
	MOST_BYTES = 16384, /* of an event */
	NAME_INDENT = 35,
	VALUE_INDENT = 36,
};

/* What is shown of a call. */
struct wanted {
	char *name;	  /* as it was typed: "skb->len" */
	char *expression; /* of C */
	bool at_return;	  /* it is made of the result */
	bool is_pointer;  /* what it points to is shown */
	uint32_t type;	  /* of what is shown */
	uint32_t memory;  /* so much of that is read; 0: it is in the value itself */
	bool is_text;	  /* that is text */
	char *condition;  /* NULL: none */
};

static struct function {
	const char *text; /* as it was typed */
	char *name;
	struct kernel_function *types;
	struct wanted wanted[VALUES];
	size_t count;
} functions[FUNCTIONS];

static unsigned function_count;

/* What a program shows. */
static struct shown {
	struct function *function;
	bool at_return;
	struct wanted *wanted[VALUES];
	size_t count;
	char *spec; /* in trace's words */
} shown[ASKED_MOST];

static const char *arguments_given[FUNCTIONS + 1];
static unsigned argument_count;
static bool is_chain;

/* ---- what is asked for ---- */

/* "skb->len" of tokens: its type. Returns false after it has set the error. */
static bool ksnoop_type(struct token_reader *r, struct function *f, struct wanted *w, uint32_t *type,
	struct buffer *expression)
{
	struct token first = r->now;
	uint32_t result = kernel_function_result(f->types), to;
	bool is_known = false;

	if (first.kind != TOKEN_NAME) {
		token_miss(r, "the name of an argument, or 'return'");
		return false;
	}
	w->at_return = token_is(&first, "return");
	if (w->at_return) {
		*type = result;
		is_known = result;
		buffer_text(expression, "((");
		if (kernel_type_is_pointer(f->types, result, &to) && kernel_type_is_struct(f->types, to)) {
			kernel_type_name(f->types, to, expression);
			buffer_text(expression, " *");
		} else {
			buffer_printf(expression, "%s %s",
				kernel_type_is_signed(f->types, result) ? "signed" : "unsigned",
				kernel_type_size(f->types, result) == 1	  ? "char"
				: kernel_type_size(f->types, result) == 2 ? "short"
				: kernel_type_size(f->types, result) == 4 ? "int"
									  : "long long");
		}
		buffer_text(expression, ")retval)");
	}
	for (size_t i = 0; i < kernel_function_count(f->types) && !w->at_return && !is_known; i++) {
		is_known = token_is(&first, kernel_function_name(f->types, i));
		*type = kernel_function_argument(f->types, i);
	}
	if (!w->at_return)
		buffer_add(expression, first.text, first.length);
	if (!is_known) {
		token_fail(r, first.text, w->at_return ? "%s() returns nothing" : "%s() has no such argument",
			f->name);
		return false;
	}
	token_next(r);
	return true;
}

static bool ksnoop_members(
	struct token_reader *r, const struct function *f, uint32_t *type, struct buffer *expression)
{
	while (token_is(&r->now, "->") || token_is(&r->now, ".")) {
		struct token operator= r->now;
		uint32_t of = *type;

		if (token_is(&operator, "->") && !kernel_type_is_pointer(f->types, *type, &of)) {
			token_fail(r, operator.text, "what is before it is not a pointer");
			return false;
		}
		if (!kernel_type_is_struct(f->types, of)) {
			token_fail(r, operator.text, "what is before it has no members");
			return false;
		}
		token_next(r);
		if (r->now.kind != TOKEN_NAME ||
			!kernel_type_member(f->types, of, r->now.text, r->now.length, type)) {
			token_fail(r, r->now.text, "there is no such member");
			return false;
		}
		buffer_add(expression, operator.text, operator.length);
		buffer_add(expression, r->now.text, r->now.length);
		token_next(r);
	}
	return true;
}

/* "> 128", if it comes now: the condition. */
static void ksnoop_condition(struct token_reader *r, struct wanted *w)
{
	static const char *const operators[] = {"==", "!=", ">", ">=", "<", "<="};
	const char *from = r->now.text;
	bool is_one = false;
	struct tree *value;

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		is_one |= token_is(&r->now, operators[i]);
	if (!is_one)
		return;
	if (w->memory && !w->is_pointer) {
		token_fail(r, from, "a struct or an array cannot be compared");
		return;
	}
	token_next(r);
	value = tree_read(r);
	tree_free(value);
	if (!r->failed &&
		asprintf(&w->condition, "(%s %.*s)", w->expression, (int)(r->now.text - from), from) < 0)
		buffer_no_memory();
}

/* Where the value is, by its type. */
static void ksnoop_place(const struct function *f, struct wanted *w, uint32_t type)
{
	size_t size;
	uint32_t to;

	w->type = type;
	if (kernel_type_is_pointer(f->types, type, &to) && kernel_type_size(f->types, to)) {
		w->is_pointer = true;
		w->type = to;
	}
	size = kernel_type_size(f->types, w->type);
	w->is_text = w->is_pointer && kernel_type_is_char(f->types, w->type);
	if (w->is_text)
		w->memory = MOST_TEXT;
	else if (w->is_pointer || size > sizeof(uint64_t) || kernel_type_is_struct(f->types, type) ||
		 kernel_type_is_array(f->types, type))
		w->memory = size < MOST_MEMORY ? size : MOST_MEMORY;
}

static char *ksnoop_keep(const struct buffer *b)
{
	char *text = strndup(b->size ? b->data : "", b->size);

	if (!text)
		buffer_no_memory();
	return text;
}

static void ksnoop_read_value(struct token_reader *r, struct function *f)
{
	struct buffer expression = {0};
	const char *from = r->now.text;
	struct wanted *w = &f->wanted[f->count];
	uint32_t type = 0;

	if (f->count == VALUES) {
		token_fail(r, from, "there are more than %d values", VALUES);
		return;
	}
	if (ksnoop_type(r, f, w, &type, &expression) && ksnoop_members(r, f, &type, &expression)) {
		const char *end = r->now.text;

		while (end[-1] == ' ')
			end--;
		f->count++;
		w->name = ksnoop_keep(&(struct buffer){.data = (char *)from, .size = end - from});
		w->expression = ksnoop_keep(&expression);
		ksnoop_place(f, w, type);
		ksnoop_condition(r, w);
	}
	buffer_free(&expression);
}

/* All arguments, and the result. */
static void ksnoop_want_all(struct function *f)
{
	for (size_t i = 0; i < kernel_function_count(f->types) && i < REGISTERS && f->count < VALUES; i++) {
		const char *name = kernel_function_name(f->types, i);
		uint32_t type = kernel_function_argument(f->types, i);
		struct wanted *w = &f->wanted[f->count];

		/* where those behind a large one are is not known */
		if (kernel_type_size(f->types, type) > sizeof(uint64_t))
			break;
		if (!*name || kernel_type_is_struct(f->types, type))
			continue;
		f->count++;
		w->name = ksnoop_keep(&(struct buffer){.data = (char *)name, .size = strlen(name)});
		w->expression = ksnoop_keep(&(struct buffer){.data = (char *)name, .size = strlen(name)});
		ksnoop_place(f, w, type);
	}
	if (kernel_function_result(f->types) && f->count < VALUES &&
		!kernel_type_is_struct(f->types, kernel_function_result(f->types))) {
		struct wanted *w = &f->wanted[f->count++];

		w->name = ksnoop_keep(&(struct buffer){.data = "return", .size = strlen("return")});
		w->expression = ksnoop_keep(&(struct buffer){.data = "retval", .size = strlen("retval")});
		w->at_return = true;
		ksnoop_place(f, w, kernel_function_result(f->types));
	}
}

static void ksnoop_read_function(const char *text)
{
	struct function *f = &functions[function_count];
	struct probe_error error = {0};
	struct token_reader r;

	if (function_count == FUNCTIONS)
		tool_usage("there are more than %d functions", FUNCTIONS);
	function_count++;
	f->text = text;
	token_open(&r, text, text, text + strlen(text), &error);
	if (r.now.kind == TOKEN_NAME) {
		f->name = ksnoop_keep(&(struct buffer){.data = (char *)r.now.text, .size = r.now.length});
		f->types = kernel_function_open(f->name);
		if (!f->types)
			tool_usage("the kernel's BTF has no function %s", f->name);
		token_next(&r);
	} else {
		token_miss(&r, "the name of a function of the kernel");
	}
	if (token_takes(&r, "(")) {
		do
			ksnoop_read_value(&r, f);
		while (token_takes(&r, ","));
		token_wants(&r, ")");
	} else if (!r.failed) {
		ksnoop_want_all(f);
	}
	if (!r.failed && r.now.kind != TOKEN_END)
		token_miss(&r, "the end");
	if (r.failed)
		argument_wrong_at(text, error.column, error.why);
}

/* ---- programs ---- */

/* Adds what a program shows, in trace's words. `all`: at the return, also what is made of arguments. */
static void ksnoop_add_program(struct function *f, bool at_return, bool all, bool is_silent)
{
	struct shown *s = &shown[asked_count];
	struct buffer conditions = {0}, values = {0}, format = {0};
	struct probe_error error;
	struct asked *a;

	s->function = f;
	s->at_return = at_return;
	for (size_t i = 0; i < f->count; i++) {
		struct wanted *w = &f->wanted[i];

		if (w->at_return != at_return && !all)
			continue;
		if (w->condition)
			buffer_printf(&conditions, "%s%s", conditions.size ? " && " : "", w->condition);
		buffer_text(&format, "%llx");
		buffer_printf(&values, ", %s%s", w->memory && !w->is_pointer ? "&" : "", w->expression);
		s->wanted[s->count++] = w;
	}
	if (is_silent) {
		conditions.size = 0;
		buffer_char(&conditions, '0');
	}
	if (asprintf(&s->spec, "%s::%s%s%.*s%s%s%.*s%s%.*s", at_return ? "r" : "p", f->name,
		    conditions.size ? " (" : "", (int)conditions.size, conditions.size ? conditions.data : "",
		    conditions.size ? ")" : "", format.size ? " \"" : "", (int)format.size,
		    format.size ? format.data : "", format.size ? "\"" : "", (int)values.size,
		    values.size ? values.data : "") < 0)
		buffer_no_memory();
	a = asked_new(f->text);
	if (spec_read_trace(&a->spec, s->spec, &error))
		asked_wrong(a, &error);
	for (size_t i = 0; i < s->count; i++) {
		a->spec.values[i].memory = s->wanted[i]->memory;
		a->spec.values[i].memory_is_text = s->wanted[i]->is_text;
	}
	buffer_free(&conditions);
	buffer_free(&values);
	buffer_free(&format);
}

/* Where arguments and the result are asked for, and a condition, the result decides about the arguments: they
 * are shown with it. */
static void ksnoop_add_programs(struct function *f)
{
	size_t entries = 0, results = 0, conditions = 0;
	bool is_whole = !strchr(f->text, '(');

	for (size_t i = 0; i < f->count; i++) {
		*(f->wanted[i].at_return ? &results : &entries) += 1;
		conditions += f->wanted[i].condition != NULL;
	}
	if (entries && results && conditions) {
		ksnoop_add_program(f, true, true, false);
		return;
	}
	if (entries || is_whole || is_chain)
		ksnoop_add_program(f, false, false, !entries && !is_whole);
	if (results || is_whole || is_chain)
		ksnoop_add_program(f, true, false, !results && !is_whole);
}

static void ksnoop_write_programs(void)
{
	const struct program_options options = {0};
	struct chain_place chain[CHAIN_MOST] = {0};
	struct buffer text = {0};

	for (unsigned i = 0; i < asked_count; i++) {
		asked_write(&text, i, &options);
		if (asked[i].program.size > MOST_BYTES)
			tool_usage("%s: its values take %u bytes, and there is room for %d",
				shown[i].function->text, asked[i].program.size, MOST_BYTES);
		if (!is_chain)
			continue;
		chain[i].depth = (uint32_t)(shown[i].function - functions) + 1;
		chain[i].is_end = shown[i].at_return && !asked[i].program.entry_name;
	}
	tool_set("chain", chain, sizeof(chain));
	tool_add_text(text.data, text.size);
	buffer_free(&text);
}

/* ---- what is printed ---- */

static struct buffer lines, printed;

static const char *ksnoop_values(const struct event *e)
{
	return (const char *)(e + 1);
}

static bool ksnoop_row_is_whole(const struct tool_row *row)
{
	const struct event *e = row->data;

	return e->probe < asked_count && row->size >= sizeof(*e) + asked[e->probe].program.size;
}

/* Text in quotation marks; "..." follows if it is longer. */
static void ksnoop_print_text(const char *text, size_t size, int indent)
{
	size_t length = strnlen(text, size);

	buffer_printf(&printed, "%*s\"", indent < 0 ? 0 : indent, "");
	text_add_printable(&printed, text, length);
	buffer_text(&printed, length + 1 < size ? "\"" : "\"...");
}

/* The value, after `indent` blanks, or in one line if that is negative. */
static void ksnoop_print_value(const struct shown *s, const struct wanted *w,
	const struct program_field *field, const char *at, int indent)
{
	size_t size = kernel_type_size(s->function->types, w->type);
	uint64_t number, is_read = true;

	memcpy(&number, at, sizeof(number));
	if (field->memory)
		memcpy(&is_read, at + sizeof(number), sizeof(is_read));
	printed.size = 0;
	if (!is_read)
		buffer_printf(&printed, "%*s/* its memory could not be read */", indent < 0 ? 0 : indent, "");
	else if (w->is_text)
		ksnoop_print_text(at + sizeof(number) + sizeof(is_read), field->memory, indent);
	else if (field->memory)
		kernel_type_print(s->function->types, w->type, at + sizeof(number) + sizeof(is_read),
			field->memory, indent, &printed);
	else if (size && size <= sizeof(number))
		kernel_type_print(s->function->types, w->type,
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
			(const char *)&number + sizeof(number) - size,
#else
			&number,
#endif
			size, indent, &printed);
	else
		buffer_printf(&printed, "%*s0x%" PRIx64, indent < 0 ? 0 : indent, "", number);
}

/* Adds what has been printed, with a comma behind if more follows; its lines are texts of the list. */
static void ksnoop_add_printed(bool has_more)
{
	for (size_t i = 0; i < printed.size; i++)
		buffer_char(&lines, printed.data[i] == '\n' ? '\0' : printed.data[i]);
	buffer_text(&lines, has_more ? "," : "");
	buffer_char(&lines, '\0');
}

static void ksnoop_arguments(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const struct shown *s = &shown[e->probe];
	bool is_table = settings.format == WRITER_TABLE;

	lines.size = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct program_field *field = &asked[e->probe].program.fields[i];
		const char *at = ksnoop_values(e) + field->offset;
		uint64_t number;

		memcpy(&number, at, sizeof(number));
		buffer_printf(&lines, "%*s%s = ", is_table ? NAME_INDENT : 0, "", s->wanted[i]->name);
		if (s->wanted[i]->is_pointer)
			buffer_printf(&lines, "*(0x%" PRIx64 ")%s", number, is_table ? "" : " ");
		if (is_table)
			buffer_char(&lines, '\0');
		ksnoop_print_value(s, s->wanted[i], field, at, is_table ? VALUE_INDENT : -1);
		ksnoop_add_printed(is_table && i + 1 < s->count);
	}
	if (is_table) {
		buffer_printf(&lines, "%31s);", "");
		buffer_char(&lines, '\0');
	}
	value_text(value, lines.size ? lines.data : "", lines.size);
	value->kind = VALUE_LIST;
}

static void ksnoop_name(const struct tool_row *row, struct value *value)
{
	const char *name = shown[((const struct event *)row->data)->probe].function->name;
	static char text[256];

	snprintf(text, sizeof(text), "%s%s", name, settings.format == WRITER_TABLE ? "(" : "");
	value_text(value, text, strlen(text));
}

static void ksnoop_when(const struct tool_row *row, struct value *value)
{
	const char *when = shown[((const struct event *)row->data)->probe].at_return ? "return" : "entry";

	value_text(value, when, strlen(when));
}

static const struct tool_column columns[] = {
	COLUMN("TIME", 16, task.time, "nanoseconds since boot", .not_in_json = true),
	COLUMN("CPU", 4, cpu, "processor"),
	COLUMN("PID", 8, task.pid, "process"),
	COLUMN("COMM", 16, task.comm, "name of the thread", .hidden = true, .in_json = true),
	COLUMN_BY("WHEN", -6, VALUE_TEXT, ksnoop_when, "entry or return", .hidden = true, .in_json = true),
	COLUMN_BY("FUNCTION/ARGS", 0, VALUE_TEXT, ksnoop_name, "function", .json = "function"),
	COLUMN_BY("ARGS", 0, VALUE_LIST, ksnoop_arguments, "its arguments, or what it returns", .below = ""),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = ksnoop_row_is_whole,
};

/* ---- the tool ---- */

static void ksnoop_argument(const char *argument)
{
	if (argument_count == ARRAY_SIZE(arguments_given))
		tool_usage("there are more than %d functions", FUNCTIONS);
	arguments_given[argument_count++] = argument;
}

/* Declarations of all functions; ends the program. */
__attribute__((noreturn)) static void ksnoop_info(void)
{
	struct buffer text = {0};
	bool failed;

	for (unsigned i = 0; i < function_count; i++) {
		kernel_function_declare(functions[i].types, functions[i].name, &text);
		buffer_char(&text, '\n');
	}
	failed = fwrite(text.data, 1, text.size, stdout) != text.size || fflush(stdout);
	buffer_free(&text);
	exit(failed);
}

static void ksnoop_set_up(void)
{
	bool is_info = argument_count && !strcmp(arguments_given[0], "info");
	unsigned first = is_info || (argument_count && !strcmp(arguments_given[0], "trace"));

	if (settings.describe)
		return;
	if (first == argument_count && !settings.dump_text)
		tool_usage("which functions? For example: trace 'vfs_read(file, count > 4096, return)'");
	for (unsigned i = first; i < argument_count; i++)
		ksnoop_read_function(arguments_given[i]);
	if (is_info)
		ksnoop_info();
	for (unsigned i = 0; i < function_count; i++)
		ksnoop_add_programs(&functions[i]);
	ksnoop_write_programs();
}

static void ksnoop_tear_down(void)
{
	asked_free();
	for (unsigned i = 0; i < function_count; i++) {
		for (size_t n = 0; n < functions[i].count; n++) {
			free(functions[i].wanted[n].name);
			free(functions[i].wanted[n].expression);
			free(functions[i].wanted[n].condition);
		}
		free(functions[i].name);
		kernel_function_close(functions[i].types);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(shown); i++)
		free(shown[i].spec);
	buffer_free(&lines);
	buffer_free(&printed);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "FUNCTION", NULL, ksnoop_argument,
		"[trace|info] NAME or NAME(VALUE [> NUMBER], …): arguments, their members, and return",
		.repeated = true),
	{0},
};

static void ksnoop_pages(const char *argument)
{
	settings.pages = argument_number(argument, 1, 1 << 20);
	if (settings.pages & (settings.pages - 1))
		tool_usage("%s is not a power of two", argument);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('P', "pages", "PAGES", ksnoop_pages, "as --buffer-pages", .group = OPTION_RUNNING),
	OPTION_FLAG('s', "stack", "only calls of a function by the one named before it", .value = &is_chain),
	{0},
};

const struct tool tool = {
	.name = "ksnoop",
	.purpose = "Shows arguments and results of the kernel's functions, with all members of structs.",
	.details =
		"After 'trace' or nothing, functions are traced; 'info' shows their declarations. Without a list of "
		"values, all arguments are shown when a function is called, and the result when it returns. A value "
		"is an argument, a member of what it points to, or 'return'; it can be compared with ==, !=, >, >=, "
		"< and <=. If arguments and 'return' are in a list with such a condition, one row shows them all. "
		"Members that are zero are left out.",
	.examples = {{"info vfs_read", "its declaration"}, {"trace vfs_mkdir", "all arguments and results"},
		{"trace 'vfs_read(file->f_flags, count > 4096, return)'", "large reads and their results"},
		{"-s udp_sendmsg ip_send_skb", "only where udp_sendmsg() calls ip_send_skb()"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.set_up = ksnoop_set_up,
	.needs = asked_needs,
	.attached = asked_attach,
	.tear_down = ksnoop_tear_down,
};
