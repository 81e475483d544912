/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "c_text.h"
#include "variable_comment.h"

/* What has been read of the text. */
struct comment_state {
	struct c_token above[8]; /* comments with only blanks between them and the declaration */
	size_t count;
	int depth;	 /* of blocks */
	bool declared;	 /* the name is in this declaration, outside of blocks */
	bool assigned;	 /* after the '=' names are values */
	bool line_start; /* nothing but blanks is on this line yet */
	int line_breaks; /* since the last token that is no blank */
};

/* Adds the words of a comment, a blank between each two. */
static size_t comment_add(char *to, size_t used, const struct c_token *comment)
{
	const char *at = comment->text + 2, *end = comment->text + comment->length;

	if (comment->text[1] == '*' && comment->length >= 4)
		end -= 2;
	for (;;) {
		/* the marks at the beginnings of lines, and eunomia's: "@description" */
		bool line = at == comment->text + 2 || at[-1] == '\n';
		const char *word;

		while (at < end && (isspace((unsigned char)*at) || (line && strchr("/*!<", *at)))) {
			line |= *at == '\n';
			at++;
		}
		word = at;
		while (at < end && !isspace((unsigned char)*at))
			at++;
		if (word == at)
			return used;
		if (at - word == 12 && !strncmp(word, "@description", 12))
			continue;
		if (used)
			to[used++] = ' ';
		memcpy(to + used, word, at - word);
		used += at - word;
	}
}

static char *comment_text(const struct c_token *comments, size_t count)
{
	size_t room = 1, used = 0;
	char *to, *text;

	for (size_t i = 0; i < count; i++)
		room += comments[i].length + 1;
	to = malloc(room);
	if (!to)
		return NULL;
	for (size_t i = 0; i < count; i++)
		used = comment_add(to, used, &comments[i]);
	to[used] = '\0';
	text = used ? to : NULL;
	if (!text)
		free(to);
	/* eunomia's are in quotes */
	if (text && used > 1 && *text == '"' && text[used - 1] == '"') {
		text[used - 1] = '\0';
		memmove(text, text + 1, used - 1);
	}
	return text;
}

/* The comment behind the ';' at `text`, on the same line. */
static char *comment_behind(const char *text)
{
	struct c_token token;

	text += strspn(text, "; \t");
	token = c_token_at(text, 0);
	return token.kind == C_COMMENT ? comment_text(&token, 1) : NULL;
}

static void comment_keep(struct comment_state *s, const struct c_token *comment)
{
	/* an empty line separates it from what was before; what is behind a declaration is not above the next
	 */
	if (s->line_breaks > 1)
		s->count = 0;
	if (!s->line_start)
		return;
	if (s->count == sizeof(s->above) / sizeof(s->above[0]))
		memmove(s->above, s->above + 1, --s->count * sizeof(s->above[0]));
	s->above[s->count++] = *comment;
}

static void comment_look_at(struct comment_state *s, const struct c_token *token, const char *name)
{
	char c = token->kind == C_OTHER ? *token->text : '\0';

	s->depth += (c == '{') - (c == '}');
	if (s->depth)
		return;
	s->assigned |= c == '=';
	if (token->kind == C_WORD && !s->assigned && token->length == strlen(name) &&
		!strncmp(token->text, name, token->length)) {
		const char *next = token->text + token->length;

		next += strspn(next, " \t\n");
		s->declared |= *next && strchr("=;[,", *next);
	}
}

char *variable_comment(const char *text, const char *name)
{
	struct comment_state s = {.line_start = true};
	struct c_token token;

	for (; token = c_token_at(text, s.line_start), token.kind != C_END; text += token.length) {
		if (token.kind == C_SPACE) {
			s.line_breaks += *token.text == '\n';
			s.line_start |= *token.text == '\n';
			continue;
		}
		if (token.kind == C_COMMENT) {
			if (!s.depth)
				comment_keep(&s, &token);
		} else {
			if (s.line_breaks > 1 && s.line_start)
				s.count = 0;
			comment_look_at(&s, &token, name);
		}
		s.line_start = false;
		s.line_breaks = 0;
		if (token.kind == C_DIRECTIVE ||
			(token.kind == C_OTHER && !s.depth && (*token.text == ';' || *token.text == '}'))) {
			if (s.declared && *token.text == ';') {
				char *behind = comment_behind(token.text);

				return behind ? behind : comment_text(s.above, s.count);
			}
			/* a block may be the initialiser of the variable */
			if (*token.text == '}' && s.declared)
				continue;
			s.count = 0;
			s.declared = s.assigned = false;
		}
	}
	return NULL;
}
