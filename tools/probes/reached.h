/* SPDX-License-Identifier: Apache-2.0 */
/* What tools share that count at places of the user's choice (reached.bpf.h). */
#ifndef TOOLS_REACHED_H
#define TOOLS_REACHED_H

#include "probe_set.h"
#include "settings.h"
#include "tool.h"

static bool reached_regex;
static const char *reached_pattern;
static struct probe reached_probe;
static struct buffer reached_title;

static inline void reached_cpu(const char *argument)
{
	tool_set_number("one_cpu", true);
	tool_set_number("cpu", argument_cpu(argument));
}

#define REACHED_OPTION_REGEX                                                                                 \
	OPTION_FLAG('r', "regexp", "names in PATTERN are regular expressions", .value = &reached_regex)
#define REACHED_OPTION_CPU OPTION_CUSTOM('c', "cpu", "CPU", reached_cpu, "only what happens on this CPU")
#define REACHED_ARGUMENT                                                                                                \
	OPTION_TEXT(0, "PATTERN", NULL,                                                                                 \
		"FUNCTION of the kernel, LIBRARY:FUNCTION, /PATH:FUNCTION, MODULE:FUNCTION, t:CATEGORY:TRACEPOINT, or " \
		"u:LIBRARY:PROBE; in names, * and ? stand for others",                                                  \
		.value = &reached_pattern)

static inline void reached_set_up(void)
{
	if (!reached_pattern && (settings.describe || settings.dump_text))
		return;
	if (!reached_pattern)
		tool_usage("which functions? For example: 'vfs_*', c:malloc, t:sched:sched_switch");
	probe_argument(&reached_probe, reached_pattern, reached_regex ? PROBE_REGEX : 0);
	if (settings.describe || settings.dump_text)
		return;
	probe_set_add(&reached_probe);
	probe_set_tell_apart();
}

/* Attaches the programs, and sets the title of the view; NULL: BCC's. Returns as probe_set_attach(). */
static inline int reached_attach(struct bcc *b, struct tool_view *view, const char *title)
{
	static const struct probe_programs programs = {.function = "reach_function",
		.user = "reach_user",
		.tracepoint = "reach_tracepoint",
		.usdt = "reach_usdt"};
	int ret = probe_set_attach(b, &programs);

	if (ret < 0)
		return ret;
	if (title)
		buffer_text(&reached_title, title);
	else
		buffer_printf(&reached_title, "Tracing %d functions for \"%s\"... Hit Ctrl-C to end.", ret,
			reached_pattern);
	buffer_char(&reached_title, '\0');
	view->title = reached_title.data;
	return 0;
}

static inline void reached_tear_down(void)
{
	probe_set_free();
	probe_free(&reached_probe);
	buffer_free(&reached_title);
}

#endif
