/* SPDX-License-Identifier: Apache-2.0 */
/* sslsniff shows what a process gives to, and gets from, functions that are called as those of libraries. */
#include "tool_run.h"

#define SSLSNIFF "tools/sslsniff"
#define HEADER "FUNC         TIME(s)            COMM             PID     LEN    "
#define UNCHANGED __attribute__((noinline, used, visibility("default"), no_sanitize("address")))

enum { LONG = 20000 };

static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
static const char binary[] = {'a', 0, 'b', '\x1b', '\xff'};
static char filled[LONG];

int SSL_read(void *ssl, void *buffer, int size);
int SSL_write(void *ssl, const void *data, int size);
int SSL_read_ex(void *ssl, void *buffer, size_t size, size_t *length);
int SSL_write_ex(void *ssl, const void *data, size_t size, size_t *length);
int SSL_do_handshake(void *ssl);

/* As many bytes as `ssl` says, which are in the buffer already; or -1. */
UNCHANGED int SSL_read(void *ssl, void *buffer, int size)
{
	__asm__ volatile("" : : "r"(buffer) : "memory");
	return (int)(intptr_t)ssl;
}

UNCHANGED int SSL_write(void *ssl, const void *data, int size)
{
	__asm__ volatile("" : : "r"(data) : "memory");
	return size;
}

UNCHANGED int SSL_read_ex(void *ssl, void *buffer, size_t size, size_t *length)
{
	*length = size;
	__asm__ volatile("" : : "r"(buffer) : "memory");
	return 1;
}

UNCHANGED int SSL_write_ex(void *ssl, const void *data, size_t size, size_t *length)
{
	*length = size - 1;
	__asm__ volatile("" : : "r"(data) : "memory");
	return 1;
}

UNCHANGED int SSL_do_handshake(void *ssl)
{
	usleep(20000);
	return 1;
}

static void talk(void *ctx)
{
	char buffer[64] = "answer\n";
	size_t length;

	memset(filled, 'x', sizeof(filled));
	SSL_do_handshake(NULL);
	SSL_write(NULL, request, sizeof(request) - 1);
	SSL_read((void *)7, buffer, sizeof(buffer));
	SSL_read((void *)-1L, buffer, sizeof(buffer));
	SSL_write_ex(NULL, "abcd", 5, &length);
	SSL_read_ex(NULL, (void *)binary, sizeof(binary), &length);
	SSL_write(NULL, filled, LONG);
}

/* Runs the tool on these functions only. */
static void run_tool(struct tool_run *run, pid_t *by, const char *option, const char *value)
{
	char pid[16], self[PATH_MAX], library[PATH_MAX + 16];
	struct workload w;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(length > 0);
	self[length] = '\0';
	snprintf(library, sizeof(library), "openssl:%s", self);
	workload_new(&w, "talking", talk, NULL);
	tool_start(
		run, SSLSNIFF, "-p", number_text(pid, w.pid), "-ogn", "--extra-lib", library, option, value);
	while (!tool_count_lines(run))
		assert_true(tool_read(run, 1000));
	workload_go(&w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
	*by = w.pid;
}

/* Takes the times out: the column after the function. */
static void cut_times(struct tool_run *run)
{
	for (char *at = run->text; (at = strpbrk(at, "0123456789")); at++) {
		double seconds;
		int length = 0;

		if (at - run->text < 13 || at[-1] != ' ' || sscanf(at, "%lf%n", &seconds, &length) != 1 ||
			length < 11)
			continue;
		if (memcmp(at + length, "        talking", 8) != 0)
			continue;
		memmove(at, at + 19, strlen(at + 19) + 1);
	}
}

static void test_text(void **state)
{
	char expected[16384] = HEADER "\n";
	struct tool_run run;
	pid_t pid;

	run_tool(&run, &pid, NULL, NULL);
	cut_times(&run);
	add(expected,
		"WRITE/SEND   talking          %-7d %-7d\n----- DATA -----\nGET / HTTP/1.1\nHost: x\n\n----- END DATA -----\n\n",
		pid, (int)sizeof(request) - 1);
	add(expected,
		"READ/RECV    talking          %-7d 7      \n----- DATA -----\nanswer\n----- END DATA -----\n\n",
		pid);
	add(expected,
		"WRITE/SEND   talking          %-7d 4      \n----- DATA -----\nabcd\n----- END DATA -----\n\n",
		pid);
	add(expected,
		"READ/RECV    talking          %-7d 5      \n----- DATA -----\na\\x00b\\x1b\\xff\n----- END DATA -----\n\n",
		pid);
	add(expected, "WRITE/SEND   talking          %-7d %-7d\n----- DATA -----\n", pid, LONG);
	for (int i = 0; i < 8192; i++)
		strcat(expected, "x");
	add(expected, "\n----- END DATA (TRUNCATED, %d bytes lost) -----\n\n", LONG - 8192);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_hexadecimal(void **state)
{
	struct tool_run run;
	pid_t pid;

	run_tool(&run, &pid, "--hexdump", "--max-buffer-size=18");
	assert_non_null(strstr(run.text, "\n----- DATA -----\n"
					 "474554202f20485454502f312e310d0a\n"
					 "486f\n"
					 "----- END DATA (TRUNCATED, 9 bytes lost) -----\n\n"));
	assert_non_null(strstr(run.text, "\n----- DATA -----\n6100621bff\n----- END DATA -----\n\n"));
	tool_free(&run);
}

static void test_json(void **state)
{
	struct tool_run run;
	long delay;
	char *row;
	pid_t pid;

	run_tool(&run, &pid, "-l", "--json");
	row = strstr(run.text, "\"func\":\"READ/RECV\"");
	assert_non_null(row);
	assert_non_null(strstr(row, "\"length\":7,"));
	assert_non_null(strstr(row, "\"lat_ns\":"));
	assert_non_null(strstr(row, "\"data\":\"answer\\n\""));
	assert_null(strstr(run.text, "HANDSHAKE"));
	tool_free(&run);

	run_tool(&run, &pid, "-l", "--handshake");
	row = strstr(run.text, "HANDSHAKE    0.000000000        talking");
	assert_non_null(row);
	row = strchr(row, '\n');
	while (row[-1] == ' ')
		row--;
	*row = '\0';
	delay = atol(strrchr(run.text, ' '));
	assert_true(delay >= 20 && delay < 60000);
	tool_free(&run);
}

static void test_refused(void **state)
{
	tool_expect_end(2, "'boring:/x' is not openssl:PATH, gnutls:PATH or nss:PATH", SSLSNIFF,
		"--extra-lib", "boring:/x");
	tool_expect_end(
		2, "cannot read /nonexistent: No such file", SSLSNIFF, "--extra-lib", "openssl:/nonexistent");
	tool_expect_end(1, "has no function SSL_read", SSLSNIFF, "--extra-lib", "openssl:/bin/true");
	tool_expect_end(1, "none of the libraries is here or in use", SSLSNIFF, "-og", "-n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_hexadecimal),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
