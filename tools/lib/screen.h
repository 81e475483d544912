/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines on the whole of a terminal, which gets its former contents back at the end. The calls are behind
 * pointers so that only tools whose views name `tool_screen` are linked with ncurses: it would make each
 * start of all others slower.
 */
#ifndef TOOLS_LIB_SCREEN_H
#define TOOLS_LIB_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum screen_key {
	SCREEN_NO_KEY, /* none is waiting */
	SCREEN_QUIT,
	SCREEN_BEFORE, /* the column before or after the one that rows are ordered by */
	SCREEN_AFTER,
	SCREEN_REVERSE,
	SCREEN_AGAIN, /* draw everything again */
	SCREEN_OTHER_KEY,
};

struct tool_screen {
	/* Takes the terminal that stdout is. Returns false if it is none, or has no cursor to be moved. */
	bool (*open)(void);
	/* Gives it back; also done at exit(). */
	void (*close)(void);
	/* Lines follow from the top on. */
	void (*begin)(void);
	/* How many there is room for. */
	size_t (*room)(void);
	/* A line without its end, which is cut at the screen's right; nothing if there is no room. */
	void (*line)(const char *text, size_t length, bool is_heading);
	/* Shows the lines, and `footer` as the last one if the screen is high enough. */
	void (*end)(const char *footer);
	/* What was typed. */
	enum screen_key (*key)(void);
	/* The terminal has another size (SIGWINCH): everything has to be drawn again. */
	void (*resize)(void);
};

extern const struct tool_screen tool_screen;

#endif
