/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_function.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the tools of the kernel's build mark such functions with, since pahole 1.27. */
static bool kernel_function_is_marked(const struct bcc_btf_bytes *kernel, uint32_t id, bool *any)
{
	uint32_t mark = bcc_btf_find_string(kernel, "bpf_kfunc");
	const struct btf_type *t = (const struct btf_type *)kernel->types;

	*any = false;
	if (!mark)
		return false;
	for (uint32_t i = 1; i < kernel->type_count; i++, t = bcc_btf_next_type(t)) {
		if (!btf_is_decl_tag(t) || t->name_off != mark)
			continue;
		*any = true;
		if (t->type == id)
			return true;
	}
	return false;
}

uint32_t bcc_btf_find_kernel_function(const struct bcc_btf_bytes *kernel, const char *name)
{
	uint32_t id = bcc_btf_find_type(kernel, name, BTF_KIND_FUNC);
	bool any;

	if (!id || kernel_function_is_marked(kernel, id, &any))
		return id;
	/* no mark at all: only their names tell; the verifier knows */
	return !any && (!strncmp(name, "bpf_", 4) || strstr(name, "_bpf_")) ? id : 0;
}

static const char *kernel_function_name(const struct bcc_btf_bytes *kernel, const struct btf_type *t)
{
	return t->name_off < kernel->string_size ? kernel->strings + t->name_off : "";
}

struct declaration {
	const struct bcc_btf_bytes *kernel;
	unsigned left; /* how many types may still be written: more than any function has */
};

/* Writes the type around the declarator `inner`, from the name outwards. Whether it could. */
static bool kernel_function_put(struct declaration *d, uint32_t id, const char *inner, FILE *out);

static bool kernel_function_put_around(struct declaration *d, uint32_t id, const char *before,
	const char *inner, const char *after, FILE *out)
{
	char *declarator;
	bool ret;

	if (asprintf(&declarator, "%s%s%s", before, inner, after) < 0)
		return false;
	ret = kernel_function_put(d, id, declarator, out);
	free(declarator);
	return ret;
}

static bool kernel_function_put_call(
	struct declaration *d, const struct btf_type *t, const char *inner, FILE *out)
{
	char *parameters = NULL, *after;
	size_t size;
	FILE *list = open_memstream(&parameters, &size);
	bool ret = list;

	for (uint32_t i = 0; ret && i < btf_vlen(t); i++) {
		const struct btf_param *p = &btf_params(t)[i];

		if (i)
			fputs(", ", list);
		if (!p->type && !p->name_off)
			fputs("...", list);
		else
			ret = kernel_function_put(d, p->type, "", list);
	}
	if (list)
		ret = !fclose(list) && ret;
	ret = ret && asprintf(&after, "(%s)", btf_vlen(t) ? parameters : "void") >= 0;
	free(parameters);
	if (!ret)
		return false;
	ret = kernel_function_put_around(d, t->type, "", inner, after, out);
	free(after);
	return ret;
}

static bool kernel_function_put_word(const struct bcc_btf_bytes *kernel, const struct btf_type *t,
	const char *word, const char *inner, FILE *out)
{
	const char *name = kernel_function_name(kernel, t);

	return *name && fprintf(out, "%s%s %s", word, name, inner) > 0;
}

static bool kernel_function_put(struct declaration *d, uint32_t id, const char *inner, FILE *out)
{
	const struct bcc_btf_bytes *kernel = d->kernel;
	const struct btf_type *t = id && id < kernel->type_count ? bcc_btf_type_at(kernel, id) : NULL;
	const struct btf_type *to;
	char size[32];

	if (!d->left)
		return false;
	d->left--;
	if (!id)
		return fprintf(out, "void %s", inner) > 0;
	if (!t)
		return false;
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		to = t->type && t->type < kernel->type_count ? bcc_btf_type_at(kernel, t->type) : NULL;
		if (to && (btf_is_func_proto(to) || btf_is_array(to)))
			return kernel_function_put_around(d, t->type, "(*", inner, ")", out);
		return kernel_function_put_around(d, t->type, "*", inner, "", out);
	case BTF_KIND_CONST:
		return kernel_function_put_around(d, t->type, "const ", inner, "", out);
	case BTF_KIND_VOLATILE:
		return kernel_function_put_around(d, t->type, "volatile ", inner, "", out);
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return kernel_function_put(d, t->type, inner, out);
	case BTF_KIND_ARRAY:
		snprintf(size, sizeof(size), "[%u]", btf_array(t)->nelems);
		return kernel_function_put_around(d, btf_array(t)->type, "", inner, size, out);
	case BTF_KIND_FUNC_PROTO:
		return kernel_function_put_call(d, t, inner, out);
	case BTF_KIND_INT:
	case BTF_KIND_TYPEDEF:
		return kernel_function_put_word(kernel, t, "", inner, out);
	case BTF_KIND_STRUCT:
		return kernel_function_put_word(kernel, t, "struct ", inner, out);
	case BTF_KIND_UNION:
		return kernel_function_put_word(kernel, t, "union ", inner, out);
	case BTF_KIND_FWD:
		return kernel_function_put_word(kernel, t, btf_kflag(t) ? "union " : "struct ", inner, out);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return kernel_function_put_word(kernel, t, "enum ", inner, out);
	default:
		return false;
	}
}

char *bcc_btf_kernel_function_declaration(const struct bcc_btf_bytes *kernel, uint32_t id)
{
	const struct btf_type *t = bcc_btf_type_at(kernel, id);
	struct declaration d = {kernel, 256};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool written;

	if (!out)
		return NULL;
	fputs("extern ", out);
	written = kernel_function_put(&d, t->type, kernel_function_name(kernel, t), out);
	fputs(" __attribute__((weak, section(\".ksyms\")));\n", out);
	if (!fclose(out) && written)
		return text;
	free(text);
	return NULL;
}
