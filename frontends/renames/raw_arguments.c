/* SPDX-License-Identifier: Apache-2.0 */
#include "raw_arguments.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "embedded_text.h"
#include "common/array.h"
#include "common/cleanup.h"
#include "common/text_place.h"
#include "tokens.h"

extern const struct bcc_text bcc_raw_tracepoints[];

enum { MOST_ARGUMENTS = 12, MOST_ROWS = 8, MOST_USES = 64 };

/* What a place holds: a pointer to this struct, or "-". */
struct argument {
	struct token name, tag;
};

struct row {
	struct token since;
	struct argument at[MOST_ARGUMENTS];
	unsigned count;
};

struct event {
	struct token name;
	struct row rows[MOST_ROWS]; /* oldest first */
	unsigned count;
};

/* "ctx->args[1]" in the text. */
struct use {
	struct token base; /* ctx */
	const char *end;
	unsigned place;
	/* what the text takes it for: a struct's tag, "-" for what is too narrow for a pointer; empty: it
	 * does not tell */
	struct token tag;
};

struct program {
	struct event event;
	struct use uses[MOST_USES];
	unsigned count;
};

/* ---- the table ---- */

static struct token raw_arguments_column(const char **at, const char *end, char separator)
{
	struct token t = {*at, 0};

	while (*at < end && **at != separator)
		(*at)++;
	t.length = (size_t)(*at - t.start);
	*at += *at < end;
	return t;
}

/* A line of the table. */
struct line {
	struct token event, kind, name, rest; /* rest: behind the second column; name and its rest likewise */
};

/* The next one about the event; false at the end of the file. */
static bool raw_arguments_next(const char **at, struct token event, struct line *line)
{
	while (**at) {
		const char *c = *at, *end = c + strcspn(c, "\n");

		*at = *end ? end + 1 : end;
		line->event = raw_arguments_column(&c, end, '\t');
		if (!line->event.length || *line->event.start == '#' || !renames_same(line->event, event))
			continue;
		line->kind = raw_arguments_column(&c, end, '\t');
		line->name = line->rest = (struct token){c, (size_t)(end - c)};
		if (renames_is(line->kind, "=") || renames_is(line->kind, "!")) {
			line->name = raw_arguments_column(&c, end, '\t');
			line->rest = (struct token){c, (size_t)(end - c)};
		}
		return true;
	}
	return false;
}

static void raw_arguments_add_row(struct event *event, const struct line *line)
{
	const char *c = line->rest.start, *end = c + line->rest.length;
	struct row *row;

	if (event->count == MOST_ROWS)
		return;
	row = &event->rows[event->count++];
	row->since = line->kind;
	while (c < end && row->count < MOST_ARGUMENTS) {
		struct argument *a = &row->at[row->count++];

		a->name = raw_arguments_column(&c, end, ':');
		a->tag = raw_arguments_column(&c, end, ' ');
	}
}

/* False if the table does not have it. */
static bool raw_arguments_event(struct token name, struct event *event)
{
	const char *at = bcc_raw_tracepoints[0].text;
	struct line line;

	*event = (struct event){.name = name};
	while (raw_arguments_next(&at, name, &line))
		if (!renames_is(line.kind, "=") && !renames_is(line.kind, "!"))
			raw_arguments_add_row(event, &line);
	return event->count;
}

/* What the table says of an argument that is lacking: `kind` "=", an expression, or "!", a sentence. */
static struct token raw_arguments_instead(const struct event *event, struct token name, const char *kind)
{
	const char *at = bcc_raw_tracepoints[0].text;
	struct line line;

	while (raw_arguments_next(&at, event->name, &line))
		if (renames_is(line.kind, kind) && renames_same(line.name, name))
			return line.rest;
	return (struct token){0};
}

/* ---- the kernel's arguments ---- */

/* The struct that a pointer leads to, or "-". */
static struct token raw_arguments_tag(const struct bcc_btf_bytes *kernel, uint32_t id)
{
	const struct btf_type *t = bcc_btf_bare_type(kernel, id);
	const char *tag = "-";

	t = t && btf_is_ptr(t) ? bcc_btf_bare_type(kernel, t->type) : NULL;
	if (t && btf_is_struct(t) && t->name_off < kernel->string_size)
		tag = kernel->strings + t->name_off;
	return (struct token){tag, strlen(tag)};
}

/* The row that the kernel has; NULL: it has none of them, or not the tracepoint. */
static const struct row *raw_arguments_of_kernel(
	const struct bcc_btf_bytes *kernel, const struct event *event)
{
	char name[128];
	const struct btf_type *t;
	uint32_t id = 0;

	/* void (*)(void *data, …) */
	if (snprintf(name, sizeof(name), "btf_trace_%.*s", (int)event->name.length, event->name.start) <
		(int)sizeof(name))
		id = bcc_btf_find_type(kernel, name, BTF_KIND_TYPEDEF);
	t = bcc_btf_bare_type(kernel, id);
	t = t && btf_is_ptr(t) ? bcc_btf_bare_type(kernel, t->type) : NULL;
	if (!t || !btf_is_func_proto(t))
		return NULL;
	for (unsigned i = 0; i < event->count; i++) {
		const struct row *row = &event->rows[i];
		unsigned place = 0;

		if (row->count + 1 != btf_vlen(t))
			continue;
		while (place < row->count &&
			renames_same(
				row->at[place].tag, raw_arguments_tag(kernel, btf_params(t)[place + 1].type)))
			place++;
		if (place == row->count)
			return row;
	}
	return NULL;
}

/* ---- the text ---- */

/* Behind the "}" of the "{" at `at`; NULL: there is none. `*conditional`: the preprocessor leaves some of it
 * out. */
static const char *raw_arguments_block_end(const char *at, const char *text_end, bool *conditional)
{
	int depth = 0;

	*conditional = false;
	while (*at) {
		const char *behind = bcc_text_skip(at);

		if (behind != at) {
			at = behind;
			continue;
		}
		*conditional |= *at == '#' && !strncmp(renames_token(at + 1, text_end).start, "if", 2);
		depth += (*at == '{') - (*at == '}');
		at++;
		if (!depth)
			return at;
	}
	return NULL;
}

/* "int", "unsigned char", "u32", …: a pointer does not fit. `last` is the type's last token. */
static bool raw_arguments_is_narrow(const char *start, struct token last)
{
	static const char *const narrow[] = {"u32", "s32", "__u32", "__s32", "u16", "s16", "u8", "s8",
		"short", "char", "pid_t", "uid_t", "gid_t", "uint32_t", "int32_t"};

	for (size_t i = 0; i < ARRAY_SIZE(narrow); i++)
		if (renames_is(last, narrow[i]))
			return true;
	if (!renames_is(last, "int") && !renames_is(last, "unsigned"))
		return false;
	while (renames_is(last, "int") || renames_is(last, "unsigned"))
		last = renames_token_before(start, last.start);
	return !renames_is(last, "long");
}

/* The type whose last token is `last`: "struct request *", "int". Empty: something that does not tell. */
static struct token raw_arguments_meant(const char *start, struct token last)
{
	struct token tag;

	if (raw_arguments_is_narrow(start, last))
		return (struct token){"-", 1};
	if (!renames_is(last, "*"))
		return (struct token){0};
	tag = renames_token_before(start, last.start);
	last = renames_token_before(start, tag.start);
	return renames_is(last, "struct") ? tag : (struct token){0};
}

/* What the text takes the expression for that begins at `at`: by a cast, or by the variable that it is the
 * value of. */
static struct token raw_arguments_taken_for(const char *start, const char *at)
{
	struct token t = renames_token_before(start, at), meant, open;

	while (renames_is(t, ")") || renames_is(t, "(")) {
		if (renames_is(t, "(")) {
			t = renames_token_before(start, t.start);
			continue;
		}
		t = renames_token_before(start, t.start);
		meant = raw_arguments_meant(start, t);
		if (meant.length)
			return meant;
		/* void *, u64, unsigned long */
		open = t;
		while (open.length && (renames_is(open, "*") || renames_is_word(*open.start)))
			open = renames_token_before(start, open.start);
		if (!renames_is(open, "("))
			return (struct token){0};
		t = renames_token_before(start, open.start);
	}
	if (!renames_is(t, "="))
		return (struct token){0};
	t = renames_token_before(start, t.start);
	return raw_arguments_meant(start, renames_token_before(start, t.start));
}

/* The use whose "args" is at `args`; false: it is not of the form ctx->args[NUMBER]. */
static bool raw_arguments_use(const char *start, struct token args, const char *end, struct use *use)
{
	struct token t;
	char *behind;

	use->base = renames_token_before(start, renames_token_before(start, args.start).start);
	if (!use->base.length || !renames_is_word(*use->base.start))
		return false;
	t = renames_token_before(start, use->base.start);
	if (renames_is(t, "->") || renames_is(t, "."))
		return false;
	t = renames_token(args.start + args.length, end);
	if (!renames_is(t, "["))
		return false;
	t = renames_token(t.start + 1, end);
	if (!t.length || t.length > 2 || !isdigit((unsigned char)*t.start))
		return false;
	use->place = (unsigned)strtoul(t.start, &behind, 10);
	t = renames_token(behind, end);
	if (!renames_is(t, "]"))
		return false;
	use->end = t.start + 1;
	use->tag = raw_arguments_taken_for(start, use->base.start);
	return !memchr(use->base.start, '\n', (size_t)(use->end - use->base.start));
}

/* False: the program uses its arguments in ways that are not understood. */
static bool raw_arguments_uses(struct program *p, const char *at, const char *end)
{
	const char *start = at;

	p->count = 0;
	while (at < end) {
		const char *behind = bcc_text_skip(at);
		struct token t;

		if (behind != at) {
			at = behind;
			continue;
		}
		t = renames_token(at, end);
		if (t.start != at) { /* blanks; a comment may follow */
			at = t.start;
			continue;
		}
		if (renames_is(t, "args") && renames_is(renames_token_before(start, at), "->")) {
			if (p->count == MOST_USES || !raw_arguments_use(start, t, end, &p->uses[p->count]))
				return false;
			p->count++;
		}
		at = t.start + t.length;
		if (!t.length)
			break;
	}
	return p->count;
}

/* ---- comparing ---- */

static bool raw_arguments_consistent(const struct program *p, const struct row *row)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct use *use = &p->uses[i];

		if (use->place >= row->count ||
			(use->tag.length && !renames_same(use->tag, row->at[use->place].tag)))
			return false;
	}
	return true;
}

static int raw_arguments_place(const struct row *row, struct token name)
{
	for (unsigned i = 0; i < row->count; i++)
		if (renames_same(row->at[i].name, name))
			return (int)i;
	return -1;
}

/* Whether two rows mean the same by the places that the program uses. */
static bool raw_arguments_agree(const struct program *p, const struct row *a, const struct row *b)
{
	for (unsigned i = 0; i < p->count; i++)
		if (!renames_same(a->at[p->uses[i].place].name, b->at[p->uses[i].place].name))
			return false;
	return true;
}

/* The row that the text was written for, if it is not the kernel's; NULL: the kernel's, or not known. */
static const struct row *raw_arguments_of_text(const struct program *p, const struct row *kernel)
{
	const struct row *found = NULL;

	if (raw_arguments_consistent(p, kernel))
		return NULL;
	for (unsigned i = 0; i < p->event.count; i++) {
		const struct row *row = &p->event.rows[i];

		if (!raw_arguments_consistent(p, row))
			continue;
		if (found && !raw_arguments_agree(p, found, row))
			return NULL;
		found = row;
	}
	return found;
}

/* ---- replacing ---- */

struct fitting {
	const struct program *program;
	const struct row *text, *kernel;
	const char *name, *end; /* of the text */
	const char *counted;	/* up to here its lines are */
	unsigned line;
	FILE *out, *said;
	struct bcc_err *err;
};

#define TOKEN(t) (int)(t).length, (t).start

/* Since when a place of the text's row means something else: " since Linux 5.11", " before …". */
static void raw_arguments_when(const struct fitting *f, unsigned place, char *when, size_t size)
{
	struct token name = f->text->at[place].name, since = {"-", 1};
	bool newer = f->text > f->kernel;
	const struct row *row;

	if (newer)
		for (row = f->text; row > f->kernel && raw_arguments_place(row, name) == (int)place; row--)
			since = row->since;
	else
		for (row = f->text + 1; row <= f->kernel && renames_is(since, "-"); row++)
			if (raw_arguments_place(row, name) != (int)place)
				since = row->since;
	if (renames_is(since, "-"))
		snprintf(when, size, " in this kernel");
	else
		snprintf(when, size, " %s Linux %.*s", newer ? "before" : "since", TOKEN(since));
}

/* Places are asked for in the order of the text. */
static unsigned raw_arguments_line(struct fitting *f, const char *at)
{
	for (; f->counted < at; f->counted++)
		f->line += *f->counted == '\n';
	return f->line;
}

/* An expression of the table, with the kernel's arguments in it; false: the kernel lacks one of them. */
static bool raw_arguments_write(
	const struct fitting *f, FILE *out, struct token base, struct token expression)
{
	const char *c = expression.start, *end = c + expression.length;

	while (c < end) {
		struct token text = raw_arguments_column(&c, end, '{'), name, tag;
		int place;

		fprintf(out, "%.*s", TOKEN(text));
		if (c == end)
			break;
		name = raw_arguments_column(&c, end, ':');
		tag = raw_arguments_column(&c, end, '}');
		place = raw_arguments_place(f->kernel, name);
		if (place < 0)
			return false;
		fprintf(out, "((struct %.*s *)%.*s->args[%d])", TOKEN(tag), TOKEN(base), place);
	}
	return true;
}

/* Whether an earlier use of the same place has been told of. */
static bool raw_arguments_told(const struct program *p, const struct use *use)
{
	for (const struct use *u = p->uses; u < use; u++)
		if (u->place == use->place)
			return true;
	return false;
}

static int raw_arguments_replace(struct fitting *f, const struct use *use)
{
	const struct event *event = &f->program->event;
	struct token name = f->text->at[use->place].name, expression;
	int place = raw_arguments_place(f->kernel, name);
	bcc_auto_free char *by = NULL;
	bool known = place >= 0;
	char when[32];
	size_t size;
	FILE *out;

	if (place == (int)use->place)
		return 0;
	out = open_memstream(&by, &size);
	if (!out)
		return bcc_fail(f->err, -ENOMEM, "out of memory");
	expression = raw_arguments_instead(event, name, "=");
	if (known)
		fprintf(out, "%.*s->args[%d]", TOKEN(use->base), place);
	else if (expression.length)
		known = raw_arguments_write(f, out, use->base, expression);
	if (fclose(out))
		return bcc_fail(f->err, -ENOMEM, "out of memory");
	raw_arguments_when(f, use->place, when, sizeof(when));
	if (!known) {
		expression = raw_arguments_instead(event, name, "!");
		return bcc_fail(f->err, -EINVAL,
			"%s:%u: error: raw tracepoint %.*s has no argument %.*s (args[%u])%s%s%.*s", f->name,
			raw_arguments_line(f, use->base.start), TOKEN(event->name), TOKEN(name), use->place,
			when, expression.length ? ": " : "", TOKEN(expression));
	}
	if (place >= 0)
		fputs(by, f->out);
	else
		fprintf(f->out, "((unsigned long)%s)", by);
	if (!raw_arguments_told(f->program, use))
		fprintf(f->said,
			"%s:%u: warning: args[%u] of raw tracepoint %.*s is not %.*s%s; %s is used in its place\n",
			f->name, raw_arguments_line(f, use->base.start), use->place, TOKEN(event->name),
			TOKEN(name), when, by);
	return 1;
}

/* Writes the text from `*at` on up to behind the program's last argument, and moves `*at` there. */
static int raw_arguments_fit(struct fitting *f, const char **at)
{
	int ret;

	for (unsigned i = 0; i < f->program->count; i++) {
		const struct use *use = &f->program->uses[i];

		fwrite(*at, 1, (size_t)(use->base.start - *at), f->out);
		ret = raw_arguments_replace(f, use);
		if (ret < 0)
			return ret;
		*at = ret ? use->end : use->base.start;
	}
	return 0;
}

/* The next program of the text: its event, and where its body begins; NULL: there is no other. */
static const char *raw_arguments_next_program(const char *at, const char *end, struct token *event)
{
	static const char macro[] = "RAW_TRACEPOINT_PROBE", prefix[] = "raw_tracepoint__";
	struct token t;

	for (; *at; at++) {
		const char *behind = bcc_text_skip(at);

		if (behind != at) {
			at = behind - 1;
			continue;
		}
		if (!renames_is_word(*at))
			continue;
		t = renames_token(at, end);
		at += t.length - 1;
		if (renames_is(t, macro)) {
			t = renames_token(at + 1, end);
			*event = renames_token(t.start + t.length, end);
			if (!renames_is(t, "("))
				continue;
		} else if (t.length > strlen(prefix) && !strncmp(t.start, prefix, strlen(prefix))) {
			*event = (struct token){t.start + strlen(prefix), t.length - strlen(prefix)};
		} else {
			continue;
		}
		at = event->start + event->length;
		at += strcspn(at, ";{");
		if (*at == '{')
			return at;
		at--;
	}
	return NULL;
}

/* Whether some program's arguments were replaced, or a negative errno. */
static int raw_arguments_fit_all(
	const struct bcc_btf_bytes *kernel, struct fitting *f, struct program *p, const char *text)
{
	const char *at = text, *done = text, *end;
	struct token event;
	bool conditional, changed = false;
	int ret;

	f->program = p;
	while ((at = raw_arguments_next_program(at, f->end, &event))) {
		end = raw_arguments_block_end(at, f->end, &conditional);
		if (!end)
			break;
		/* what is left out may be for another kernel */
		if (!conditional && raw_arguments_event(event, &p->event) && raw_arguments_uses(p, at, end)) {
			f->kernel = raw_arguments_of_kernel(kernel, &p->event);
			f->text = f->kernel ? raw_arguments_of_text(p, f->kernel) : NULL;
			ret = f->text ? raw_arguments_fit(f, &done) : 0;
			if (ret)
				return ret;
			changed |= f->text != NULL;
		}
		at = end;
	}
	fputs(done, f->out);
	return changed;
}

int bcc_raw_arguments_fit(const struct bcc_btf_bytes *kernel, const char *name, const char *text,
	char **fitted, char **warnings, struct bcc_err *err)
{
	struct fitting f = {.name = name, .end = text + strlen(text), .counted = text, .line = 1, .err = err};
	bcc_auto_free struct program *program = NULL;
	bcc_auto_free char *out = NULL, *said = NULL;
	size_t size, said_size;
	int ret;

	*fitted = *warnings = NULL;
	if (!strstr(text, "RAW_TRACEPOINT_PROBE") && !strstr(text, "raw_tracepoint__"))
		return 0;
	program = malloc(sizeof(*program));
	f.out = program ? open_memstream(&out, &size) : NULL;
	f.said = f.out ? open_memstream(&said, &said_size) : NULL;
	ret = f.said ? raw_arguments_fit_all(kernel, &f, program, text)
		     : bcc_fail(err, -ENOMEM, "out of memory");
	if ((f.out && fclose(f.out)) | (f.said && fclose(f.said)))
		ret = bcc_fail(err, -ENOMEM, "out of memory");
	if (ret <= 0)
		return ret;
	*fitted = out;
	*warnings = said;
	out = said = NULL;
	return 0;
}
