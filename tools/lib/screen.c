/* SPDX-License-Identifier: Apache-2.0 */
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include "screen.h"

/* below this height, the footer gives way to a row */
enum { LEAST_HEIGHT_WITH_FOOTER = 5, ESCAPE_MS = 25, CONTROL_L = 'L' - '@' };

static struct {
	SCREEN *terminal; /* NULL: not open */
	int line;
} screen;

/* Without cursor addressing ncurses cannot do anything. */
static bool screen_is_able(void)
{
	int error;
	bool able;

	if (!isatty(STDOUT_FILENO) || setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return false;
	able = tigetstr("cup") && tigetstr("clear");
	del_curterm(cur_term);
	return able;
}

/* Rows are UTF-8, whatever the locale is. */
static void screen_set_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

static void screen_close(void)
{
	if (!screen.terminal)
		return;
	endwin();
	delscreen(screen.terminal);
	screen.terminal = NULL;
	fflush(stdout);
}

static bool screen_open(void)
{
	if (!screen_is_able())
		return false;
	screen_set_locale();
	/* the size that the terminal has, and not what LINES and COLUMNS say that it once had */
	use_tioctl(TRUE);
	screen.terminal = newterm(NULL, stdout, stdin);
	if (!screen.terminal)
		return false;
	atexit(screen_close);
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	return true;
}

static void screen_begin(void)
{
	screen.line = 0;
}

static bool screen_has_footer(void)
{
	return LINES >= LEAST_HEIGHT_WITH_FOOTER;
}

static size_t screen_room(void)
{
	int room = LINES - screen_has_footer() - screen.line;

	return room > 0 ? room : 0;
}

static void screen_put(int line, const char *text, size_t length, attr_t attributes)
{
	/* what is too long runs over to the next lines, which are cleared before they are used */
	mvaddnstr(line, 0, text, length);
	if (attributes)
		mvchgat(line, 0, -1, attributes, 0, NULL);
}

static void screen_line(const char *text, size_t length, bool is_heading)
{
	if (!screen_room())
		return;
	move(screen.line, 0);
	clrtobot();
	screen_put(screen.line++, text, length, is_heading ? A_REVERSE : 0);
}

static void screen_end(const char *footer)
{
	if (screen.line < LINES) {
		move(screen.line, 0);
		clrtobot();
	}
	if (screen_has_footer())
		screen_put(LINES - 1, footer, strlen(footer), A_DIM);
	refresh();
}

static enum screen_key screen_key(void)
{
	switch (getch()) {
	case ERR:
		return SCREEN_NO_KEY;
	case 'q':
	case 'Q':
		return SCREEN_QUIT;
	case '<':
	case KEY_LEFT:
		return SCREEN_BEFORE;
	case '>':
	case KEY_RIGHT:
		return SCREEN_AFTER;
	case 'r':
	case 'R':
		return SCREEN_REVERSE;
	case CONTROL_L:
		clearok(curscr, TRUE);
		return SCREEN_AGAIN;
	default:
		return SCREEN_OTHER_KEY;
	}
}

static void screen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(curscr, TRUE);
}

const struct tool_screen tool_screen = {
	.open = screen_open,
	.close = screen_close,
	.begin = screen_begin,
	.room = screen_room,
	.line = screen_line,
	.end = screen_end,
	.key = screen_key,
	.resize = screen_resize,
};
