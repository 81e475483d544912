/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/loaded.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "tool.h"

/* What a process has of one type; with -vv one thing each. */
struct listed {
	uint32_t pid;
	char comm[16];
	const char *type;
	const char *what; /* with -vv */
	uint64_t count;
};

static unsigned verbosity;
static struct listed *rows;
static size_t row_count;

static void bpflist_type(const struct tool_row *row, struct value *value)
{
	const char *type = ((const struct listed *)row->data)->type;

	value_text(value, type, strlen(type));
}

static void bpflist_what(const struct tool_row *row, struct value *value)
{
	const char *what = ((const struct listed *)row->data)->what;

	if (what)
		value_text(value, what, strlen(what));
	else
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN_OF(struct listed, "PID", -6, pid, "process that holds them"),
	COLUMN_OF(struct listed, "COMM", -16, comm, "its name"),
	COLUMN_BY("TYPE", -8, VALUE_TEXT, bpflist_type,
		"what they are: prog, map, link; with -v kprobe, uprobe, tracepoint too"),
	COLUMN_OF(
		struct listed, "COUNT", -6, count, "how many descriptors of them it has, or how many probes"),
	COLUMN_BY("WHAT", 0, VALUE_TEXT, bpflist_what, "the probe, or the name of the program or table",
		.hidden = true),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct listed)};

static void bpflist_add(
	const struct bcc_loaded_holder *holder, const char *type, const char *what, uint64_t count)
{
	struct listed *row;

	for (size_t i = 0; i < row_count && verbosity < 2; i++)
		if (rows[i].pid == (uint32_t)holder->pid && !strcmp(rows[i].type, type)) {
			rows[i].count += count;
			return;
		}
	rows = buffer_grow(rows, (row_count + 1) * sizeof(*rows));
	row = &rows[row_count++];
	*row = (struct listed){.pid = (uint32_t)holder->pid, .type = type, .what = what, .count = count};
	memcpy(row->comm, holder->comm, sizeof(row->comm));
}

/* The probes that a program is at: those of a process that holds it. */
static void bpflist_add_probes(
	const struct bcc_loaded_holder *holder, const struct bcc_loaded_object *program)
{
	static const char *const types[][2] = {{"kprobe:", "kprobe"}, {"kretprobe:", "kprobe"},
		{"uprobe:", "uprobe"}, {"uretprobe:", "uprobe"}, {"tracepoint:", "tracepoint"}};

	for (size_t i = 0; i < program->target_count; i++)
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			if (!strncmp(program->targets[i], types[k][0], strlen(types[k][0])))
				bpflist_add(holder, types[k][1], program->targets[i], 1);
}

static void bpflist_add_object(const struct bcc_loaded_object *o)
{
	static const char *const types[] = {"prog", "map", "link"};

	for (size_t i = 0; i < o->holder_count; i++) {
		bpflist_add(&o->holders[i], types[o->kind], o->name, o->holders[i].descriptors);
		if (verbosity && o->kind == BCC_LOADED_PROGRAM)
			bpflist_add_probes(&o->holders[i], o);
	}
}

static int bpflist_compare(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	int order = x->pid < y->pid ? -1 : x->pid > y->pid;

	return order ? order : strcmp(x->type, y->type);
}

static int bpflist_list(int (*row)(const void *data, size_t size))
{
	const struct bcc_loaded_opts opts = {.size = sizeof(opts), .no_pins = true};
	struct bcc_loaded *loaded;
	int ret = bcc_loaded_open(&opts, &loaded);

	if (ret)
		tool_warn("%s", bcc_loaded_error(loaded));
	for (size_t i = 0; !ret && i < bcc_loaded_count(loaded); i++)
		bpflist_add_object(bcc_loaded_at(loaded, i));
	if (row_count)
		qsort(rows, row_count, sizeof(*rows), bpflist_compare);
	for (size_t i = 0; !ret && i < row_count; i++)
		ret = row(&rows[i], sizeof(rows[i]));
	free(rows);
	bcc_loaded_close(loaded);
	return ret;
}

static void bpflist_verbose(const char *argument)
{
	verbosity++;
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('v', "verbosity", NULL, bpflist_verbose,
		"also how many kprobes, uprobes and tracepoints the programs of a process are attached to; -vv: each by "
		"its name",
		.columns = "WHAT"),
	OPTION_CUSTOM(0, "verbose", NULL, bpflist_verbose, "the same", .columns = "WHAT", .hidden = true),
	{0},
};

const struct tool tool = {
	.name = "bpflist",
	.purpose = "Lists which processes hold BPF programs, tables and links.",
	.details =
		"What nobody holds by a descriptor, because it is pinned or attached by other means, is not listed: "
		"\"bpfcc ps\" shows that too, and where programs are attached.",
	.examples = {{"", "which processes use BPF"}, {"-v", "and how many probes they have"},
		{"-vv", "and which"}},
	.options = options,
	.view = &view,
	.list = bpflist_list,
};
