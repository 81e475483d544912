/* SPDX-License-Identifier: Apache-2.0 */
/* javaobjnew and its like are the same for one language: they define RUNTIME_TOOL and RUNTIME_LANGUAGE, and
 * include this. */
#include "uobjnew.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "runtime.h"
#include "settings.h"
#include "tool.h"

#ifndef RUNTIME_TOOL
#define RUNTIME_TOOL "uobjnew"
#define RUNTIME_LANGUAGE NULL
#endif
#define UOBJNEW_LANGUAGES "c java ruby tcl"

static const char *language = RUNTIME_LANGUAGE;
static bool by_count;
static struct buffer title;

/* ---- probes ---- */

static const struct runtime_probe java_probes[] = {
	RUNTIME_PROBE("alloc_named", "hotspot", "object__alloc"), {0}};
static const struct runtime_probe ruby_probes[] = {
	RUNTIME_PROBE("alloc_named", "ruby", "object__create"),
	RUNTIME_PROBE("alloc_string", "ruby", "string__create"),
	RUNTIME_PROBE("alloc_hash", "ruby", "hash__create"),
	RUNTIME_PROBE("alloc_array", "ruby", "array__create"),
	{0},
};
static const struct runtime_probe tcl_probes[] = {RUNTIME_PROBE("alloc_any", "tcl", "obj__create"), {0}};

static const struct {
	const char *language;
	const struct runtime_probe *probes;
	uint8_t name_argument, name_length, size_argument;
} uobjnew_probes[] = {
	{"java", java_probes, 2, 3, 4}, {"ruby", ruby_probes, 1, 0, 0}, {"tcl", tcl_probes, 0, 0, 0}};

/* NULL: of C */
static const struct runtime_probe *uobjnew_probes_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(uobjnew_probes); i++)
		if (!strcmp(uobjnew_probes[i].language, name))
			return uobjnew_probes[i].probes;
	return NULL;
}

/* The C library's malloc(); the program's own, if that is linked into it. */
static int uobjnew_attach_c(struct bcc *b)
{
	const struct bcc_multi_opts opts = {.size = sizeof(opts), .pid = runtime_process()};
	char program[32];
	int ret = bcc_attach_uprobes(b, "alloc_block", "c", "^malloc$", &opts, NULL);

	if (ret > 0)
		return 0;
	snprintf(program, sizeof(program), "/proc/%d/exe", runtime_process());
	ret = bcc_attach_uprobes(
		b, "alloc_block", program, "^malloc$", &BCC_OPTS(struct bcc_multi_opts, .pid = 0), NULL);
	if (ret > 0)
		return 0;
	tool_warn("process %d has no malloc(): %s", runtime_process(), bcc_error(b));
	return ret;
}

/* ---- rows ---- */

static void uobjnew_name(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static char text[48];

	if (e->type.block)
		value_text(value, text, snprintf(text, sizeof(text), "block size %" PRIu64, e->type.block));
	else
		value_text(value, e->type.name, strnlen(e->type.name, sizeof(e->type.name)));
}

static const struct tool_column columns[] = {
	COLUMN_BY("NAME", -30, VALUE_TEXT, uobjnew_name, "the type; of C, the size", .heading = "NAME/TYPE",
		.json = "name"),
	COLUMN("ALLOCS", 8, value.count, "objects that were allocated", .heading = "# ALLOCS",
		.json = "allocs"),
	COLUMN("BYTES", 12, value.bytes, "their size together; 0 where the runtime does not tell",
		.heading = "# BYTES", .json = "bytes"),
	{0},
};

/* The least first, as BCC's tool has them. */
static int uobjnew_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct allocations *x = &((const struct event *)a->data)->value;
	const struct allocations *y = &((const struct event *)b->data)->value;

	if (!by_count && x->bytes != y->bytes)
		return x->bytes < y->bytes ? -1 : 1;
	return (x->count > y->count) - (x->count < y->count);
}

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct event),
	.table = "objects",
	.compare = uobjnew_compare,
	.counter_offset = offsetof(struct event, value),
	.counters = sizeof(struct allocations) / sizeof(uint64_t),
	.last_rows = true,
};

/* ---- the tool ---- */

static void uobjnew_set_up(void)
{
	language = runtime_choose(language, UOBJNEW_LANGUAGES);
	for (size_t i = 0; language && i < ARRAY_SIZE(uobjnew_probes); i++)
		if (!strcmp(uobjnew_probes[i].language, language)) {
			tool_set_number("name_argument", uobjnew_probes[i].name_argument);
			tool_set_number("name_length", uobjnew_probes[i].name_length);
			tool_set_number("size_argument", uobjnew_probes[i].size_argument);
		}
	if (!runtime_process())
		return;
	if (!language)
		tool_usage("process %d runs none of %s, as far as its files say: -l says which",
			runtime_process(), UOBJNEW_LANGUAGES);
	buffer_printf(&title, "Tracing allocations in process %d (language: %s)... Ctrl-C to quit.",
		runtime_process(), language);
	buffer_char(&title, '\0');
	view.title = title.data;
}

static bool uobjnew_needs(const char *program)
{
	const struct runtime_probe *p = language ? uobjnew_probes_of(language) : NULL;

	if (!p)
		return language && !strcmp(program, "alloc_block");
	for (; p->program; p++)
		if (!strcmp(p->program, program))
			return true;
	return false;
}

static int uobjnew_attached(struct bcc *b)
{
	const struct runtime_probe *probes = uobjnew_probes_of(language);

	return probes ? runtime_attach(b, language, probes) : uobjnew_attach_c(b);
}

static void uobjnew_tear_down(void)
{
	buffer_free(&title);
}

static void uobjnew_top_count(const char *argument)
{
	settings.rows = argument_number(argument, 1, UINT32_MAX);
	by_count = true;
}

static void uobjnew_top_bytes(const char *argument)
{
	settings.rows = argument_number(argument, 1, UINT32_MAX);
	by_count = false;
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, runtime_process_option, "the process"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_TEXT('l', "language", "LANGUAGE", "one of " UOBJNEW_LANGUAGES, .value = &language),
	OPTION_CUSTOM('C', "top-count", "COUNT", uobjnew_top_count, "so many types, those with most objects"),
	OPTION_CUSTOM('S', "top-size", "COUNT", uobjnew_top_bytes, "so many types, those with most bytes"),
	{0},
};

const struct tool tool = {
	.name = RUNTIME_TOOL,
	.purpose = "Counts which objects processes of high-level languages allocate.",
	.details =
		"Objects are known by static probes of the language's runtime, which has to be built with them; "
		"of Java, it has to be started with -XX:+ExtendedDTraceProbes. Ruby does not tell how large "
		"objects are, and of strings, hashes and arrays how many elements they are made for; Tcl tells "
		"nothing about them. Of C, these are calls of malloc() by the size that is asked for. Names of "
		"more than 95 bytes are cut.",
	.examples = {{"1234", "of a process until Ctrl-C"},
		{"-l c 1234 1", "sizes that it asks malloc() for, every second"},
		{"-C 10 1234", "the ten types with most objects"}},
	.arguments = arguments,
	.options = options,
	.intervals = true,
	.view = &view,
	.set_up = uobjnew_set_up,
	.needs = uobjnew_needs,
	.attached = uobjnew_attached,
	.tear_down = uobjnew_tear_down,
};
