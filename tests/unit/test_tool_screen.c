/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on a terminal, as its user sees them. */
#include "tool_description.h"

#include <poll.h>
#include <pty.h>
#include <stdio.h>

#include "tests/kernel/terminal.h"
#include "tools/lib/screen.h"

static struct {
	int master, slave;
	int stdin_before, stdout_before;
	char *term_before;
	struct terminal terminal;
	char text[65536]; /* all that was written */
	size_t size;
} pty;

static void pty_open(const char *term, int rows, int columns)
{
	pty.size = 0;
	assert_int_equal(openpty(&pty.master, &pty.slave, NULL, NULL, NULL), 0);
	terminal_resize(&pty.terminal, pty.master, rows, columns);
	pty.stdin_before = dup(STDIN_FILENO);
	fflush(stdout);
	pty.stdout_before = dup(STDOUT_FILENO);
	assert_int_equal(dup2(pty.slave, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(dup2(pty.slave, STDOUT_FILENO), STDOUT_FILENO);
	setenv("TERM", term, 1);
	unsetenv("LINES");
	setenv("COLUMNS", "7", 1);
}

/* Reads what has been written. */
static void pty_read(void)
{
	struct pollfd fd = {.fd = pty.master, .events = POLLIN};

	while (poll(&fd, 1, 0) > 0 && fd.revents & POLLIN) {
		ssize_t n = read(pty.master, pty.text + pty.size, sizeof(pty.text) - 1 - pty.size);

		assert_true(n > 0);
		terminal_feed(&pty.terminal, pty.text + pty.size, n);
		pty.size += n;
	}
	pty.text[pty.size] = '\0';
}

static void pty_close(void)
{
	dup2(pty.stdin_before, STDIN_FILENO);
	dup2(pty.stdout_before, STDOUT_FILENO);
	close(pty.stdin_before);
	close(pty.stdout_before);
	close(pty.master);
	close(pty.slave);
}

static void put(const char *text, bool is_heading)
{
	tool_screen.line(text, strlen(text), is_heading);
}

/* The footer is the last row, unless there are few. */
static void check_rows(const char *const *rows, int count, const char *footer)
{
	const struct terminal *t = &pty.terminal;
	int lines = t->rows - (footer != NULL);

	for (int i = 0; i < lines; i++)
		assert_string_equal(terminal_row(t, i), i < count ? rows[i] : "");
	if (footer)
		assert_string_equal(terminal_row(t, lines), footer);
}

static void test_lines(void **state)
{
	static const char *const first[] = {"loadavg", "", "NAME  COUNT", "one       1", "two      22"},
				 *const second[] = {"loadavg", "", "NAME  COUNT", "three   333"},
				 *const cut[] = {"loadavg", "12345678901234567890", "a", "b"};

	pty_open("vt52", 8, 20);
	assert_true(tool_screen.open());
	tool_screen.begin();
	assert_int_equal(tool_screen.room(), 7);
	for (int i = 0; i < 5; i++)
		put(first[i], i == 2);
	assert_int_equal(tool_screen.room(), 2);
	tool_screen.end("foot");
	pty_read();
	check_rows(first, 5, "foot");
	/* nothing of it remains */
	tool_screen.begin();
	for (int i = 0; i < 4; i++)
		put(second[i], i == 2);
	tool_screen.end("f");
	pty_read();
	check_rows(second, 4, "f");
	/* what is too long or too much is not shown */
	tool_screen.begin();
	put(cut[0], false);
	put("12345678901234567890 and so on, for more than one line", true);
	put(cut[2], false);
	put(cut[3], false);
	tool_screen.end("the footer is cut as well");
	pty_read();
	check_rows(cut, 4, "the footer is cut as");
	tool_screen.begin();
	for (int i = 0; i < 9; i++)
		put("x", false);
	assert_int_equal(tool_screen.room(), 0);
	tool_screen.end("foot");
	pty_read();
	check_rows((const char *const[]){"x", "x", "x", "x", "x", "x", "x"}, 7, "foot");
	tool_screen.close();
	tool_screen.close();
	pty_close();
}

static void test_resize(void **state)
{
	static const char *const rows[] = {"1", "2", "3", "4", "5"};

	pty_open("vt52", 6, 20);
	assert_true(tool_screen.open());
	for (int height = 9; height >= 1; height -= 4) {
		int lines = height >= 5 ? height - 1 : height;

		terminal_resize(&pty.terminal, pty.master, height, 30);
		tool_screen.resize();
		tool_screen.begin();
		assert_int_equal(tool_screen.room(), lines);
		for (int i = 0; i < 5; i++)
			put(rows[i], false);
		tool_screen.end("foot");
		pty_read();
		check_rows(rows, lines < 5 ? lines : 5, height >= 5 ? "foot" : NULL);
	}
	tool_screen.close();
	pty_close();
}

static void test_keys(void **state)
{
	static const struct {
		const char *typed;
		enum screen_key key;
	} keys[] = {{"q", SCREEN_QUIT}, {"<", SCREEN_BEFORE}, {">", SCREEN_AFTER}, {"\033OD", SCREEN_BEFORE},
		{"\033OC", SCREEN_AFTER}, {"r", SCREEN_REVERSE}, {"\f", SCREEN_AGAIN},
		{"x", SCREEN_OTHER_KEY}};

	pty_open("xterm", 24, 80);
	assert_true(tool_screen.open());
	assert_int_equal(tool_screen.key(), SCREEN_NO_KEY);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		ssize_t length = strlen(keys[i].typed);

		assert_int_equal(write(pty.master, keys[i].typed, length), length);
		assert_int_equal(tool_screen.key(), keys[i].key);
		assert_int_equal(tool_screen.key(), SCREEN_NO_KEY);
	}
	tool_screen.close();
	pty_close();
}

/* What was on the terminal comes back, and its settings too. */
static void test_alternate(void **state)
{
	struct termios before = {0}, after = {0};
	const char *entered, *left;

	pty_open("xterm", 24, 80);
	assert_int_equal(tcgetattr(pty.slave, &before), 0);
	assert_true(tool_screen.open());
	tool_screen.begin();
	put("HEADING", true);
	put("caf\xc3\xa9", false);
	tool_screen.end("foot");
	tool_screen.close();
	pty_read();
	entered = strstr(pty.text, "\033[?1049h");
	left = strstr(pty.text, "\033[?1049l");
	assert_non_null(entered);
	assert_non_null(left);
	assert_true(entered < strstr(pty.text, "HEADING"));
	assert_true(strstr(pty.text, "caf\xc3\xa9") < left);
	assert_int_equal(tcgetattr(pty.slave, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	pty_close();
}

static void test_refused(void **state)
{
	static const char *const terms[] = {"dumb", "no-such-terminal", ""};
	int fds[2];

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		pty_open(terms[i], 24, 80);
		assert_false(tool_screen.open());
		pty_read();
		assert_int_equal(pty.size, 0);
		pty_close();
	}
	setenv("TERM", "xterm", 1);
	assert_int_equal(pipe(fds), 0);
	fflush(stdout);
	pty.stdout_before = dup(STDOUT_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	assert_false(tool_screen.open());
	dup2(pty.stdout_before, STDOUT_FILENO);
	close(fds[0]);
	close(fds[1]);
	close(pty.stdout_before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_alternate),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
