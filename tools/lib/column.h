/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A column is a typed getter: it takes a value out of a record, and the writers (writer.h) know how to show
 * values. A tool declares its columns once, in the order of its table:
 *
 *	static const struct tool_column columns[] = {
 *		COLUMN("PID", -7, task.pid, "process"),
 *		COLUMN("LAT(ms)", 10, delay, "time it took", .format = COLUMN_MS, .digits = 2),
 *		COLUMN_BY("PATH", 0, VALUE_TEXT, opensnoop_path, "path as the process gave it"),
 *		{0},
 *	};
 *
 * `struct event` is the record, which NAME.h declares for the BPF text and for C.
 */
#ifndef TOOLS_LIB_COLUMN_H
#define TOOLS_LIB_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- values ---- */

enum value_kind {
	VALUE_NONE, /* not known: "-" in tables, null, nothing in CSV */
	VALUE_UNSIGNED,
	VALUE_SIGNED,
	VALUE_BOOL,
	VALUE_REAL,
	VALUE_TEXT,	/* bytes; for people they are UTF-8 */
	VALUE_LIST,	/* texts, each with its NUL */
	VALUE_TIME,	/* when: CLOCK_MONOTONIC in nanoseconds, as of bpf_ktime_get_ns() */
	VALUE_DURATION, /* how long: nanoseconds, signed */
};

struct value {
	enum value_kind kind;
	bool more; /* of texts and lists: this is only their beginning */
	union {
		uint64_t number;       /* VALUE_UNSIGNED, VALUE_TIME, VALUE_BOOL */
		int64_t signed_number; /* VALUE_SIGNED, VALUE_DURATION */
		double real;
		struct {
			const char *text; /* valid until the next value of this column */
			size_t length;
		};
	};
};

/* ---- records ---- */

/* What a column takes its value from: an event, or an entry of a table. */
struct tool_row {
	const void *data;
	size_t size; /* at least the view's `bytes` */
};

/* ---- columns ---- */

/* How tables and CSV show a number. JSON always has it in its base unit: nanoseconds, bytes. */
enum column_format {
	COLUMN_PLAIN, /* decimal; times as HH:MM:SS, durations in nanoseconds */
	COLUMN_OCTAL, /* at least `digits` of them; negative numbers as they are in memory */
	COLUMN_HEX,   /* the same */
	/* times: since the first event; durations. With `digits` decimals. */
	COLUMN_SECONDS,
	COLUMN_MS,
	COLUMN_US,
	COLUMN_SINCE_START, /* times: seconds since the tool attached */
	COLUMN_SINCE_BOOT,  /* times: bpf_ktime_get_ns() in seconds */
	COLUMN_KB,	    /* bytes as kilobytes */
	COLUMN_QUOTED,	    /* of lists: each text in quotes */
};

struct tool_column {
	const char *name;	   /* for --columns, and the heading */
	const char *heading;	   /* if that is another */
	const char *help;	   /* what it holds, for --help and the manual */
	const char *json;	   /* the member's name; NULL: column_json() says it */
	const char *after;	   /* in tables, instead of the blank after it: " > "; NULL: a blank */
	const char *heading_after; /* the same between headings, if that is another */
	/* of lists, in tables: their texts are lines below the row, each after this, and then an empty line
	 * unless it is tight; NULL: they are in the row */
	const char *below;
	short width;	   /* of the table, as printf() has it: negative is aligned to the left; only pads */
	unsigned char cut; /* longest text in tables, in bytes; 0: never cut */
	unsigned char digits;
	bool tight;	  /* no blank after it: BCC's tools print some columns that way */
	bool hidden;	  /* only shown by an option, or by --columns */
	bool in_json;	  /* a member of JSON although it is hidden */
	bool not_in_json; /* unless --columns names it: its parts have columns of their own */
	enum column_format format;
	/* a member of the record, or a function */
	enum value_kind kind;
	unsigned short bytes;
	unsigned offset;
	void (*get)(const struct tool_row *row, struct value *value);
	/* the same for columns that are made at run time: `of` is what the function needs */
	void (*get_of)(const void *of, const struct tool_row *row, struct value *value);
	const void *of;
};

#define COLUMN_KIND_(member)                                                                                 \
	_Generic((member),                                                                                   \
		char *: VALUE_TEXT,                                                                          \
		_Bool: VALUE_BOOL,                                                                           \
		signed char: VALUE_SIGNED,                                                                   \
		short: VALUE_SIGNED,                                                                         \
		int: VALUE_SIGNED,                                                                           \
		long: VALUE_SIGNED,                                                                          \
		long long: VALUE_SIGNED,                                                                     \
		default: VALUE_UNSIGNED)

/* A member of `record`, of the kind that its C type says: integers, bool, and arrays of char up to a NUL. */
#define COLUMN_OF(record, name_, width_, member_, help_, ...)                                                \
	{.name = (name_),                                                                                    \
		.width = (width_),                                                                           \
		.help = (help_),                                                                             \
		.kind = COLUMN_KIND_(((record *)0)->member_),                                                \
		.bytes = sizeof(((record *)0)->member_),                                                     \
		.offset = offsetof(record, member_),                                                         \
		##__VA_ARGS__}

/* A member of struct event. */
#define COLUMN(name_, width_, member_, help_, ...)                                                           \
	COLUMN_OF(struct event, name_, width_, member_, help_, ##__VA_ARGS__)

/* The same, for members that hold nanoseconds: of a duration, or of a bpf_ktime_get_ns(). */
#define COLUMN_DURATION(name_, width_, member_, help_, ...)                                                  \
	{.name = (name_),                                                                                    \
		.width = (width_),                                                                           \
		.help = (help_),                                                                             \
		.kind = VALUE_DURATION,                                                                      \
		.bytes = sizeof(((struct event *)0)->member_),                                               \
		.offset = offsetof(struct event, member_),                                                   \
		##__VA_ARGS__}
#define COLUMN_TIME_OF(name_, width_, member_, help_, ...)                                                   \
	{.name = (name_),                                                                                    \
		.width = (width_),                                                                           \
		.help = (help_),                                                                             \
		.json = "time",                                                                              \
		.kind = VALUE_TIME,                                                                          \
		.bytes = sizeof(((struct event *)0)->member_),                                               \
		.offset = offsetof(struct event, member_),                                                   \
		##__VA_ARGS__}
/* The time with which the event begins. */
#define COLUMN_TIME(name_, width_, help_, ...)                                                               \
	{.name = (name_),                                                                                    \
		.width = (width_),                                                                           \
		.help = (help_),                                                                             \
		.json = "time",                                                                              \
		.kind = VALUE_TIME,                                                                          \
		.bytes = 8,                                                                                  \
		.offset = 0,                                                                                 \
		##__VA_ARGS__}

/* What a function says: it sets the kind too, to `kind_` or to VALUE_NONE. */
#define COLUMN_BY(name_, width_, kind_, function_, help_, ...)                                               \
	{.name = (name_),                                                                                    \
		.width = (width_),                                                                           \
		.help = (help_),                                                                             \
		.kind = (kind_),                                                                             \
		.get = (function_),                                                                          \
		##__VA_ARGS__}

/* The column's value in a row. */
void column_get(const struct tool_column *column, const struct tool_row *row, struct value *value);

/* For getters. */
static inline void value_unsigned(struct value *v, uint64_t number)
{
	v->kind = VALUE_UNSIGNED;
	v->number = number;
}

static inline void value_signed(struct value *v, int64_t number)
{
	v->kind = VALUE_SIGNED;
	v->signed_number = number;
}

static inline void value_text(struct value *v, const char *text, size_t length)
{
	v->kind = VALUE_TEXT;
	v->text = text;
	v->length = length;
}

/* ---- which are shown ---- */

/* The name of a column's member in JSON: `json`, or the heading in lower case without its unit, with _ns or
 * _bytes if the value has one. */
void column_json(const struct tool_column *column, char *name, size_t size);

/* The column called `name`, in any case and with or without its unit; NULL if there is none. */
const struct tool_column *column_find(const struct tool_column *columns, const char *name, size_t length);

/* Columns that are shown, in their order. */
struct column_choice {
	const struct tool_column **columns;
	size_t count;
};

/* Chooses: all that are not hidden, changed by `changes`, names separated by blanks: "TID -PID" shows and
 * hides, if there are such columns; or just `names`, separated by commas, in that order, if that is not NULL.
 * Returns NULL, or the one of `names` that is none, for an error message: it ends with a comma or a NUL. */
const char *column_choose(struct column_choice *choice, const struct tool_column *columns,
	const char *changes, const char *names);

void column_choice_free(struct column_choice *choice);

#endif
