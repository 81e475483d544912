/* SPDX-License-Identifier: Apache-2.0 */
#include "inject.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "common/array.h"
#include "expr/literal.h"
#include "settings.h"
#include "syscall_name.h"
#include "tool.h"

enum { MOST_TEXT = 126 };

/* ---- what is made to fail ---- */

static const struct mode {
	const char *name, *function, *arguments;
	int error;
} modes[] = {
	{"kmalloc", "should_failslab", "struct kmem_cache *s, gfp_t gfpflags", -ENOMEM},
	{"bio", "should_fail_bio", "struct bio *bio", -EIO},
	/* returns whether the allocation fails */
	{"alloc_page", "should_fail_alloc_page", "gfp_t gfp_mask, unsigned int order", true},
};

static struct mode mode;
static const char *spec;
static uint64_t only_error;

static void inject_mode(const char *argument)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i].name, argument)) {
			mode = modes[i];
			return;
		}
	for (const char *at = argument; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_')
			tool_usage("'%s' is none of kmalloc, bio and alloc_page, nor a function's name",
				argument);
	mode = (struct mode){.name = argument, .function = argument, .arguments = "", .error = -ENOMEM};
}

static void inject_error(const char *argument)
{
	only_error = argument_errno(argument);
}

/* ---- the call chain ---- */

/* "vfs_open(struct path *path)(path->dentry)", cut into its parts. */
struct frame {
	char *function;	 /* NULL: what is made to fail */
	char *arguments; /* "struct path *path" */
	char *condition; /* NULL: none */
	int same_as;	 /* a frame before it, of the same function; -1: there is none */
};

static struct frame frames[INJECT_FRAMES + 1];
static unsigned frame_count;

__attribute__((noreturn)) static void inject_wrong(const char *at, const char *why)
{
	tool_usage("%s, column %zu: %s", spec, at - spec + 1, why);
}

static char *inject_copy(const char *from, const char *end)
{
	char *copy;

	while (from < end && isspace((unsigned char)*from))
		from++;
	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	copy = strndup(from, end - from);
	if (!copy)
		buffer_no_memory();
	return copy;
}

/* The end of a text in quotes that begins at `at`, where it has one. */
static const char *inject_after_quotes(const char *at)
{
	const char *end = at + 1;

	while (*end && *end != *at)
		end += end[0] == '\\' && end[1] ? 2 : 1;
	if (!*end)
		inject_wrong(at, "the text has no end");
	return end + 1;
}

/* The parenthesis that closes the one at `at`. */
static const char *inject_closing(const char *at)
{
	const char *from = at;
	int depth = 0;

	while (*at) {
		if (*at == '"' || *at == '\'') {
			at = inject_after_quotes(at);
			continue;
		}
		depth += *at == '(';
		depth -= *at == ')';
		if (!depth)
			return at;
		at++;
	}
	inject_wrong(from, "')' is missing");
}

static const char *inject_skip_blanks(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

/* Takes what is in parentheses. */
static char *inject_parenthesised(const char **at)
{
	const char *from = *at, *end = inject_closing(from);

	*at = inject_skip_blanks(end + 1);
	return inject_copy(from + 1, end);
}

static void inject_read_frame(const char **at)
{
	struct frame *f = &frames[frame_count];
	const char *from = *at = inject_skip_blanks(*at), *end = from;

	if (frame_count == INJECT_FRAMES + 1)
		inject_wrong(from, "there are too many functions");
	while (isalnum((unsigned char)*end) || *end == '_' || *end == '.')
		end++;
	*f = (struct frame){.same_as = -1};
	if (end > from) {
		f->function = inject_copy(from, end);
		*at = inject_skip_blanks(end);
		if (**at != '(')
			inject_wrong(*at, "'(' is missing: FUNCTION() or FUNCTION(ARGUMENTS)(CONDITION)");
		f->arguments = inject_parenthesised(at);
	} else if (**at != '(' || frame_count) {
		inject_wrong(from, "a function is missing");
	}
	if (**at == '(')
		f->condition = inject_parenthesised(at);
	frame_count++;
}

static bool inject_is_syscall(const char *function)
{
	return (!strncmp(function, "sys_", 4) || !strncmp(function, "SyS_", 4)) &&
	       syscall_number(function + 4) >= 0;
}

/* The first frame is that of the function that fails. */
static void inject_add_first(void)
{
	if (!frames[0].function)
		return;
	if (!strcmp(frames[0].function, mode.function))
		return;
	if (frame_count == INJECT_FRAMES + 1)
		tool_usage("%s: there are too many functions", spec);
	memmove(frames + 1, frames, frame_count * sizeof(*frames));
	frames[0] = (struct frame){.same_as = -1};
	frame_count++;
}

static void inject_read(void)
{
	const char *at = spec;

	for (;;) {
		inject_read_frame(&at);
		if (!*at)
			break;
		if (strncmp(at, "=>", 2) != 0)
			inject_wrong(at, "'=>' or the end is expected");
		at += 2;
	}
	inject_add_first();
	for (unsigned i = 1; i < frame_count; i++) {
		if (!strcmp(frames[i].function, mode.function))
			tool_usage("%s: %s() is what fails: it is the first", spec, mode.function);
		for (unsigned j = i; --j >= 1 && frames[i].same_as < 0;)
			if (!strcmp(frames[j].function, frames[i].function))
				frames[i].same_as = frames[j].same_as < 0 ? (int)j : frames[j].same_as;
	}
}

/* ---- its programs ---- */

/* STRCMP(pointer, text): the text with quotes or without, and with them also first. */
static void inject_comparison(struct buffer *to, const char *from, const char *end)
{
	const char *comma = from, *text;
	char *first, *second;

	while (comma < end && *comma != ',') {
		if (*comma == '"' || *comma == '\'')
			comma = inject_after_quotes(comma);
		else
			comma = *comma == '(' ? inject_closing(comma) + 1 : comma + 1;
	}
	if (comma >= end)
		tool_usage("%s: STRCMP takes a pointer and a text", spec);
	first = inject_copy(from, comma);
	second = inject_copy(comma + 1, end);
	text = *first == '"' ? first : second;
	if (strlen(text) > MOST_TEXT)
		tool_usage("%s: a text that is compared has at most %d bytes", spec, MOST_TEXT);
	buffer_text(to, "expr_is_text(");
	if (*text == '"') {
		buffer_printf(to, "%s, sizeof(%s) - 1", text, text);
	} else {
		size_t quotes = *text == '\'' && strlen(text) > 1, size = strlen(text) - 2 * quotes;

		literal_write(to, text + quotes, size);
		buffer_printf(to, ", %zu", size);
	}
	buffer_printf(to, ", (const void *)(u64)(%s), false)", text == first ? second : first);
	free(first);
	free(second);
}

static void inject_condition(struct buffer *to, const struct frame *f)
{
	const char *at = f->condition;
	bool in_word = false;

	if (!at) {
		buffer_text(to, "true");
		return;
	}
	/* for the compiler's messages */
	buffer_printf(to, "\n#line 1 \"condition of %s()\"\n(", f->function ? f->function : mode.function);
	while (*at) {
		const char *from = at;

		if (!in_word && !strncmp(at, "STRCMP", 6) && *inject_skip_blanks(at + 6) == '(') {
			from = inject_skip_blanks(at + 6);
			at = inject_closing(from) + 1;
			inject_comparison(to, from + 1, at - 1);
			continue;
		}
		at = *at == '"' || *at == '\'' ? inject_after_quotes(at) : at + 1;
		buffer_add(to, from, at - from);
		in_word = isalnum((unsigned char)*from) || *from == '_';
	}
	buffer_char(to, ')');
}

static const char *inject_comma(const char *arguments)
{
	return *arguments && strcmp(arguments, "void") != 0 ? ", " : "";
}

static void inject_write_function(struct buffer *to)
{
	static const char *const heads[] = {
		"int BPF_PROG(kmod_ret__inject%s%s)\n", "int kprobe__inject(struct pt_regs *ctx%s%s)\n"};
	const char *arguments =
		frames[0].arguments && *frames[0].arguments ? frames[0].arguments : mode.arguments;

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		buffer_printf(to, heads[i], inject_comma(arguments), arguments); /* NOLINT: one of these */
		buffer_text(to, "{\n\tif (!is_reached() || !");
		inject_condition(to, &frames[0]);
		buffer_printf(to, " || !is_injected(ctx))\n\t\treturn 0;\n\t%s%d%s;\n}\n\n",
			i ? "bpf_override_return(ctx, " : "return ", mode.error, i ? ");\n\treturn 0" : "");
	}
}

/* "syscall__" has arguments be those of the system call. */
static const char *inject_prefix(unsigned i)
{
	return inject_is_syscall(frames[i].function) ? "syscall__" : "";
}

/* The return first: then no call is begun that does not end. */
static void inject_write_frame(struct buffer *to, unsigned number)
{
	const char *outermost =
		!strcmp(frames[number].function, frames[frame_count - 1].function) ? "true" : "false";
	const char *arguments = "";

	for (unsigned i = number; i < frame_count; i++)
		if (!*arguments && !strcmp(frames[i].function, frames[number].function))
			arguments = frames[i].arguments;
	buffer_printf(to, "int exit_%u(struct pt_regs *ctx)\n{\n\treturn chain_leave(%s);\n}\n\n", number,
		outermost);
	buffer_printf(to,
		"int %sentry_%u(struct pt_regs *ctx%s%s)\n{\n\tstruct chain *chain = chain_enter(%s);\n\n"
		"\tif (!chain)\n\t\treturn 0;\n",
		inject_prefix(number), number, inject_comma(arguments), arguments, outermost);
	/* of a function that is there several times, a call is one place of the chain */
	for (unsigned i = number; i < frame_count; i++) {
		if (i != number && frames[i].same_as != (int)number)
			continue;
		buffer_printf(to, "\tif (chain->met == %u && ", frame_count - 1 - i);
		inject_condition(to, &frames[i]);
		buffer_printf(
			to, ") {\n\t\tchain_reach(chain, %u);\n\t\treturn 0;\n\t}\n", frame_count - 1 - i);
	}
	buffer_text(to, "\treturn 0;\n}\n\n");
}

static void inject_write(void)
{
	struct buffer text = {0};

	asked_write_headers(&text);
	inject_write_function(&text);
	/* the outermost at last: it begins a chain, and all others know it then */
	for (unsigned i = 1; i < frame_count; i++)
		if (frames[i].same_as < 0 &&
			strcmp(frames[i].function, frames[frame_count - 1].function) != 0)
			inject_write_frame(&text, i);
	for (unsigned i = 1; i < frame_count; i++)
		if (frames[i].same_as < 0 && !strcmp(frames[i].function, frames[frame_count - 1].function))
			inject_write_frame(&text, i);
	tool_add_text(text.data, text.size);
	buffer_free(&text);
}

/* What the programs are attached to. */
static const char *inject_target(const char *program)
{
	static char target[256];
	const char *function = mode.function, *kind = "kprobe__";
	unsigned number;

	if (sscanf(program, "exit_%u", &number) == 1) {
		kind = "kretprobe__";
		function = frames[number].function;
	} else if (sscanf(program, "entry_%u", &number) == 1 ||
		   sscanf(program, "syscall__entry_%u", &number) == 1) {
		function = frames[number].function;
	} else if (!strcmp(program, "kmod_ret__inject")) {
		kind = "kmod_ret__";
	} else if (strcmp(program, "kprobe__inject") != 0) {
		return NULL;
	}
	/* as all kernels' calls are named */
	if (function != mode.function && inject_is_syscall(function))
		snprintf(target, sizeof(target), "%ssys_%s", kind, function + 4);
	else
		snprintf(target, sizeof(target), "%s%s", kind, function);
	return target;
}

/* ---- the tool ---- */

static uint64_t threshold = 1ULL << 32, most = UINT64_MAX;

static void inject_probability(const char *argument)
{
	char *end;
	double value = strtod(argument, &end);

	if (end == argument || *end || !(value >= 0 && value <= 1))
		tool_usage("'%s' is not a probability from 0 to 1", argument);
	threshold = value * (1ULL << 32);
}

static void inject_spec(const char *argument)
{
	spec = argument;
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('I', "include", "HEADER", asked_header, "a header that conditions need"),
	OPTION_CUSTOM('P', "probability", "NUMBER", inject_probability,
		"how probable it is that a call of the chain fails, from 0 to 1 (default)"),
	OPTION_NUMBER('c', "count", "COUNT", 0, UINT32_MAX, "only so many failures", .value = &most),
	OPTION_CUSTOM('e', "error", "ERRNO", inject_error,
		"what the function returns, a number or a name such as EACCES"),
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "MODE", NULL, inject_mode, "kmalloc, bio, alloc_page, or the function that fails"),
	OPTION_CUSTOM(0, "CHAIN", NULL, inject_spec,
		"[(CONDITION)|FUNCTION([ARGUMENTS])[(CONDITION)]] [=> FUNCTION([ARGUMENTS])[(CONDITION)]]…"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when a call was made to fail"),
	COLUMN("PID", -7, task.pid, "process that called"),
	COLUMN("TID", -7, task.tid, "its thread"),
	COLUMN("COMM", 0, task.comm, "name of the thread"),
	{0},
};

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

static void inject_set_up(void)
{
	static char title[128];

	tool_set_number("threshold", threshold);
	tool_set_number("most", most);
	if (!spec && !settings.describe && !settings.dump_text)
		tool_usage("what is to fail, and when? For example: kmalloc 'sys_mount()'");
	if (spec) {
		if (only_error && mode.error > 0)
			tool_usage("-e: this function returns no error");
		if (only_error)
			mode.error = -(int)only_error;
		inject_read();
		inject_write();
	}
	tool_define("CHAIN_LENGTH=%u", frame_count ? frame_count - 1 : 0);
	snprintf(title, sizeof(title), "Making %.80s() fail... Hit Ctrl-C to end.",
		mode.function ? mode.function : "functions");
	view.title = title;
}

static void inject_tear_down(void)
{
	for (unsigned i = 0; i < frame_count; i++) {
		free(frames[i].function);
		free(frames[i].arguments);
		free(frames[i].condition);
	}
}

static const struct tool_source sources[] = {
	{.name = "fmod_ret", .programs = "kmod_ret__inject"},
	{.name = "kprobe with bpf_override_return()", .programs = "kprobe__inject"},
	{0},
};

const struct tool tool = {
	.name = "inject",
	.purpose = "Makes functions of the kernel fail where they are called in a certain way.",
	.details =
		"A call chain begins with the innermost function. Arguments are declared as in C, up to the last "
		"one that a condition, an expression of C, needs; STRCMP(pointer, text) compares texts. The "
		"first condition may be one on what fails: should_failslab(struct kmem_cache *s, gfp_t gfpflags), "
		"should_fail_bio(struct bio *bio) or should_fail_alloc_page(gfp_t gfp_mask, unsigned int order)."
		"\n\n"
		"The kernel must allow it: these three take CONFIG_FUNCTION_ERROR_INJECTION, and where there are "
		"no BPF trampolines CONFIG_BPF_KPROBE_OVERRIDE. Functions whose names begin with security_ can "
		"always be made to fail where there are trampolines, and others that "
		"/sys/kernel/debug/error_injection/list names.",
	.examples = {{"kmalloc 'sys_mount()'", "mounting, for want of memory"},
		{"kmalloc -P 0.01 'mount_subtree() => btrfs_mount()'", "a hundredth of the mounts of btrfs"},
		{"kmalloc 'd_alloc_parallel(struct dentry *parent, const struct qstr *name)"
		 "(STRCMP(name->name, \"bananas\"))'",
			"looking for files of a name"},
		{"-p 1234 -c 1 -e EIO security_file_open '(true) => sys_openat()'",
			"the next file that a process opens"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.sources = sources,
	.view = &view,
	.set_up = inject_set_up,
	.target = inject_target,
	.tear_down = inject_tear_down,
};
