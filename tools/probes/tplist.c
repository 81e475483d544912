/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/kernel_features.h>
#include <bcc/usdt.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "tool.h"

/* A tracepoint, or a static probe with all its places in one file. */
struct listed {
	const char *category, *name; /* of a static probe, the provider */
	struct bcc_features *features;
	const struct bcc_usdt_info *places;
	uint32_t place_count;
};

static unsigned verbosity;
static uint64_t pid;
static const char *library, *pattern;
static struct buffer name, details;
static bool found; /* anything */

static bool tplist_wants(const char *category, const char *own)
{
	struct buffer full = {0};
	bool wanted;

	buffer_printf(&full, "%s:%s", category, own);
	buffer_char(&full, '\0');
	wanted = !pattern || !fnmatch(pattern, full.data, 0);
	found |= wanted;
	buffer_free(&full);
	return wanted;
}

/* ---- columns ---- */

static void tplist_name(const struct tool_row *row, struct value *value)
{
	const struct listed *l = row->data;

	name.size = 0;
	buffer_printf(&name, "%s:%s", l->category, l->name);
	value_text(value, name.data, name.size);
}

static void tplist_list(struct value *value)
{
	value_text(value, details.size ? details.data : "", details.size);
	value->kind = VALUE_LIST;
}

static void tplist_add_field(const struct bcc_tracepoint_field *field)
{
	if (field->is_dynamic)
		buffer_printf(&details, "__data_loc %s[] %s;", field->type, field->name);
	else if (field->array_elements)
		buffer_printf(&details, "%s %s[%u];", field->type, field->name, field->array_elements);
	else
		buffer_printf(&details, "%s %s;", field->type, field->name);
	buffer_char(&details, '\0');
}

static void tplist_fields(const struct tool_row *row, struct value *value)
{
	const struct listed *l = row->data;
	const struct bcc_tracepoint_field *fields;
	int count = bcc_tracepoint_fields(l->features, l->category, l->name, &fields);

	details.size = 0;
	for (int i = 0; i < count; i++)
		tplist_add_field(&fields[i]);
	tplist_list(value);
	if (count < 0)
		value->kind = VALUE_NONE;
}

static void tplist_binary(const struct tool_row *row, struct value *value)
{
	const char *binary = ((const struct listed *)row->data)->places->binary;

	value_text(value, binary, strlen(binary));
}

static void tplist_semaphore(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct listed *)row->data)->places->semaphore);
}

static void tplist_argument_count(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct listed *)row->data)->places->argument_count);
}

static void tplist_heading(const struct tool_row *row, struct value *value)
{
	const struct listed *l = row->data;

	name.size = 0;
	buffer_printf(
		&name, "%s:%s [sema 0x%llx]", l->category, l->name, (unsigned long long)l->places->semaphore);
	value_text(value, name.data, name.size);
}

/* The next argument of a description such as "-4@%edi 8@[sp, 16]"; its end is the first blank outside of
 * brackets. */
static const char *tplist_argument_end(const char *at)
{
	int depth = 0;

	for (; *at && (depth || *at != ' '); at++)
		depth += *at == '[' || *at == '(' ? 1 : *at == ']' || *at == ')' ? -1 : 0;
	return at;
}

static void tplist_add_arguments(const struct bcc_usdt_info *place)
{
	const char *at = place->arguments;

	for (unsigned number = 1; *at; number++) {
		const char *end = tplist_argument_end(at), *operand = memchr(at, '@', end - at);
		int bytes = operand ? atoi(at) : 0;

		buffer_printf(&details, "  argument #%u ", number);
		if (operand)
			buffer_printf(
				&details, "%d %s bytes @ ", abs(bytes), bytes < 0 ? "signed  " : "unsigned");
		operand = operand ? operand + 1 : at;
		buffer_add(&details, operand, end - operand);
		buffer_char(&details, '\0');
		at = end + strspn(end, " ");
	}
}

static void tplist_details(const struct tool_row *row, struct value *value)
{
	const struct listed *l = row->data;

	details.size = 0;
	if (verbosity < 2) {
		buffer_printf(&details, "%u location(s)", l->place_count);
		buffer_char(&details, '\0');
		buffer_printf(&details, "%u argument(s)", l->places->argument_count);
		buffer_char(&details, '\0');
	}
	for (uint32_t i = 0; verbosity >= 2 && i < l->place_count; i++) {
		buffer_printf(&details, "location #%u %s 0x%llx", i + 1, l->places[i].binary,
			(unsigned long long)l->places[i].address);
		buffer_char(&details, '\0');
		tplist_add_arguments(&l->places[i]);
	}
	tplist_list(value);
}

static const struct tool_column tracepoint_columns[] = {
	COLUMN_BY("EVENT", 0, VALUE_TEXT, tplist_name, "the tracepoint: CATEGORY:NAME"),
	COLUMN_BY("FIELDS", 0, VALUE_LIST, tplist_fields, "its fields, each with its C type", .below = "    ",
		.tight = true, .hidden = true, .in_json = true),
	{0},
};

static const struct tool_column usdt_columns[] = {
	COLUMN_BY("BINARY", 0, VALUE_TEXT, tplist_binary, "the file that the static probe is in",
		.in_json = true),
	COLUMN_BY("PROBE", 0, VALUE_TEXT, tplist_name, "the static probe: PROVIDER:NAME", .in_json = true),
	COLUMN_BY("SEMAPHORE", 0, VALUE_UNSIGNED, tplist_semaphore,
		"address of the counter of its listeners; 0: it has none", .format = COLUMN_HEX, .digits = 1,
		.hidden = true, .in_json = true),
	COLUMN_OF(struct listed, "LOCATIONS", 0, place_count, "how many places in the code it is at",
		.hidden = true, .in_json = true),
	COLUMN_BY("ARGUMENTS", 0, VALUE_UNSIGNED, tplist_argument_count, "how many arguments it has",
		.hidden = true, .in_json = true),
	COLUMN_BY("HEAD", 0, VALUE_TEXT, tplist_heading, "probe and semaphore, above the details",
		.hidden = true, .not_in_json = true),
	COLUMN_BY("DETAILS", 0, VALUE_LIST, tplist_details, "its places and arguments", .below = "  ",
		.tight = true, .hidden = true, .not_in_json = true),
	{0},
};

/* ---- listing ---- */

static const struct tool_view tracepoint_view = {
	.columns = tracepoint_columns, .bytes = sizeof(struct listed), .no_headings = true};
static const struct tool_view usdt_view = {
	.columns = usdt_columns, .bytes = sizeof(struct listed), .no_headings = true};
static const struct tool_view *const views[] = {&usdt_view, NULL};

struct tplist_listing {
	int (*row)(const void *data, size_t size);
	struct bcc_features *features; /* for fields: the other handle is busy meanwhile */
	int ret;
};

static int tplist_tracepoint(void *ctx, const char *category, const char *own)
{
	struct tplist_listing *listing = ctx;
	struct listed l = {.category = category, .name = own, .features = listing->features};

	listing->ret = tplist_wants(category, own) ? listing->row(&l, sizeof(l)) : 0;
	return listing->ret;
}

static int tplist_list_tracepoints(int (*row)(const void *data, size_t size))
{
	struct tplist_listing listing = {.row = row};
	struct bcc_features *features = NULL;
	int ret = bcc_features_open(&features);

	if (!ret)
		ret = bcc_features_open(&listing.features);
	if (!ret)
		ret = bcc_tracepoints_each(features, NULL, tplist_tracepoint, &listing);
	if (ret && !listing.ret)
		tool_warn("%s", bcc_features_error(features));
	bcc_features_close(listing.features);
	bcc_features_close(features);
	return ret;
}

static bool tplist_is_same(const struct bcc_usdt_info *a, const struct bcc_usdt_info *b)
{
	return !strcmp(a->binary, b->binary) && !strcmp(a->provider, b->provider) &&
	       !strcmp(a->name, b->name);
}

static int tplist_list_usdt(int (*row)(const void *data, size_t size))
{
	struct bcc_usdt_list *list;
	int ret = bcc_usdt_list_open(library, pid, &list);
	size_t count = ret ? 0 : bcc_usdt_list_count(list);
	struct bcc_usdt_info *places = buffer_grow(NULL, (count + 1) * sizeof(*places));

	for (size_t i = 0; i < count; i++)
		places[i] = *bcc_usdt_list_at(list, i);
	for (size_t i = 0, next; i < count && !ret; i = next) {
		struct listed l = {
			.category = places[i].provider, .name = places[i].name, .places = &places[i]};

		for (next = i; next < count && tplist_is_same(&places[i], &places[next]); next++)
			l.place_count++;
		if (tplist_wants(l.category, l.name))
			ret = row(&l, sizeof(l));
	}
	if (ret && ret != -ECANCELED)
		tool_warn("%s", bcc_usdt_list_error(list));
	free(places);
	bcc_usdt_list_close(list);
	return ret;
}

static int tplist_list_all(int (*row)(const void *data, size_t size))
{
	bool usdt = pid || library;
	int ret = usdt ? tplist_list_usdt(row) : tplist_list_tracepoints(row);

	if (!ret && !found)
		tool_warn("there is no %s%s%s", usdt ? "static probe" : "tracepoint",
			pattern ? " that matches " : " here", pattern ? pattern : "");
	return ret;
}

/* ---- the tool ---- */

static void tplist_verbose(const char *argument)
{
	verbosity++;
}

static void tplist_set_up(void)
{
	if (pid || library)
		tool_show(&usdt_view);
}

static void tplist_tear_down(void)
{
	buffer_free(&name);
	buffer_free(&details);
}

static const struct tool_option arguments[] = {
	OPTION_TEXT(0, "PATTERN", NULL,
		"only tracepoints CATEGORY:NAME, or static probes PROVIDER:NAME, that match this; * and ? stand for "
		"others",
		.value = &pattern),
	{0},
};

static const struct tool_option options[] = {
	OPTION_NUMBER('p', "pid", "PID", 1, INT32_MAX, "static probes of this process", .value = &pid),
	OPTION_TEXT('l', "lib", "LIBRARY", "static probes of this library or program, by its name or path",
		.value = &library),
	OPTION_CUSTOM('v', "verbose", NULL, tplist_verbose,
		"the fields of tracepoints, or how many places and arguments static probes have; -vv: which",
		.columns = "FIELDS HEAD DETAILS -BINARY -PROBE"),
	{0},
};

const struct tool tool = {
	.name = "tplist",
	.purpose = "Lists the tracepoints of the kernel, or static probes (USDT) of programs and libraries.",
	.details =
		"Arguments of static probes are shown as the file has them, in the assembler's words: registers "
		"and memory.",
	.examples = {{"'sched:*'", "tracepoints of the scheduler"},
		{"-v syscalls:sys_enter_openat", "the fields of one"},
		{"-l c", "static probes of the C library"},
		{"-vv -p 1234 '*gc*'", "where those of a process are, and what arguments they have"}},
	.options = options,
	.arguments = arguments,
	.view = &tracepoint_view,
	.views = views,
	.set_up = tplist_set_up,
	.list = tplist_list_all,
	.tear_down = tplist_tear_down,
};
