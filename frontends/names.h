/* SPDX-License-Identifier: Apache-2.0 */
/* Which names a program text uses and which it defines itself, from its tokens alone. */
#ifndef FRONTENDS_NAMES_H
#define FRONTENDS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct bcc_names;

struct bcc_names *bcc_names_new(void); /* NULL: out of memory */
void bcc_names_free(struct bcc_names *names);

/* The next token of the text, as for struct bcc_token_reader. */
void bcc_names_token(void *names, const char *text, size_t length, bool identifier);
/* The text defines it, in a way that its tokens do not tell. */
int bcc_names_define(struct bcc_names *names, const char *name);
/* It may be an enumerator although it is in lower case. */
int bcc_names_want_enumerator(struct bcc_names *names, const char *name);
/* Adds a struct, union or enum tag that is used outside the text. */
int bcc_names_add_tag(struct bcc_names *names, const char *tag);

/* Whether memory ran out on the way. */
bool bcc_names_incomplete(const struct bcc_names *names);

/* Used anywhere, in any role. */
bool bcc_names_has(const struct bcc_names *names, const char *name);
/* Used after struct, union or enum. */
bool bcc_names_has_tag(const struct bcc_names *names, const char *name);
/* The text itself defines `struct name {…}` (or union, enum). */
bool bcc_names_defines_tag(const struct bcc_names *names, const char *name);
/* The text has a typedef or an enumerator of that name. */
bool bcc_names_defines(const struct bcc_names *names, const char *name);
/* The text has TYPE name(…, outside of functions. */
bool bcc_names_declares_function(const struct bcc_names *names, const char *name);

/* Used, and may be an enumerator of the kernel's: a name in lower case is more likely a variable of the
 * text, unless it was asked for. */
bool bcc_names_has_enumerator(const struct bcc_names *names, const char *name);

/* Marks a name as provided by the kernel's types. */
void bcc_names_know(struct bcc_names *names, const char *name);
void bcc_names_know_tag(struct bcc_names *names, const char *name);
/* Used in that role, and neither defined by the text nor known: typedefs and enumerators; struct, union and
 * enum tags. */
bool bcc_names_lacks(const struct bcc_names *names, const char *name);
bool bcc_names_lacks_tag(const struct bcc_names *names, const char *name);
/* Calls `fn` for each missing tag, except tracepoints'. Stops when it returns non-zero. */
int bcc_names_lacking_tags(const struct bcc_names *names, int (*fn)(void *ctx, const char *tag), void *ctx);

/* A tag that a member used by the text leads to, but which the kernel's types only declare. */
void bcc_names_reach_tag(struct bcc_names *names, const char *tag);
/* From here on such tags count as used by the text. */
void bcc_names_use_reached(struct bcc_names *names);

/* Calls `fn` for each tracepoint whose struct the text uses, with the part after "tracepoint__". Stops when
 * it returns non-zero. */
int bcc_names_tracepoints(
	const struct bcc_names *names, int (*fn)(void *ctx, const char *category_and_name), void *ctx);

#endif
