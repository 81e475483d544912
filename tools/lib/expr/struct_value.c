/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/struct_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug_info.h"
#include "expr/writer.h"

/* A type, or a pointer to it, or to a pointer… */
struct struct_type {
	uint32_t type;
	unsigned pointers;
};

struct struct_reader {
	const struct kernel_function *types;
	struct token_reader r; /* for errors */
};

static bool struct_value_type(struct struct_reader *s, const struct tree *t, struct struct_type *type);

struct kernel_function *struct_value_types(const struct probe *p, const char *name)
{
	struct kernel_function *types;
	char prefix[64], *path;

	if (p->offset || (p->kind != PROBE_FUNCTION && p->kind != PROBE_USER))
		return NULL;
	if (p->kind == PROBE_FUNCTION)
		return kernel_function_open(p->name);
	snprintf(prefix, sizeof(prefix), WRITER_PREFIX, name);
	path = writer_program(p);
	types = path ? kernel_function_of(debug_info_types(path, p->name, prefix)) : NULL;
	free(path);
	return types;
}

/* Always returns false. */
static bool struct_value_fail(struct struct_reader *s, const struct tree *t, const char *why)
{
	token_fail(&s->r, t->token.text, "%s", why);
	return false;
}

static bool struct_value_follow(struct struct_reader *s, const struct tree *t, struct struct_type *type)
{
	uint32_t to;

	if (type->pointers) {
		type->pointers--;
	} else if (kernel_type_is_pointer(s->types, type->type, &to)) {
		type->type = to;
	} else if (kernel_type_is_array(s->types, type->type)) {
		type->type = kernel_type_element(s->types, type->type);
	} else {
		return struct_value_fail(s, t, "what this is applied to is not a pointer");
	}
	return true;
}

static bool struct_value_name(struct struct_reader *s, const struct tree *t, struct struct_type *type)
{
	const struct token *name = &t->token;

	for (size_t i = 0; i < kernel_function_count(s->types); i++)
		if (token_is(name, kernel_function_name(s->types, i))) {
			type->type = kernel_function_argument(s->types, i);
			return true;
		}
	if (token_is(name, "retval") || token_is(name, "$retval")) {
		type->type = kernel_function_result(s->types);
		return true;
	}
	if (token_is(name, "$task")) {
		type->type = kernel_type_named(s->types, "task_struct");
		type->pointers = 1;
		return type->type || struct_value_fail(s, t, "its type is not known here");
	}
	return struct_value_fail(s, t, "the type of this is not known");
}

static bool struct_value_member(struct struct_reader *s, const struct tree *t, struct struct_type *type)
{
	if (!struct_value_type(s, t->left, type) || (t->arrow && !struct_value_follow(s, t, type)))
		return false;
	if (type->pointers || !kernel_type_is_struct(s->types, type->type))
		return struct_value_fail(s, t, "what is before it has no members");
	if (!kernel_type_member(s->types, type->type, t->token.text, t->token.length, &type->type))
		return struct_value_fail(s, t, "there is no such member");
	return true;
}

/* "(struct NAME *)": only such types are of interest. */
static bool struct_value_cast(struct struct_reader *s, const struct tree *t, struct struct_type *type)
{
	struct probe_error ignored;
	struct token_reader r;
	char name[128];

	for (token_open(&r, t->type, t->type, t->type_end, &ignored); r.now.kind != TOKEN_END;
		token_next(&r)) {
		if (token_is(&r.now, "*")) {
			type->pointers++;
		} else if (r.now.kind == TOKEN_NAME && !token_is(&r.now, "const") &&
			   !token_is(&r.now, "struct") && !token_is(&r.now, "union")) {
			snprintf(name, sizeof(name), "%.*s", (int)r.now.length, r.now.text);
			type->type = kernel_type_named(s->types, name);
		}
	}
	return type->type || struct_value_fail(s, t, "this type is not known");
}

static bool struct_value_type(struct struct_reader *s, const struct tree *t, struct struct_type *type)
{
	*type = (struct struct_type){0};
	switch (t->kind) {
	case TREE_NAME:
	case TREE_VARIABLE:
		return struct_value_name(s, t, type);
	case TREE_MEMBER:
		return struct_value_member(s, t, type);
	case TREE_INDEX:
		return struct_value_type(s, t->left, type) && struct_value_follow(s, t, type);
	case TREE_CAST:
		return struct_value_cast(s, t, type);
	case TREE_CONDITIONAL:
		return struct_value_type(s, t->right, type);
	case TREE_BINARY:
		return struct_value_type(s, t->left, type);
	case TREE_UNARY:
		if (!struct_value_type(s, t->left, type))
			return false;
		if (token_is(&t->token, "*"))
			return struct_value_follow(s, t, type);
		type->pointers += token_is(&t->token, "&");
		return true;
	case TREE_CALL:
		if (token_is(&t->token, "$entry") && t->left)
			return struct_value_type(s, t->left, type);
		/* fallthrough */
	default:
		return struct_value_fail(s, t, "the type of this is not known");
	}
}

/* The struct's address is what is read first. */
static void struct_value_take_address(struct spec_value *v)
{
	struct tree *address = calloc(1, sizeof(*address));

	if (!address)
		buffer_no_memory();
	address->kind = TREE_UNARY;
	address->token = (struct token){.kind = TOKEN_PUNCTUATOR, .text = "&", .length = 1};
	address->left = v->tree;
	v->tree = address;
}

uint32_t struct_value_set(const struct spec *s, const struct kernel_function *types, struct spec_value *v,
	struct probe_error *error)
{
	struct struct_reader reader = {
		.types = types, .r = {.text = s->text, .end = s->text + strlen(s->text), .error = error}};
	struct struct_type type;
	uint32_t to;
	size_t size;

	if (!types) {
		token_fail(&reader.r, v->from,
			"structs need the types of a function: of the kernel's BTF, or of a program's debug information");
		return 0;
	}
	if (!struct_value_type(&reader, v->tree, &type))
		return 0;
	if (!type.pointers && kernel_type_is_struct(types, type.type))
		struct_value_take_address(v);
	else if (!type.pointers && kernel_type_is_pointer(types, type.type, &to))
		type.type = to;
	else if (type.pointers != 1)
		type.type = 0;
	size = type.type && kernel_type_is_struct(types, type.type) ? kernel_type_size(types, type.type) : 0;
	if (!size) {
		token_fail(&reader.r, v->from, "this is neither a struct nor a pointer to one");
		return 0;
	}
	v->memory = size < STRUCT_VALUE_MOST ? size : STRUCT_VALUE_MOST;
	v->is_signed = false;
	v->bytes = 8;
	return type.type;
}

/* ---- as text ---- */

/* In types of pointers. */
#define USER_POINTER " __attribute__((btf_type_tag(\"user\")))"

/* Removes a text wherever it is: what types have in the BPF text, and not in the program's. */
static void struct_value_take_out(struct buffer *b, const char *text)
{
	size_t length = strlen(text);
	char *at = b->data, *end = b->data + b->size;

	while (at < end && (at = memmem(at, end - at, text, length))) {
		memmove(at, at + length, end - at - length);
		end -= length;
	}
	b->size = end - b->data;
}

void struct_value_add(struct buffer *to, struct kernel_function *types, uint32_t type, const char *name,
	const char *value, uint32_t bytes)
{
	struct buffer printed = {0};
	uint64_t address, is_read;
	char prefix[32];

	memcpy(&address, value, sizeof(address));
	memcpy(&is_read, value + sizeof(address), sizeof(is_read));
	if (!address) {
		buffer_text(to, "NULL");
	} else if (!is_read) {
		buffer_text(to, "{ /* its memory could not be read */ }");
	} else {
		kernel_type_print(
			types, type, value + sizeof(address) + sizeof(is_read), bytes, -1, &printed);
		snprintf(prefix, sizeof(prefix), WRITER_PREFIX, name);
		struct_value_take_out(&printed, prefix);
		struct_value_take_out(&printed, USER_POINTER);
		buffer_add(to, printed.data, printed.size);
		buffer_free(&printed);
	}
}
