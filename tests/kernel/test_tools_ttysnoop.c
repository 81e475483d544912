/* SPDX-License-Identifier: Apache-2.0 */
/* ttysnoop: processes write known bytes to a pseudo-terminal of the test's, in the ways that there are. */
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <termios.h>

#include "tool_run.h"

#define TTYSNOOP "tools/ttysnoop"

enum { LARGE = 10000 };

static const char plain[] = "plain \033[1mbold\033[0m\r\n\0x", first[] = "first,", second[] = "second",
		  own[] = "own terminal\n";
static char large[LARGE];
static int master, slave, number;
static pid_t reader;

/* Reads what is written, for ever: there is not room for all of it. */
static void start_reader(void)
{
	reader = fork();
	assert_true(reader >= 0);
	if (reader)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (char data[4096];;)
		if (read(master, data, sizeof(data)) < 0)
			_exit(0);
}

static int set_up(void **state)
{
	struct termios raw;
	unsigned n;

	if (openpty(&master, &slave, NULL, NULL, NULL) || ioctl(master, TIOCGPTN, &n) ||
		tcgetattr(slave, &raw))
		return -1;
	number = (int)n;
	cfmakeraw(&raw);
	for (int i = 0; i < LARGE; i++)
		large[i] = 'a' + i % 26;
	start_reader();
	return tcsetattr(slave, TCSANOW, &raw);
}

static int tear_down(void **state)
{
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);
	close(master);
	return close(slave);
}

static void put(int fd, const char *data, size_t size)
{
	if (write(fd, data, size) != (ssize_t)size)
		_exit(1);
}

static void write_all(void *ctx)
{
	struct iovec parts[] = {{(void *)first, sizeof(first) - 1}, {(void *)second, sizeof(second) - 1}};
	int fd, others[2];

	put(slave, plain, sizeof(plain) - 1);
	if (writev(slave, parts, 2) != sizeof(first) + sizeof(second) - 2)
		_exit(2);
	/* not to this terminal */
	if (pipe(others))
		_exit(3);
	put(others[1], "other", 5);
	/* by the name that each process has for its own */
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0))
		_exit(4);
	fd = open("/dev/tty", O_WRONLY);
	if (fd < 0)
		_exit(5);
	put(fd, own, sizeof(own) - 1);
	put(slave, large, sizeof(large));
}

/* Until the tool shows it: it prints nothing when it begins. */
static void write_dots(struct tool_run *run)
{
	double end = tool_now() + 120;

	while (!run->size) {
		if (tool_now() > end) {
			tool_end(run, 0);
			fail_msg("nothing is shown; stderr:\n%s", run->errors);
		}
		put(slave, ".", 1);
		tool_read(run, 100);
	}
}

static void test_bytes(void **state)
{
	size_t dots = 0, size = 0;
	struct workload w;
	struct tool_run run, json;
	char text[16], *expected = malloc(LARGE + 256), row[128];

	assert_non_null(expected);
	workload_new(&w, "writes", write_all, NULL);
	tool_start(&run, TTYSNOOP, number_text(text, number));
	write_dots(&run);
	tool_start(&json, TTYSNOOP, "--json", "-s", "100", "-c", "50", "-p", number_text(row, w.pid), text);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGINT);

	while (dots < run.size && run.text[dots] == '.')
		dots++;
#define PART(data, bytes) (memcpy(expected + size, data, bytes), size += bytes)
	PART(plain, sizeof(plain) - 1);
	PART(first, sizeof(first) - 1);
	PART(second, sizeof(second) - 1);
	PART(own, sizeof(own) - 1);
	PART(large, LARGE);
	assert_int_equal(run.size - dots, size);
	assert_memory_equal(run.text + dots, expected, size);
	assert_string_equal(run.errors, "");

	sprintf(row, "\"pid\":%d,\"comm\":\"writes\",\"size\":%zu,\"data\":\"own terminal\\n\"}", w.pid,
		sizeof(own) - 1);
	if (!strstr(json.text, row))
		fail_msg("output:\n%s\nexpected:\n%s", json.text, row);
	/* the first line says what follows; the last write is cut after 5000 bytes, which are two events */
	assert_int_equal(tool_count_lines(&json), 1 + 1 + 2 + 1 + 2);
	assert_non_null(strstr(json.text, "\"data_truncated\":"));
	assert_string_equal(
		json.errors, "ttysnoop: 5000 bytes are not shown: -s and -c say how much of each write is\n");
	free(expected);
	tool_free(&run);
	tool_free(&json);
}

static void test_devices(void **state)
{
	tool_expect_end(2, "which terminal?", TTYSNOOP, NULL, NULL);
	tool_expect_end(2, "/etc/passwd is not a terminal", TTYSNOOP, "/etc/passwd", NULL);
	tool_expect_end(2, "/dev/pts/99999: No such file", TTYSNOOP, "99999", NULL);
	tool_expect_end(2, "/dev/tty is another terminal for each process", TTYSNOOP, "/dev/tty", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes), cmocka_unit_test(test_devices)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
