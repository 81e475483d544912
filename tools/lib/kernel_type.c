/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_type.h"

#include <bcc/kernel_features.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 32 }; /* of structs without names */

struct kernel_function {
	struct btf *kernel, *module; /* NULL: it is the kernel's own */
	struct btf *btf;
	const struct btf_type *type; /* its prototype */
	struct btf_dump *dump;
	struct buffer *to; /* of what is printed now */
};

static void kernel_type_write(void *ctx, const char *format, va_list args)
{
	struct kernel_function *f = ctx;
	char *text;
	int length = vasprintf(&text, format, args);

	if (length < 0)
		buffer_no_memory();
	buffer_add(f->to, text, length);
	free(text);
}

/* ---- functions ---- */

static int kernel_function_module(void *ctx, const struct bcc_traceable *function)
{
	struct buffer *module = ctx;

	if (!*function->module)
		return 0;
	buffer_add(module, function->module, strlen(function->module) + 1);
	return 1;
}

/* The types of the module that has the function. */
static struct btf *kernel_function_module_types(const char *name, struct btf *kernel)
{
	struct bcc_features *features;
	struct buffer regex = {0}, module = {0};
	struct btf *btf = NULL;

	buffer_printf(&regex, "^%s$", name);
	buffer_char(&regex, '\0');
	if (!bcc_features_open(&features))
		bcc_features_functions(features, regex.data, kernel_function_module, &module);
	bcc_features_close(features);
	if (module.size)
		btf = btf__load_module_btf(module.data, kernel);
	buffer_free(&regex);
	buffer_free(&module);
	return btf;
}

static bool kernel_function_find(struct kernel_function *f, const char *name)
{
	int id;

	f->btf = f->kernel = btf__load_vmlinux_btf();
	if (!f->kernel)
		return false;
	id = btf__find_by_name_kind(f->btf, name, BTF_KIND_FUNC);
	if (id <= 0) {
		f->btf = f->module = kernel_function_module_types(name, f->kernel);
		id = f->module ? btf__find_by_name_kind(f->btf, name, BTF_KIND_FUNC) : -ENOENT;
	}
	if (id <= 0)
		return false;
	f->type = btf__type_by_id(f->btf, btf__type_by_id(f->btf, id)->type);
	f->dump = f->type ? btf_dump__new(f->btf, kernel_type_write, f, NULL) : NULL;
	return f->dump;
}

struct kernel_function *kernel_function_open(const char *name)
{
	struct kernel_function *f;

	/* the name is a part of a regular expression */
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_')
			return NULL;
	f = calloc(1, sizeof(*f));
	if (!f)
		buffer_no_memory();
	if (kernel_function_find(f, name))
		return f;
	kernel_function_close(f);
	return NULL;
}

struct kernel_function *kernel_function_of(struct btf *types)
{
	struct kernel_function *f;

	if (!types)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (!f)
		buffer_no_memory();
	f->btf = f->kernel = types;
	f->type = btf__type_by_id(types, btf__type_by_id(types, btf__type_cnt(types) - 1)->type);
	f->dump = btf_dump__new(types, kernel_type_write, f, NULL);
	if (f->dump)
		return f;
	kernel_function_close(f);
	return NULL;
}

void kernel_function_close(struct kernel_function *f)
{
	if (!f)
		return;
	btf_dump__free(f->dump);
	btf__free(f->module);
	btf__free(f->kernel);
	free(f);
}

size_t kernel_function_count(const struct kernel_function *f)
{
	size_t count = btf_vlen(f->type);

	/* "..." has no type */
	return count && !btf_params(f->type)[count - 1].type ? count - 1 : count;
}

const char *kernel_function_name(const struct kernel_function *f, size_t argument)
{
	return btf__name_by_offset(f->btf, btf_params(f->type)[argument].name_off);
}

uint32_t kernel_function_argument(const struct kernel_function *f, size_t argument)
{
	return btf_params(f->type)[argument].type;
}

uint32_t kernel_function_result(const struct kernel_function *f)
{
	return f->type->type;
}

static void kernel_type_declare(struct kernel_function *f, uint32_t type, const char *name, struct buffer *to)
{
	f->to = to;
	if (!type)
		buffer_printf(to, "void%s%s", *name ? " " : "", name);
	else
		btf_dump__emit_type_decl(f->dump, type,
			&(struct btf_dump_emit_type_decl_opts){
				.sz = sizeof(struct btf_dump_emit_type_decl_opts), .field_name = name});
}

void kernel_type_name(struct kernel_function *f, uint32_t type, struct buffer *to)
{
	kernel_type_declare(f, type, "", to);
}

void kernel_function_declare(struct kernel_function *f, const char *name, struct buffer *to)
{
	size_t count = kernel_function_count(f);
	bool has_more = count < btf_vlen(f->type);

	kernel_type_declare(f, kernel_function_result(f), name, to);
	buffer_char(to, '(');
	for (size_t i = 0; i < count; i++) {
		buffer_text(to, i ? ", " : "");
		kernel_type_declare(f, kernel_function_argument(f, i), kernel_function_name(f, i), to);
	}
	buffer_text(to, has_more ? ", ...);" : count ? ");" : "void);");
}

/* ---- types ---- */

/* Without names and qualifiers. */
static const struct btf_type *kernel_type_bare(const struct kernel_function *f, uint32_t *type)
{
	const struct btf_type *t = btf__type_by_id(f->btf, *type);

	while (t && (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t))) {
		*type = t->type;
		t = btf__type_by_id(f->btf, *type);
	}
	return t;
}

bool kernel_type_is_pointer(const struct kernel_function *f, uint32_t type, uint32_t *to)
{
	const struct btf_type *t = kernel_type_bare(f, &type);

	if (!t || !btf_is_ptr(t))
		return false;
	*to = t->type;
	/* names remain, which say more */
	for (t = btf__type_by_id(f->btf, *to); t && (btf_is_mod(t) || btf_is_type_tag(t));
		t = btf__type_by_id(f->btf, *to))
		*to = t->type;
	return true;
}

bool kernel_type_is_struct(const struct kernel_function *f, uint32_t type)
{
	const struct btf_type *t = kernel_type_bare(f, &type);

	return t && btf_is_composite(t);
}

bool kernel_type_is_array(const struct kernel_function *f, uint32_t type)
{
	const struct btf_type *t = kernel_type_bare(f, &type);

	return t && btf_is_array(t);
}

uint32_t kernel_type_element(const struct kernel_function *f, uint32_t type)
{
	return btf_array(kernel_type_bare(f, &type))->type;
}

uint32_t kernel_type_named(const struct kernel_function *f, const char *name)
{
	static const __u32 kinds[] = {BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_TYPEDEF};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int id = btf__find_by_name_kind(f->btf, name, kinds[i]);

		if (id > 0)
			return id;
	}
	return 0;
}

bool kernel_type_is_char(const struct kernel_function *f, uint32_t type)
{
	const struct btf_type *t = kernel_type_bare(f, &type);

	return t && btf_is_int(t) && !strcmp(btf__name_by_offset(f->btf, t->name_off), "char");
}

bool kernel_type_is_signed(const struct kernel_function *f, uint32_t type)
{
	const struct btf_type *t = kernel_type_bare(f, &type);

	/* enumerations of the kernel are int, unless they say otherwise */
	return t && (btf_is_int(t) ? btf_int_encoding(t) & BTF_INT_SIGNED : btf_is_any_enum(t));
}

static bool kernel_type_find(const struct kernel_function *f, uint32_t type, const char *name, size_t length,
	uint32_t *member, int depth)
{
	const struct btf_type *t = kernel_type_bare(f, &type);

	if (!t || !btf_is_composite(t) || depth > MOST_DEPTH)
		return false;
	for (unsigned i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *is = btf__name_by_offset(f->btf, m->name_off);

		*member = m->type;
		if (*is ? strlen(is) == length && !strncmp(is, name, length)
			: kernel_type_find(f, m->type, name, length, member, depth + 1))
			return true;
	}
	return false;
}

bool kernel_type_member(
	const struct kernel_function *f, uint32_t type, const char *name, size_t length, uint32_t *member)
{
	return kernel_type_find(f, type, name, length, member, 0);
}

size_t kernel_type_size(const struct kernel_function *f, uint32_t type)
{
	const struct btf_type *t = kernel_type_bare(f, &type);
	long long size = t && !btf_is_func_proto(t) ? btf__resolve_size(f->btf, type) : 0;

	return size > 0 ? size : 0;
}

void kernel_type_print(struct kernel_function *f, uint32_t type, const void *data, size_t size, int indent,
	struct buffer *to)
{
	LIBBPF_OPTS(btf_dump_type_data_opts, opts, .indent_str = " ", .indent_level = indent < 0 ? 0 : indent,
		.compact = indent < 0);

	f->to = to;
	if (btf_dump__dump_type_data(f->dump, type, data, size, &opts) == -E2BIG)
		buffer_printf(to, "%*s... /* %zu bytes of %zu */", indent < 0 ? 0 : indent, "", size,
			kernel_type_size(f, type));
}
