/* SPDX-License-Identifier: Apache-2.0 */
#include "prototypes.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void prototypes_write(void *ctx, const char *format, va_list args)
{
	struct bcc_prototypes *p = ctx;
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(p->text + p->length, p->room - p->length, format, args);
	if (length >= 0 && p->length + length >= p->room) {
		char *more = realloc(p->text, 2 * (p->length + length + 1));

		if (more) {
			p->text = more;
			p->room = 2 * (p->length + length + 1);
			vsnprintf(p->text + p->length, p->room - p->length, format, again);
		} else {
			p->no_memory = true;
			length = 0;
		}
	}
	va_end(again);
	p->length += length > 0 ? length : 0;
}

static __attribute__((format(printf, 2, 3))) void prototypes_print(
	struct bcc_prototypes *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	prototypes_write(p, format, args);
	va_end(args);
}

int bcc_prototypes_open(struct bcc_prototypes *p, const struct btf *btf)
{
	p->btf = btf;
	p->room = 256;
	p->text = calloc(1, p->room);
	p->dump = btf_dump__new(btf, prototypes_write, p, NULL);
	return p->text && p->dump ? 0 : -ENOMEM;
}

void bcc_prototypes_close(struct bcc_prototypes *p)
{
	btf_dump__free(p->dump);
	free(p->text);
	free(p->arguments);
	*p = (struct bcc_prototypes){};
}

/* Writes the type behind what is in p->text; returns where it begins. */
static size_t prototypes_append(struct bcc_prototypes *p, uint32_t id)
{
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = "");
	size_t begin = p->length;

	prototypes_print(p, "%s", id ? "" : "void"); /* a NUL has room after each piece */
	if (id && btf_dump__emit_type_decl(p->dump, id, &opts) < 0) {
		p->length = begin;
		p->text[begin] = '\0';
	}
	p->length++;
	return begin;
}

bool bcc_prototype_takes_more(const struct btf_type *prototype)
{
	int count = btf_vlen(prototype);

	return count && !btf_params(prototype)[count - 1].type;
}

/* Makes room for the arguments, and begins a new text. */
static int prototypes_begin(struct bcc_prototypes *p, size_t count)
{
	struct bcc_argument *more;

	p->length = 0;
	if (count <= p->argument_room)
		return 0;
	more = realloc(p->arguments, count * sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->arguments = more;
	p->argument_room = count;
	return 0;
}

int bcc_prototypes_function(
	struct bcc_prototypes *p, const struct btf_type *prototype, size_t skip, struct bcc_prototype *out)
{
	size_t count = btf_vlen(prototype) - bcc_prototype_takes_more(prototype);
	const struct btf_param *params = btf_params(prototype) + skip;
	size_t at[UINT8_MAX + 1], result;

	count = count > skip ? count - skip : 0;
	if (count > UINT8_MAX)
		return -EINVAL;
	if (prototypes_begin(p, count))
		return -ENOMEM;
	result = prototypes_append(p, prototype->type);
	for (size_t i = 0; i < count; i++)
		at[i] = prototypes_append(p, params[i].type);
	if (p->no_memory)
		return -ENOMEM;
	/* the text does not move any more */
	for (size_t i = 0; i < count; i++)
		p->arguments[i] = (struct bcc_argument){
			.name = btf__str_by_offset(p->btf, params[i].name_off),
			.type = p->text + at[i],
		};
	*out = (struct bcc_prototype){p->text + result, count ? p->arguments : NULL, count};
	return 0;
}

int bcc_prototypes_members(struct bcc_prototypes *p, const struct btf_type *type, struct bcc_prototype *out)
{
	const struct btf_member *members = btf_members(type);
	size_t at[UINT8_MAX + 1], count = btf_vlen(type);

	if (count > UINT8_MAX)
		return -EINVAL;
	if (prototypes_begin(p, count))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		at[i] = prototypes_append(p, members[i].type);
	if (p->no_memory)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		p->arguments[i] = (struct bcc_argument){
			.name = btf__str_by_offset(p->btf, members[i].name_off),
			.type = p->text + at[i],
		};
	*out = (struct bcc_prototype){"", count ? p->arguments : NULL, count};
	return 0;
}
