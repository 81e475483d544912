/* SPDX-License-Identifier: Apache-2.0 */
#include "deadlock.h"

#include <bcc/bcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadlock_graph.h"
#include "filter.h"
#include "pprof.h"
#include "process.h"
#include "settings.h"
#include "stack_store.h"
#include "stack_view.h"
#include "symbol.h"
#include "text.h"

enum { MOST_SYMBOLS = 16 };

struct symbols {
	const char *names[MOST_SYMBOLS];
	unsigned count;
};

static const char *binary, *graph_file;
static bool verbose;
static struct symbols lock_symbols, unlock_symbols;

/* ---- what is known ---- */

struct known_edge {
	struct pair pair;
	struct edge edge;
};

struct birth {
	uint32_t tid;
	struct stack_key where;
};

static struct {
	struct known_edge *edges;
	size_t count, room;
	struct birth *births;
	size_t birth_count, birth_room;
} known;

static int deadlock_add_edge(void *ctx, const void *key, const void *value)
{
	struct known_edge *to;

	if (known.count == known.room) {
		known.room = known.room ? 2 * known.room : 256;
		known.edges = buffer_grow(known.edges, known.room * sizeof(*known.edges));
	}
	to = &known.edges[known.count++];
	memcpy(&to->pair, key, sizeof(to->pair));
	memcpy(&to->edge, value, sizeof(to->edge));
	return 0;
}

static int deadlock_add_birth(void *ctx, const void *key, const void *value)
{
	struct birth *to;

	if (known.birth_count == known.birth_room) {
		known.birth_room = known.birth_room ? 2 * known.birth_room : 256;
		known.births = buffer_grow(known.births, known.birth_room * sizeof(*known.births));
	}
	to = &known.births[known.birth_count++];
	memcpy(&to->tid, key, sizeof(to->tid));
	memcpy(&to->where, value, sizeof(to->where));
	return 0;
}

static const struct birth *deadlock_birth(uint32_t tid)
{
	for (size_t i = 0; i < known.birth_count; i++)
		if (known.births[i].tid == tid)
			return &known.births[i];
	return NULL;
}

/* ---- an edge of the cycle ---- */

struct entry {
	struct stack_key taken;	  /* by whom, and where */
	struct stack_key held;	  /* the same with the stack where the other lock was taken */
	struct stack_key creator; /* pid 0: not known */
	struct pair locks;
	uint32_t held_number, taken_number; /* in the order of the cycle */
	uint64_t weight;		    /* stack_view.h orders by it */
};

static size_t cycle_length;

static struct entry deadlock_entry(const struct known_edge *edge, size_t number)
{
	const struct birth *birth = deadlock_birth(edge->edge.taken.tid);
	struct entry e = {
		.taken = edge->edge.taken, .held = edge->edge.taken, .locks = edge->pair, .weight = 1};

	e.held.user = edge->edge.held;
	e.held_number = number;
	e.taken_number = (number + 1) % cycle_length;
	if (birth)
		e.creator = birth->where;
	return e;
}

/* ---- the graph as a file ---- */

/* Any program can give its threads names. */
static void deadlock_write_name(FILE *f, const char *name)
{
	fputc('"', f);
	for (size_t i = 0; i < sizeof(((struct stack_key *)0)->comm) && name[i]; i++)
		if ((unsigned char)name[i] < ' ' || (unsigned char)name[i] > '~' || strchr("\"\\", name[i]))
			fprintf(f, "\\u%04x", (unsigned char)name[i]);
		else
			fputc(name[i], f);
	fputc('"', f);
}

static int deadlock_compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void deadlock_write_nodes(FILE *f)
{
	uint64_t *nodes = buffer_grow(NULL, (2 * known.count + 1) * sizeof(*nodes));
	const char *before = "";

	for (size_t i = 0; i < known.count; i++) {
		nodes[2 * i] = known.edges[i].pair.held;
		nodes[2 * i + 1] = known.edges[i].pair.taken;
	}
	if (known.count)
		qsort(nodes, 2 * known.count, sizeof(*nodes), deadlock_compare_numbers);
	for (size_t i = 0; i < 2 * known.count; i++) {
		if (i && nodes[i] == nodes[i - 1])
			continue;
		fprintf(f, "%s\n    {\"id\": %" PRIu64 "}", before, nodes[i]);
		before = ",";
	}
	free(nodes);
}

/* As BCC's tool, and networkx, have it. */
static void deadlock_write_graph(void)
{
	FILE *f = fopen(graph_file, "we");
	bool failed;

	if (!f) {
		tool_warn("cannot write %s: %s", graph_file, strerror(errno));
		tool_end(true);
		return;
	}
	fputs("{\n  \"directed\": true,\n  \"multigraph\": false,\n  \"graph\": {},\n  \"nodes\": [", f);
	deadlock_write_nodes(f);
	fputs("\n  ],\n  \"links\": [", f);
	for (size_t i = 0; i < known.count; i++) {
		const struct known_edge *e = &known.edges[i];

		fprintf(f,
			"%s\n    {\"source\": %" PRIu64 ", \"target\": %" PRIu64 ", \"thread_pid\": %" PRIu32
			", \"thread_comm\": ",
			i ? "," : "", e->pair.held, e->pair.taken, e->edge.taken.tid);
		deadlock_write_name(f, e->edge.taken.comm);
		fputc('}', f);
	}
	fputs("\n  ]\n}\n", f);
	failed = ferror(f);
	if (fclose(f) || failed) {
		tool_warn("cannot write %s: %s", graph_file, strerror(errno));
		tool_end(true);
	}
}

/* ---- the search ---- */

static int deadlock_read(struct bcc *b)
{
	int ret = bcc_table_each(bcc_table_find(b, "edges"), deadlock_add_edge, NULL);

	/* after the edges: their threads have been born */
	return ret ? ret : bcc_table_each(bcc_table_find(b, "births"), deadlock_add_birth, NULL);
}

static void deadlock_search(void (*add)(void *ctx, const void *record), void *ctx)
{
	struct graph_edge *edges = buffer_grow(NULL, (known.count + 1) * sizeof(*edges));
	const struct graph_edge **cycle = buffer_grow(NULL, (known.count + 1) * sizeof(const void *));

	for (size_t i = 0; i < known.count; i++)
		edges[i] = (struct graph_edge){.from = known.edges[i].pair.held,
			.to = known.edges[i].pair.taken,
			.data = &known.edges[i]};
	if (verbose)
		tool_warn("Mutexes: %zu, Edges: %zu", graph_count_nodes(edges, known.count), known.count);
	cycle_length = graph_find_cycle(edges, known.count, cycle);
	for (size_t i = 0; i < cycle_length; i++) {
		struct entry e = deadlock_entry(cycle[i]->data, i);

		add(ctx, &e);
	}
	if (cycle_length)
		tool_end(true);
	free(edges);
	free(cycle);
}

static int deadlock_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	int ret;

	/* one report is enough */
	if (cycle_length)
		return 0;
	known.count = known.birth_count = 0;
	ret = deadlock_read(b);
	if (ret)
		return ret;
	if (graph_file)
		deadlock_write_graph();
	deadlock_search(add, ctx);
	if (!cycle_length && process_has_ended(filter_single_pid())) {
		tool_warn("process %d has ended", filter_single_pid());
		tool_end(false);
	}
	return 0;
}

/* ---- text ---- */

static struct buffer path; /* of locks, for the beginning */
static struct buffer report;

static void deadlock_add_lock(struct buffer *out, uint32_t number, uint64_t lock)
{
	buffer_printf(out, "Mutex M%" PRIu32 " (0x%016" PRIx64 ")", number, lock);
}

static void deadlock_add_thread(struct buffer *out, const char *before, const struct stack_key *key)
{
	buffer_printf(out, "%sThread %" PRIu32 " (", before, key->tid);
	text_add_printable(out, key->comm, strnlen(key->comm, sizeof(key->comm)));
	buffer_char(out, ')');
}

/* Addresses stand before the names. */
static void deadlock_add_stack(struct buffer *out, const struct stack_key *key)
{
	stack_text_frames(out, "@ ", key);
	buffer_char(out, '\n');
}

/* The heading needs all edges, and is written when the last one is seen. */
static void deadlock_text(struct buffer *out, const struct tool_row *row)
{
	const struct entry *e = row->data;
	const uint32_t tid = e->taken.tid;

	if (!e->held_number) {
		path.size = report.size = 0;
		deadlock_add_lock(&path, 0, e->locks.held);
	}
	buffer_text(&path, " => ");
	deadlock_add_lock(&path, e->taken_number, e->locks.taken);

	deadlock_add_lock(&report, e->taken_number, e->locks.taken);
	buffer_text(&report, " acquired here while holding ");
	deadlock_add_lock(&report, e->held_number, e->locks.held);
	deadlock_add_thread(&report, " in ", &e->taken);
	buffer_text(&report, ":\n");
	deadlock_add_stack(&report, &e->taken);
	deadlock_add_lock(&report, e->held_number, e->locks.held);
	deadlock_add_thread(&report, " previously acquired by the same ", &e->taken);
	buffer_text(&report, " here:\n");
	deadlock_add_stack(&report, &e->held);
	if (e->creator.pid) {
		buffer_printf(&report, "Thread %" PRIu32 " created by", tid);
		deadlock_add_thread(&report, " ", &e->creator);
		buffer_text(&report, " here:\n");
		deadlock_add_stack(&report, &e->creator);
	} else {
		buffer_printf(
			&report, "Could not find stack trace where Thread %" PRIu32 " was created\n\n", tid);
	}
	if (e->taken_number)
		return;
	buffer_text(out, "----------------\nPotential Deadlock Detected!\n\nCycle in lock order graph: ");
	buffer_add(out, path.data, path.size);
	buffer_text(out, "\n\n");
	buffer_add(out, report.data, report.size);
}

static void deadlock_begin(struct buffer *out, uint64_t time)
{
}

static const struct stack_layout layout = {
	.unit = "edges",
	.by_thread = true,
	.pprof = &pprof_calls,
	.addresses = STACK_ADDRESSES_ZEROS,
	.begin = deadlock_begin,
	.text = deadlock_text,
};

/* ---- columns ---- */

static void deadlock_taken_stack(const struct tool_row *row, struct value *value)
{
	stack_key_value(&((const struct entry *)row->data)->taken, true, 0, value);
}

static void deadlock_held_stack(const struct tool_row *row, struct value *value)
{
	stack_key_value(&((const struct entry *)row->data)->held, true, 1, value);
}

static void deadlock_creator(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value->kind = VALUE_NONE;
	if (e->creator.pid)
		value_unsigned(value, e->creator.tid);
}

static const struct tool_column columns[] = {
	COLUMN_OF(struct entry, "COMM", -16, taken.comm, "name of the thread"),
	COLUMN_OF(struct entry, "PID", -7, taken.pid, "process"),
	COLUMN_OF(struct entry, "TID", -7, taken.tid, "thread"),
	COLUMN_OF(struct entry, "HELD", -16, locks.held, "lock that it held", .format = COLUMN_HEX,
		.digits = 16),
	COLUMN_OF(struct entry, "TAKEN", -16, locks.taken, "lock that it took then", .format = COLUMN_HEX,
		.digits = 16),
	COLUMN_BY(
		"CREATOR", -7, VALUE_UNSIGNED, deadlock_creator, "thread that has made it, if that was seen"),
	COLUMN_BY("HELD_STACK", 0, VALUE_LIST, deadlock_held_stack, "where it took the one that it held"),
	COLUMN_BY("TAKEN_STACK", 0, VALUE_LIST, deadlock_taken_stack, "where it took the other one"),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_STACKS,
	.title = "Tracing... Hit Ctrl-C to end.",
	.columns = columns,
	.bytes = sizeof(struct entry),
	.collect = deadlock_collect,
	.stacks = &layout,
};

/* ---- the tool ---- */

static int deadlock_attach_one(
	struct bcc *b, const char *program, const char *file, const char *symbol, bool at_return)
{
	return bcc_attach_uprobe(b, program, file,
		&BCC_OPTS(struct bcc_uprobe_opts, .symbol = symbol, .pid = filter_single_pid(),
			.retprobe = at_return),
		NULL);
}

static int deadlock_attach_list(
	struct bcc *b, const char *program, const char *file, const struct symbols *symbols)
{
	int ret = 0;

	for (unsigned i = 0; i < symbols->count && !ret; i++)
		ret = deadlock_attach_one(b, program, file, symbols->names[i], false);
	return ret;
}

/* What does not wait for ever; not all libraries have all of them. */
static int deadlock_attach_tries(struct bcc *b, const char *file)
{
	static const char *const names[] = {
		"pthread_mutex_trylock", "pthread_mutex_timedlock", "pthread_mutex_clocklock"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int ret = deadlock_attach_one(b, "try_lock_returned", file, names[i], true);

		if (!ret)
			ret = deadlock_attach_one(b, "try_lock", file, names[i], false);
		if (ret && ret != -ENOENT)
			return ret;
	}
	return 0;
}

/* Where the process has its locks from: old C libraries have a library of their own for threads, and programs
 * without libraries have them in themselves.
 *
 * The functions that release are first, so that what is seen to be taken is seen to be released: else it
 * would be held for ever, and a part of cycles that there are not. */
static int deadlock_attached(struct bcc *b)
{
	char program[64];
	const char *files[] = {"pthread", "c", program}, *file = binary;
	int ret = -ENOENT;

	snprintf(program, sizeof(program), "/proc/%d/exe", filter_single_pid());
	if (binary)
		ret = deadlock_attach_list(b, "unlock", binary, &unlock_symbols);
	for (size_t i = 0; !binary && ret == -ENOENT && i < sizeof(files) / sizeof(files[0]); i++) {
		file = files[i];
		ret = deadlock_attach_list(b, "unlock", file, &unlock_symbols);
	}
	if (!ret)
		ret = deadlock_attach_tries(b, file);
	if (!ret)
		ret = deadlock_attach_list(b, "lock", file, &lock_symbols);
	if (ret)
		tool_warn("%s%s", bcc_error(b),
			ret == -ENOENT ? "; see --binary, --lock-symbols and --unlock-symbols" : "");
	return ret;
}

static void deadlock_set_up(void)
{
	if (settings.describe || settings.dump_text)
		return;
	if (!filter_single_pid())
		tool_usage("which process? deadlock PID");
	if (process_has_ended(filter_single_pid()))
		tool_usage("there is no process %d", filter_single_pid());
	stack_style.no_kernel = true;
	stack_style.addresses = true;
	tool_set_number("stacks_no_kernel", true);
	if (!lock_symbols.count)
		lock_symbols = (struct symbols){{"pthread_mutex_lock"}, 1};
	if (!unlock_symbols.count)
		unlock_symbols = (struct symbols){{"pthread_mutex_unlock"}, 1};
	settings.interval = 1;
}

static void deadlock_tear_down(void)
{
	free(known.edges);
	free(known.births);
	buffer_free(&path);
	buffer_free(&report);
}

static void deadlock_add_symbol(void *ctx, const char *name)
{
	struct symbols *symbols = ctx;

	if (symbols->count == MOST_SYMBOLS)
		tool_usage("there are more than %d", MOST_SYMBOLS);
	symbols->names[symbols->count] = strdup(name);
	if (!symbols->names[symbols->count++])
		buffer_no_memory();
}

static void deadlock_lock_symbols(const char *argument)
{
	argument_list(argument, deadlock_add_symbol, &lock_symbols);
}

static void deadlock_unlock_symbols(const char *argument)
{
	argument_list(argument, deadlock_add_symbol, &unlock_symbols);
}

static void deadlock_threads(const char *argument)
{
	uint64_t count = argument_number(argument, 1, 1 << 22);

	tool_set_entries("threads", count);
	tool_set_entries("tries", count);
	tool_set_entries("births", count);
}

static void deadlock_edges(const char *argument)
{
	tool_set_entries("edges", argument_number(argument, 1, 1 << 22));
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, filter_pid_option, "the process"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_TEXT(0, "binary", "PATH",
		"where the functions are; default: the libraries of the process, or its program",
		.value = &binary),
	OPTION_TEXT(0, "dump-graph", "FILE", "write the order of all locks to a file, as JSON, every second",
		.value = &graph_file),
	OPTION_FLAG('v', "verbose", "say every second how many locks and edges there are", .value = &verbose),
	OPTION_CUSTOM(0, "lock-symbols", "NAMES", deadlock_lock_symbols,
		"functions that take the lock which is their first argument, separated by commas (default "
		"pthread_mutex_lock)"),
	OPTION_CUSTOM(0, "unlock-symbols", "NAMES", deadlock_unlock_symbols,
		"functions that release it (default pthread_mutex_unlock)"),
	OPTION_CUSTOM(
		't', "threads", "COUNT", deadlock_threads, "how many threads can be watched (default 65536)"),
	OPTION_CUSTOM('e', "edges", "COUNT", deadlock_edges,
		"how many pairs of locks can be told apart (default 65536)"),
	{0},
};

const struct tool tool = {
	.name = "deadlock",
	.purpose =
		"Finds locks that a program takes in different orders: its threads may wait for each other for ever.",
	.details =
		"Each lock that is taken while another one is held is an edge from that one to it. When the edges make "
		"a cycle, the locks, threads and stacks are shown, and the tool ends with status 1. It has not come "
		"to a deadlock then, and may never: another lock may prevent it. Locks whose memory is used again for "
		"others are taken for the same. Attempts that may fail or have a time limit are no edges, but what they "
		"take is held. Threads that hold more than 16 locks are said on stderr.",
	.examples = {{"1234", "a process, until a cycle is found"},
		{"1234 --lock-symbols my_lock --unlock-symbols my_unlock --binary /usr/bin/program",
			"a program with locks of its own"},
		{"1234 --dump-graph graph.json", "the order of its locks as a file"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTER_TASK,
	.view = &view,
	.set_up = deadlock_set_up,
	.attached = deadlock_attached,
	.tear_down = deadlock_tear_down,
};
