/* SPDX-License-Identifier: Apache-2.0 */
#include "renames.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded_text.h"
#include "common/array.h"
#include "common/cleanup.h"
#include "tokens.h"
#include "tracepoints.h"

extern const struct bcc_text bcc_renamed_members[];

enum { MOST_TOKENS = 16 };

/* "signal->pids[PIDTYPE_SID]" */
struct path {
	struct token tokens[MOST_TOKENS];
	size_t count;
};

struct row {
	struct token tag, old, new, since;
	bool explains, narrower;
	struct token rest; /* explains: what became of it; otherwise a note, or nothing */
};

struct bcc_renamed_place {
	size_t start, end;
	struct token by;
};

/* A row that fits the place in the text, read in one of its directions. */
struct match {
	struct row row;
	struct token was, is; /* was: what the text has */
	bool is_newer;	      /* the text has the newer one */
	size_t tokens;	      /* 0: none fits */
	size_t start, end;    /* in the text */
};

void bcc_renames_free(struct bcc_renames *renames)
{
	free(renames->places);
	free(renames->warnings);
	free(renames->advice);
	*renames = (struct bcc_renames){0};
}

/* ---- paths ---- */

static struct path renames_path(struct token text)
{
	const char *at = text.start, *end = text.start + text.length;
	struct path p = {.count = 0};

	while (p.count < MOST_TOKENS) {
		struct token t = renames_token(at, end);

		if (!t.length)
			break;
		p.tokens[p.count++] = t;
		at = t.start + t.length;
	}
	return p;
}

/* ---- rows ---- */

static struct token renames_column(const char **at, const char *end)
{
	struct token t;

	while (*at < end && (**at == ' ' || **at == '\t'))
		(*at)++;
	t.start = *at;
	while (*at < end && **at != ' ' && **at != '\t')
		(*at)++;
	t.length = (size_t)(*at - t.start);
	return t;
}

static struct token renames_rest(const char *at, const char *end)
{
	while (at < end && isspace((unsigned char)*at))
		at++;
	return (struct token){at, (size_t)(end - at)};
}

/* False at the end of the file. */
static bool renames_next_row(const char **at, struct row *row)
{
	while (**at) {
		const char *end = *at + strcspn(*at, "\n"), *c = *at;

		*at = *end ? end + 1 : end;
		row->tag = renames_column(&c, end);
		row->old = renames_column(&c, end);
		row->new = renames_column(&c, end);
		row->since = renames_column(&c, end);
		row->explains = row->new.length && *row->new.start == '(';
		row->rest = renames_rest(c, end);
		c = row->rest.start;
		row->narrower = !row->explains && renames_is(renames_column(&c, end), "narrower");
		if (row->narrower)
			row->rest = renames_rest(c, end);
		if (row->tag.length && *row->tag.start != '#')
			return true;
	}
	return false;
}

/* ---- the kernel's types ---- */

static const struct btf_type *renames_struct(const struct bcc_btf_bytes *kernel, struct token tag)
{
	static const unsigned kinds[] = {BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_TYPEDEF};
	char name[128];
	uint32_t id = 0;

	if (snprintf(name, sizeof(name), "%.*s", (int)tag.length, tag.start) >= (int)sizeof(name))
		return NULL;
	for (size_t i = 0; !id && i < ARRAY_SIZE(kinds); i++)
		id = bcc_btf_find_type(kernel, name, kinds[i]);
	return bcc_btf_bare_type(kernel, id);
}

/* The type of a member, which may be one of a struct without a name in it. */
static const struct btf_type *renames_member(
	const struct bcc_btf_bytes *kernel, const struct btf_type *t, struct token name, int depth)
{
	const struct btf_type *found = NULL;

	if (!t || !btf_is_composite(t))
		return NULL;
	for (int i = 0; !found && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (m->name_off && renames_is(name, kernel->strings + m->name_off))
			found = bcc_btf_bare_type(kernel, m->type);
		else if (!m->name_off && depth)
			found = renames_member(kernel, bcc_btf_bare_type(kernel, m->type), name, depth - 1);
	}
	return found;
}

/* What the first `count` tokens of a path from `tag` lead to, NULL: this kernel does not have it. */
static const struct btf_type *renames_walk(
	const struct bcc_btf_bytes *kernel, struct token tag, const struct path *path, size_t count)
{
	const struct btf_type *t = renames_struct(kernel, tag);

	for (size_t i = 0; t && i < count; i++) {
		struct token token = path->tokens[i];

		if (renames_is(token, "->")) {
			t = btf_is_ptr(t) ? bcc_btf_bare_type(kernel, t->type) : NULL;
		} else if (renames_is(token, "[")) {
			t = btf_is_array(t) ? bcc_btf_bare_type(kernel, btf_array(t)->type)
			    : btf_is_ptr(t) ? bcc_btf_bare_type(kernel, t->type)
					    : NULL;
			i += 2;
		} else if (!renames_is(token, ".")) {
			t = renames_member(kernel, t, token, 8);
		}
	}
	return t;
}

static bool renames_has(const struct bcc_btf_bytes *kernel, struct token tag, struct token text)
{
	struct path path = renames_path(text);

	return renames_walk(kernel, tag, &path, path.count);
}

/* "(mm_mt)", "(slab:inuse)" */
static bool renames_has_sign(const struct bcc_btf_bytes *kernel, const struct row *row)
{
	struct token tag = row->tag, sign = {row->new.start + 1, row->new.length - 2};
	const char *colon = memchr(sign.start, ':', sign.length);

	if (colon) {
		tag = (struct token){sign.start, (size_t)(colon - sign.start)};
		sign = (struct token){colon + 1, sign.length - tag.length - 1};
	}
	return renames_has(kernel, tag, sign);
}

/* ---- places in the text ---- */

/* "&task->state": whether the address is taken of what ends before `at`. */
static bool renames_is_addressed(const char *text, const char *at)
{
	struct token t = renames_token_before(text, at);
	int depth = 0;

	while (t.length && (depth || renames_is_word(*t.start) || strchr(".-)]", *t.start))) {
		if (strchr(")]", *t.start))
			depth++;
		else if (strchr("([", *t.start))
			depth--;
		t = renames_token_before(text, t.start);
	}
	if (!renames_is(t, "&"))
		return false;
	t = renames_token_before(text, t.start);
	return !t.length || !(renames_is_word(*t.start) || strchr(")]&", *t.start)) ||
	       renames_is(t, "return");
}

/* Whether `path` stands in the text where its token `k` is at `at`. */
static bool renames_stands(
	const struct path *path, size_t k, const char *text, const char *at, struct match *match)
{
	const char *start = at, *end = at + path->tokens[k].length;
	struct token t;

	for (size_t i = k; i-- > 0; start = t.start) {
		t = renames_token_before(text, start);
		if (t.length != path->tokens[i].length ||
			memcmp(t.start, path->tokens[i].start, t.length) != 0)
			return false;
	}
	for (size_t i = k + 1; i < path->count; i++, end = t.start + t.length) {
		t = renames_token(end, end + strlen(end));
		if (t.length != path->tokens[i].length ||
			memcmp(t.start, path->tokens[i].start, t.length) != 0)
			return false;
	}
	match->start = (size_t)(start - text);
	match->end = (size_t)(end - text);
	return true;
}

struct lacking {
	const struct bcc_btf_bytes *kernel;
	const char *text, *at; /* at: NULL: not in the text */
	struct token tag, member;
};

/* Whether the row is about what is lacking. */
static bool renames_fits(
	const struct lacking *l, const struct row *row, struct token was, struct match *match)
{
	struct path path = renames_path(was);

	for (size_t k = 0; k < path.count; k++) {
		if (!renames_same(path.tokens[k], l->member))
			continue;
		if (k ? renames_walk(l->kernel, row->tag, &path, k) != renames_struct(l->kernel, l->tag)
		      : !renames_same(row->tag, l->tag))
			continue;
		if (!l->at) {
			match->start = match->end = 0;
			return true;
		}
		if (renames_stands(&path, k, l->text, l->at, match))
			return true;
	}
	return false;
}

/* Whether what the text means can be put in its place. */
static bool renames_can_replace(const struct lacking *l, const struct match *match)
{
	const char *start = l->text + match->start;
	struct token before;

	if (!l->at)
		return true;
	if (match->row.narrower && renames_is_addressed(l->text, start))
		return false;
	before = renames_token_before(l->text, start);
	return renames_is(before, ".") || renames_is(before, "->") ||
	       !memmem(match->is.start, match->is.length, "->", 2);
}

/* The row that covers the most of what the text has there; `replaceable`, or one that only explains. */
static struct match renames_find(const struct lacking *l, bool replaceable)
{
	struct match best = {.tokens = 0};
	const char *at = bcc_renamed_members[0].text;
	struct row row;

	while (renames_next_row(&at, &row)) {
		for (int newer = 0; newer < 2; newer++) {
			struct match m = {.row = row,
				.was = newer ? row.new : row.old,
				.is = newer ? row.old : row.new,
				.is_newer = newer};

			if (row.explains && (newer || replaceable))
				continue;
			m.tokens = renames_path(m.was).count;
			if (m.tokens <= best.tokens || !renames_fits(l, &row, m.was, &m))
				continue;
			/* which of two names a kernel has, its types tell */
			if (row.explains ? !renames_has_sign(l->kernel, &row)
					 : !renames_has(l->kernel, row.tag, m.is))
				continue;
			if (!replaceable || renames_can_replace(l, &m))
				best = m;
		}
	}
	return best;
}

/* ---- what is said ---- */

static void renames_say(char **lines, const char *line)
{
	char *longer;

	if (*lines && strstr(*lines, line))
		return;
	if (asprintf(&longer, "%s%s", *lines ? *lines : "", line) < 0)
		return;
	free(*lines);
	*lines = longer;
}

#define TOKEN(t) (int)(t).length, (t).start

/* " since Linux 5.14", " before Linux 5.14", " in this kernel" */
static void renames_when(const struct match *m, char *when, size_t size)
{
	if (renames_is(m->row.since, "-"))
		snprintf(when, size, " in this kernel");
	else
		snprintf(when, size, " %s Linux %.*s", m->is_newer ? "before" : "since", TOKEN(m->row.since));
}

static void renames_warn(
	struct bcc_renames *renames, const char *name, const struct lacking *l, const struct match *m)
{
	bcc_auto_free char *line = NULL, *where = NULL;
	char when[32];
	unsigned number = 1;

	for (const char *c = l->text; c < l->at; c++)
		number += *c == '\n';
	renames_when(m, when, sizeof(when));
	if (asprintf(&line, "warning: struct %.*s has no member %.*s%s; %.*s is used in its place%s%.*s\n",
		    TOKEN(m->row.tag), TOKEN(m->was), when, TOKEN(m->is), m->row.rest.length ? " " : "",
		    TOKEN(m->row.rest)) < 0) {
		line = NULL;
		return;
	}
	/* once for each member, at its first place */
	if (renames->warnings && strstr(renames->warnings, line))
		return;
	if (asprintf(&where, "%s:%u: %s", name, number, line) < 0)
		where = NULL;
	else
		renames_say(&renames->warnings, where);
}

static void renames_advise(struct bcc_renames *renames, const struct match *m)
{
	bcc_auto_free char *line = NULL;
	char when[32];
	int ret;

	renames_when(m, when, sizeof(when));
	if (m->row.explains)
		ret = asprintf(&line, "struct %.*s has no member %.*s%s: %.*s\n", TOKEN(m->row.tag),
			TOKEN(m->was), when, TOKEN(m->row.rest));
	else
		ret = asprintf(&line, "struct %.*s has no member %.*s%s: take %.*s%s%s%.*s\n",
			TOKEN(m->row.tag), TOKEN(m->was), when, TOKEN(m->is),
			m->row.narrower ? ", which has another size" : "", m->row.rest.length ? " " : "",
			TOKEN(m->row.rest));
	if (ret < 0)
		line = NULL;
	else
		renames_say(&renames->advice, line);
}

/* Of a tracepoint's struct. */
static void renames_advise_field(struct bcc_renames *renames, const char *tag, const char *field)
{
	static const char prefix[] = "tracepoint__";
	const char *event = tag + strlen(prefix), *name;
	bcc_auto_free char *line = NULL;
	char became[256];

	if (strncmp(tag, prefix, strlen(prefix)) != 0)
		return;
	name = strstr(event, "__");
	if (!name)
		return;
	bcc_tracepoint_became(event, field, became, sizeof(became));
	if (!*became)
		return;
	if (asprintf(&line, "tracepoint %.*s:%s has no field %s%s\n", (int)(name - event), event, name + 2,
		    field, became) < 0)
		line = NULL;
	else
		renames_say(&renames->advice, line);
}

static void renames_remember(struct bcc_renames *renames, const struct match *m)
{
	struct bcc_renamed_place *longer;

	for (size_t i = 0; i < renames->count; i++)
		if (m->start < renames->places[i].end && renames->places[i].start < m->end)
			return;
	longer = realloc(renames->places, (renames->count + 1) * sizeof(*longer));
	if (!longer)
		return;
	renames->places = longer;
	longer[renames->count++] = (struct bcc_renamed_place){m->start, m->end, m->is};
}

void bcc_renames_look(struct bcc_renames *renames, const struct bcc_btf_bytes *kernel, const char *name,
	const char *text, const char *tag, const char *member, size_t place)
{
	struct lacking l = {kernel, text, place == SIZE_MAX ? NULL : text + place, {tag, strlen(tag)},
		{member, strlen(member)}};
	struct match m;

	/* in a macro of another file it may stand anywhere */
	if (l.at && strncmp(l.at, member, l.member.length) != 0)
		l.at = NULL;
	m = renames_find(&l, true);
	if (m.tokens && l.at) {
		renames_remember(renames, &m);
		renames_warn(renames, name, &l, &m);
		return;
	}
	if (!m.tokens)
		m = renames_find(&l, false);
	if (m.tokens)
		renames_advise(renames, &m);
	else
		renames_advise_field(renames, tag, member);
}

static int renames_by_start(const void *a, const void *b)
{
	const struct bcc_renamed_place *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

char *bcc_renames_apply(struct bcc_renames *renames, const char *text)
{
	char *made = NULL;
	size_t size, at = 0;
	FILE *out = renames->count ? open_memstream(&made, &size) : NULL;

	if (!out)
		return NULL;
	qsort(renames->places, renames->count, sizeof(*renames->places), renames_by_start);
	for (size_t i = 0; i < renames->count; i++) {
		const struct bcc_renamed_place *p = &renames->places[i];

		fwrite(text + at, 1, p->start - at, out);
		fwrite(p->by.start, 1, p->by.length, out);
		for (size_t c = p->start; c < p->end; c++)
			if (text[c] == '\n')
				fputc('\n', out);
		at = p->end;
	}
	fputs(text + at, out);
	renames->count = 0;
	if (fclose(out)) {
		free(made);
		return NULL;
	}
	return made;
}

void bcc_renames_explain(const struct bcc_renames *renames, struct bcc_err *err)
{
	if (renames->advice && err->text)
		bcc_fail(err, err->code, "%s%s", err->text, renames->advice);
}
