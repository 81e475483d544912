/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/writer.h"

#include <bcc/bcc_proc.h>
#include <bcc/usdt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "debug_info.h"
#include "expr/literal.h"
#include "filter.h"
#include "syscall_name.h"

enum {
	MOST_ARGUMENTS = 9,    /* of a function */
	MOST_IN_REGISTERS = 6, /* on every architecture; and of a system call */
	USDT_ARGUMENTS = 12,
	MOST_PARAMETERS = 64,
	/* EXPR_TEXT_MOST of expr.bpf.h, without the NUL and a byte that tells longer texts apart */
	MOST_TEXT = 126,
};

static void writer_tree(struct writer *w, const struct tree *t, struct buffer *to);

/* ---- the probe ---- */

/* "nanosleep" of "sys_nanosleep"; NULL: it is no system call. */
static const char *writer_syscall(const struct probe *p)
{
	return p->kind == PROBE_FUNCTION && !p->offset ? syscall_of_function(p->name, false) : NULL;
}

bool writer_is_in_process(const struct writer *w)
{
	return w->spec->probe.kind == PROBE_USER || w->spec->probe.kind == PROBE_USDT;
}

void writer_open(struct writer *w, const struct spec *s, const char *name, struct token_reader *r,
	bool compares_binary)
{
	*w = (struct writer){.spec = s,
		.r = r,
		.signature = &s->signature,
		.compares_binary = compares_binary,
		.is_syscall = writer_syscall(&s->probe) != NULL};
	snprintf(w->prefix, sizeof(w->prefix), WRITER_PREFIX, name);
}

void writer_close(struct writer *w)
{
	signature_free(&w->known);
	buffer_free(&w->declarations);
}

char *writer_program(const struct probe *p)
{
	int pid = filter_single_pid();
	char *path;

	if (*p->place == '/') {
		path = pid ? NULL : strdup(p->place);
		if (!path && asprintf(&path, "/proc/%d/root%s", pid, p->place) < 0)
			buffer_no_memory();
		return path;
	}
	path = bcc_procutils_which_so(p->place, pid);
	return path ? path : bcc_procutils_which(p->place);
}

static void writer_ask_program(struct writer *w, const struct probe *p)
{
	char *path = writer_program(p);

	if (path)
		signature_of_program(path, p->name, w->prefix, &w->known, &w->declarations);
	free(path);
}

/* At one of its places. */
static void writer_ask_place(struct writer *w, const struct bcc_usdt_info *info, int pid, bool is_first)
{
	struct buffer ignored = {0};
	struct signature other;
	char *path;

	path = pid ? NULL : strdup(info->binary);
	if (!path && asprintf(&path, "/proc/%d/root%s", pid, info->binary) < 0)
		buffer_no_memory();
	signature_of_static_probe(path, info->address, info->arguments, w->prefix,
		is_first ? &w->known : &other, is_first ? &w->declarations : &ignored);
	if (!is_first) {
		signature_keep_common(&w->known, &other);
		signature_free(&other);
	}
	buffer_free(&ignored);
	free(path);
}

/* A name that is not the same argument at all places of the probe is none. */
static void writer_ask_static_probe(struct writer *w, const struct probe *p)
{
	struct bcc_usdt_list *list;
	int pid = filter_single_pid();
	bool was_open = debug_info_is_open(), is_first = true;

	debug_info_try_open();
	if (!bcc_usdt_list_open(p->place, pid, &list))
		for (size_t i = 0; i < bcc_usdt_list_count(list) && (is_first || w->known.count); i++) {
			const struct bcc_usdt_info *info = bcc_usdt_list_at(list, i);

			if (strcmp(info->name, p->name) ||
				(p->provider && strcmp(info->provider, p->provider)))
				continue;
			writer_ask_place(w, info, pid, is_first);
			is_first = false;
		}
	bcc_usdt_list_close(list);
	if (!was_open)
		debug_info_close();
}

/* Asks the kernel or the program for the names of a function's arguments, if the user did not say them. */
static void writer_ask(struct writer *w)
{
	const struct probe *p = &w->spec->probe;
	const char *call = writer_syscall(p);

	if (w->was_asked || p->offset || p->kind == PROBE_TRACEPOINT ||
		(p->kind == PROBE_FUNCTION && w->spec->signature.count))
		return;
	w->was_asked = true;
	if (p->kind == PROBE_USER)
		writer_ask_program(w, p);
	else if (p->kind == PROBE_USDT)
		writer_ask_static_probe(w, p);
	else if (call)
		signature_of_syscall(call, &w->known);
	else
		signature_of_kernel(p->name, &w->known);
	if (!w->spec->signature.count)
		w->signature = &w->known;
}

const struct parameter *writer_declared(struct writer *w, size_t i)
{
	const struct parameter *p = &w->signature->parameters[i], *same = NULL;

	if (w->spec->probe.kind == PROBE_USER && w->signature != &w->known)
		same = signature_same(&w->known, p, w->prefix);
	return same ? same : p;
}

/* ---- names ---- */

void writer_mark(const struct writer *w, const char *at, struct buffer *to)
{
	struct buffer name = {0};

	/* not what the user did not type */
	if ((uintptr_t)at < (uintptr_t)w->r->text || (uintptr_t)at >= (uintptr_t)w->r->end)
		return;
	buffer_printf(&name, "%s, column", w->spec->probe.name);
	buffer_printf(to, "\n#line %u ", token_column(w->r, at));
	literal_write(to, name.data, name.size);
	buffer_char(to, '\n');
	buffer_free(&name);
}

/* Adds a word as it was typed. */
static void writer_word(const struct writer *w, const struct token *t, struct buffer *to)
{
	writer_mark(w, t->text, to);
	buffer_add(to, t->text, t->length);
}

static unsigned writer_most_arguments(const struct writer *w)
{
	if (w->spec->probe.kind == PROBE_USDT)
		return USDT_ARGUMENTS;
	/* where the others are on the stack is known at a function's entry only */
	return w->is_syscall || w->spec->probe.offset ? MOST_IN_REGISTERS : MOST_ARGUMENTS;
}

/* "arg3" is 3; 0: it is another name; -1: there is no such argument. */
static int writer_argument_number(const struct token *t)
{
	unsigned number = 0;

	if (t->length < 4 || strncmp(t->text, "arg", 3) != 0)
		return 0;
	for (size_t i = 3; i < t->length; i++) {
		if (t->text[i] < '0' || t->text[i] > '9')
			return 0;
		number = number < 1000 ? number * 10 + (t->text[i] - '0') : number;
	}
	return number && t->text[3] != '0' ? (int)number : -1;
}

static void writer_use(struct writer *w, unsigned number)
{
	w->arguments |= 1U << number;
	if (number > w->most_argument)
		w->most_argument = number;
	w->needs_call |= w->spec->probe.at_return;
}

static void writer_argument(struct writer *w, const struct token *t, int number, struct buffer *to)
{
	int most = (int)writer_most_arguments(w);

	if (w->spec->probe.kind == PROBE_TRACEPOINT) {
		token_fail(w->r, t->text, "a tracepoint has fields: args->NAME; tplist -v lists them");
	} else if (number < 0 || number > most) {
		token_fail(w->r, t->text, "the arguments are arg1 to arg%d", most);
	} else {
		writer_use(w, number);
		writer_mark(w, t->text, to);
		if (w->spec->probe.at_return)
			buffer_printf(to, "expr_call.arguments[%d]", number - 1);
		else
			buffer_printf(to, "expr_arg%d", number);
	}
}

/* Returns false if there is no such parameter. */
static bool writer_parameter(struct writer *w, const struct token *t, struct buffer *to)
{
	int i = signature_find(w->signature, t);
	const struct parameter *p = i < 0 ? NULL : &w->signature->parameters[i];

	if (!p)
		return false;
	if (p->why_not) {
		token_fail(w->r, t->text, "this argument cannot be read: %s", p->why_not);
		return true;
	}
	if (i >= MOST_PARAMETERS || p->number > writer_most_arguments(w)) {
		token_fail(
			w->r, t->text, "only the first %u arguments can be read", writer_most_arguments(w));
		return true;
	}
	w->parameters |= 1ULL << i;
	/* for what structs have, before they are declared */
	if (w->spec->probe.kind == PROBE_USER && signature_has_members(p))
		writer_ask(w);
	writer_use(w, p->number);
	writer_mark(w, t->text, to);
	buffer_printf(to, WRITER_PARAMETER "%.*s", (int)t->length, t->text);
	return true;
}

static void writer_name(struct writer *w, const struct tree *t, struct buffer *to)
{
	const struct probe *p = &w->spec->probe;
	const struct token *name = &t->token;
	int64_t value;
	int number;

	if (writer_parameter(w, name, to))
		return;
	number = writer_argument_number(name);
	if (number) {
		writer_argument(w, name, number, to);
	} else if (token_is(name, "retval")) {
		if (!p->at_return)
			token_fail(
				w->r, name->text, "only returns have it: r::FUNCTION or r:LIBRARY:FUNCTION");
		buffer_text(to, "((u64)PT_REGS_RC(ctx))");
	} else if (token_is(name, "args") || token_is(name, "ctx")) {
		if (token_is(name, "args") != (p->kind == PROBE_TRACEPOINT))
			token_fail(w->r, name->text,
				p->kind == PROBE_TRACEPOINT ? "a tracepoint has fields: args->NAME"
							    : "only tracepoints have it: t:CATEGORY:NAME");
		writer_word(w, name, to);
	} else {
		writer_ask(w);
		if (writer_parameter(w, name, to))
			return;
		if (signature_enumerator(&w->known, name, &value)) {
			writer_mark(w, name->text, to);
			buffer_printf(to, "(%" PRId64 ")", value);
			return;
		}
		/* a constant */
		writer_word(w, name, to);
	}
}

static void writer_latency(struct writer *w, const struct token *t, struct buffer *to)
{
	if (!w->spec->probe.at_return)
		token_fail(w->r, t->text, "only returns have it: r::FUNCTION or r:LIBRARY:FUNCTION");
	w->needs_call = true;
	buffer_text(to, "(expr_now - expr_call.begin)");
}

static void writer_variable(struct writer *w, const struct tree *t, struct buffer *to)
{
	static const struct {
		const char *name, *text;
	} variables[] = {{"$pid", "((u32)bpf_get_current_pid_tgid())"},
		{"$tid", "((u32)bpf_get_current_pid_tgid())"},
		{"$tgid", "((u32)(bpf_get_current_pid_tgid() >> 32))"},
		{"$PID", "((u32)(bpf_get_current_pid_tgid() >> 32))"},
		{"$uid", "((u32)bpf_get_current_uid_gid())"},
		{"$gid", "((u32)(bpf_get_current_uid_gid() >> 32))"},
		{"$cpu", "((u32)bpf_get_smp_processor_id())"},
		{"$task", "((struct task_struct *)bpf_get_current_task())"},
		{"$comm", "(((struct task_struct *)bpf_get_current_task())->comm)"},
		{"$COMM", "(((struct task_struct *)bpf_get_current_task())->comm)"}};
	const struct token *name = &t->token;

	if (token_is(name, "$latency")) {
		writer_latency(w, name, to);
		return;
	}
	if (token_is(name, "$retval")) {
		if (!w->spec->probe.at_return)
			token_fail(
				w->r, name->text, "only returns have it: r::FUNCTION or r:LIBRARY:FUNCTION");
		buffer_text(to, "((u64)PT_REGS_RC(ctx))");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (token_is(name, variables[i].name)) {
			buffer_text(to, variables[i].text);
			return;
		}
	token_fail(w->r, name->text,
		token_is(name, "$entry")
			? "it takes an argument's name: $entry(size)"
			: "there are $pid $tid $tgid $PID $uid $gid $cpu $task $comm $retval $latency $entry(NAME)");
}

/* ---- calls ---- */

/* $entry(size), $entry(arg1): what the argument was when the function was called. */
static void writer_entry(struct writer *w, const struct tree *t, struct buffer *to)
{
	const struct tree *argument = t->left;

	if (!w->spec->probe.at_return) {
		token_fail(w->r, t->token.text, "only returns have it: r::FUNCTION or r:LIBRARY:FUNCTION");
		return;
	}
	if (!argument || argument->next || argument->kind != TREE_NAME) {
		token_fail(w->r, argument ? argument->token.text : t->token.text,
			"it takes an argument's name: $entry(size)");
		return;
	}
	if (signature_find(w->signature, &argument->token) < 0)
		writer_ask(w);
	if (signature_find(w->signature, &argument->token) < 0 &&
		writer_argument_number(&argument->token) <= 0)
		token_fail(w->r, argument->token.text, "the function has no argument of this name");
	writer_tree(w, argument, to);
}

/* STRCMP("text", pointer), STRSTR("text", pointer), in any order. */
static void writer_comparison(struct writer *w, const struct tree *t, struct buffer *to)
{
	const struct tree *text = t->left, *pointer = text ? text->next : NULL;
	bool is_same = token_is(&t->token, "STRCMP"), is_binary = w->compares_binary && is_same;
	struct buffer bytes = {0};

	if (pointer && pointer->kind == TREE_TEXT) {
		pointer = t->left;
		text = t->left->next;
	}
	if (!pointer || t->left->next->next || text->kind != TREE_TEXT || pointer->kind == TREE_TEXT) {
		token_fail(w->r, t->token.text, "it takes a text in quotes and a pointer");
		return;
	}
	if (is_binary)
		literal_list(w->r, &text->token, &bytes);
	else
		literal_bytes(w->r, &text->token, &bytes);
	if (bytes.size > MOST_TEXT)
		token_fail(w->r, text->token.text, "a text that is compared has at most %d bytes", MOST_TEXT);
	buffer_text(to, is_binary ? "expr_has_bytes(" : is_same ? "expr_is_text(" : "expr_has_text(");
	literal_write(to, bytes.data, bytes.size);
	buffer_printf(to, ", %zu, ", bytes.size);
	writer_pointer(w, pointer, to);
	buffer_printf(to, ", %s)", writer_is_user(w, pointer) ? "true" : "false");
	buffer_free(&bytes);
}

static void writer_call(struct writer *w, const struct tree *t, struct buffer *to)
{
	if (token_is(&t->token, "$entry")) {
		writer_entry(w, t, to);
	} else if (token_is(&t->token, "STRCMP") || token_is(&t->token, "STRSTR")) {
		writer_comparison(w, t, to);
	} else if (t->token.kind == TOKEN_VARIABLE) {
		token_fail(w->r, t->token.text, "only $entry() takes something");
	} else {
		writer_word(w, &t->token, to);
		buffer_char(to, '(');
		for (const struct tree *argument = t->left; argument; argument = argument->next) {
			writer_tree(w, argument, to);
			if (argument->next)
				buffer_text(to, ", ");
		}
		buffer_char(to, ')');
	}
}

/* ---- whose memory ---- */

static bool writer_name_is_user(struct writer *w, const struct token *name)
{
	int i = signature_find(w->signature, name);
	bool is_value = i >= 0 || writer_argument_number(name) > 0 || token_is(name, "retval") ||
			token_is(name, "$retval");

	if (i >= 0 && w->signature->parameters[i].is_user)
		return true;
	return is_value && (writer_is_in_process(w) || (w->is_syscall && !token_is(name, "retval")));
}

bool writer_is_user(struct writer *w, const struct tree *t)
{
	if (!t)
		return false;
	if (t->is_user)
		return true;
	switch (t->kind) {
	case TREE_NAME:
	case TREE_VARIABLE:
		return writer_name_is_user(w, &t->token);
	case TREE_CALL:
		return token_is(&t->token, "$entry") && writer_is_user(w, t->left);
	case TREE_CONDITIONAL:
		return writer_is_user(w, t->right) && writer_is_user(w, t->third);
	case TREE_BINARY:
		return writer_is_user(w, t->left) || writer_is_user(w, t->right);
	case TREE_MEMBER:
	case TREE_INDEX:
	case TREE_UNARY:
	case TREE_CAST:
		return writer_is_user(w, t->left);
	default:
		return false;
	}
}

void writer_pointer(struct writer *w, const struct tree *t, struct buffer *to)
{
	static const char absolute[] = "data_loc_", relative[] = "rel_loc_";
	bool is_field = w->spec->probe.kind == PROBE_TRACEPOINT && t->kind == TREE_MEMBER &&
			t->left->kind == TREE_NAME && token_is(&t->left->token, "args");

	buffer_text(to, "(const void *)(u64)");
	if (is_field && t->token.length >= sizeof(absolute) &&
		!strncmp(t->token.text, absolute, sizeof(absolute) - 1)) {
		buffer_text(to, "((u64)args + (0xffff & ");
		writer_tree(w, t, to);
		buffer_text(to, "))");
	} else if (is_field && t->token.length >= sizeof(relative) &&
		   !strncmp(t->token.text, relative, sizeof(relative) - 1)) {
		/* from the field's end on */
		buffer_printf(to, "((u64)args + __builtin_offsetof(__typeof__(*args), %.*s) + 4 + (0xffff & ",
			(int)t->token.length, t->token.text);
		writer_tree(w, t, to);
		buffer_text(to, "))");
	} else {
		writer_tree(w, t, to);
	}
}

/* ---- the tree ---- */

static void writer_number(struct writer *w, const struct token *t, struct buffer *to)
{
	const char *at = t->text + 1, *end = t->text + t->length - 1;

	if (t->kind == TOKEN_NUMBER) {
		writer_word(w, t, to);
		return;
	}
	if (at == end)
		token_fail(w->r, t->text, "a character is missing");
	else
		buffer_printf(to, "%d", (signed char)literal_character(w->r, &at, end));
	if (at < end)
		token_fail(w->r, at, "there is more than one character");
}

static void writer_member(struct writer *w, const struct tree *t, struct buffer *to)
{
	writer_tree(w, t->left, to);
	buffer_text(to, t->arrow ? "->" : ".");
	writer_word(w, &t->token, to);
}

static void writer_sizeof(struct writer *w, const struct tree *t, struct buffer *to)
{
	buffer_text(to, "sizeof(");
	if (t->type)
		writer_mark(w, t->type, to);
	if (t->type)
		signature_write_type(to, t->type, t->type_end, false);
	else
		writer_tree(w, t->left, to);
	buffer_char(to, ')');
}

static void writer_operation(struct writer *w, const struct tree *t, struct buffer *to)
{
	if (t->kind == TREE_CAST) {
		buffer_char(to, '(');
		writer_mark(w, t->type, to);
		signature_write_type(to, t->type, t->type_end, writer_is_user(w, t->left));
		buffer_char(to, ')');
		writer_tree(w, t->left, to);
		return;
	}
	if (t->kind == TREE_UNARY) {
		writer_word(w, &t->token, to);
		writer_tree(w, t->left, to);
		return;
	}
	writer_tree(w, t->left, to);
	writer_word(w, &t->token, to);
	buffer_char(to, ' ');
	writer_tree(w, t->right, to);
	if (t->kind == TREE_CONDITIONAL) {
		buffer_text(to, " : ");
		writer_tree(w, t->third, to);
	}
}

static void writer_tree(struct writer *w, const struct tree *t, struct buffer *to)
{
	if (w->r->failed)
		return;
	buffer_char(to, '(');
	switch (t->kind) {
	case TREE_NUMBER:
		writer_number(w, &t->token, to);
		break;
	case TREE_TEXT:
		token_fail(w->r, t->token.text, "texts are compared by STRCMP(\"text\", pointer)");
		break;
	case TREE_NAME:
		writer_name(w, t, to);
		break;
	case TREE_VARIABLE:
		writer_variable(w, t, to);
		break;
	case TREE_MEMBER:
		writer_member(w, t, to);
		break;
	case TREE_INDEX:
		writer_tree(w, t->left, to);
		buffer_char(to, '[');
		writer_tree(w, t->right, to);
		buffer_char(to, ']');
		break;
	case TREE_CALL:
		writer_call(w, t, to);
		break;
	case TREE_SIZEOF:
		writer_sizeof(w, t, to);
		break;
	default:
		writer_operation(w, t, to);
	}
	buffer_char(to, ')');
}

void writer_expression(struct writer *w, const struct tree *t, struct buffer *to)
{
	writer_tree(w, t, to);
}
