/* SPDX-License-Identifier: Apache-2.0 */
/* Progress is shown on a terminal if it takes long, and goes; elsewhere nothing is printed. */
#include "tool_description.h"

#include <pty.h>
#include <stdio.h>

#include "tools/lib/progress.h"

/* not so often that what is printed fills the terminal's buffer before it is read */
enum { AFTER = 100000000 };

static int before;

static void redirect(int fd)
{
	fflush(stderr);
	before = dup(STDERR_FILENO);
	assert_true(before >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
}

static void restore(void)
{
	fflush(stderr);
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
	close(before);
}

/* Reads until the text ends with this. */
static void read_until(int fd, char *text, size_t size, const char *end)
{
	size_t length = 0;

	do {
		assert_true(length + 1 < size);
		assert_int_equal(read(fd, text + length, 1), 1);
		text[++length] = '\0';
	} while (length < strlen(end) || strcmp(text + length - strlen(end), end) != 0);
}

static void test_terminal(void **state)
{
	char text[65536];
	int master, slave;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	redirect(slave);
	progress_begin(12, AFTER);
	read_until(master, text, sizeof(text), "\rtest: attaching: 0 of 12 programs, ");
	progress_step();
	progress_step();
	read_until(master, text, sizeof(text), "\rtest: attaching: 2 of 12 programs, ");
	progress_end();
	read_until(master, text, sizeof(text), "  \r");
	/* it is not known how many */
	progress_begin(0, AFTER);
	read_until(master, text, sizeof(text), "\rtest: attaching: ");
	progress_end();
	read_until(master, text, sizeof(text), " \r");
	/* what is done soon leaves no trace */
	progress_begin(1, 3600000000000ULL);
	progress_step();
	progress_end();
	assert_int_equal(write(slave, "end", 3), 3);
	restore();
	read_until(master, text, sizeof(text), "end");
	assert_string_equal(text, "end");
	close(master);
	close(slave);
}

static void test_no_terminal(void **state)
{
	int fds[2];
	char c;

	assert_int_equal(pipe(fds), 0);
	redirect(fds[1]);
	progress_begin(2, 1);
	usleep(20000);
	progress_step();
	progress_end();
	restore();
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
