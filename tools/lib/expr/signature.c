/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/signature.h"

#include <bcc/kernel_features.h>
#include <bpf/btf.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug_info.h"
#include "expr/tree.h"

enum { REGISTER = 8 };

static struct parameter *signature_new(struct signature *s)
{
	s->parameters = buffer_grow(s->parameters, (s->count + 1) * sizeof(*s->parameters));
	s->parameters[s->count] = (struct parameter){.number = ++s->numbers, .why_not = s->why_unsure};
	return &s->parameters[s->count++];
}

static bool signature_has(const char *from, const char *end, const char *word)
{
	struct probe_error ignored;
	struct token_reader r;

	for (token_open(&r, from, from, end, &ignored); r.now.kind != TOKEN_END; token_next(&r))
		if (token_is(&r.now, word))
			return true;
	return false;
}

static void signature_name(struct parameter *p, const struct token *t)
{
	p->name = t->text;
	p->name_length = t->length;
}

/* ---- as the user declares them ---- */

/* "(*name)(…)" behind a type. */
static void signature_read_function(struct token_reader *r, struct parameter *p)
{
	unsigned depth = 1;

	token_next(r);
	token_wants(r, "*");
	if (r->now.kind == TOKEN_NAME) {
		signature_name(p, &r->now);
		token_next(r);
	}
	token_wants(r, ")");
	token_wants(r, "(");
	while (depth && !r->failed) {
		depth += token_is(&r->now, "(");
		depth -= token_is(&r->now, ")");
		p->end = r->now.text + r->now.length;
		if (r->now.kind == TOKEN_END)
			token_miss(r, "')'");
		token_next(r);
	}
}

/* What stands behind a type that ends at `end`. */
static void signature_read_declarator(struct token_reader *r, struct parameter *p)
{
	if (token_is(&r->now, "(")) {
		signature_read_function(r, p);
		return;
	}
	if (r->now.kind == TOKEN_NAME) {
		signature_name(p, &r->now);
		p->end = r->now.text + r->now.length;
		token_next(r);
	}
	while (token_takes(r, "[")) {
		while (!token_is(&r->now, "]") && r->now.kind != TOKEN_END)
			token_next(r);
		p->end = r->now.text + r->now.length;
		token_wants(r, "]");
	}
}

/* Where a value whose type ends here is passed, and those after it. */
static void signature_place(struct signature *s, struct parameter *p, const char *end)
{
	if (signature_has(p->from, end, "float") || signature_has(p->from, end, "double")) {
		p->why_not = "it is a floating-point number";
		p->number = 0;
		s->numbers--;
		if (signature_has(p->from, end, "long"))
			s->why_unsure = "an argument before it is a long double";
	} else if (signature_has(p->from, end, "struct") || signature_has(p->from, end, "union")) {
		s->why_unsure = "an argument before it is a structure, which can take several registers";
	}
}

static void signature_read_parameter(struct token_reader *r, struct signature *s)
{
	struct parameter *p = signature_new(s);
	struct token begin = r->now;
	const char *end;

	if (!tree_read_type(r, &p->from, &p->end)) {
		token_miss(r, "an argument's type");
		return;
	}
	end = p->end;
	p->is_user = signature_has(p->from, end, "__user");
	signature_read_declarator(r, p);
	/* neither a pointer, nor an array or a function, which are passed as pointers */
	if (!signature_has(p->from, end, "*") &&
		(p->name ? p->end == p->name + p->name_length : p->end == end))
		signature_place(s, p, end);
	if (p->name && signature_find(s, &(struct token){.kind = TOKEN_NAME,
						 .text = p->name,
						 .length = p->name_length}) != (int)s->count - 1)
		token_fail(r, p->name, "there are two arguments of this name");
	if (!token_is(&r->now, ",") && !token_is(&r->now, ")"))
		token_miss(r, token_is(&begin, "struct") ? "the argument's name" : "',' or ')'");
}

void signature_read(struct token_reader *r, struct signature *s)
{
	struct token_reader ahead;

	*s = (struct signature){0};
	token_wants(r, "(");
	ahead = *r;
	if (token_takes(&ahead, "void") && token_is(&ahead.now, ")"))
		*r = ahead;
	if (token_takes(r, ")"))
		return;
	do {
		if (token_takes(r, "..."))
			break;
		signature_read_parameter(r, s);
	} while (token_takes(r, ","));
	token_wants(r, ")");
}

/* ---- as the kernel does ---- */

struct signature_reader {
	bool in_process; /* of a program's function */
	struct btf *btf;
	struct btf_dump *dump;
	struct buffer text;
};

static void signature_print(void *ctx, const char *format, va_list args)
{
	struct signature_reader *reader = ctx;
	char *text;
	int length = vasprintf(&text, format, args);

	if (length < 0)
		buffer_no_memory();
	buffer_add(&reader->text, text, length);
	free(text);
}

static const struct btf_type *signature_type(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

static bool signature_is_user(const struct btf *btf, const struct btf_type *t)
{
	if (!btf_is_ptr(t))
		return false;
	for (t = btf__type_by_id(btf, t->type); t && (btf_is_mod(t) || btf_is_type_tag(t));
		t = btf__type_by_id(btf, t->type))
		if (btf_is_type_tag(t) && !strcmp(btf__name_by_offset(btf, t->name_off), "user"))
			return true;
	return false;
}

/* The declaration, and where the name is in it. It is made with a name that occurs just once: that of an
 * argument can also be a part of its type. */
static void signature_declare(
	struct signature_reader *reader, __u32 type, const char *name, struct parameter *p)
{
	static const char mark[] = "bcc_argument_name";
	const char *found;
	int before;

	reader->text.size = 0;
	btf_dump__emit_type_decl(reader->dump, type,
		&(struct btf_dump_emit_type_decl_opts){
			.sz = sizeof(struct btf_dump_emit_type_decl_opts), .field_name = *name ? mark : ""});
	buffer_char(&reader->text, '\0');
	found = *name ? strstr(reader->text.data, mark) : NULL;
	before = found ? (int)(found - reader->text.data) : (int)strlen(reader->text.data);
	if (asprintf(&p->owned, "%.*s%s%s", before, reader->text.data, found ? name : "",
		    found ? found + strlen(mark) : "") < 0)
		buffer_no_memory();
	p->from = p->owned;
	p->end = p->owned + strlen(p->owned);
	p->name = found ? p->owned + before : NULL;
	p->name_length = found ? strlen(name) : 0;
}

static void signature_add(struct signature_reader *reader, struct signature *s, const struct btf_param *from)
{
	const char *name = btf__name_by_offset(reader->btf, from->name_off);
	const struct btf_type *t = signature_type(reader->btf, from->type);
	struct parameter *p = signature_new(s);
	char *behind;
	unsigned number = strtoul(name, &behind, 10);

	/* a static probe's: "2 size" */
	if (behind > name && *behind) {
		p->number = number;
		name = behind + 1;
	}
	signature_declare(reader, from->type, name, p);
	p->is_user = t && signature_is_user(reader->btf, t);
	if (reader->in_process && t && btf_is_float(t)) {
		p->why_not = "it is a floating-point number";
		p->number = 0;
		s->numbers--;
		if (btf__resolve_size(reader->btf, from->type) > REGISTER)
			s->why_unsure = "an argument before it is a long double";
	} else if (reader->in_process && t && btf_is_composite(t)) {
		p->why_not = "it is a structure";
		s->why_unsure = "an argument before it is a structure, which can take several registers";
	} else if (btf__resolve_size(reader->btf, from->type) > REGISTER) {
		p->why_not = "it is larger than a register";
		s->why_unsure = "an argument before it is larger than a register";
	}
}

/* C may not have this layout, such as a larger alignment: the text does not compile then, and shows nothing
 * that is wrong. Of structs with the same name only the first one has it. */
static void signature_check_struct(struct signature_reader *reader, const struct btf_type *t)
{
	const char *name = btf__name_by_offset(reader->btf, t->name_off);

	if (btf__type_by_id(reader->btf, btf__find_by_name_kind(reader->btf, name, btf_kind(t))) != t)
		return;
	for (unsigned i = 0; i < btf_vlen(t); i++) {
		const char *member = btf__name_by_offset(reader->btf, btf_members(t)[i].name_off);

		if (*member && !btf_member_bitfield_size(t, i))
			buffer_printf(&reader->text,
				"_Static_assert(__builtin_offsetof(%s %s, %s) == %u, \"layout\");\n",
				btf_is_union(t) ? "union" : "struct", name, member,
				btf_member_bit_offset(t, i) / 8);
	}
	buffer_printf(&reader->text, "_Static_assert(sizeof(%s %s) == %u, \"layout\");\n",
		btf_is_union(t) ? "union" : "struct", name, t->size);
}

/* Structs with names, as C. */
static void signature_declare_structs(struct signature_reader *reader, struct buffer *declarations)
{
	reader->text.size = 0;
	for (__u32 id = 1; id < btf__type_cnt(reader->btf); id++) {
		const struct btf_type *t = btf__type_by_id(reader->btf, id);

		if (btf_is_composite(t) && t->name_off && !btf_dump__dump_type(reader->dump, id))
			signature_check_struct(reader, t);
	}
	buffer_add(declarations, reader->text.data, reader->text.size);
}

/* `declarations`: NULL, if what types are made of is known without them. */
static void signature_read_btf(
	struct signature_reader *reader, __u32 function, struct signature *s, struct buffer *declarations)
{
	const struct btf_type *t = btf__type_by_id(reader->btf, function);

	t = t ? btf__type_by_id(reader->btf, t->type) : NULL;
	reader->dump = t ? btf_dump__new(reader->btf, signature_print, reader, NULL) : NULL;
	if (!reader->dump)
		return;
	if (declarations)
		signature_declare_structs(reader, declarations);
	for (unsigned i = 0; i < btf_vlen(t); i++)
		if (btf_params(t)[i].type)
			signature_add(reader, s, &btf_params(t)[i]);
	btf_dump__free(reader->dump);
}

/* What is known by name and type. */
static void signature_add_named(struct signature *s, const char *name, const char *type)
{
	struct parameter *p = signature_new(s);

	if (asprintf(&p->owned, "__typeof__(%s) %s", type, name) < 0)
		buffer_no_memory();
	p->from = p->owned;
	p->end = p->owned + strlen(p->owned);
	p->name_length = strlen(name);
	p->name = p->name_length ? p->end - p->name_length : NULL;
}

static int signature_add_traceable(void *ctx, const struct bcc_traceable *function)
{
	struct signature *s = ctx;

	/* the types are a module's, of which what passes values by itself is not known */
	for (size_t i = 0; function->has_type && i < function->argument_count; i++)
		signature_add_named(s, function->arguments[i].name, function->arguments[i].type);
	return function->has_type;
}

static void signature_of_module(const char *function, struct signature *s)
{
	struct bcc_features *features;
	struct buffer regex = {0};

	for (const char *at = function; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_' && *at != '.')
			return;
	buffer_text(&regex, "^");
	for (const char *at = function; *at; at++)
		buffer_printf(&regex, *at == '.' ? "\\%c" : "%c", *at);
	buffer_add(&regex, "$", 2);
	if (!bcc_features_open(&features))
		bcc_features_functions(features, regex.data, signature_add_traceable, s);
	bcc_features_close(features);
	buffer_free(&regex);
}

void signature_of_kernel(const char *function, struct signature *s)
{
	struct signature_reader reader = {.btf = btf__load_vmlinux_btf()};
	int id;

	*s = (struct signature){0};
	if (!reader.btf)
		return;
	id = btf__find_by_name_kind(reader.btf, function, BTF_KIND_FUNC);
	if (id > 0)
		signature_read_btf(&reader, id, s, NULL);
	else
		signature_of_module(function, s);
	buffer_free(&reader.text);
	btf__free(reader.btf);
}

void signature_of_syscall(const char *call, struct signature *s)
{
	const struct bcc_tracepoint_field *fields;
	struct bcc_features *features;
	struct buffer name = {0};
	int count = 0;

	*s = (struct signature){0};
	buffer_printf(&name, "sys_enter_%s", call);
	buffer_char(&name, '\0');
	if (!bcc_features_open(&features))
		count = bcc_tracepoint_fields(features, "syscalls", name.data, &fields);
	/* the first field is the call's number */
	for (int i = 1; i < count; i++)
		signature_add_named(s, fields[i].name, fields[i].type);
	bcc_features_close(features);
	buffer_free(&name);
}

/* ---- as programs do ---- */

static void signature_add_enumerators(const struct btf *btf, struct signature *s)
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		for (unsigned i = 0; btf_is_enum64(t) && i < btf_vlen(t); i++) {
			const struct btf_enum64 *from = &btf_enum64(t)[i];
			struct enumerator *to;

			s->enumerators = buffer_grow(
				s->enumerators, (s->enumerator_count + 1) * sizeof(*s->enumerators));
			to = &s->enumerators[s->enumerator_count++];
			to->value = (int64_t)btf_enum64_value(from);
			to->name = strdup(btf__name_by_offset(btf, from->name_off));
			if (!to->name)
				buffer_no_memory();
		}
	}
}

void signature_of_program(const char *path, const char *function, const char *prefix, struct signature *s,
	struct buffer *declarations)
{
	struct signature_reader reader = {
		.in_process = true, .btf = debug_info_types(path, function, prefix)};

	*s = (struct signature){0};
	if (!reader.btf)
		return;
	signature_read_btf(&reader, btf__type_cnt(reader.btf) - 1, s, declarations);
	signature_add_enumerators(reader.btf, s);
	buffer_free(&reader.text);
	btf__free(reader.btf);
}

void signature_of_static_probe(const char *path, uint64_t address, const char *arguments, const char *prefix,
	struct signature *s, struct buffer *declarations)
{
	char *place;

	if (asprintf(&place, "@%" PRIx64 " %s", address, arguments) < 0)
		buffer_no_memory();
	signature_of_program(path, place, prefix, s, declarations);
	free(place);
}

void signature_keep_common(struct signature *s, const struct signature *other)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		struct parameter *p = &s->parameters[i];
		const struct token name = {.kind = TOKEN_NAME, .text = p->name, .length = p->name_length};
		int same = p->name ? signature_find(other, &name) : -1;

		if (same >= 0 && other->parameters[same].number == p->number)
			s->parameters[kept++] = *p;
		else
			free(p->owned);
	}
	s->count = kept;
}

void signature_free(struct signature *s)
{
	while (s->enumerator_count)
		free(s->enumerators[--s->enumerator_count].name);
	free(s->enumerators);
	while (s->count)
		free(s->parameters[--s->count].owned);
	free(s->parameters);
	*s = (struct signature){0};
}

int signature_find(const struct signature *s, const struct token *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->parameters[i].name && s->parameters[i].name_length == name->length &&
			!strncmp(s->parameters[i].name, name->text, name->length))
			return (int)i;
	return -1;
}

bool signature_enumerator(const struct signature *s, const struct token *name, int64_t *value)
{
	for (size_t i = 0; i < s->enumerator_count; i++)
		if (token_is(name, s->enumerators[i].name)) {
			*value = s->enumerators[i].value;
			return true;
		}
	return false;
}

/* The name behind "struct" or "union"; length 0: there is none. */
static struct token signature_tag(const struct parameter *p)
{
	struct probe_error ignored;
	struct token_reader r;

	for (token_open(&r, p->from, p->from, p->end, &ignored); r.now.kind != TOKEN_END; token_next(&r))
		if (token_is(&r.now, "struct") || token_is(&r.now, "union")) {
			token_next(&r);
			return r.now;
		}
	return (struct token){0};
}

bool signature_has_members(const struct parameter *p)
{
	return signature_tag(p).length;
}

static void signature_rename(struct parameter *p, const char *name, size_t length)
{
	size_t before = p->name - p->owned;
	char *renamed;

	if (asprintf(&renamed, "%.*s%.*s%s", (int)before, p->owned, (int)length, name,
		    p->name + p->name_length) < 0)
		buffer_no_memory();
	free(p->owned);
	p->owned = renamed;
	p->from = renamed;
	p->end = renamed + strlen(renamed);
	p->name = renamed + before;
	p->name_length = length;
}

/* Whether the first one is the other one behind the prefix. */
static bool signature_is_tag(const struct token *tag, const char *prefix, const struct token *name)
{
	size_t before = strlen(prefix);

	return tag->text && tag->length == before + name->length && !strncmp(tag->text, prefix, before) &&
	       !strncmp(tag->text + before, name->text, name->length);
}

const struct parameter *signature_same(
	struct signature *s, const struct parameter *declared, const char *prefix)
{
	struct token wanted = signature_tag(declared);

	for (size_t i = 0; wanted.length && i < s->count; i++) {
		struct parameter *p = &s->parameters[i];
		struct token tag;

		if (p->number != declared->number || p->why_not || !p->name || !p->owned)
			continue;
		tag = signature_tag(p);
		if (!signature_is_tag(&tag, prefix, &wanted))
			return NULL;
		signature_rename(p, declared->name, declared->name_length);
		return p;
	}
	return NULL;
}

/* ---- writing ---- */

void signature_write_type(struct buffer *to, const char *from, const char *end, bool is_user)
{
	struct probe_error ignored;
	struct token_reader r;

	for (token_open(&r, from, from, end, &ignored); r.now.kind != TOKEN_END; token_next(&r)) {
		if (is_user && token_is(&r.now, "*"))
			buffer_text(to, "__user ");
		buffer_add(to, r.now.text, r.now.length);
		buffer_char(to, ' ');
	}
}

void signature_write(struct buffer *to, const struct parameter *p, const char *prefix, bool is_user)
{
	const char *behind = p->name + p->name_length, *array = behind;
	bool marks = is_user && !p->is_user && !p->owned;

	while (array < p->end && isspace((unsigned char)*array))
		array++;
	if (array == p->end || *array != '[') {
		if (p->owned || array < p->end)
			buffer_add(to, p->from, p->name - p->from);
		else
			signature_write_type(to, p->from, p->name, marks);
		buffer_printf(to, "%s%.*s", prefix, (int)p->name_length, p->name);
		buffer_add(to, behind, p->end - behind);
		return;
	}
	/* what is declared as an array is a pointer to its elements */
	signature_write_type(to, p->from, p->name, marks);
	array = strchr(array, ']') + 1;
	if (array == p->end)
		buffer_printf(to, "%s*%s%.*s", marks ? "__user " : "", prefix, (int)p->name_length, p->name);
	else
		buffer_printf(to, "(*%s%.*s)%.*s", prefix, (int)p->name_length, p->name,
			(int)(p->end - array), array);
}
