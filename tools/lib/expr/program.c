/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "expr/literal.h"
#include "expr/writer.h"

enum {
	TEXT_SIZE = 80,
	SLOT = 8,
	REGISTERS = 6, /* that have arguments, on every architecture */
};

/* ---- what is handed over ---- */

static void program_lay_out(struct program *p, const struct spec *s, uint32_t text_size)
{
	p->fields = buffer_grow(NULL, (s->count + 1) * sizeof(*p->fields));
	for (; p->count < s->count; p->count++) {
		const struct spec_value *v = &s->values[p->count];
		uint32_t size = v->is_text ? text_size : SLOT;

		p->fields[p->count] = (struct program_field){.is_text = v->is_text,
			.is_signed = v->is_signed,
			.offset = p->size,
			.size = size,
			.memory = v->memory};
		p->size += (size + SLOT - 1) / SLOT * SLOT;
		if (v->memory)
			p->size += SLOT + (v->memory + SLOT - 1) / SLOT * SLOT;
	}
}

static void program_write_struct(struct buffer *to, const struct program *p, const char *name)
{
	buffer_printf(to, "struct %s_values {\n", name);
	for (size_t i = 0; i < p->count; i++) {
		if (p->fields[i].is_text)
			buffer_printf(
				to, "\tchar v%zu[%u] __attribute__((aligned(8)));\n", i, p->fields[i].size);
		else
			buffer_printf(to, "\t%s v%zu;\n", p->fields[i].is_signed ? "s64" : "u64", i);
		if (p->fields[i].memory)
			buffer_printf(to,
				"\tu64 read%zu;\n\tchar memory%zu[%u] __attribute__((aligned(8)));\n", i, i,
				p->fields[i].memory);
	}
	buffer_text(to, "};\n\n");
}

static void program_write_integer(
	const struct writer *w, struct buffer *to, const struct spec_value *v, size_t i)
{
	buffer_printf(to, "\texpr_values->v%zu = (", i);
	if (v->bytes) {
		buffer_printf(to, "%c%u", v->is_signed ? 's' : 'u', v->bytes * 8);
	} else {
		writer_mark(w, v->type, to);
		signature_write_type(to, v->type, v->type_end, false);
	}
	buffer_text(to, ")(u64)");
}

/* Assigns all values. */
static void program_write_values(
	struct writer *w, const struct spec *s, const struct program_options *options, struct buffer *to)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct spec_value *v = &s->values[i];

		if (v->is_text) {
			buffer_printf(
				to, "\texpr_read_text(expr_values->v%zu, sizeof(expr_values->v%zu), ", i, i);
			writer_pointer(w, v->tree, to);
			buffer_printf(to, ", %s);\n", writer_is_user(w, v->tree) ? "true" : "false");
		} else {
			program_write_integer(w, to, v, i);
			writer_expression(w, v->tree, to);
			buffer_text(to, ";\n");
		}
		if (v->memory)
			buffer_printf(to,
				"\texpr_values->read%zu = %s(expr_values->memory%zu, "
				"sizeof(expr_values->memory%zu), (void *)expr_values->v%zu, %s);\n",
				i, v->memory_is_text ? "expr_read_text" : "expr_read_memory", i, i, i,
				writer_is_user(w, v->tree) ? "true" : "false");
		if (v->memory && options->drops_addresses)
			buffer_printf(to, "\texpr_values->v%zu = expr_values->v%zu != 0;\n", i, i);
	}
}

/* ---- programs ---- */

static const char *program_context(const struct spec *s)
{
	return s->probe.kind == PROBE_TRACEPOINT ? "args" : "ctx";
}

static void program_write_head(
	struct buffer *to, const struct writer *w, const char *name, bool has_arguments)
{
	const struct spec *s = w->spec;

	if (s->probe.kind == PROBE_TRACEPOINT) {
		buffer_printf(to, "int %s(struct tracepoint__%s__%s *args)\n{\n", name, s->probe.place,
			s->probe.name);
		return;
	}
	buffer_printf(to, "int %s(struct pt_regs *ctx", name);
	for (unsigned i = 1; has_arguments && i <= w->most_argument && i <= REGISTERS; i++)
		buffer_printf(to, ", u64 expr_arg%u", i);
	buffer_text(to, ")\n{\n");
	for (unsigned i = REGISTERS + 1; has_arguments && i <= w->most_argument; i++)
		if (w->arguments & 1U << i)
			buffer_printf(to, "\tu64 expr_arg%u = expr_more_argument(ctx, %u, %s);\n", i, i,
				writer_is_in_process(w) ? "true" : "false");
}

/* Keeps the arguments for the function's return. */
static void program_write_entry(struct buffer *to, const struct writer *w, const char *name, unsigned number)
{
	program_write_head(to, w, name, true);
	buffer_text(to, "\tstruct expr_call expr_call = {};\n\n");
	buffer_printf(to, "\tif (!EXPR_WANTED(%u))\n\t\treturn 0;\n", number);
	for (unsigned i = 1; i <= w->most_argument; i++)
		if (w->arguments & 1U << i)
			buffer_printf(to, "\texpr_call.arguments[%u] = expr_arg%u;\n", i - 1, i);
	buffer_printf(to, "\tEXPR_ENTER(ctx, %u, %d, &expr_call);\n\treturn 0;\n}\n\n", number,
		w->spec->probe.kind == PROBE_FUNCTION);
}

static void program_write_locals(struct buffer *to, struct writer *w, unsigned number)
{
	const struct spec *s = w->spec;

	if (w->needs_call) {
		buffer_text(to, "\tu64 expr_now = bpf_ktime_get_ns();\n\tstruct expr_call expr_call;\n\n");
		buffer_printf(to, "\tif (!EXPR_LEAVE(ctx, %u, %d, &expr_call))\n\t\treturn 0;\n", number,
			s->probe.kind == PROBE_FUNCTION);
	} else {
		buffer_printf(to, "\tif (!EXPR_WANTED(%u))\n\t\treturn 0;\n", number);
	}
	if (s->probe.kind == PROBE_USDT)
		for (unsigned i = 1; i <= w->most_argument; i++)
			if (w->arguments & 1U << i)
				buffer_printf(to,
					"\ts64 expr_arg%u = 0;\n\tbpf_usdt_readarg(%u, ctx, &expr_arg%u);\n",
					i, i, i);
	for (size_t i = 0; i < w->signature->count; i++) {
		const struct parameter *p;

		if (i >= 64 || !(w->parameters & 1ULL << i))
			continue;
		p = writer_declared(w, i);
		buffer_char(to, '\t');
		if (!p->owned)
			writer_mark(w, p->from, to);
		signature_write(to, p, WRITER_PARAMETER, writer_is_in_process(w));
		buffer_printf(to, " = EXPR_AS(" WRITER_PARAMETER "%.*s, \"%.*s\", ", (int)p->name_length,
			p->name, (int)p->name_length, p->name);
		buffer_printf(to, s->probe.at_return ? "expr_call.arguments[%u]);\n" : "expr_arg%u);\n",
			s->probe.at_return ? p->number - 1 : p->number);
	}
}

static char *program_name(const struct writer *w, const char *name, bool is_entry)
{
	bool has_arguments = w->spec->probe.kind == PROBE_FUNCTION && (is_entry || !w->spec->probe.at_return);
	char *made;

	if (asprintf(&made, "%s%s%s", has_arguments && w->is_syscall ? "syscall__" : "", name,
		    is_entry ? "_entry" : "") < 0)
		buffer_no_memory();
	return made;
}

static void program_write_probe(struct buffer *to, struct writer *w, struct program *p, const char *name,
	unsigned number, const struct program_options *options)
{
	const struct spec *s = w->spec;
	struct buffer condition = {0}, values = {0};

	/* what they use is declared before */
	if (s->condition)
		writer_expression(w, s->condition, &condition);
	program_write_values(w, s, options, &values);
	buffer_add(to, w->declarations.data, w->declarations.size);
	p->name = program_name(w, name, false);
	if (w->needs_call) {
		p->entry_name = program_name(w, name, true);
		program_write_entry(to, w, p->entry_name, number);
	}
	program_write_head(to, w, p->name, !s->probe.at_return && s->probe.kind <= PROBE_USER);
	program_write_locals(to, w, number);
	if (s->condition) {
		buffer_text(to, "\tif (!");
		buffer_add(to, condition.data, condition.size);
		buffer_text(to, ")\n\t\treturn 0;\n");
	}
	buffer_printf(to, "\tstruct %s_values *expr_values = EXPR_VALUES(%u, struct %s_values);\n", name,
		number, name);
	buffer_text(to, "\tif (!expr_values)\n\t\treturn 0;\n");
	buffer_add(to, values.data, values.size);
	buffer_printf(
		to, "\tEXPR_SEND(%s, %u, expr_values);\n\treturn 0;\n}\n\n", program_context(s), number);
	buffer_free(&condition);
	buffer_free(&values);
}

int program_write(struct buffer *to, const struct spec *s, const char *name, unsigned number,
	const struct program_options *options, struct program *p, struct probe_error *error)
{
	uint32_t text_size = options->text_size ? options->text_size : TEXT_SIZE;
	struct token_reader r = {.text = s->text, .end = s->text + strlen(s->text), .error = error};
	struct writer w;
	bool failed;

	*p = (struct program){0};
	writer_open(&w, s, name, &r, options->compares_binary);
	program_lay_out(p, s, text_size);
	program_write_struct(to, p, name);
	program_write_probe(to, &w, p, name, number, options);
	failed = r.failed;
	writer_close(&w);
	if (!failed)
		return 0;
	program_free(p);
	return -EINVAL;
}

void program_free(struct program *p)
{
	free(p->name);
	free(p->entry_name);
	free(p->fields);
	*p = (struct program){0};
}
