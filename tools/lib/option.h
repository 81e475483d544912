/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a tool are a table, of which come the parser, --help, the manual page, the completions of
 * shells, and --describe. What all tools have in common comes with the library (standard_options.c); a tool's
 * own options of the same name or letter take precedence.
 */
#ifndef TOOLS_LIB_OPTION_H
#define TOOLS_LIB_OPTION_H

#include <stdbool.h>
#include <stdint.h>

enum option_type {
	OPTION_FLAG,	 /* bool *value */
	OPTION_NUMBER,	 /* uint64_t *value, from `min` to `max` */
	OPTION_DURATION, /* uint64_t *value in nanoseconds: "10", "0.5" of `unit`, or "10ms" */
	OPTION_TEXT,	 /* const char **value */
	OPTION_CUSTOM,	 /* parse(argument) */
};

/* Headings of --help; the tool's own options have none. */
enum option_group { OPTION_OWN, OPTION_FILTERS, OPTION_OUTPUT, OPTION_RUNNING };

struct tool_option {
	int letter; /* 0: it has only a name */
	enum option_type type;
	const char *name;     /* without the dashes */
	const char *argument; /* what stands for its value in --help; NULL: none */
	const char *help;
	void *value;	      /* receives it; NULL: nobody needs it */
	const char *variable; /* a `const volatile` variable of the text that is set to it; NULL: none */
	uint64_t min, max;
	uint64_t unit; /* of durations, in nanoseconds; numbers are multiplied by it for `variable`; 0: 1 */
	const char *columns; /* that it shows, and hides: "TID -PID" */
	void (*parse)(const char *argument);
	enum option_group group;
	bool hidden;   /* not in --help */
	bool repeated; /* of the last of tool.arguments: it takes all that follow */
	bool optional; /* of OPTION_CUSTOM: it may stand without its value; parse() receives NULL then */
};

/* Rows of the table. Further members may follow: .variable = "only_failed", .columns = "UID". */
#define OPTION_FLAG(letter_, name_, help_, ...)                                                              \
	{.letter = (letter_), .name = (name_), .help = (help_), .type = OPTION_FLAG, ##__VA_ARGS__}
#define OPTION_NUMBER(letter_, name_, argument_, min_, max_, help_, ...)                                     \
	{.letter = (letter_),                                                                                \
		.name = (name_),                                                                             \
		.argument = (argument_),                                                                     \
		.help = (help_),                                                                             \
		.type = OPTION_NUMBER,                                                                       \
		.min = (min_),                                                                               \
		.max = (max_),                                                                               \
		##__VA_ARGS__}
#define OPTION_DURATION(letter_, name_, argument_, unit_, help_, ...)                                        \
	{.letter = (letter_),                                                                                \
		.name = (name_),                                                                             \
		.argument = (argument_),                                                                     \
		.help = (help_),                                                                             \
		.type = OPTION_DURATION,                                                                     \
		.unit = (unit_),                                                                             \
		##__VA_ARGS__}
#define OPTION_TEXT(letter_, name_, argument_, help_, ...)                                                   \
	{.letter = (letter_),                                                                                \
		.name = (name_),                                                                             \
		.argument = (argument_),                                                                     \
		.help = (help_),                                                                             \
		.type = OPTION_TEXT,                                                                         \
		##__VA_ARGS__}
#define OPTION_CUSTOM(letter_, name_, argument_, parse_, help_, ...)                                         \
	{.letter = (letter_),                                                                                \
		.name = (name_),                                                                             \
		.argument = (argument_),                                                                     \
		.help = (help_),                                                                             \
		.type = OPTION_CUSTOM,                                                                       \
		.parse = (parse_),                                                                           \
		##__VA_ARGS__}
/* The same, but the value may be left out. */
#define OPTION_OPTIONAL(letter_, name_, argument_, parse_, help_, ...)                                       \
	OPTION_CUSTOM(letter_, name_, argument_, parse_, help_, .optional = true, ##__VA_ARGS__)
/* Another letter for an option of the library, and the columns that it changes in this tool. */
#define OPTION_LETTER(letter_, name_, ...) {.letter = (letter_), .name = (name_), ##__VA_ARGS__}

/* ---- arguments of options ---- */

/* Ends the program with status 2 and this message. In an option's parse(), the option is said before it. */
void tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A number; ends the program with a usage error unless `text` is one from min to max. */
uint64_t argument_number(const char *text, uint64_t min, uint64_t max);

/* Ends the program: what is wrong at a column of an argument, from 1 on. */
void argument_wrong_at(const char *text, unsigned column, const char *why) __attribute__((noreturn));

/* How long the tool is to run, into the settings: of --duration, and of arguments that mean the same. */
void argument_run_time(const char *text);

/* The number of a CPU that this machine may have. */
unsigned argument_cpu(const char *text);

/* Nanoseconds: a number with decimals, of `unit` nanoseconds, or with its unit (ns, us, ms, s, m, h). */
uint64_t argument_duration(const char *text, uint64_t unit);

/* A user ID, given as number or name. */
uint32_t argument_user(const char *text);

/* An errno, given as number, with a minus or without, or name. */
unsigned argument_errno(const char *text);

/* Calls `item` for each part of a list that is separated by commas; with numbers. Returns how many. */
unsigned argument_list(const char *text, void (*item)(void *ctx, const char *text), void *ctx);

/* Numbers separated by commas into an array of `room`; more are a usage error. Returns how many. */
unsigned argument_numbers(const char *text, uint64_t min, uint64_t max, uint32_t *numbers, unsigned room);

#endif
