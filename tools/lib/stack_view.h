/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tools that count by stacks (stacks.bpf.h) print: BCC's text, folded lines, and files with a flame
 * graph or a profile. JSON and CSV come of the columns.
 *
 * An entry of the view's table is the key, which begins with a struct stack_key, and a u64 that counts.
 */
#ifndef TOOLS_LIB_STACK_VIEW_H
#define TOOLS_LIB_STACK_VIEW_H

#include "stack_key.h"
#include "stack_path.h"
#include "tool.h"

struct expression;
struct pprof_calls;
struct writer;

enum stack_addresses {
	STACK_ADDRESSES_PLAIN,	/* "401136          ", as wide as the longest one */
	STACK_ADDRESSES_ZEROS,	/* "0000000000401136" */
	STACK_ADDRESSES_TABBED, /* "0x0000000000401136", and a tab */
};

struct stack_layout {
	const char *unit;		 /* of the number: "samples" */
	const char *type;		 /* what is counted, for pprof: "time"; NULL: the same */
	uint64_t unit_weight;		 /* what is counted for one of it; 0: 1 */
	bool by_thread;			 /* threads are named by their own IDs, not by that of the process */
	const char *delimiter;		 /* in text, between the kernel and the program; NULL: "--" */
	const struct pprof_calls *pprof; /* &pprof_calls (pprof.h) */
	enum stack_addresses addresses;	 /* in text, if they are shown */
	/* Adds what comes before each output as text; NULL: an empty line. */
	void (*begin)(struct buffer *out, uint64_t time);
	/* Adds an entry as text; NULL: stack_text_entry(). */
	void (*text)(struct buffer *out, const struct tool_row *row);
	/* Adds an entry's names; NULL: stack_path_entry(). */
	void (*path)(struct stack_path *path, const struct tool_row *row);
};

/* What the options say. */
struct stack_style {
	bool folded;
	bool no_user, no_kernel;
	bool delimited; /* between user and kernel */
	bool annotated; /* "_[k]" after functions of the kernel */
	bool offsets, modules, addresses;
	bool dwarf;
	uint64_t dwarf_stack;		/* bytes that are copied of each stack; 0: the default */
	bool inlined;			/* functions of programs that the compiler has inlined, too */
	const char *flamegraph, *pprof; /* files; NULL: none */
	const char *baseline;		/* that the flame graph is compared with; NULL: none */
	bool icicle;			/* the flame graph upside down */
};
extern struct stack_style stack_style;

/* Options that tools share; those of all that count by stacks are in standard_options.c. */
#define STACK_OPTION_USER(letter_, name_)                                                                    \
	OPTION_FLAG(letter_, name_, "only stacks of programs, not of the kernel",                            \
		.value = &stack_style.no_kernel, .variable = "stacks_no_kernel")
#define STACK_OPTION_KERNEL(letter_, name_)                                                                  \
	OPTION_FLAG(letter_, name_, "only stacks of the kernel, not of programs",                            \
		.value = &stack_style.no_user, .variable = "stacks_no_user")
#define STACK_OPTION_DELIMITED(letter_)                                                                      \
	OPTION_FLAG(letter_, "delimited", "a line between stacks of the kernel and of programs",             \
		.value = &stack_style.delimited)
#define STACK_OPTION_ANNOTATED(letter_)                                                                      \
	OPTION_FLAG(letter_, "annotations", "_[k] after functions of the kernel",                            \
		.value = &stack_style.annotated)
#define STACK_OPTION_OFFSETS(letter_)                                                                        \
	OPTION_FLAG(letter_, "offset", "offsets in functions: name+0x1f", .value = &stack_style.offsets)

/* Of tools whose entries are a struct stack_key and a number: the text calls stacks_snapshot(). */
#define STACK_OPTION_DWARF                                                                                            \
	OPTION_FLAG(0, "dwarf",                                                                                       \
		"stacks of programs that are built without frame pointers too, by what their files say about frames", \
		.value = &stack_style.dwarf),                                                                         \
		OPTION_NUMBER(0, "dwarf-stack", "BYTES", 4096, 61440,                                                 \
			"how much is copied of each stack for that, up to a multiple of 4096 (default 16384)",        \
			.value = &stack_style.dwarf_stack)

void stack_storage_option(const char *argument);

#define STACK_OPTION_PID                                                                                     \
	OPTION_CUSTOM('p', "pid", "PID", stack_pid_option,                                                   \
		"only these processes, separated by commas; !PID: all but these")
#define STACK_OPTION_TID(letter_)                                                                            \
	OPTION_CUSTOM(letter_, "tid", "TID", stack_tid_option, "only these threads, as --pid")
void stack_pid_option(const char *argument);
void stack_tid_option(const char *argument);
/* "PID 12", as the options say; "all threads". */
const char *stack_whom(void);
/* "user + kernel", as the options say. Ends the program if they say nothing. */
const char *stack_sides(void);
/* "... Hit Ctrl-C to end.", or " for 10 secs." */
const char *stack_until(void);

/* [DURATION] in seconds on the command line, as -d elsewhere. */
extern const struct tool_option stack_duration_argument[];

/* Columns of a key that the entry begins with. */
#define STACK_COLUMNS                                                                                        \
	COLUMN_OF(struct stack_key, "COMM", -16, comm, "name of the thread"),                                \
		COLUMN_OF(struct stack_key, "PID", -7, pid, "process"),                                      \
		COLUMN_BY("KERNEL", 0, VALUE_LIST, stack_kernel_value,                                       \
			"functions of the kernel, the innermost first"),                                     \
		COLUMN_BY("USER", 0, VALUE_LIST, stack_user_value,                                           \
			"functions of the program, the innermost first")

/* Getters. */
void stack_user_value(const struct tool_row *row, struct value *value);
void stack_kernel_value(const struct tool_row *row, struct value *value);
/* The same of a key that is elsewhere in the row. Each `which`, 0 or 1, has a text of its own. */
void stack_key_value(const struct stack_key *key, bool user, int which, struct value *value);

/* ---- parts of entries ---- */

/* Lines with the frames of both stacks, the innermost first, after `indent`. */
void stack_text_frames(struct buffer *out, const char *indent, const struct stack_key *key);
/* The same the other way round. */
void stack_text_frames_reversed(struct buffer *out, const char *indent, const struct stack_key *key);
/* The number that is counted, in its unit. */
uint64_t stack_weight(const struct tool_row *row);
/* The frames, a line "    -                COMM (PID)", one with the number, and an empty one. */
void stack_text_entry(struct buffer *out, const struct tool_row *row);

void stack_path_comm(struct stack_path *path, const struct stack_key *key);
/* The frames of both stacks, from the outermost of the program to the innermost of the kernel; or the other
 * way round. */
void stack_path_frames(struct stack_path *path, const struct stack_key *key, bool reversed);
/* The name of the thread, and the frames. */
void stack_path_entry(struct stack_path *path, const struct tool_row *row);

/* Orders entries by their numbers. */
int stack_compare(const struct tool_row *a, const struct tool_row *b);

/* ---- for run.c ---- */

/* Says what to print; ends the program with status 2 if there is no such order. `filter`: NULL: all. */
void stack_view_choose(const struct tool_view *view, struct writer *w, const struct expression *filter);

/* Whether files that are asked for can be written. Returns 0, or a negative errno after it has said why. */
int stack_view_try_files(void);

/* Begins to look at processes. Returns 0, or a negative errno; bcc_error() has the reason. */
int stack_view_open(struct bcc *b);

/* Whether there are titles and empty lines. */
bool stack_view_has_titles(void);

/* Writes an output to the writer. Returns 0, or a negative errno; bcc_error() has the reason. */
int stack_view_print(struct bcc *b, uint64_t time);

/* Says on stderr which stacks are missing. */
void stack_view_say_missed(struct bcc *b);

/* Writes the files. Returns 0, or a negative errno after it has said why. */
int stack_view_finish(void);

void stack_view_close(void);

#endif
