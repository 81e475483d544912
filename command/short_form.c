/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/suggestions.h"
#include "c_text.h"
#include "short_form.h"

struct short_form_kind {
	const char *name;
	const char *aliases;   /* names that bpftrace has for it, with ':' behind each */
	const char *context;   /* the type of ctx */
	const char *macro;     /* of BCC's dialect, which makes the function of parts of the target */
	const char *attach_as; /* the kind for bcc_attach_target(), if that is another */
	bool takes_arguments;
	bool takes_category; /* before the name, as another argument of the macro */
};

static const struct short_form_kind short_form_kinds[] = {
	{.name = "kprobe", .aliases = "k:", .context = "pt_regs", .takes_arguments = true},
	{.name = "kretprobe", .aliases = "kr:", .context = "pt_regs"},
	{.name = "uprobe", .aliases = "u:", .context = "pt_regs", .takes_arguments = true},
	{.name = "uretprobe", .aliases = "ur:", .context = "pt_regs"},
	{.name = "usdt", .aliases = "U:", .context = "pt_regs"},
	{.name = "profile", .aliases = "p:", .context = "bpf_perf_event_data"},
	{.name = "interval", .aliases = "i:", .context = "bpf_perf_event_data"},
	/* without the macro, for a pattern */
	{.name = "tracepoint",
		.aliases = "t:",
		.context = "trace_entry",
		.macro = "TRACEPOINT_PROBE",
		.takes_category = true},
	{.name = "rawtracepoint", .aliases = "rt:raw_tracepoint:", .macro = "RAW_TRACEPOINT_PROBE"},
	{.name = "fentry", .aliases = "f:kfunc:", .macro = "KFUNC_PROBE", .takes_arguments = true},
	{.name = "fexit", .aliases = "fr:kretfunc:", .macro = "KRETFUNC_PROBE", .takes_arguments = true},
	{.name = "lsm", .macro = "LSM_PROBE", .takes_arguments = true},
	{0},
};

/* What is read and written. */
struct short_form_state {
	struct short_forms *forms;
	FILE *out;
	const char *text; /* all of it */
	int pid;
};

/* One of the targets of a short form. */
struct short_form_target_text {
	const struct short_form_kind *kind;
	const char *target;
	int target_length;
};

/* A short form in the text; `kind` and so on are those of one of its targets. */
struct short_form {
	struct short_form_target_text *targets;
	size_t target_count;
	const struct short_form_kind *kind;
	const char *target, *arguments, *body, *end; /* the last two are its braces */
	int target_length, arguments_length;
};

static void short_form_choose(struct short_form *form, size_t index)
{
	form->kind = form->targets[index].kind;
	form->target = form->targets[index].target;
	form->target_length = form->targets[index].target_length;
}

static unsigned short_form_line(const struct short_form_state *s, const char *at)
{
	unsigned line = 1;

	for (const char *c = s->text; c < at; c++)
		line += *c == '\n';
	return line;
}

static int short_form_wrong(struct short_form_state *s, const char *at, const char *format, ...)
{
	char *to = s->forms->error;
	size_t room = sizeof(s->forms->error), used;
	va_list args;

	used = snprintf(to, room, "%u: ", short_form_line(s, at));
	va_start(args, format);
	vsnprintf(to + used, room - used, format, args);
	va_end(args);
	return -EINVAL;
}

static bool short_form_is(const struct short_form_kind *kind, const char *name, size_t length)
{
	if (strlen(kind->name) == length && !strncmp(kind->name, name, length))
		return true;
	for (const char *at = kind->aliases; at && *at; at += strcspn(at, ":") + 1)
		if (strcspn(at, ":") == length && !strncmp(at, name, length))
			return true;
	return false;
}

/* "kprobe:" at a place where C has no colon; NULL: it is not one of the kinds. */
static const struct short_form_kind *short_form_kind(const char *text)
{
	size_t length = strcspn(text, ": \t\n,(){};");

	if (text[length] != ':')
		return NULL;
	for (const struct short_form_kind *kind = short_form_kinds; kind->name; kind++)
		if (short_form_is(kind, text, length))
			return kind;
	return NULL;
}

/* "krpobe:vfs_read", where nothing in C begins like this. */
static bool short_form_is_unknown(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return text[length] == ':' && text[length + 1] && !strchr(": \t\n", text[length + 1]);
}

static int short_form_unknown(struct short_form_state *s, const char *text)
{
	struct bcc_near_names near;
	char name[32], buf[128];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, ":"), text);
	bcc_near_init(&near, name);
	for (const struct short_form_kind *kind = short_form_kinds; kind->name; kind++)
		bcc_near_offer(&near, kind->name);
	return short_form_wrong(
		s, text, "there is no short form %s:…%s", name, bcc_near_text(&near, buf, sizeof(buf)));
}

/* Reads one more of the targets, from its kind on, and chooses it. */
static int short_form_read_target(struct short_form_state *s, const char *at, struct short_form *form)
{
	struct short_form_target_text *more =
		reallocarray(form->targets, form->target_count + 1, sizeof(*form->targets));

	if (!more)
		return -ENOMEM;
	form->targets = more;
	form->kind = short_form_kind(at);
	if (!form->kind)
		return short_form_wrong(
			s, at, "a short form like tracepoint:sched:sched_switch must follow ','");
	form->target = at + strcspn(at, ":") + 1;
	form->target_length = strcspn(form->target, " \t\n,({");
	if (!form->target_length)
		return short_form_wrong(s, form->target, "%s: names no target", form->kind->name);
	if (memchr(form->target, '"', form->target_length) || memchr(form->target, '\\', form->target_length))
		return short_form_wrong(
			s, form->target, "%.*s is not a target", form->target_length, form->target);
	form->targets[form->target_count++] =
		(struct short_form_target_text){form->kind, form->target, form->target_length};
	return 0;
}

static const char *short_form_skip_space(const char *at)
{
	return at + strspn(at, " \t\n");
}

/* Where its next target begins, or NULL. */
static const char *short_form_next_target(const struct short_form *form)
{
	const char *at = short_form_skip_space(form->target + form->target_length);

	return *at == ',' ? short_form_skip_space(at + 1) : NULL;
}

/* Reads what follows its targets. */
static int short_form_read_body(struct short_form_state *s, const char *at, struct short_form *form)
{
	at = short_form_skip_space(at);
	if (*at == '(') {
		form->arguments = at + 1;
		form->arguments_length = strcspn(form->arguments, "){;");
		at = form->arguments + form->arguments_length;
		if (*at != ')')
			return short_form_wrong(s, form->arguments,
				"the ')' after the arguments of %.*s is missing", form->target_length,
				form->target);
		at = short_form_skip_space(at + 1);
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

/* Reads one with all of its targets. */
static int short_form_read(struct short_form_state *s, const char *at, struct short_form *form)
{
	const char *end;
	int ret = short_form_read_target(s, at, form);

	while (!ret && (at = short_form_next_target(form)))
		ret = short_form_read_target(s, at, form);
	if (ret)
		return ret;
	end = form->target + form->target_length;
	short_form_choose(form, 0);
	return short_form_read_body(s, end, form);
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
	const char *colon =
		form->kind->takes_category ? memchr(form->target, ':', form->target_length) : NULL;

	if (form->kind->takes_category && !colon)
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

static bool short_form_is_pattern(const struct short_form *form)
{
	return memchr(form->target, '*', form->target_length);
}

static int short_form_function(struct short_form_state *s, const struct short_form *form)
{
	struct short_forms *forms = s->forms;
	struct short_form_target *more =
		reallocarray(forms->targets, forms->count + 1, sizeof(*forms->targets));
	bool is_pattern = short_form_is_pattern(form) && form->kind->takes_arguments;
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

static int short_form_write_one(struct short_form_state *s, const struct short_form *form)
{
	int ret;

	if (form->arguments && !form->kind->takes_arguments)
		return short_form_wrong(s, form->arguments, "%s:%.*s has no arguments to declare",
			form->kind->name, form->target_length, form->target);
	ret = form->kind->macro && !(form->kind->context && short_form_is_pattern(form))
		      ? short_form_macro(s, form)
		      : short_form_function(s, form);
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

/* A function for each of its targets. */
static int short_form_write(struct short_form_state *s, struct short_form *form)
{
	int ret = short_form_write_one(s, form);

	for (size_t i = 1; i < form->target_count && !ret; i++) {
		short_form_choose(form, i);
		/* the body once more, in the lines where the user has it */
		fprintf(s->out, "\n#line %u\n", short_form_line(s, form->target));
		ret = short_form_write_one(s, form);
	}
	return ret;
}

static int short_forms_write(struct short_form_state *s)
{
	/* of a declaration: outside of blocks, nothing of it is read yet */
	bool start = true, line_start = true;
	const char *at = s->text;
	struct c_token token;
	int depth = 0, ret;

	for (; token = c_token_at(at, line_start), token.kind != C_END; at += token.length) {
		struct short_form form = {.target = token.text};

		line_start = *token.text == '\n' || (line_start && token.kind == C_SPACE);
		if (start && token.kind == C_WORD && short_form_kind(token.text)) {
			ret = short_form_read(s, token.text, &form);
			if (!ret)
				ret = short_form_write(s, &form);
			free(form.targets);
			if (ret)
				return ret;
			at = form.end + 1;
			token.length = 0;
			continue;
		}
		if (start && token.kind == C_WORD && short_form_is_unknown(token.text))
			return short_form_unknown(s, token.text);
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
