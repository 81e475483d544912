/* SPDX-License-Identifier: Apache-2.0 */
/* fileslower shows the reads and writes of a process, with the time that it had to wait for them. */
#include <sys/socket.h>
#include <sys/uio.h>

#include "slow_file.h"

#define FILESLOWER "tools/fileslower"
#define HEADER "TIME(s)  COMM           TID    D BYTES   LAT(ms) FILENAME"

enum { WAIT_MS = 60 };

static char folder[] = "/tmp/bcc-slow-XXXXXX";

static int set_up(void **state)
{
	return !mkdtemp(folder);
}

static int tear_down(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/file", folder);
	unlink(path);
	return rmdir(folder);
}

/* Reads and writes; of a pipe after some time. */
static void use_files(void *ctx)
{
	static char data[10000];
	char path[64];
	int fd, pipes[2], sockets[2];

	snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (write(fd, data, 10000) != 10000 || pread(fd, data, 100, 9950) != 50 ||
		pwritev(fd, (struct iovec[]){{data, 7}, {data, 8}}, 2, 0) != 15 || read(fd, data, 1) != 0 ||
		pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		_exit(1);
	if (!fork()) {
		usleep(WAIT_MS * 1000);
		_exit(write(pipes[1], data, 3) != 3);
	}
	if (read(pipes[0], data, 10) != 3 || write(sockets[0], data, 4) != 4 ||
		read(sockets[1], data, 9) != 4)
		_exit(1);
	close(fd);
}

static void run_tool(struct tool_run *run, struct workload *w, const char *options[3])
{
	char pid[16];

	workload_new(w, "reader", use_files, NULL);
	tool_start(run, FILESLOWER, "-p", number_text(pid, w->pid), options[0],
		options[0] ? options[1] : NULL, options[0] && options[1] ? options[2] : NULL);
	while (!strstr(run->text, "FILENAME\n") && !strstr(run->text, "PATH\n") && !strstr(run->text, "}\n"))
		assert_true(tool_read(run, 60000));
	workload_go(w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void test_files(void **state)
{
	static const struct {
		char direction;
		int bytes;
	} rows[] = {{'W', 10000}, {'R', 50}, {'W', 15}, {'R', 0}};
	struct tool_run run;
	struct workload w;
	double before = 0;
	char *at;

	run_tool(&run, &w, (const char *[3]){"0"});
	at = run.text;
	assert_string_equal(tool_next_line(&at), "Tracing sync read/writes slower than 0 ms");
	assert_string_equal(tool_next_line(&at), HEADER);
	for (int i = 0; i < 4; i++) {
		char *line = tool_next_line(&at), expected[64], name[16];
		double time, delay;

		snprintf(expected, sizeof(expected), " %-14s %-6d %c %-7d ", "reader", w.pid,
			rows[i].direction, rows[i].bytes);
		assert_int_equal(sscanf(line, "%lf", &time), 1);
		assert_true(time >= before && line[8] == ' ');
		before = time;
		assert_memory_equal(line + 8, expected, strlen(expected));
		assert_int_equal(sscanf(line + 8 + strlen(expected), "%lf %15s", &delay, name), 2);
		assert_true(delay >= 0);
		assert_string_equal(name, "file");
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* With -a the pipe is waited for, and nothing that takes less than the threshold is there. */
static void test_all_files(void **state)
{
	char direction, name[64], *line, *at;
	int tid, bytes, found = 0;
	struct tool_run run;
	struct workload w;
	double delay;

	run_tool(&run, &w, (const char *[3]){"-a", "50"});
	at = run.text;
	assert_string_equal(tool_next_line(&at), "Tracing sync read/writes slower than 50 ms");
	assert_string_equal(tool_next_line(&at), HEADER);
	while (*at) {
		line = tool_next_line(&at);
		assert_int_equal(
			sscanf(line, "%*f reader %d %c %d %lf %63s", &tid, &direction, &bytes, &delay, name),
			5);
		assert_int_equal(tid, w.pid);
		assert_true(delay >= 50);
		if (strncmp(name, "pipe:[", 6))
			continue; /* a busy machine made it wait */
		assert_true(delay >= WAIT_MS - 1);
		assert_int_equal(direction, 'R');
		assert_int_equal(bytes, 3);
		found++;
	}
	assert_int_equal(found, 1);
	tool_free(&run);
}

/* Reads of the pipe and the sockets come after those of the file. */
static void test_json_with_paths(void **state)
{
	static const struct {
		const char *direction;
		int bytes;
		const char *kind;
	} rows[] = {{"R", 3, "pipe"}, {"W", 4, "socket"}, {"R", 4, "socket"}};
	char expected[256];
	struct tool_run run;
	struct workload w;
	char *at;

	run_tool(&run, &w, (const char *[3]){"-aF", "--json", "0"});
	at = run.text;
	tool_next_line(&at);
	for (int i = 0; i < 4; i++) {
		snprintf(expected, sizeof(expected), "\"path\":\"%s/file\",\"err\":0}", folder);
		if (!strstr(tool_next_line(&at), expected))
			fail_msg("not %s:\n%s", expected, run.text);
	}
	for (int i = 0; i < 3; i++) {
		char *line = tool_next_line(&at), path[32];
		unsigned long inode;

		snprintf(expected, sizeof(expected),
			"\"comm\":\"reader\",\"tid\":%d,\"direction\":\"%s\",\"bytes\":%d,", w.pid,
			rows[i].direction, rows[i].bytes);
		assert_non_null(strstr(line, expected));
		snprintf(path, sizeof(path), "\"path\":\"%s:[", rows[i].kind);
		assert_non_null(strstr(line, path));
		assert_int_equal(sscanf(strstr(line, path) + strlen(path), "%lu]", &inode), 1);
		assert_true(inode > 0);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* Of a disk with a known delay. What takes less than the threshold is not shown. */
static void test_delay(void **state)
{
	struct slow_file file = {.fast_reads = true};
	struct tool_run run;
	struct workload w;
	char pid[16], *at;
	double all = 0;
	int found = 0;

	slow_file_make(&file);
	workload_new(&w, "slowreader", slow_file_read, &file);
	tool_start(&run, FILESLOWER, "-p", number_text(pid, w.pid), "20");
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	slow_file_remove(&file);
	at = strstr(run.text, HEADER "\n") + strlen(HEADER "\n");
	while (*at) {
		char *line = tool_next_line(&at), name[64], direction;
		double delay;
		int bytes;

		if (sscanf(line, "%*f slowreader %*d %c %d %lf %63s", &direction, &bytes, &delay, name) != 4)
			fail_msg("line '%s'", line);
		all += delay;
		assert_true(delay >= BLOCK_DELAY_MS && block_delayed_fits(all, &w) && direction == 'R');
		assert_string_equal(name, "slow");
		found += bytes == BLOCK_PAGE;
	}
	assert_int_equal(found, BLOCK_DELAYED_READS);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_all_files),
		cmocka_unit_test(test_json_with_paths),
		cmocka_unit_test(test_delay),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
