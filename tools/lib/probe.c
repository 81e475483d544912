/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "probe.h"
#include "tool.h"

enum { MOST_COLONS = 64 };

struct probe_parser {
	struct probe *probe;
	const char *text;
	unsigned flags;
	struct probe_error *error;
	const char *colons[MOST_COLONS];
	unsigned count;
};

static int probe_fail(struct probe_parser *p, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int probe_fail(struct probe_parser *p, const char *at, const char *format, ...)
{
	va_list args;

	p->error->column = at - p->text + 1;
	va_start(args, format);
	vsnprintf(p->error->why, sizeof(p->error->why), format, args);
	va_end(args);
	return -EINVAL;
}

static char *probe_copy(const char *from, const char *end)
{
	char *copy = strndup(from, end - from);

	if (!copy)
		buffer_no_memory();
	return copy;
}

/* ---- the parts ---- */

/* The end of a set of characters that begins here, "[a-z]" or "[[:alpha:]]"; NULL: it has none. */
static const char *probe_set_end(const char *at)
{
	at++;
	if (*at == '^' || *at == '!')
		at++;
	if (*at == ']')
		at++;
	while (*at && *at != ']') {
		const char *inner = at[0] == '[' && at[1] == ':' ? strstr(at + 2, ":]") : NULL;

		at = inner ? inner + 2 : at + 1;
	}
	return *at ? at : NULL;
}

/* Colons between parts; those of sets of characters are not. */
static int probe_find_colons(struct probe_parser *p)
{
	for (const char *at = p->text; *at; at++) {
		if (isspace((unsigned char)*at))
			return probe_fail(p, at, "blanks are not possible here");
		if (*at == '[') {
			const char *end = probe_set_end(at);

			at = end ? end : at;
		} else if (*at == ':' && p->count == MOST_COLONS) {
			return probe_fail(p, at, "there are too many colons");
		} else if (*at == ':') {
			p->colons[p->count++] = at;
		}
	}
	return 0;
}

static int probe_set_kind(struct probe_parser *p, char letter)
{
	p->probe->at_return = letter == 'r';
	if (letter == 't')
		p->probe->kind = PROBE_TRACEPOINT;
	else if (letter == 'u')
		p->probe->kind = PROBE_USDT;
	if (p->probe->at_return && !(p->flags & PROBE_RETURNS))
		return probe_fail(p, p->text, "returns are not possible here: leave out 'r'");
	if (p->probe->kind != PROBE_FUNCTION && p->flags & PROBE_FUNCTIONS)
		return probe_fail(
			p, p->text, "only functions are possible here, LIBRARY:FUNCTION or FUNCTION");
	return 0;
}

static bool probe_is_letter(const char *from, const char *end)
{
	return end == from || (end == from + 1 && strchr("prtu", *from));
}

/* Splits the text at its colons: sets kind, place and provider. `name` receives the rest. */
static int probe_split(struct probe_parser *p, const char **name)
{
	const char *first = p->text, *last;
	struct probe *probe = p->probe;
	int ret = 0;

	*name = p->text;
	if (!p->count)
		return 0;
	last = p->colons[p->count - 1];
	*name = last + 1;
	if (p->count > 1 && probe_is_letter(p->text, p->colons[0])) {
		first = p->colons[0] + 1;
		ret = probe_set_kind(p, *p->text);
	} else if (p->count == 1 && probe_is_letter(p->text, last) && last > p->text) {
		return probe_fail(p, last + 1, "a part is missing: %s",
			*p->text == 't' ? "a tracepoint is t:CATEGORY:NAME"
			: *p->text == 'u'
				? "a static probe is u:LIBRARY:NAME"
				: "a function is p::NAME or p:LIBRARY:NAME, and its return r::NAME or r:LIBRARY:NAME");
	} else if (p->count > 1 && !memchr(p->text, '/', last - p->text)) {
		return probe_fail(p, p->text, "the kind of a probe is p, r, t or u");
	}
	if (ret)
		return ret;
	if (probe->kind == PROBE_TRACEPOINT && p->count > 2)
		return probe_fail(p, p->colons[2], "a tracepoint is t:CATEGORY:NAME");
	if (probe->kind == PROBE_USDT && p->count == 3) {
		probe->provider = probe_copy(p->colons[1] + 1, last);
		last = p->colons[1];
	}
	if (last > first)
		probe->place = probe_copy(first, last);
	else if (probe->kind == PROBE_TRACEPOINT)
		return probe_fail(p, first, "the tracepoint's category is missing");
	if (probe->kind == PROBE_FUNCTION && probe->place)
		probe->kind = PROBE_USER;
	return 0;
}

/* ---- names ---- */

/* Cuts "+0x1f" off the name's end. */
static int probe_read_offset(struct probe_parser *p, const char *name, const char **end)
{
	const char *plus = strrchr(name, '+');
	char *after;

	if (p->flags & PROBE_REGEX || !plus || plus == name || p->probe->kind > PROBE_USER)
		return 0;
	if (!isdigit((unsigned char)plus[1]))
		return probe_fail(p, plus + 1, "an offset is a number: +16 or +0x10");
	errno = 0;
	p->probe->offset = strtoull(plus + 1, &after, 0);
	if (*after || errno)
		return probe_fail(p, *after ? after : plus + 1, "an offset is a number: +16 or +0x10");
	if (!(p->flags & PROBE_OFFSETS))
		return probe_fail(p, plus, "an offset is not possible here");
	if (p->probe->at_return && p->probe->offset)
		return probe_fail(p, plus, "a return has no offset");
	*end = plus;
	return 0;
}

/* A shell's pattern as a regular expression. */
static void probe_add_glob(struct buffer *b, const char *glob)
{
	for (; *glob; glob++) {
		const char *end = *glob == '[' ? probe_set_end(glob) : NULL;

		if (end) {
			buffer_text(b, glob[1] == '!' ? "[^" : "[");
			glob += 1 + (glob[1] == '!');
			buffer_add(b, glob, end - glob + 1);
			glob = end;
		} else if (*glob == '*') {
			buffer_text(b, ".*");
		} else if (*glob == '?') {
			buffer_char(b, '.');
		} else {
			if (strchr(".[]{}()\\+^$|", *glob))
				buffer_char(b, '\\');
			buffer_char(b, *glob);
		}
	}
}

static void probe_make_regex(struct probe_parser *p)
{
	struct probe *probe = p->probe;
	struct buffer b = {0};

	buffer_text(&b, p->flags & PROBE_REGEX ? "^(" : "^");
	if (probe->kind == PROBE_TRACEPOINT && p->flags & PROBE_REGEX)
		buffer_printf(&b, "%s:", probe->place);
	else if (probe->kind == PROBE_TRACEPOINT) {
		probe_add_glob(&b, probe->place);
		buffer_char(&b, ':');
	}
	if (p->flags & PROBE_REGEX)
		buffer_text(&b, probe->name);
	else
		probe_add_glob(&b, probe->name);
	buffer_char(&b, p->flags & PROBE_REGEX ? ')' : '$');
	buffer_char(&b, '\0');
	probe->regex = b.data;
}

static int probe_check_regex(struct probe_parser *p, const char *name)
{
	regex_t compiled;
	char why[96];
	int ret = regcomp(&compiled, p->probe->regex, REG_EXTENDED | REG_NOSUB);

	if (!ret) {
		regfree(&compiled);
		return 0;
	}
	regerror(ret, &compiled, why, sizeof(why));
	return probe_fail(p, name, "this is not a regular expression: %s", why);
}

static int probe_read_name(struct probe_parser *p, const char *name)
{
	const char *end = name + strlen(name), *wild;
	struct probe *probe = p->probe;
	int ret;

	if (!*name)
		return probe_fail(p, name, "the name is missing");
	ret = probe_read_offset(p, name, &end);
	if (ret)
		return ret;
	probe->name = probe_copy(name, end);
	wild = strpbrk(probe->name, "*?[");
	probe->is_pattern = wild || p->flags & PROBE_REGEX ||
			    (probe->kind == PROBE_TRACEPOINT && strpbrk(probe->place, "*?["));
	if (wild && p->flags & PROBE_SINGLE)
		return probe_fail(p, name + (wild - probe->name), "this takes one name, no pattern");
	if (probe->is_pattern && probe->offset)
		return probe_fail(p, end, "an offset is possible with one function only");
	probe_make_regex(p);
	return probe_check_regex(p, name);
}

/* ---- the whole ---- */

int probe_parse(struct probe *probe, const char *text, unsigned flags, struct probe_error *error)
{
	struct probe_parser p = {.probe = probe, .text = text, .flags = flags, .error = error};
	const char *name;
	int ret;

	*probe = (struct probe){0};
	ret = probe_find_colons(&p);
	if (!ret)
		ret = probe_split(&p, &name);
	if (!ret)
		ret = probe_read_name(&p, name);
	if (ret)
		probe_free(probe);
	return ret;
}

void probe_free(struct probe *p)
{
	free(p->place);
	free(p->provider);
	free(p->name);
	free(p->regex);
	*p = (struct probe){0};
}

void probe_argument(struct probe *p, const char *text, unsigned flags)
{
	struct probe_error error;

	if (probe_parse(p, text, flags, &error))
		argument_wrong_at(text, error.column, error.why);
}
