/* SPDX-License-Identifier: Apache-2.0 */
/* What a program shows on a terminal: as much of a VT52, whose language is short, as ncurses uses of it. */
#ifndef TESTS_KERNEL_TERMINAL_H
#define TESTS_KERNEL_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

enum { TERMINAL_ROWS = 64, TERMINAL_COLUMNS = 256 };

struct terminal {
	int rows, columns, row, column;
	char cells[TERMINAL_ROWS][TERMINAL_COLUMNS + 1];
	char escape[4]; /* a sequence that has begun */
	size_t escape_length;
};

static inline void terminal_blank(struct terminal *t, int row, int column)
{
	memset(&t->cells[row][column], ' ', t->columns - column);
	t->cells[row][t->columns] = '\0';
}

static inline void terminal_blank_below(struct terminal *t, int row)
{
	for (; row < t->rows; row++)
		terminal_blank(t, row, 0);
}

static inline void terminal_init(struct terminal *t, int rows, int columns)
{
	*t = (struct terminal){.rows = rows, .columns = columns};
	terminal_blank_below(t, 0);
}

/* It becomes as large as this, on both sides; `fd` is one of them. */
static inline void terminal_resize(struct terminal *t, int fd, int rows, int columns)
{
	struct winsize size = {.ws_row = rows, .ws_col = columns};

	terminal_init(t, rows, columns);
	ioctl(fd, TIOCSWINSZ, &size);
}

static inline void terminal_move(struct terminal *t, int row, int column)
{
	t->row = row < 0 ? 0 : row < t->rows ? row : t->rows - 1;
	t->column = column < 0 ? 0 : column < t->columns ? column : t->columns - 1;
}

static inline void terminal_line_feed(struct terminal *t)
{
	if (t->row + 1 < t->rows) {
		t->row++;
		return;
	}
	memmove(t->cells[0], t->cells[1], sizeof(t->cells[0]) * (t->rows - 1));
	terminal_blank(t, t->rows - 1, 0);
}

/* Returns whether the sequence is complete. */
static inline bool terminal_escape(struct terminal *t)
{
	switch (t->escape[0]) {
	case 'A':
		terminal_move(t, t->row - 1, t->column);
		break;
	case 'B':
		terminal_move(t, t->row + 1, t->column);
		break;
	case 'C':
		terminal_move(t, t->row, t->column + 1);
		break;
	case 'D':
		terminal_move(t, t->row, t->column - 1);
		break;
	case 'H':
		terminal_move(t, 0, 0);
		break;
	case 'I':
		terminal_move(t, t->row - 1, t->column);
		break;
	case 'J':
		terminal_blank(t, t->row, t->column);
		terminal_blank_below(t, t->row + 1);
		break;
	case 'K':
		terminal_blank(t, t->row, t->column);
		break;
	case 'Y':
		if (t->escape_length < 4)
			return false;
		terminal_move(t, t->escape[1] - ' ', t->escape[2] - ' ');
		break;
	}
	return true;
}

static inline void terminal_feed(struct terminal *t, const char *text, size_t length)
{
	for (; length; text++, length--) {
		if (t->escape_length) {
			t->escape[t->escape_length++ - 1] = *text;
			if (terminal_escape(t))
				t->escape_length = 0;
		} else if (*text == '\033') {
			t->escape_length = 1;
		} else if (*text == '\r') {
			t->column = 0;
		} else if (*text == '\n') {
			terminal_line_feed(t);
		} else if (*text == '\b') {
			terminal_move(t, t->row, t->column - 1);
		} else if (*text == '\t') {
			terminal_move(t, t->row, (t->column | 7) + 1);
		} else if (*text >= ' ') {
			t->cells[t->row][t->column] = *text;
			terminal_move(t, t->row, t->column + 1);
		}
	}
}

/* A row without the blanks at its end. Valid until the next call. */
static inline const char *terminal_row(const struct terminal *t, int row)
{
	static char text[TERMINAL_COLUMNS + 1];
	size_t length = t->columns;

	memcpy(text, t->cells[row], sizeof(text));
	while (length && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
	return text;
}

#endif
