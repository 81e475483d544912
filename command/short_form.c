/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c_text.h"
#include "short_form.h"

struct short_form_kind {
	const char *name;
	const char *context;   /* the type of ctx; NULL: a macro makes the function */
	const char *macro;     /* of BCC's dialect, with the parts of the target as its arguments */
	const char *attach_as; /* the kind for bcc_attach_target(), if that is another */
	bool takes_arguments;
};

static const struct short_form_kind short_form_kinds[] = {
	{.name = "kprobe", .context = "pt_regs", .takes_arguments = true},
	{.name = "kretprobe", .context = "pt_regs"},
	{.name = "uprobe", .context = "pt_regs", .takes_arguments = true},
	{.name = "uretprobe", .context = "pt_regs"},
	{.name = "usdt", .context = "pt_regs"},
	{.name = "profile", .context = "bpf_perf_event_data"},
	{.name = "interval", .context = "bpf_perf_event_data"},
	{.name = "tracepoint", .macro = "TRACEPOINT_PROBE"},
	{.name = "fentry", .macro = "KFUNC_PROBE", .takes_arguments = true},
	{.name = "fexit", .macro = "KRETFUNC_PROBE", .takes_arguments = true},
	{0},
};

/* What is read and written. */
struct short_form_state {
	struct short_forms *forms;
	FILE *out;
	const char *text; /* all of it */
	int pid;
};

/* A short form in the text. */
struct short_form {
	const struct short_form_kind *kind;
	const char *target, *arguments, *body, *end; /* the last two are its braces */
	int target_length, arguments_length;
};

static int short_form_wrong(struct short_form_state *s, const char *at, const char *format, ...)
{
	char *to = s->forms->error;
	size_t room = sizeof(s->forms->error), used;
	unsigned line = 1;
	va_list args;

	for (const char *c = s->text; c < at; c++)
		line += *c == '\n';
	used = snprintf(to, room, "%u: ", line);
	va_start(args, format);
	vsnprintf(to + used, room - used, format, args);
	va_end(args);
	return -EINVAL;
}

/* "kprobe:" at a place where C has no colon; NULL: it is not one of the kinds. */
static const struct short_form_kind *short_form_kind(const struct c_token *word)
{
	if (word->kind != C_WORD || word->text[word->length] != ':')
		return NULL;
	for (const struct short_form_kind *kind = short_form_kinds; kind->name; kind++)
		if (strlen(kind->name) == word->length && !strncmp(kind->name, word->text, word->length))
			return kind;
	return NULL;
}

/* Reads one from its kind on. */
static int short_form_read(struct short_form_state *s, const char *at, struct short_form *form)
{
	form->target = at + strlen(form->kind->name) + 1;
	form->target_length = strcspn(form->target, " \t\n({");
	at = form->target + form->target_length;
	if (!form->target_length)
		return short_form_wrong(s, form->target, "%s: names no target", form->kind->name);
	if (memchr(form->target, '"', form->target_length) || memchr(form->target, '\\', form->target_length))
		return short_form_wrong(
			s, form->target, "%.*s is not a target", form->target_length, form->target);
	at += strspn(at, " \t\n");
	if (*at == '(') {
		form->arguments = at + 1;
		form->arguments_length = strcspn(form->arguments, "){;");
		at = form->arguments + form->arguments_length;
		if (*at != ')')
			return short_form_wrong(s, form->arguments,
				"the ')' after the arguments of %.*s is missing", form->target_length,
				form->target);
		if (!form->kind->takes_arguments)
			return short_form_wrong(s, form->arguments, "%s:%.*s has no arguments to declare",
				form->kind->name, form->target_length, form->target);
		at++;
		at += strspn(at, " \t\n");
	}
	if (*at != '{')
		return short_form_wrong(s, form->target, "%s:%.*s must be followed by { and C",
			form->kind->name, form->target_length, form->target);
	form->body = at;
	form->end = c_block_end(at);
	if (!form->end)
		return short_form_wrong(s, form->target, "the '}' of %s:%.*s is missing", form->kind->name,
			form->target_length, form->target);
	return 0;
}

/* Line breaks between `from` and `to`, so that the lines of what follows are the user's. */
static void short_form_lines(FILE *out, const char *from, const char *to)
{
	for (; from < to; from++)
		if (*from == '\n')
			fputc('\n', out);
}

static void short_form_arguments(FILE *out, const struct short_form *form)
{
	if (!form->arguments || (int)strspn(form->arguments, " \t\n") == form->arguments_length)
		return;
	fputs(", ", out);
	fwrite(form->arguments, 1, form->arguments_length, out);
}

/* TRACEPOINT_PROBE(sched, sched_switch), KFUNC_PROBE(vfs_read, struct file *file) */
static int short_form_macro(struct short_form_state *s, const struct short_form *form)
{
	const char *colon = memchr(form->target, ':', form->target_length);

	if (!form->kind->takes_arguments && !colon)
		return short_form_wrong(s, form->target,
			"%s:%.*s must name a category too: %s:sched:sched_switch", form->kind->name,
			form->target_length, form->target, form->kind->name);
	fprintf(s->out, "%s(", form->kind->macro);
	for (int i = 0; i < form->target_length; i++)
		fputc(form->target + i == colon ? ',' : form->target[i], s->out);
	short_form_arguments(s->out, form);
	fputc(')', s->out);
	return 0;
}

static int short_form_function(struct short_form_state *s, const struct short_form *form)
{
	struct short_forms *forms = s->forms;
	struct short_form_target *more =
		reallocarray(forms->targets, forms->count + 1, sizeof(*forms->targets));
	bool is_pattern = memchr(form->target, '*', form->target_length) && form->kind->takes_arguments;
	struct short_form_target *target;

	if (!more)
		return -ENOMEM;
	forms->targets = more;
	target = &more[forms->count];
	snprintf(target->program, sizeof(target->program), "%s_%zu", form->kind->name, forms->count + 1);
	if (asprintf(&target->target, "%s%s:%.*s", form->kind->name, is_pattern ? ".multi" : "",
		    form->target_length, form->target) < 0)
		return -ENOMEM;
	forms->count++;
	fprintf(s->out, "int %s(struct %s *ctx", target->program, form->kind->context);
	short_form_arguments(s->out, form);
	fputc(')', s->out);
	return 0;
}

static int short_form_write(struct short_form_state *s, const struct short_form *form)
{
	int ret = form->kind->macro ? short_form_macro(s, form) : short_form_function(s, form);

	if (ret)
		return ret;
	s->forms->programs++;
	short_form_lines(s->out, form->target, form->arguments ? form->arguments : form->target);
	short_form_lines(s->out, form->arguments ? form->arguments + form->arguments_length : form->target,
		form->body);
	fputs(" {", s->out);
	if (s->pid)
		fprintf(s->out, " if (bpf_get_current_pid_tgid() >> 32 != %d) return 0;", s->pid);
	fprintf(s->out, "%.*s", (int)(form->end - form->body - 1), form->body + 1);
	/* a function may not fall off its end; an earlier return is as good */
	fputs("; return 0; }", s->out);
	return 0;
}

static int short_forms_write(struct short_form_state *s)
{
	/* of a declaration: outside of blocks, nothing of it is read yet */
	bool start = true, line_start = true;
	const char *at = s->text;
	struct c_token token;
	int depth = 0, ret;

	for (; token = c_token_at(at, line_start), token.kind != C_END; at += token.length) {
		struct short_form form = {.kind = start ? short_form_kind(&token) : NULL};

		line_start = *token.text == '\n' || (line_start && token.kind == C_SPACE);
		if (form.kind) {
			ret = short_form_read(s, token.text, &form);
			if (!ret)
				ret = short_form_write(s, &form);
			if (ret)
				return ret;
			at = form.end + 1;
			token.length = 0;
			continue;
		}
		fwrite(token.text, 1, token.length, s->out);
		if (token.kind == C_SPACE || token.kind == C_COMMENT || token.kind == C_DIRECTIVE)
			continue;
		if (token.kind == C_OTHER)
			depth += (*token.text == '{') - (*token.text == '}');
		start = !depth && token.kind == C_OTHER &&
			(*token.text == '}' || *token.text == ';' || *token.text == ')');
	}
	return 0;
}

int short_forms_expand(struct short_forms *forms, const char *text, int pid)
{
	struct short_form_state s = {.forms = forms, .text = text, .pid = pid};
	size_t size;
	int ret;

	*forms = (struct short_forms){0};
	s.out = open_memstream(&forms->text, &size);
	ret = s.out ? short_forms_write(&s) : -ENOMEM;
	if (s.out && fclose(s.out) && !ret)
		ret = -ENOMEM;
	if (ret == -ENOMEM)
		strcpy(forms->error, "out of memory");
	return ret;
}

void short_forms_free(struct short_forms *forms)
{
	for (size_t i = 0; i < forms->count; i++)
		free(forms->targets[i].target);
	free(forms->targets);
	free(forms->text);
	*forms = (struct short_forms){0};
}
