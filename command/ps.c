/* SPDX-License-Identifier: Apache-2.0 */
/* Lists what is loaded in the kernel, and who holds it. */
#include <argp.h>
#include <bcc/loaded.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "json_text.h"
#include "text.h"
#include "verb.h"

struct ps_options {
	bool verbose, json;
	unsigned seconds;
};

static const struct argp_option ps_argp_options[] = {
	{"verbose", 'v', NULL, 0, "Show more of each: sizes, tables, who loaded it", 0},
	{"interval", 'i', "SECONDS", 0,
		"Have the kernel count how often programs run in this time, and how long", 0},
	{"json", 'j', NULL, 0, "Print a JSON object a line, with all that -v shows", 0},
	{0},
};

static error_t ps_option(int key, char *argument, struct argp_state *state)
{
	struct ps_options *options = state->input;
	unsigned long seconds;
	char *end;

	switch (key) {
	case 'v':
		options->verbose = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'i':
		seconds = strtoul(argument, &end, 10);
		if (*argument < '0' || *argument > '9' || *end || !seconds || seconds > 86400)
			argp_error(state, "-i %s: this is not a number of seconds from 1 to 86400", argument);
		options->seconds = (unsigned)seconds;
		return 0;
	default:
		return verb_no_arguments(key, argument, state);
	}
}

static const struct argp ps_argp = {
	ps_argp_options,
	ps_option,
	"",
	"Lists the programs, tables and links in the kernel: where they are attached, which processes hold them, "
	"where they are pinned."
	"\v"
	"Examples:\n"
	"  bpfcc ps              what is loaded\n"
	"  bpfcc ps -i 5         and how much time programs take, of five seconds\n"
	"  bpfcc ps -j           for other programs\n",
	NULL,
	NULL,
	NULL,
};

static const char *const ps_kinds[] = {"program", "table", "link"};

/* What a program did since the first list was made. */
struct ps_runs {
	uint64_t runs, ns;
};

static struct ps_runs ps_since(const struct bcc_loaded *before, const struct bcc_loaded_object *o)
{
	const struct bcc_loaded_object *old = before ? bcc_loaded_find(before, o->kind, o->id) : NULL;

	/* an ID can be used again, for a program that starts from 0 */
	if (!old || old->loaded_ns != o->loaded_ns)
		return (struct ps_runs){o->runs, o->run_ns};
	return (struct ps_runs){o->runs - old->runs, o->run_ns - old->run_ns};
}

/* ---- JSON ---- */

static void ps_json_texts(struct buffer *b, const char *name, const char *const *texts, size_t count)
{
	json_name(b, name);
	buffer_char(b, '[');
	for (size_t i = 0; i < count; i++) {
		buffer_text(b, i ? "," : "");
		json_text(b, texts[i]);
	}
	buffer_char(b, ']');
}

static void ps_json_program(
	struct buffer *b, const struct bcc_loaded_object *o, const struct bcc_loaded *before)
{
	struct ps_runs runs = ps_since(before, o);

	json_member_unsigned(b, "loaded_ns", o->loaded_ns);
	json_member_unsigned(b, "uid", o->uid);
	json_member_unsigned(b, "bytes", o->bytes);
	json_member_unsigned(b, "jited_bytes", o->jited_bytes);
	json_member_unsigned(b, "runs", runs.runs);
	json_member_unsigned(b, "run_ns", runs.ns);
	json_name(b, "tables");
	buffer_char(b, '[');
	for (size_t i = 0; i < o->table_count; i++)
		buffer_printf(b, i ? ",%u" : "%u", o->tables[i]);
	buffer_char(b, ']');
}

static void ps_json(struct buffer *b, const struct bcc_loaded_object *o, const struct bcc_loaded *before)
{
	buffer_char(b, '{');
	json_member_text(b, "kind", ps_kinds[o->kind]);
	json_member_unsigned(b, "id", o->id);
	json_member_text(b, "type", o->type_name);
	json_member_text(b, "name", o->name);
	if (o->kind != BCC_LOADED_LINK)
		json_member_unsigned(b, "memory_bytes", o->memory);
	if (o->kind != BCC_LOADED_TABLE)
		ps_json_texts(b, "targets", o->targets, o->target_count);
	ps_json_texts(b, "pins", o->pins, o->pin_count);
	json_name(b, "holders");
	buffer_char(b, '[');
	for (size_t i = 0; i < o->holder_count; i++) {
		buffer_text(b, i ? ",{" : "{");
		json_member_unsigned(b, "pid", (uint64_t)o->holders[i].pid);
		json_member_text(b, "comm", o->holders[i].comm);
		json_member_unsigned(b, "descriptors", o->holders[i].descriptors);
		buffer_char(b, '}');
	}
	buffer_char(b, ']');
	if (o->kind == BCC_LOADED_PROGRAM)
		ps_json_program(b, o, before);
	if (o->kind == BCC_LOADED_LINK)
		json_member_unsigned(b, "program", o->program_id);
	if (o->kind == BCC_LOADED_TABLE) {
		json_member_unsigned(b, "key_bytes", o->key_size);
		json_member_unsigned(b, "value_bytes", o->value_size);
		json_member_unsigned(b, "max_entries", o->max_entries);
		json_member_unsigned(b, "flags", o->flags);
	}
	buffer_text(b, "}\n");
}

/* ---- for people ---- */

static void ps_text(struct buffer *b, const char *text)
{
	text_add_printable(b, text, strlen(text));
}

/* The first few of a list stand in the row, and how many more there are. */
static void ps_some(struct buffer *b, const char *const *texts, size_t count, size_t most)
{
	for (size_t i = 0; i < count && i < most; i++) {
		buffer_text(b, i ? ", " : "");
		ps_text(b, texts[i]);
	}
	if (count > most)
		buffer_printf(b, " and %zu more", count - most);
}

static void ps_holders(struct buffer *b, const struct bcc_loaded_object *o, size_t most)
{
	for (size_t i = 0; i < o->holder_count && i < most; i++) {
		buffer_text(b, i ? ", " : "");
		ps_text(b, o->holders[i].comm);
		buffer_printf(b, "(%d)", o->holders[i].pid);
	}
	if (o->holder_count > most)
		buffer_printf(b, " and %zu more", o->holder_count - most);
}

static void ps_heading(const struct ps_options *options)
{
	printf("%-7s %6s %-18s %-20s %9s", "KIND", "ID", "TYPE", "NAME", "MEMORY");
	if (options->seconds)
		printf(" %12s %10s %8s", "RUNS", "TIME(us)", "AVG(ns)");
	puts(" WHERE");
}

static void ps_details(struct buffer *b, const struct bcc_loaded_object *o)
{
	if (o->kind == BCC_LOADED_PROGRAM) {
		buffer_printf(b,
			"        %u bytes, %u for the CPU; loaded by user %u, %.1f s after the boot\n",
			o->bytes, o->jited_bytes, o->uid, o->loaded_ns / 1e9);
		for (size_t i = 0; i < o->table_count; i++)
			buffer_printf(b, i ? ", %u" : "        tables: %u", o->tables[i]);
		buffer_text(b, o->table_count ? "\n" : "");
	} else if (o->kind == BCC_LOADED_TABLE) {
		buffer_printf(b, "        key %u bytes, value %u bytes, %u entries, flags 0x%x\n",
			o->key_size, o->value_size, o->max_entries, o->flags);
	} else {
		buffer_printf(b, "        program %u\n", o->program_id);
	}
}

static void ps_row(struct buffer *b, const struct bcc_loaded_object *o, const struct ps_options *options,
	const struct bcc_loaded *before)
{
	size_t most = options->verbose ? SIZE_MAX : 3;
	const char *gap = " ";

	buffer_printf(b, "%-7s %6u %-18s ", ps_kinds[o->kind], o->id, o->type_name);
	ps_text(b, o->name);
	buffer_fill(b, ' ', strlen(o->name) < 20 ? 20 - strlen(o->name) : 0);
	if (o->kind == BCC_LOADED_LINK)
		buffer_printf(b, " %9s", "-");
	else
		buffer_printf(b, " %9llu", (unsigned long long)o->memory);
	if (options->seconds && o->kind == BCC_LOADED_PROGRAM) {
		struct ps_runs runs = ps_since(before, o);

		buffer_printf(b, " %12llu %10llu %8llu", (unsigned long long)runs.runs,
			(unsigned long long)(runs.ns / 1000),
			(unsigned long long)(runs.runs ? runs.ns / runs.runs : 0));
	} else if (options->seconds) {
		buffer_printf(b, " %12s %10s %8s", "-", "-", "-");
	}
	if (o->target_count) {
		buffer_text(b, gap);
		ps_some(b, o->targets, o->target_count, most);
		gap = "; ";
	}
	if (o->holder_count) {
		buffer_printf(b, "%sheld by ", gap);
		ps_holders(b, o, most);
		gap = "; ";
	}
	if (o->pin_count) {
		buffer_printf(b, "%spinned at ", gap);
		ps_some(b, o->pins, o->pin_count, most);
	}
	buffer_char(b, '\n');
	if (options->verbose)
		ps_details(b, o);
}

/* ---- the verb ---- */

static int ps_print(const char *name, const struct ps_options *options, const struct bcc_loaded *before,
	const struct bcc_loaded *now)
{
	struct buffer out = {0};
	bool written = true;

	if (!options->json)
		ps_heading(options);
	for (size_t i = 0; i < bcc_loaded_count(now) && written; i++) {
		if (options->json)
			ps_json(&out, bcc_loaded_at(now, i), before);
		else
			ps_row(&out, bcc_loaded_at(now, i), options, before);
		written = json_flush(&out);
	}
	buffer_free(&out);
	if (fflush(stdout) || !written)
		return verb_fail(name, "the list cannot be written: %s", strerror(errno));
	return 0;
}

static int ps_run(int argc, char **argv)
{
	struct bcc_loaded_opts first = {
		.size = sizeof(first), .no_holders = true, .no_pins = true, .count_runs = true};
	struct bcc_loaded *before = NULL, *now = NULL;
	struct ps_options options = {0};
	int ret = 0;

	if (argp_parse(&ps_argp, argc, argv, 0, NULL, &options))
		return 2;
	if (options.seconds) {
		ret = bcc_loaded_open(&first, &before);
		if (ret)
			ret = verb_fail(argv[0], "%s", bcc_loaded_error(before));
		else
			sleep(options.seconds);
	}
	if (!ret) {
		ret = bcc_loaded_open(NULL, &now);
		ret = ret ? verb_fail(argv[0], "%s", bcc_loaded_error(now))
			  : ps_print(argv[0], &options, before, now);
	}
	bcc_loaded_close(now);
	bcc_loaded_close(before);
	return ret;
}

const struct verb verb_ps = {
	"ps",
	"[-vj] [-i SECONDS]",
	"Lists programs, tables and links: where they are attached, and who holds them",
	ps_run,
};
