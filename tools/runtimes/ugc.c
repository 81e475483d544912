/* SPDX-License-Identifier: Apache-2.0 */
/* javagc and its like are the same for one language: they define RUNTIME_TOOL and RUNTIME_LANGUAGE, and
 * include this. */
#include "ugc.h"

#include <inttypes.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "runtime.h"
#include "tool.h"

#ifndef RUNTIME_TOOL
#define RUNTIME_TOOL "ugc"
#define RUNTIME_LANGUAGE NULL
#endif
#define UGC_LANGUAGES "java node python ruby"

static const char *language = RUNTIME_LANGUAGE;
static const char *wanted_text;
static bool milliseconds;
static struct buffer title;

/* ---- probes ---- */

static const struct runtime_probe java_probes[] = {
	RUNTIME_PROBE("end_pool", "hotspot", "mem__pool__gc__end"),
	RUNTIME_PROBE("begin_pool", "hotspot", "mem__pool__gc__begin"),
	RUNTIME_PROBE("end_whole", "hotspot", "gc__end"),
	RUNTIME_PROBE("begin_whole", "hotspot", "gc__begin"),
	{0},
};
static const struct runtime_probe node_probes[] = {RUNTIME_PROBE("end_whole", "node", "gc__done"),
	RUNTIME_PROBE("begin_whole", "node", "gc__start"), {0}};
static const struct runtime_probe python_probes[] = {RUNTIME_PROBE("end_whole", "python", "gc__done"),
	RUNTIME_PROBE("begin_whole", "python", "gc__start"), {0}};
static const struct runtime_probe ruby_probes[] = {
	RUNTIME_PROBE("end_mark", "ruby", "gc__mark__end"),
	RUNTIME_PROBE("begin_mark", "ruby", "gc__mark__begin"),
	RUNTIME_PROBE("end_sweep", "ruby", "gc__sweep__end"),
	RUNTIME_PROBE("begin_sweep", "ruby", "gc__sweep__begin"),
	{0},
};

static const struct {
	const char *language;
	const struct runtime_probe *probes;
} ugc_probes[] = {
	{"java", java_probes}, {"node", node_probes}, {"python", python_probes}, {"ruby", ruby_probes}};

static const struct runtime_probe *ugc_probes_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ugc_probes); i++)
		if (!strcmp(ugc_probes[i].language, name))
			return ugc_probes[i].probes;
	return NULL;
}

/* ---- rows ---- */

/* v8::GCType, a bit for each */
static const char *const node_types[] = {
	"GC scavenge", "GC mark-sweep-compact", "GC incremental mark", "GC weak callbacks"};

static void ugc_add_node_types(struct buffer *b, uint64_t types)
{
	for (size_t i = 0; i < ARRAY_SIZE(node_types); i++)
		if (types & 1U << i) {
			if (b->size)
				buffer_text(b, ", ");
			buffer_text(b, node_types[i]);
		}
	if (!b->size)
		buffer_text(b, "GC");
}

static void ugc_add_text(struct buffer *b, const char *text)
{
	buffer_add(b, text, strnlen(text, UGC_TEXT_SIZE));
}

static void ugc_describe(struct buffer *b, const struct event *e)
{
	switch (e->kind) {
	case UGC_POOL:
		ugc_add_text(b, e->manager);
		buffer_char(b, ' ');
		ugc_add_text(b, e->pool);
		buffer_printf(b, " used=%" PRIu64 "->%" PRIu64 " max=%" PRIu64 "->%" PRIu64,
			e->at_begin.first, e->at_end.first, e->at_begin.second, e->at_end.second);
		return;
	case UGC_MARK:
		buffer_text(b, "GC mark stage");
		return;
	case UGC_SWEEP:
		buffer_text(b, "GC sweep stage");
		return;
	default:
		break;
	}
	if (!strcmp(language, "python"))
		buffer_printf(b, "gen %" PRIu64 " GC collected %" PRIu64 " objects", e->at_begin.first,
			e->at_end.first);
	else if (!strcmp(language, "node"))
		ugc_add_node_types(b, e->at_end.first);
	else
		buffer_text(b, e->at_begin.first ? "full GC" : "GC");
}

static void ugc_description(const struct tool_row *row, struct value *value)
{
	static struct buffer b;

	b.size = 0;
	ugc_describe(&b, row->data);
	value_text(value, b.data, b.size);
}

static bool ugc_wanted(const struct tool_row *row)
{
	struct value value;

	if (!wanted_text)
		return true;
	ugc_description(row, &value);
	return memmem(value.text, value.length, wanted_text, strlen(wanted_text));
}

static void ugc_time(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = VALUE_DURATION;
	value->signed_number = (int64_t)(e->time - e->begin);
}

static struct tool_column columns[] = {
	COLUMN_TIME_OF("START", -8, begin, "when it began, in seconds since the beginning",
		.format = COLUMN_SINCE_START, .digits = 3),
	COLUMN_BY("TIME", -8, VALUE_DURATION, ugc_time, "how long it took", .heading = "TIME (us)",
		.json = "time_ns", .format = COLUMN_US, .digits = 2),
	COLUMN_BY("DESCRIPTION", -40, VALUE_TEXT, ugc_description, "what was collected"),
	COLUMN("PID", 7, pid, "process", .hidden = true, .in_json = true),
	COLUMN("TID", 7, tid, "thread", .hidden = true, .in_json = true),
	{0},
};
enum { TIME = 1 };

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event), .wanted = ugc_wanted};

/* ---- the tool ---- */

static void ugc_set_up(void)
{
	language = runtime_choose(language, UGC_LANGUAGES);
	if (milliseconds) {
		columns[TIME].heading = "TIME (ms)";
		columns[TIME].format = COLUMN_MS;
	}
	if (!runtime_process())
		return;
	if (!language)
		tool_usage("process %d runs none of %s, as far as its files say: -l says which",
			runtime_process(), UGC_LANGUAGES);
	buffer_printf(&title, "Tracing garbage collections in %s process %d... Ctrl-C to quit.", language,
		runtime_process());
	buffer_char(&title, '\0');
	view.title = title.data;
}

/* Those of the language. */
static bool ugc_needs(const char *program)
{
	for (const struct runtime_probe *p = language ? ugc_probes_of(language) : NULL; p && p->program; p++)
		if (!strcmp(p->program, program))
			return true;
	return false;
}

static int ugc_attached(struct bcc *b)
{
	return runtime_attach(b, language, ugc_probes_of(language));
}

static void ugc_tear_down(void)
{
	buffer_free(&title);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, runtime_process_option, "the process"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_TEXT('l', "language", "LANGUAGE", "one of " UGC_LANGUAGES, .value = &language),
	OPTION_FLAG(
		'm', "milliseconds", "times in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_DURATION('M', "minimum", "MS", 1000000, "only those that take at least so long",
		.variable = "least_delay"),
	OPTION_TEXT(
		'F', "filter", "TEXT", "only those whose description has this in it", .value = &wanted_text),
	{0},
};

const struct tool tool = {
	.name = RUNTIME_TOOL,
	.purpose = "Shows garbage collections in processes of high-level languages.",
	.details =
		"They are known by static probes of the language's runtime, which has to be built with them.",
	.examples = {{"1234", "of a process"}, {"-m -M 10 1234", "those of 10 milliseconds and more"}},
	.arguments = arguments,
	.options = options,
	.view = &view,
	.set_up = ugc_set_up,
	.needs = ugc_needs,
	.attached = ugc_attached,
	.tear_down = ugc_tear_down,
};
