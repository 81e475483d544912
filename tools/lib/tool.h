/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tool is: a description, which this file declares, and a BPF text. The library does the rest, main()
 * included. docs/writing-tools.md shows a whole tool.
 */
#ifndef TOOLS_LIB_TOOL_H
#define TOOLS_LIB_TOOL_H

#include <bcc/bcc.h>
#include <stdbool.h>
#include <stdint.h>

#include "column.h"
#include "option.h"
#include "screen.h"

struct buffer;

/* ---- views: what a tool prints ---- */

/* "all" is "-BYTES,COMM". */
struct tool_sort_name {
	const char *name;
	const char *sort;
};

enum tool_view_kind {
	TOOL_EVENTS,	/* a row for each event, in the order of their times */
	TOOL_ENTRIES,	/* a row for each entry of a table, at each interval's end */
	TOOL_HISTOGRAM, /* histograms of a table, at each interval's end */
	TOOL_STACKS,	/* entries of a table whose keys are stacks, at each interval's end: stack_view.h */
};

struct stack_layout;

struct tool_view {
	enum tool_view_kind kind;
	const char *title;		   /* line before everything else in tables; NULL: none */
	const struct tool_column *columns; /* ended by one without a name */
	/*
	 * The least size of a record. An event begins with its time (event_task() in event.bpf.h sets it); an
	 * entry is the key, followed by the value.
	 */
	size_t bytes;

	bool no_headings; /* tables have none, unless --columns chooses what they show */

	/* ---- events ---- */

	/* Whether a row is shown, if that is not a matter of the kernel's filters; NULL: yes. */
	bool (*wanted)(const struct tool_row *row);
	/* Called for each row that is shown; NULL: nothing else is done with it. */
	void (*shown)(const struct tool_row *row);

	/* ---- entries, stacks and histograms ---- */

	const char *table;
	/* Makes the entries instead of a table: calls `add` with each, of `bytes`. Returns 0, or a negative
	 * errno; bcc_error() has the reason. NULL: they are the table's. */
	int (*collect)(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx);
	/* Orders entries, as for qsort(). */
	int (*compare)(const struct tool_row *a, const struct tool_row *b);
	/*
	 * Members of the entry, u64 each, that only count up: rows show what was added since the last output,
	 * and entries whose counters are all the same are left out. The first one's offset, and how many; 0:
	 * entries are shown as they are.
	 */
	size_t counter_offset, counters;
	bool keep_unchanged;		   /* they are not left out */
	bool show_time;			   /* the time of day, before each output */
	const struct stack_layout *stacks; /* of stacks */

	/* ---- entries ---- */

	/* &tool_screen: on a terminal, each output takes the place of the one before, and keys change the
	 * order. NULL: it follows below. */
	const struct tool_screen *screen;
	void (*above)(struct buffer *out);	 /* adds lines above the headings of tables; NULL: none */
	void (*below)(struct buffer *out);	 /* the same below the rows */
	const char *sort;			 /* the order as of --sort, instead of `compare` */
	const struct tool_sort_name *sort_names; /* further orders for --sort, ended by one without a name */
	uint64_t most_rows;			 /* of each output of a table that is no screen; 0: all */
	bool last_rows;	    /* if not all rows are shown, the last ones are: they ascend */
	bool headings_once; /* of tables, which have no empty line between outputs then */
	/* Which block of a table a row is in: each has headings of its own, and is left out without rows.
	 * NULL: there is just one. */
	unsigned (*block)(const struct tool_row *row);
	/* The columns of blocks 1, 2, …, ended by NULL. Those of block 0 are `columns`, as are those of all
	 * blocks in other formats. */
	const struct tool_column *const *block_columns;

	/* ---- histograms ---- */

	/*
	 * A histogram's key is the section, of a type of the text's choosing, and a u64 slot (hist.bpf.h);
	 * its values count. The section is a column of the key, whose name is the heading; NULL: there is
	 * just one, and no heading.
	 */
	const struct tool_column *section;
	/* What a section is called, after its number: a text of the key, a member of its own in JSON; NULL:
	 * nothing. */
	const struct tool_column *section_name;
	const char *unit; /* "usecs" */
	bool linear;
	uint64_t step;			   /* of a linear one: how many values share a slot; 0: 1 */
	const char *time_begin, *time_end; /* what is around the time of day: ":"; NULL: nothing */
	/* A per-CPU array of one u64, the sum of what was counted: average, sum and count, divided by
	 * `sum_unit`, are shown below the histograms; NULL: they are not. */
	const char *sum;
	uint64_t sum_unit; /* 0: 1 */
	/* A table of a u64 for each section, the sum of what was counted there: the average, divided by
	 * `sum_unit`, is shown with the section; NULL: it is not. */
	const char *section_sum;
	/* Called before the last output: counts what is not over yet; NULL: nothing is. */
	int (*last)(struct bcc *b);
};

/* A section that is a number. */
#define HIST_SECTION(name_, help_) {.name = (name_), .help = (help_), .kind = VALUE_UNSIGNED, .bytes = 8}

/* ---- sources ---- */

/*
 * One of several ways in which the text can get its events. The first that works on the running kernel is
 * used. Programs that are in no source are always attached; without any source, that is all of them. Programs
 * of system calls that this kernel does not have are left out, as long as one is left.
 */
struct tool_source {
	const char *name;     /* for -v */
	const char *programs; /* functions of the text, separated by blanks */
	const char *less;     /* what it does not show: said on stderr; NULL: nothing */
	const char *variable; /* a `const volatile bool` of the text that is set to true; NULL: none */
};

/* ---- filters of the text (filter.bpf.h) ---- */

enum {
	TOOL_FILTER_TASK = 1 << 0,  /* --pid, --tid, --uid, --comm, --ppid, -- COMMAND */
	TOOL_FILTER_PLACE = 1 << 1, /* --cgroup, --cgroupmap, --mntnsmap */
	TOOL_FILTERS = TOOL_FILTER_TASK | TOOL_FILTER_PLACE,
};

/* ---- the description ---- */

struct tool {
	const char *name;    /* of the command */
	const char *purpose; /* a sentence: "Shows which files processes open." */
	const char *details; /* paragraphs for the manual; NULL: none */
	const struct {
		const char *arguments; /* "-p 1234" */
		const char *shows;     /* "opens of one process" */
	} examples[6];
	const struct tool_option *options; /* ended by one without a name; NULL: none of its own */
	/* What may stand on the command line besides options, in this order, before [INTERVAL [COUNT]]:
	 * options, by whose name --help calls them; NULL: nothing. */
	const struct tool_option *arguments;
	unsigned filters;  /* TOOL_FILTER_…: the text calls current_is_unwanted() */
	bool outlives;	   /* rows about a process come after its end: the tool says so, and goes on */
	bool intervals;	   /* takes [INTERVAL [COUNT]] */
	unsigned interval; /* seconds, if none is given; 0: until the end */
	bool calls;	   /* of functions that the user names: it is said if the kernel has left some out */
	const struct tool_source *sources;    /* ended by one without a name */
	const struct tool_view *view;	      /* what is printed, unless tool_show() says otherwise */
	const struct tool_view *const *views; /* further ones, ended by NULL; NULL: none */

	/* Called when the options have been read; NULL: nothing to do. It may call tool_set(), tool_show()
	 * and tool_usage(). */
	void (*set_up)(void);
	/* Whether a program of the text is needed, when set_up() has been called; NULL: all are. What is not
	 * needed is neither loaded nor attached. */
	bool (*needs)(const char *program);
	/* Whether a source is of use without this program, if the kernel does not have what it is attached
	 * to; NULL: without none. Of system calls it need not be said. */
	bool (*may_lack)(const char *program);
	/* What a program of the text is attached to, if options decide that: as its name would say it,
	 * "kfunc__ext4_sync_file". It returns NULL for those whose names say it; NULL: all names do. */
	const char *(*target)(const char *program);
	/* Called when the programs are attached. Returns 0, or a negative errno after it has said why. */
	int (*attached)(struct bcc *b);
	/* Called at the end. */
	void (*tear_down)(void);

	/* Of tools that run nothing in the kernel, but tell what there is: calls `row` for each row of the
	 * view, which has no times, until it returns a negative number. Returns that, 0, or a negative errno
	 * after it has said why. NULL: the text is loaded. */
	int (*list)(int (*row)(const void *data, size_t size));
};

/* The description; the tool defines it. */
extern const struct tool tool;

/* The BPF text with all that it includes, and what it is called: tools with several names have one. The build
 * makes them. */
extern const char tool_text[], tool_text_name[];

/* ---- what a tool may call ---- */

/* Sets a `const volatile` variable of the text. The size is the variable's. */
void tool_set(const char *variable, const void *value, size_t size);
void tool_set_number(const char *variable, uint64_t value);

/* Defines a macro of the text, "NAME" or "NAME=VALUE": for what cannot be a variable. Each combination of
 * macros is another text, which is compiled anew. */
void tool_define(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Adds to the text what is not known before: programs for what the user asks. In set_up(). */
void tool_add_text(const char *text, size_t size);

/* Sets how many entries a table of the text can have. */
void tool_set_entries(const char *table, uint64_t entries);

/* Chooses what is printed. */
void tool_show(const struct tool_view *view);

/* How tables show the time of day (clock.h has the names), unless the user has said it. */
void tool_time_format(const char *name);

/* Prints entries or histograms at once: an interval ends here too. */
void tool_output_now(void);

/* Something that had begun, of which there will be no row, because there were too many at once: the user is
 * told. */
void tool_forgot(void);

/* Ends the tool after the output that is being made, as Ctrl-C does; with status 1, if that is a failure. */
void tool_end(bool failed);

/* A getter of entries: the time of this output. */
void tool_output_time(const struct tool_row *row, struct value *value);

/* For getters of entries: how many seconds have passed since the output before, or since the beginning. */
double tool_output_seconds(void);

/* For `above`: the column that rows are ordered by first; "-" if there is none. */
const char *tool_sort_column(bool *greatest_first);

/* For `above`: the time of day and the load averages, and an empty line, as BCC's tools print them. */
void tool_load_average(struct buffer *out);

/* How many digits a process ID can have on this machine. */
int tool_pid_digits(void);

/* Calls `ready` whenever a descriptor can be read, and before each row. */
void tool_watch(int fd, void (*ready)(void));

/* Says something on stderr, after the tool's name. */
void tool_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The process of the command after "--", once `attached` is called; 0: there is no command. */
int tool_command_pid(void);

/* Whether -v was given. */
bool tool_is_verbose(void);

#endif
