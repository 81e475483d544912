/* SPDX-License-Identifier: Apache-2.0 */
/* Lists what programs can be attached to. */
#include <argp.h>
#include <bcc/kernel_features.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "json_text.h"
#include "text.h"
#include "verb.h"

struct list_options {
	const char *pattern;
	int pid;
	bool verbose, all, json;
};

static const struct argp_option list_argp_options[] = {
	{"verbose", 'v', NULL, 0, "Show arguments, fields and results with their C types", 0},
	{"all", 'a', NULL, 0, "Also list what programs cannot be attached to, with the reason", 0},
	{"pid", 'p', "PID", 0, "Static probes of this process, or its functions (uprobe:GLOB)", 0},
	{"json", 'j', NULL, 0, "Print a JSON object a line, with all that -v and -a show", 0},
	{0},
};

static error_t list_option(int key, char *argument, struct argp_state *state)
{
	struct list_options *options = state->input;

	switch (key) {
	case 'v':
		options->verbose = true;
		return 0;
	case 'a':
		options->all = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'p':
		options->pid = verb_pid(state, argument);
		return 0;
	case ARGP_KEY_ARG:
		if (options->pattern)
			argp_error(state,
				"%s: takes one pattern; quote it, so that the shell leaves it as it is",
				argument);
		options->pattern = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp list_argp = {
	list_argp_options,
	list_option,
	"[GLOB | KIND:GLOB]",
	"Lists what programs can be attached to or may call."
	"\v"
	"Kinds: tracepoint, raw_tracepoint, kprobe, fentry, syscall, lsm, iter, kfunc, struct_ops, hardware, "
	"software, cache, pmu, uprobe:FILE, usdt:FILE.\n\n"
	"Examples:\n"
	"  bpfcc list '*sleep*'                 of any kind\n"
	"  bpfcc list -v tracepoint:sched:sched_switch\n"
	"  bpfcc list -v 'fentry:vfs_*'         functions with their arguments\n"
	"  bpfcc list -a 'kprobe:irq_enter*'    and why some cannot be probed\n"
	"  bpfcc list 'uprobe:/bin/bash:read*'\n"
	"  bpfcc list -v usdt:c                 static probes of libc\n"
	"  bpfcc list -p 1234                   and of a process\n",
	NULL,
	NULL,
	NULL,
};

/* ---- what is asked for ---- */

struct list {
	const char *name; /* of the command */
	const struct list_options *options;
	struct buffer out;
	const char *glob;
	char *binary;
	bool exact; /* no wildcard: what cannot be used is listed too */
	size_t shown, hidden;
	const char *reason; /* of a hidden one */
	bool failed;	    /* to write */
};

/* Other words that people know. */
static const char *list_kind(const char *word)
{
	static const char *const others[][2] = {{"t", "tracepoint"}, {"tp", "tracepoint"},
		{"rt", "raw_tracepoint"}, {"rawtracepoint", "raw_tracepoint"}, {"raw_tp", "raw_tracepoint"},
		{"tp_btf", "raw_tracepoint"}, {"k", "kprobe"}, {"kr", "kprobe"}, {"kretprobe", "kprobe"},
		{"f", "fentry"}, {"fexit", "fentry"}, {"kretfunc", "fentry"}, {"ksyscall", "syscall"},
		{"it", "iter"}, {"h", "hardware"}, {"s", "software"}, {"u", "uprobe"}, {"ur", "uprobe"},
		{"uretprobe", "uprobe"}, {"U", "usdt"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(word, others[i][0]))
			return others[i][1];
	return word;
}

/* The kinds that "KIND:…" names, a bit each; 0: it is not a kind. */
static unsigned list_kinds(const char *pattern, const char **rest)
{
	const char *colon = strchr(pattern, ':');
	char word[32];
	unsigned kinds = 0;

	if (!colon || colon - pattern >= (int)sizeof(word))
		return 0;
	snprintf(word, sizeof(word), "%.*s", (int)(colon - pattern), pattern);
	for (int kind = 0; bcc_probe_kind_name(kind); kind++)
		if (!fnmatch(list_kind(word), bcc_probe_kind_name(kind), 0))
			kinds |= 1U << kind;
	if (kinds)
		*rest = colon + 1;
	return kinds;
}

#define LIST_USER (1U << BCC_PROBE_UPROBE | 1U << BCC_PROBE_USDT)

/* "FILE:GLOB"; with a process "GLOB" alone means its program. */
static void list_split_file(struct list *list, unsigned kinds)
{
	const char *colon = list->glob ? strchr(list->glob, ':') : NULL;

	if (!(kinds & LIST_USER) || (kinds & ~LIST_USER) || !list->glob)
		return;
	if (!colon && list->options->pid && !strchr(list->glob, '/'))
		return;
	/* PROVIDER:NAME of a process */
	if (list->options->pid && !memchr(list->glob, '/', strcspn(list->glob, ":")))
		return;
	list->binary = strndup(list->glob, strcspn(list->glob, ":"));
	if (!list->binary)
		buffer_no_memory();
	list->glob = colon && colon[1] ? colon + 1 : NULL;
}

/* ---- printing ---- */

/* A declaration, as C has it: the name is inside of some types. */
static void list_declare(struct buffer *b, const struct bcc_argument *argument)
{
	const char *type = argument->type, *pointer = strstr(type, "(*"), *bracket = strrchr(type, '[');
	size_t before = strlen(type);

	if (pointer)
		before = pointer + strspn(pointer, "(*") - type;
	else if (bracket && bracket[1] != ']')
		before = bracket - type;
	while (!pointer && before && type[before - 1] == ' ')
		before--;
	buffer_add(b, type, before);
	if (*argument->name && before && type[before - 1] != '*')
		buffer_char(b, ' ');
	buffer_text(b, argument->name);
	if (!pointer && bracket && bracket[1] != ']')
		buffer_text(b, bracket);
	else
		buffer_text(b, type + before);
}

static void list_full_name(struct buffer *b, const struct bcc_probe *probe)
{
	buffer_printf(b, "%s:", bcc_probe_kind_name(probe->kind));
	if (*probe->place)
		buffer_printf(b, "%s:", probe->place);
	buffer_text(b, probe->name);
}

static void list_json(struct buffer *b, const struct bcc_probe *probe)
{
	struct buffer full = {0};

	list_full_name(&full, probe);
	buffer_text(b, "{\"probe\":");
	json_bytes(b, full.data, full.size);
	buffer_free(&full);
	json_member_text(b, "kind", bcc_probe_kind_name(probe->kind));
	json_member_text(b, "place", probe->place);
	json_member_text(b, "name", probe->name);
	json_member_text(b, "result", *probe->result ? probe->result : NULL);
	json_name(b, "arguments");
	buffer_char(b, '[');
	for (size_t i = 0; i < probe->argument_count; i++) {
		buffer_text(b, i ? ",{" : "{");
		json_member_text(b, "name", probe->arguments[i].name);
		json_member_text(b, "type", probe->arguments[i].type);
		buffer_char(b, '}');
	}
	buffer_char(b, ']');
	json_member_text(b, "detail", *probe->detail ? probe->detail : NULL);
	json_member_text(b, "obstacle", probe->obstacle);
	buffer_text(b, "}\n");
}

static void list_details(struct buffer *b, const struct bcc_probe *probe)
{
	for (size_t i = 0; i < probe->argument_count; i++) {
		buffer_text(b, "    ");
		list_declare(b, &probe->arguments[i]);
		buffer_char(b, '\n');
	}
	if (*probe->result && strcmp(probe->result, "void"))
		buffer_printf(b, "    returns %s\n", probe->result);
	if (*probe->detail) {
		buffer_text(b, "    ");
		text_add_printable(b, probe->detail, strlen(probe->detail));
		buffer_char(b, '\n');
	}
	if (probe->obstacle)
		buffer_printf(b, "    not possible: %s\n", probe->obstacle);
}

static int list_probe(void *ctx, const struct bcc_probe *probe)
{
	struct list *list = ctx;
	struct buffer name = {0};

	if (probe->obstacle && !list->options->all && !list->options->json && !list->exact) {
		list->hidden++;
		list->reason = probe->obstacle;
		return 0;
	}
	list->shown++;
	if (list->options->json) {
		list_json(&list->out, probe);
	} else {
		list_full_name(&name, probe);
		text_add_printable(&list->out, name.data, name.size);
		buffer_free(&name);
		if (probe->obstacle && !list->options->verbose)
			buffer_printf(&list->out, "  (not possible: %s)", probe->obstacle);
		buffer_char(&list->out, '\n');
		if (list->options->verbose)
			list_details(&list->out, probe);
	}
	if (list->out.size > 1 << 16)
		list->failed = !json_flush(&list->out);
	return list->failed;
}

/* ---- the verb ---- */

/* What this kernel does not tell of a kind is the end only if that kind was asked for. */
static int list_each(struct list *list, unsigned kinds, bool named)
{
	struct bcc_features *features = NULL;
	int status = 0, ret = bcc_features_open(&features);

	if (ret)
		return verb_fail(list->name, "%s", bcc_features_error(features));
	for (int kind = 0; bcc_probe_kind_name(kind) && !list->failed; kind++) {
		const struct bcc_probes_opts opts = {
			.size = sizeof(opts),
			.glob = list->glob,
			.binary = list->binary,
			.pid = 1U << kind & LIST_USER ? list->options->pid : 0,
		};

		if (!(kinds & 1U << kind))
			continue;
		ret = bcc_probes_each(features, kind, &opts, list_probe, list);
		if (ret < 0)
			verb_fail(list->name, "%s", bcc_features_error(features));
		if (ret < 0 && (named || ret != -EOPNOTSUPP))
			status = 1;
	}
	bcc_features_close(features);
	return status;
}

static int list_result(struct list *list)
{
	const char *pattern = list->options->pattern;

	if (!json_flush(&list->out) || list->failed || fflush(stdout))
		return verb_fail(list->name, "the list cannot be written: %s", strerror(errno));
	if (list->shown)
		return 0;
	if (list->hidden)
		return verb_fail(list->name,
			"%s: %zu match, and programs cannot be attached to any of them (--all lists them): %s",
			pattern, list->hidden, list->reason);
	if (!pattern)
		return verb_fail(list->name, "there is nothing to list: process %d has no static probes",
			list->options->pid);
	return verb_fail(list->name, "%s: nothing matches", pattern);
}

static int list_run(int argc, char **argv)
{
	struct list_options options = {0};
	struct list list = {.name = argv[0], .options = &options};
	unsigned kinds = 0;
	bool named;
	int ret;

	if (argp_parse(&list_argp, argc, argv, 0, NULL, &options))
		return 2;
	list.glob = options.pattern;
	if (options.pattern)
		kinds = list_kinds(options.pattern, &list.glob);
	/* static probes are all that a process has besides its functions, of which there are many */
	named = kinds || options.pid;
	if (!kinds)
		kinds = options.pid ? 1U << BCC_PROBE_USDT : ~LIST_USER;
	else if ((kinds & LIST_USER) != kinds)
		kinds &= ~LIST_USER;
	if (list.glob && !*list.glob)
		list.glob = NULL;
	list_split_file(&list, kinds);
	list.exact = list.glob && !strpbrk(list.glob, "*?[");
	if (kinds & LIST_USER && !list.binary && !options.pid)
		return verb_usage(argv[0],
			"%s: the program or library is missing: uprobe:FILE:GLOB, usdt:FILE:GLOB",
			options.pattern);
	ret = list_each(&list, kinds, named);
	if (!ret)
		ret = list_result(&list);
	else
		json_flush(&list.out);
	buffer_free(&list.out);
	free(list.binary);
	return ret;
}

const struct verb verb_list = {
	"list",
	"[-avj] [-p PID] [GLOB | KIND:GLOB]",
	"Lists what programs can be attached to, with arguments",
	list_run,
};
