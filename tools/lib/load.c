/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "command.h"
#include "pinned_set.h"
#include "events.h"
#include "filter.h"
#include "load.h"
#include "report.h"
#include "settings.h"
#include "source.h"
#include "variables.h"

static char *cflags[32];
static size_t cflag_count;

void tool_define(const char *format, ...)
{
	char text[512] = "-D";
	va_list args;

	va_start(args, format);
	vsnprintf(text + 2, sizeof(text) - 2, format, args);
	va_end(args);
	if (cflag_count == ARRAY_SIZE(cflags))
		abort(); /* a tool has a fixed number of macros */
	cflags[cflag_count] = strdup(text);
	if (!cflags[cflag_count++])
		buffer_no_memory();
}

/* What tools add to their text; not NUL-terminated. */
static struct buffer added;

void tool_add_text(const char *text, size_t size)
{
	buffer_add(&added, text, size);
}

void load_print(void)
{
	for (size_t i = 0; i < cflag_count; i++)
		printf("// %s\n", cflags[i]);
	variables_print(stdout);
	fputs(tool_text, stdout);
	if (added.size)
		fwrite(added.data, 1, added.size, stdout);
}

void load_free(void)
{
	while (cflag_count)
		free(cflags[--cflag_count]);
	buffer_free(&added);
}

/* With an error, they are part of it or beside the point. */
static void load_show_warnings(struct bcc *b)
{
	const char *warnings = bcc_warnings(b);

	if (*warnings && !*bcc_error(b))
		fprintf(stderr, "%s: %s", tool.name, warnings);
}

static int load_open_text(const struct tool *t, struct bcc **out)
{
	struct buffer text = {0};
	struct bcc *b;
	int ret;

	buffer_text(&text, tool_text);
	buffer_add(&text, added.data, added.size);
	buffer_char(&text, '\0');
	ret = bcc_open_text(text.data,
		&BCC_OPTS(struct bcc_open_opts, .name = tool_text_name, .cflags = (const char *const *)cflags,
			.cflags_count = cflag_count, .debug = settings.debug, .deferred = true),
		out);
	buffer_free(&text);
	b = *out;
	load_show_warnings(b);
	if (ret) {
		report_failure(b);
		return ret;
	}
	return variables_apply(b);
}

/* Gets as far as a source allows. What goes wrong has been said. */
static int load_try(const struct tool *t, size_t index, struct bcc **out)
{
	const struct tool_source *source = index < source_count(t->sources) ? &t->sources[index] : NULL;
	struct bcc_table *followed;
	struct bcc *b;
	int ret = load_open_text(t, out);

	b = *out;
	if (ret)
		return ret;
	followed = bcc_table_find(b, "filter_followed");
	if (followed && !settings.command)
		ret = bcc_table_set_max_entries(followed, 1);
	if (!ret)
		ret = events_set_size(b);
	if (!ret && source && source->variable) {
		bool yes = true;

		ret = bcc_variable_set(bcc_variable_find(b, source->variable), &yes, sizeof(yes));
	}
	if (!ret)
		ret = bcc_create(b);
	if (!ret)
		ret = pinned_set_pass(b);
	if (ret)
		report_failure(b);
	return ret;
}

static void load_say_source(const struct tool_source *source)
{
	if (settings.verbose)
		tool_warn("source: %s", source->name);
	if (source->less)
		tool_warn("%s", source->less);
}

static bool load_wants_source(const struct tool_source *source)
{
	return !settings.source || strstr(source->name, settings.source);
}

static void load_check_sources(const struct tool *t)
{
	size_t count = source_count(t->sources), wanted = 0;
	struct buffer names = {0};

	for (size_t i = 0; i < count; i++) {
		wanted += load_wants_source(&t->sources[i]);
		buffer_printf(&names, "%s%s", i ? "; " : "", t->sources[i].name);
	}
	buffer_char(&names, '\0');
	if (count && !wanted)
		tool_usage("no source of events has '%s' in its name: %s", settings.source, names.data);
	buffer_free(&names);
}

/* Programs can be attached only once everything has been created, and variables set only before: sources that
 * set one get a handle of their own, and so does what follows one of which something was attached. */
static int load_attach(const struct tool *t, struct bcc **out)
{
	size_t count = source_count(t->sources), attached = 0;
	bool clean = false; /* as it was created */
	int ret = 0;

	for (size_t i = 0; i < (count ? count : 1); i++) {
		if (count && !load_wants_source(&t->sources[i]))
			continue;
		/* of what is not offered, a new handle has no error that is another source's */
		if (!clean || t->sources[i].variable || !source_is_offered(*out, t, i)) {
			bcc_close(*out);
			*out = NULL;
			ret = load_try(t, i, out);
			if (ret)
				return ret;
		}
		ret = source_attach(*out, t, i, &attached);
		clean = count && !attached && !t->sources[i].variable;
		if (!ret && count)
			load_say_source(&t->sources[i]);
		if (!ret)
			return 0;
		if (settings.verbose && count)
			tool_warn("source: not %s: %s", t->sources[i].name,
				*bcc_error(*out) ? bcc_error(*out)
						 : "this kernel has nothing to offer for it");
	}
	report_failure(*out);
	return ret;
}

struct bcc *load_open(const struct tool *t)
{
	struct bcc *b = NULL;

	load_check_sources(t);
	pinned_set_open();
	if (t->filters & TOOL_FILTER_TASK && !settings.include_self)
		filter_set_self();
	if (settings.command)
		tool_set_number("filter_follow", true);
	if (settings.perf_buffers || libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) != 1)
		tool_define("EVENTS_PERF");
	if (settings.dump_text || settings.print_text)
		load_print();
	if (settings.dump_text)
		exit(report_output());
	if (load_attach(t, &b)) {
		bcc_close(b);
		return NULL;
	}
	return b;
}
