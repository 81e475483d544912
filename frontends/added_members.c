/* SPDX-License-Identifier: Apache-2.0 */
#include "added_members.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL: there is one already, or no memory for it. */
static struct bcc_added_member *added_members_new(
	struct bcc_added_members *added, const char *tag, const char *member)
{
	struct bcc_added_member *longer, entry;

	for (size_t i = 0; i < added->count; i++)
		if (!strcmp(added->list[i].tag, tag) && !strcmp(added->list[i].member, member))
			return NULL;
	longer = reallocarray(added->list, added->count + 1, sizeof(*longer));
	if (!longer)
		return NULL;
	added->list = longer;
	entry = (struct bcc_added_member){
		.tag = strdup(tag), .member = strdup(member), .kind = BCC_ADDED_NUMBER};
	if (entry.tag && entry.member) {
		longer[added->count] = entry;
		added->changes++;
		return &longer[added->count++];
	}
	free(entry.tag);
	free(entry.member);
	return NULL;
}

void bcc_added_members_note(struct bcc_added_members *added, const char *tag, const char *member)
{
	added_members_new(added, tag, member);
}

void bcc_added_members_note_other_struct(
	struct bcc_added_members *added, const char *member, unsigned indexes)
{
	struct bcc_added_member *m;

	/* one that was added is known to be a number by its type */
	for (size_t i = 0; i < added->count; i++)
		if (!strcmp(added->list[i].member, member))
			return;
	m = added_members_new(added, "", member);
	if (!m)
		return;
	m->kind = BCC_ADDED_STRUCT;
	m->replaces = true;
	m->dimensions = indexes;
	m->last = UINT_MAX;
}

static struct bcc_added_member *added_members_by_type(const struct bcc_added_members *added, const char *type)
{
	size_t prefix = strlen(BCC_ADDED_TYPE), i;
	char *end;

	if (strncmp(type, BCC_ADDED_TYPE, prefix) || type[prefix] < '0' || type[prefix] > '9')
		return NULL;
	i = strtoul(type + prefix, &end, 10);
	return *end || i >= added->count ? NULL : &added->list[i];
}

void bcc_added_members_note_struct(struct bcc_added_members *added, const char *type, bool is_pointer)
{
	struct bcc_added_member *m = added_members_by_type(added, type);

	if (!m || (m->kind != BCC_ADDED_NUMBER && m->kind != BCC_ADDED_NUMBERS))
		return;
	m->kind = is_pointer || m->kind == BCC_ADDED_NUMBERS ? BCC_ADDED_POINTER : BCC_ADDED_STRUCT;
	added->changes++;
}

/* NULL: no memory. */
static struct bcc_added_type *added_members_type(struct bcc_added_members *added, const char *tag)
{
	struct bcc_added_type *longer;

	for (size_t i = 0; i < added->type_count; i++)
		if (!strcmp(added->types[i].tag, tag))
			return &added->types[i];
	longer = reallocarray(added->types, added->type_count + 1, sizeof(*longer));
	if (!longer)
		return NULL;
	added->types = longer;
	longer[added->type_count] = (struct bcc_added_type){.tag = strdup(tag)};
	if (!longer[added->type_count].tag)
		return NULL;
	added->changes++;
	return &longer[added->type_count++];
}

void bcc_added_members_note_type(struct bcc_added_members *added, const char *tag, bool is_union)
{
	struct bcc_added_type *type = added_members_type(added, tag);

	if (type)
		type->is_union = is_union;
}

void bcc_added_members_note_size(struct bcc_added_members *added, const char *tag, bool is_union)
{
	struct bcc_added_type *type = added_members_type(added, tag);

	if (!type)
		return;
	type->is_union = is_union;
	added->changes += !type->has_size;
	type->has_size = true;
}

void bcc_added_members_note_variable(struct bcc_added_members *added, const char *tag, bool is_union)
{
	struct bcc_added_type *type = added_members_type(added, tag);

	if (!type)
		return;
	type->is_union = is_union;
	type->is_variable = true;
}

void bcc_added_members_note_typedef(struct bcc_added_members *added, const char *name)
{
	struct bcc_added_type *type = added_members_type(added, name);

	if (type)
		type->is_typedef = true;
}

void bcc_added_members_note_enumerator(struct bcc_added_members *added, const char *tag, const char *name)
{
	struct bcc_added_enumerator *longer, entry;

	for (size_t i = 0; i < added->enumerator_count; i++)
		if (!strcmp(added->enumerators[i].name, name))
			return;
	longer = reallocarray(added->enumerators, added->enumerator_count + 1, sizeof(*longer));
	if (!longer)
		return;
	added->enumerators = longer;
	entry = (struct bcc_added_enumerator){strdup(tag), strdup(name)};
	if (entry.tag && entry.name) {
		longer[added->enumerator_count++] = entry;
		added->changes++;
		return;
	}
	free(entry.tag);
	free(entry.name);
}

void bcc_added_members_note_other_type(
	struct bcc_added_members *added, const char *type, enum bcc_needed_type needed, const char *tag)
{
	struct bcc_added_member *m = added_members_by_type(added, type);

	if (!m || m->kind != BCC_ADDED_NUMBER)
		return;
	m->type = strdup(tag);
	if (!m->type)
		return;
	m->kind = needed == BCC_NEEDS_STRUCT  ? BCC_ADDED_KERNEL_STRUCT
		  : needed == BCC_NEEDS_UNION ? BCC_ADDED_KERNEL_UNION
		  : needed == BCC_NEEDS_TEXT  ? BCC_ADDED_TEXT
					      : BCC_ADDED_ADDRESS;
	added->changes++;
}

void bcc_added_members_note_pointer(struct bcc_added_members *added, const char *type)
{
	struct bcc_added_member *m = added_members_by_type(added, type);

	if (!m || m->kind != BCC_ADDED_NUMBER)
		return;
	m->kind = BCC_ADDED_NUMBERS;
	added->changes++;
}

/* Of these sizes, so many take 8 MB of a struct. */
enum { MOST_DIMENSIONS = 3 };

void bcc_added_members_note_array(
	struct bcc_added_members *added, const char *member, unsigned dimensions, unsigned last)
{
	for (size_t i = 0; i < added->count; i++) {
		struct bcc_added_member *m = &added->list[i];

		if (strcmp(m->member, member) != 0 || dimensions > MOST_DIMENSIONS)
			continue;
		if (m->last < last)
			m->last = last;
		if (m->dimensions >= dimensions)
			continue;
		m->dimensions = dimensions;
		added->changes++;
	}
}

void bcc_added_members_free(struct bcc_added_members *added)
{
	for (size_t i = 0; i < added->type_count; i++)
		free(added->types[i].tag);
	free(added->types);
	for (size_t i = 0; i < added->enumerator_count; i++) {
		free(added->enumerators[i].tag);
		free(added->enumerators[i].name);
	}
	free(added->enumerators);
	for (size_t i = 0; i < added->count; i++) {
		free(added->list[i].tag);
		free(added->list[i].member);
		free(added->list[i].type);
	}
	free(added->list);
	*added = (struct bcc_added_members){0};
}

/* "struct TAG {", "union TAG {" or "enum TAG {" at the beginning of a line. */
static const char *added_members_definition(const char *line)
{
	if (!strncmp(line, "enum ", 5))
		return line + 5;
	if (!strncmp(line, "struct ", 7))
		return line + 7;
	if (!strncmp(line, "union ", 6))
		return line + 6;
	return NULL;
}

static const struct bcc_added_member *added_members_of(
	const struct bcc_added_members *added, size_t from, const char *tag, size_t length)
{
	for (size_t i = from; i < added->count; i++)
		if (strlen(added->list[i].tag) == length && !memcmp(added->list[i].tag, tag, length))
			return &added->list[i];
	return NULL;
}

static bool added_members_need_sizes(const struct bcc_added_members *added)
{
	for (size_t i = 0; i < added->type_count; i++)
		if (added->types[i].has_size)
			return true;
	return false;
}

/* Where it is not known, more than any text has as an index, unless this kernel's programs do not come to use
 * what is on the stack. */
static unsigned added_members_elements(
	const struct bcc_added_members *added, const struct bcc_added_member *m, unsigned dimension)
{
	enum { MOST = 1024, MOST_OF_SECOND = 32, SMALL = 4 };

	if (added_members_need_sizes(added))
		return SMALL;
	if (m->dimensions == 1 && m->last < MOST)
		return m->last + 1;
	return dimension ? MOST_OF_SECOND : MOST;
}

static void added_members_put_one(
	FILE *out, const struct bcc_added_members *added, const struct bcc_added_member *m)
{
	bool is_struct = m->kind == BCC_ADDED_STRUCT || m->kind == BCC_ADDED_POINTER;

	if (m->kind == BCC_ADDED_KERNEL_STRUCT || m->kind == BCC_ADDED_KERNEL_UNION)
		fprintf(out, "\t%s %s %s", m->kind == BCC_ADDED_KERNEL_UNION ? "union" : "struct", m->type,
			m->member);
	else
		fprintf(out, "\t%s" BCC_ADDED_TYPE "%zu %s%s", is_struct ? "struct " : "",
			(size_t)(m - added->list),
			m->kind == BCC_ADDED_POINTER || m->kind == BCC_ADDED_NUMBERS ? "*" : "", m->member);
	/* a loader takes no index that is past the end; but variables of such a type are on the stack */
	for (unsigned i = 0; i < m->dimensions; i++)
		fprintf(out, "[%u]", added_members_elements(added, m, i));
	fputs(";\n", out);
}

static void added_members_put(
	FILE *out, const struct bcc_added_members *added, const char *tag, size_t length)
{
	const struct bcc_added_member *m = added_members_of(added, 0, tag, length);

	for (; m; m = added_members_of(added, m - added->list + 1, tag, length))
		added_members_put_one(out, added, m);
}

/* What is in the place of the member that a line of a definition has, "\tTYPE NAME;" or "\tTYPE NAME[…];". */
static const struct bcc_added_member *added_members_instead(
	const struct bcc_added_members *added, const char *line, size_t length)
{
	size_t end = strcspn(line, "[:;\n"), begin = end;

	if (*line != '\t' || end >= length || line[end] == '\n' || memchr(line, '(', end))
		return NULL;
	while (begin && (isalnum((unsigned char)line[begin - 1]) || line[begin - 1] == '_'))
		begin--;
	for (size_t i = 0; i < added->count; i++)
		if (added->list[i].replaces && strlen(added->list[i].member) == end - begin &&
			!memcmp(added->list[i].member, line + begin, end - begin))
			return &added->list[i];
	return NULL;
}

/* Their values are never used. */
static void added_members_put_enumerators(
	FILE *out, const struct bcc_added_members *added, const char *tag, size_t length)
{
	for (size_t i = 0; i < added->enumerator_count; i++) {
		const struct bcc_added_enumerator *e = &added->enumerators[i];

		if (strlen(e->tag) == length && !memcmp(e->tag, tag, length))
			fprintf(out, "\t%s = 0,\n", e->name);
	}
}

/* Numbers can be compared and printed. A struct within another was noted after that, and has to be known
 * before. */
static void added_members_put_types(FILE *out, const struct bcc_added_members *added)
{
	char tag[sizeof(BCC_ADDED_TYPE) + 20];

	for (size_t i = added->count; i-- > 0;) {
		int length = snprintf(tag, sizeof(tag), BCC_ADDED_TYPE "%zu", i);

		switch (added->list[i].kind) {
		case BCC_ADDED_NUMBER:
		case BCC_ADDED_NUMBERS:
			fprintf(out, "typedef unsigned long long %s;\n", tag);
			break;
		case BCC_ADDED_ADDRESS:
			fprintf(out, "typedef void *%s;\n", tag);
			break;
		case BCC_ADDED_TEXT:
			fprintf(out, "typedef char %s[128];\n", tag);
			break;
		case BCC_ADDED_STRUCT:
		case BCC_ADDED_POINTER:
			fprintf(out, "struct %s {\n", tag);
			added_members_put(out, added, tag, length);
			fputs("};\n", out);
			break;
		case BCC_ADDED_KERNEL_STRUCT:
		case BCC_ADDED_KERNEL_UNION:
			break;
		}
	}
}

/* Whether the types have an enum, and what they have is not only its name. */
static bool added_members_have_enum(const char *types, const char *tag)
{
	size_t length = strlen(tag);

	for (const char *at = types; (at = strstr(at, "enum ")); at += 5)
		if ((at == types || at[-1] == '\n') && !strncmp(at + 5, tag, length) &&
			!strncmp(at + 5 + length, " {", 2))
			return true;
	return false;
}

/* Types that no kernel known here has. */
static void added_members_put_new(FILE *out, const struct bcc_added_members *added, const char *types)
{
	for (size_t i = 0; i < added->type_count; i++) {
		const struct bcc_added_type *type = &added->types[i];

		if (type->is_typedef) {
			fprintf(out, "typedef unsigned long long %s;\n", type->tag);
			continue;
		}
		fprintf(out, "%s %s {\n", type->is_union ? "union" : "struct", type->tag);
		added_members_put(out, added, type->tag, strlen(type->tag));
		fputs(type->has_size ? "\tunsigned long long __bcc_rest[4];\n};\n" : "};\n", out);
	}
	for (size_t i = 0; i < added->enumerator_count; i++) {
		const char *tag = added->enumerators[i].tag;
		size_t first = 0;

		while (strcmp(added->enumerators[first].tag, tag) != 0)
			first++;
		if (first < i || added_members_have_enum(types, tag))
			continue;
		fprintf(out, "enum %s {\n", tag);
		added_members_put_enumerators(out, added, tag, strlen(tag));
		fputs("};\n", out);
	}
}

/* The lines that define a struct, union or enum, or one of something else. */
static size_t added_members_block(const char *text)
{
	size_t line = strcspn(text, "\n");
	const char *end = line && text[line - 1] == '{' ? strstr(text, "\n}") : NULL;

	if (end)
		line = end + 1 - text + strcspn(end + 1, "\n");
	return line + (text[line] == '\n');
}

/* Where the struct or union is defined; NULL: nowhere. */
static const char *added_members_find(const char *types, const char *tag)
{
	size_t length = strlen(tag);

	for (const char *at = strstr(types, tag); at; at = strstr(at + length, tag))
		for (const char *word = at - 7; word <= at - 6; word++)
			if (word >= types && (word == types || word[-1] == '\n') &&
				added_members_definition(word) == at && !strncmp(at + length, " {", 2))
				return word;
	return NULL;
}

/* Which of the kernel's types it needs, as members that were added; NULL: none that is defined later. */
static const char *added_members_needs(
	const struct bcc_added_members *added, const char *types, const char *block)
{
	const char *tag = added_members_definition(block), *last = NULL, *found;
	size_t length = tag ? strcspn(tag, " \n") : 0;
	const struct bcc_added_member *m = tag ? added_members_of(added, 0, tag, length) : NULL;

	for (; m; m = added_members_of(added, m - added->list + 1, tag, length)) {
		found = m->type ? added_members_find(types, m->type) : NULL;
		if (found > block && found > last)
			last = found;
	}
	return last;
}

/* Whether one of the blocks in `held` is of a struct or union that this one has as a member. */
static bool added_members_embeds(const char *block, size_t size, const char *held)
{
	for (; *held; held += added_members_block(held)) {
		const char *tag = added_members_definition(held);
		size_t length = tag ? strcspn(tag, " \n") : 0;
		const char *at = block;

		while (tag && (at = memmem(at, block + size - at, tag, length))) {
			at += length;
			if (at[-(ptrdiff_t)length - 1] == ' ' && *at == ' ' && at[1] != '*')
				return true;
		}
	}
	return false;
}

/* A struct that has got one of the kernel's as a member is defined behind that, and so is what has it as one.
 * Returns a copy (malloc'ed), or NULL: no memory. */
static char *added_members_in_order(const struct bcc_added_members *added, const char *types)
{
	size_t all = strlen(types), held_size = 0, done = 0, size;
	char *ordered = malloc(all + 1), *held = malloc(all + 1);
	const char *until = NULL;

	for (const char *at = types; ordered && held && *at; at += size) {
		const char *needs = added_members_needs(added, types, at);

		size = added_members_block(at);
		held[held_size] = '\0';
		if (needs || added_members_embeds(at, size, held)) {
			memcpy(held + held_size, at, size);
			held_size += size;
			until = needs > until ? needs : until;
			continue;
		}
		memcpy(ordered + done, at, size);
		done += size;
		if (at != until)
			continue;
		memcpy(ordered + done, held, held_size);
		done += held_size;
		held_size = 0;
		until = NULL;
	}
	if (ordered && held) {
		memcpy(ordered + done, held, held_size);
		ordered[done + held_size] = '\0';
	} else {
		free(ordered);
		ordered = NULL;
	}
	free(held);
	return ordered;
}

/* Lines of definitions, with what was added to them. */
static void added_members_put_lines(FILE *out, const struct bcc_added_members *added, const char *types)
{
	const char *tag = NULL;
	size_t length = 0;

	for (const char *line = types; *line;) {
		size_t end = strcspn(line, "\n");
		const char *name = added_members_definition(line);
		const struct bcc_added_member *instead = added_members_instead(added, line, end);

		if (name) {
			length = strcspn(name, " \n");
			tag = end && line[end - 1] == '{' ? name : NULL;
		} else if (!strncmp(line, "typedef struct {\n", 17) ||
			   !strncmp(line, "typedef union {\n", 16)) {
			/* a struct without a tag is known by the name behind it */
			tag = strstr(line, "\n} ");
			tag = tag ? tag + 3 : NULL;
			length = tag ? strcspn(tag, ";\n") : 0;
		} else if (*line == '}' && tag) {
			added_members_put(out, added, tag, length);
			added_members_put_enumerators(out, added, tag, length);
			tag = NULL;
		}
		end += line[end] == '\n';
		if (instead)
			added_members_put_one(out, added, instead);
		else
			fwrite(line, 1, end, out);
		line += end;
	}
}

/* Few texts have members that need it. */
static bool added_members_need_order(const struct bcc_added_members *added)
{
	for (size_t i = 0; i < added->count; i++)
		if (added->list[i].type)
			return true;
	return false;
}

char *bcc_added_members_write(const struct bcc_added_members *added, const char *types)
{
	bool in_order = !added_members_need_order(added);
	char *ordered = in_order ? NULL : added_members_in_order(added, types), *text = NULL;
	size_t size;
	FILE *out = in_order || ordered ? open_memstream(&text, &size) : NULL;

	if (!out) {
		free(ordered);
		return NULL;
	}
	added_members_put_types(out, added);
	added_members_put_new(out, added, types);
	added_members_put_lines(out, added, in_order ? types : ordered);
	free(ordered);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
