/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "common/program_kind.h"

enum use {
	USED_TAG = 1 << 0,
	DEFINED_TAG = 1 << 1,
	DEFINED = 1 << 2,
	KNOWN_TAG = 1 << 3,
	KNOWN = 1 << 4,
	REACHED_TAG = 1 << 5,
	MENTIONED = 1 << 6,  /* by the text itself */
	ENUMERATOR = 1 << 7, /* whatever it looks like */
	FUNCTION = 1 << 8,   /* declared by the text */
};

struct name {
	UT_hash_handle hh;
	unsigned use;
	char text[];
};

#define SIEVE_SIZE 4096

struct bcc_names {
	struct name *all;
	/* rules out most of the kernel's 100,000 names by their first letters */
	bool sieve[SIEVE_SIZE];
	bool incomplete;
	/* what the position depends on */
	char previous[16]; /* the previous token, if it is a keyword or punctuation */
	char earlier[16];  /* and the one before that */
	struct name *tag;  /* struct NAME has just been read */
	unsigned depth;	   /* of braces */
	bool in_typedef;
	unsigned typedef_depth; /* braces at which it began */
	struct name *typedef_name;
	unsigned typedef_inside; /* open ( and [ within it, not counting those within braces */
	bool enum_pending;	 /* enum [NAME] seen, { may follow */
	unsigned enum_depth;	 /* brace depth of its enumerators, 0: none */
	struct name *function;	 /* TYPE NAME has just been read, outside of functions */
};

struct bcc_names *bcc_names_new(void)
{
	return calloc(1, sizeof(struct bcc_names));
}

void bcc_names_free(struct bcc_names *names)
{
	struct name *name, *next;

	if (!names)
		return;
	HASH_ITER(hh, names->all, name, next)
	{
		HASH_DEL(names->all, name);
		free(name);
	}
	free(names);
}

/* Of the first five letters; written without a loop because all names of the kernel pass through here. */
static unsigned sieve_index(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	unsigned index = 0;

	if (c[0] && c[1] && c[2] && c[3])
		index = (((c[0] * 37 + c[1]) * 37 + c[2]) * 37 + c[3]) * 37 + c[4];
	else
		for (; *c; c++)
			index = index * 37 + *c;
	return index % SIEVE_SIZE;
}

static struct name *names_find(const struct bcc_names *names, const char *text, size_t length)
{
	struct name *name;

	HASH_FIND(hh, names->all, text, length, name);
	return name;
}

static struct name *names_add(struct bcc_names *names, const char *text, size_t length, unsigned use)
{
	struct name *name = names_find(names, text, length);

	if (!name) {
		name = calloc(1, sizeof(*name) + length + 1);
		if (name) {
			memcpy(name->text, text, length);
			HASH_ADD_KEYPTR(hh, names->all, name->text, length, name);
			if (!name->hh.tbl) { /* no memory for the table */
				free(name);
				name = NULL;
			}
		}
		if (!name) {
			names->incomplete = true;
			return NULL;
		}
	}
	names->sieve[sieve_index(name->text)] = true;
	name->use |= use;
	return name;
}

static bool names_is(const char *text, size_t length, const char *what)
{
	return strlen(what) == length && !memcmp(text, what, length);
}

/* Whether it begins with the prefix of a kind's functions, whose contexts are structs of the same names. */
static bool names_begins(const char *text, size_t length, enum bcc_kind kind)
{
	const struct bcc_program_kind *k = &bcc_program_kinds[kind];

	return length > k->function_length && !memcmp(text, k->function, k->function_length);
}

static bool names_is_tracepoint(const struct name *name)
{
	return names_begins(name->text, strlen(name->text), BCC_KIND_TRACEPOINT);
}

static bool names_was(const struct bcc_names *names, const char *what)
{
	return !strcmp(names->previous, what);
}

/* typedef … NAME, …(*NAME)(…), NAME[…]; but none of the names of arguments, or in a size. */
static bool may_be_typedef_name(const struct bcc_names *names)
{
	return !names->typedef_inside || (names->typedef_inside == 1 && names_was(names, "*") &&
						 !strcmp(names->earlier, "(") && !names->typedef_name);
}

static void identifier_token(struct bcc_names *names, const char *text, size_t length)
{
	bool tag = names_was(names, "struct") || names_was(names, "union") || names_was(names, "enum");
	struct name *name = names_add(names, text, length, MENTIONED | (tag ? USED_TAG : 0));

	if (!name)
		return;
	/* BPF_ITER() writes the struct for the text, which only contains part of its name */
	if (names_begins(text, length, BCC_KIND_ITER))
		name->use |= USED_TAG;
	if (names->enum_depth && names->depth == names->enum_depth &&
		(names_was(names, "{") || names_was(names, ",")))
		name->use |= DEFINED;
	if (names->in_typedef && names->depth == names->typedef_depth && !tag && may_be_typedef_name(names))
		names->typedef_name = name;
	names->function = NULL;
	if (!names->depth && !tag &&
		(!names->previous[0] || names_was(names, "*") || isalpha((unsigned char)names->previous[0])))
		names->function = name;
	names->tag = tag ? name : NULL;
	/* enum NAME variable; of two names side by side the second is what has the type */
	if (!tag && !names->previous[0])
		names->enum_pending = false;
}

static void open_brace(struct bcc_names *names)
{
	names->depth++;
	if (names->tag)
		names->tag->use |= DEFINED_TAG;
	if (names->enum_pending)
		names->enum_depth = names->depth;
	names->enum_pending = false;
}

static void close_brace(struct bcc_names *names)
{
	if (names->enum_depth == names->depth)
		names->enum_depth = 0;
	if (names->depth)
		names->depth--;
}

/* "," and ";" end a name, the latter the whole typedef. */
static void typedef_token(struct bcc_names *names, const char *text, size_t length)
{
	bool last = names_is(text, length, ";");

	if (names_is(text, length, "(") || names_is(text, length, "[")) {
		names->typedef_inside++;
	} else if (names_is(text, length, ")") || names_is(text, length, "]")) {
		if (names->typedef_inside)
			names->typedef_inside--;
	} else if (last || (names_is(text, length, ",") && !names->typedef_inside)) {
		if (names->typedef_name)
			names->typedef_name->use |= DEFINED;
		names->typedef_name = NULL;
		names->in_typedef = !last;
	}
}

/* What no enum's name has between itself and its enumerators: it was a type's use, as of an argument. */
static bool ends_enum_name(const struct bcc_names *names, const char *text, size_t length)
{
	return names_is(text, length, ";") || names_is(text, length, "*") || names_is(text, length, ",") ||
	       names_is(text, length, "=") || (names->tag && names_is(text, length, ")"));
}

static void other_token(struct bcc_names *names, const char *text, size_t length)
{
	if (names->function && names_is(text, length, "("))
		names->function->use |= FUNCTION;
	names->function = NULL;
	if (names_is(text, length, "enum")) {
		names->enum_pending = true;
	} else if (names_is(text, length, "{")) {
		open_brace(names);
	} else if (names_is(text, length, "}")) {
		close_brace(names);
	} else if (names_is(text, length, "typedef")) {
		names->in_typedef = true;
		names->typedef_depth = names->depth;
		names->typedef_name = NULL;
		names->typedef_inside = 0;
	} else {
		if (names->in_typedef && names->depth == names->typedef_depth)
			typedef_token(names, text, length);
		if (ends_enum_name(names, text, length))
			names->enum_pending = false;
	}
	names->tag = NULL;
}

void bcc_names_token(void *ctx, const char *text, size_t length, bool identifier)
{
	struct bcc_names *names = ctx;

	if (identifier)
		identifier_token(names, text, length);
	else
		other_token(names, text, length);
	memcpy(names->earlier, names->previous, sizeof(names->earlier));
	names->previous[0] = '\0';
	if (!identifier && length < sizeof(names->previous)) {
		memcpy(names->previous, text, length);
		names->previous[length] = '\0';
	}
}

int bcc_names_add_tag(struct bcc_names *names, const char *tag)
{
	return names_add(names, tag, strlen(tag), USED_TAG) ? 0 : -ENOMEM;
}

int bcc_names_define(struct bcc_names *names, const char *name)
{
	return names_add(names, name, strlen(name), DEFINED) ? 0 : -ENOMEM;
}

int bcc_names_want_enumerator(struct bcc_names *names, const char *name)
{
	return names_add(names, name, strlen(name), ENUMERATOR) ? 0 : -ENOMEM;
}

bool bcc_names_incomplete(const struct bcc_names *names)
{
	return names->incomplete;
}

static bool has_use(const struct bcc_names *names, const char *text, unsigned use)
{
	struct name *name;

	if (!names->sieve[sieve_index(text)])
		return false;
	name = names_find(names, text, strlen(text));
	return name && (name->use & use);
}

bool bcc_names_has(const struct bcc_names *names, const char *name)
{
	return has_use(names, name, MENTIONED);
}

bool bcc_names_has_tag(const struct bcc_names *names, const char *name)
{
	return has_use(names, name, USED_TAG);
}

bool bcc_names_has_enumerator(const struct bcc_names *names, const char *name)
{
	const char *c = name;

	while (*c && !isupper((unsigned char)*c))
		c++;
	return bcc_names_has(names, name) && !bcc_names_defines(names, name) &&
	       (*c || has_use(names, name, ENUMERATOR));
}

bool bcc_names_defines_tag(const struct bcc_names *names, const char *name)
{
	return has_use(names, name, DEFINED_TAG);
}

bool bcc_names_defines(const struct bcc_names *names, const char *name)
{
	return has_use(names, name, DEFINED);
}

bool bcc_names_declares_function(const struct bcc_names *names, const char *name)
{
	return has_use(names, name, FUNCTION);
}

static void names_note(struct bcc_names *names, const char *text, unsigned use)
{
	struct name *name = names_find(names, text, strlen(text));

	if (name)
		name->use |= use;
}

void bcc_names_know(struct bcc_names *names, const char *name)
{
	names_note(names, name, KNOWN);
}

void bcc_names_know_tag(struct bcc_names *names, const char *name)
{
	names_note(names, name, KNOWN_TAG);
}

static bool lacks_tag(const struct name *name)
{
	return (name->use & (USED_TAG | DEFINED_TAG | KNOWN_TAG)) == USED_TAG;
}

bool bcc_names_lacks(const struct bcc_names *names, const char *name)
{
	return has_use(names, name, MENTIONED) && !has_use(names, name, DEFINED | KNOWN);
}

bool bcc_names_lacks_tag(const struct bcc_names *names, const char *name)
{
	const struct name *found = names_find(names, name, strlen(name));

	return found && lacks_tag(found);
}

int bcc_names_lacking_tags(const struct bcc_names *names, int (*fn)(void *ctx, const char *tag), void *ctx)
{
	struct name *name, *next;
	int ret = 0;

	HASH_ITER(hh, names->all, name, next)
	{
		if (lacks_tag(name) && !names_is_tracepoint(name))
			ret = fn(ctx, name->text);
		if (ret)
			return ret;
	}
	return ret;
}

void bcc_names_reach_tag(struct bcc_names *names, const char *tag)
{
	names_add(names, tag, strlen(tag), REACHED_TAG);
}

void bcc_names_use_reached(struct bcc_names *names)
{
	struct name *name, *next;

	HASH_ITER(hh, names->all, name, next)
	{
		if (name->use & REACHED_TAG)
			name->use |= USED_TAG;
	}
}

int bcc_names_tracepoints(
	const struct bcc_names *names, int (*fn)(void *ctx, const char *category_and_name), void *ctx)
{
	struct name *name, *next;
	int ret = 0;

	HASH_ITER(hh, names->all, name, next)
	{
		if (!names_is_tracepoint(name) || (name->use & DEFINED_TAG))
			continue;
		ret = fn(ctx, name->text + bcc_program_kinds[BCC_KIND_TRACEPOINT].function_length);
		if (ret)
			return ret;
	}
	return ret;
}
