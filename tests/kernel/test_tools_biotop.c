/* SPDX-License-Identifier: Apache-2.0 */
/* biotop sums up the requests of our process, by disk and operation, in the order that is asked for. */
#include "block_run.h"

#define BIOTOP "tools/biotop"
#define TITLE "Tracing... Output every 3600 secs. Hit Ctrl-C to end"
#define HEADING "PID     COMM             D MAJ MIN DISK       I/O  Kbytes  AVGms"

/* Most requests are reads, most bytes are written. */
enum { READS = 50, WRITES = 20, DISCARDS = 3, READ_KB = 4, WRITE_KB = 64, DISCARD_KB = 8 };

static void use_disk(void *ctx)
{
	const struct block_disk *disk = ctx;

	for (int i = 0; i < READS; i++)
		block_read(disk, READ_KB * 1024, 4096 * i);
	for (int i = 0; i < WRITES; i++)
		block_write(disk, WRITE_KB * 1024, 1 << 20);
	for (int i = 0; i < DISCARDS; i++)
		block_discard(disk, DISCARD_KB * 1024, 2 << 20);
}

static const struct {
	char letter;
	int count, kb;
} used[] = {
	{'R', READS, READS *READ_KB},
	{'W', WRITES, WRITES *WRITE_KB},
	{'D', DISCARDS, DISCARDS *DISCARD_KB},
};

static void check_row(char **at, int index, const struct block_disk *disk, pid_t pid)
{
	char *line = tool_next_line(at), start[128];
	double average = -1;
	int end = 0;

	sprintf(start, "%-7d %-16s %c 7   %-3s %-8s %5d %7d ", pid, "diskuser", used[index].letter,
		disk->name + strlen("loop"), disk->name, used[index].count, used[index].kb);
	if (strncmp(line, start, strlen(start)) != 0)
		fail_msg("line '%s'\nexpected '%s'", line, start);
	assert_int_equal(sscanf(line + strlen(start), "%lf%n", &average, &end), 1);
	assert_int_equal(line[strlen(start) + end], '\0');
	assert_true(average >= 0);
}

/* The rows are those of `used` that `order` says. */
static void check_table(
	const struct tool_run *run, const char *order, const struct block_disk *disk, pid_t pid)
{
	char *at = run->text, *line;
	int h, m, s;

	assert_string_equal(tool_next_line(&at), TITLE);
	assert_string_equal(tool_next_line(&at), "");
	line = tool_next_line(&at);
	assert_int_equal(sscanf(line, "%2d:%2d:%2d loadavg: ", &h, &m, &s), 3);
	assert_string_equal(tool_next_line(&at), "");
	assert_string_equal(tool_next_line(&at), HEADING);
	for (; *order; order++)
		check_row(&at, *order - '0', disk, pid);
	assert_string_equal(at, "");
	assert_string_equal(run->errors, "");
}

static long json_member(const char *line, const char *name)
{
	char text[32];
	const char *at;

	sprintf(text, "\"%s\":", name);
	at = strstr(line, text);
	assert_non_null(at);
	return strtol(at + strlen(text), NULL, 10);
}

static void check_json(const struct tool_run *run, const struct block_disk *disk)
{
	char *at = run->text, *line, name[64];

	assert_non_null(strstr(tool_next_line(&at), "\"tool\":\"biotop\""));
	sprintf(name, "\"disk\":\"%s\"", disk->name);
	line = tool_next_line(&at);
	assert_non_null(strstr(line, name));
	assert_non_null(strstr(line, "\"d\":\"W\""));
	assert_int_equal(json_member(line, "io"), WRITES);
	assert_int_equal(json_member(line, "bytes"), WRITES * WRITE_KB * 1024);
	assert_int_equal(json_member(line, "avg_ns"), json_member(line, "total_ns") / WRITES);
}

static void test_rows(void **state)
{
	struct tool_run bytes, io, two, json;
	struct block_disk disk;
	struct workload w;
	char pid[16];

	block_disk_open(&disk);
	workload_new(&w, "diskuser", use_disk, &disk);
	number_text(pid, w.pid);
	tool_start(&json, BIOTOP, "--json", "-p", pid, "3600");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	tool_start(&bytes, BIOTOP, "-C", "-p", pid, "3600");
	tool_start(&io, BIOTOP, "-p", pid, "-s", "io", "-d", disk.name, "3600");
	tool_start(&two, BIOTOP, "-p", pid, "-s", "bytes", "-r", "2", "3600");
	tool_wait_line(&bytes, TITLE);
	tool_wait_line(&io, TITLE);
	tool_wait_line(&two, TITLE);
	workload_go(&w);
	tool_stop(&bytes, SIGINT);
	tool_stop(&io, SIGINT);
	tool_stop(&two, SIGINT);
	tool_stop(&json, SIGTERM);
	check_table(&bytes, "102", &disk, w.pid);
	check_table(&io, "012", &disk, w.pid);
	check_table(&two, "10", &disk, w.pid);
	check_json(&json, &disk);
	tool_free(&bytes);
	tool_free(&io);
	tool_free(&two);
	tool_free(&json);
	block_disk_close(&disk);
}

static void test_delay(void **state)
{
	double average = 0;
	struct block_disk disk;
	struct tool_run run;
	struct workload w;
	char start[64], pid[16], *row;

	block_delayed_open(&disk);
	workload_new(&w, "slowreader", block_delayed_read, &disk);
	tool_start(&run, BIOTOP, "-C", "-p", number_text(pid, w.pid), "3600");
	tool_wait_line(&run, TITLE);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	block_delayed_close(&disk);
	snprintf(start, sizeof(start), "%-8s %5d %7d ", disk.name, BLOCK_DELAYED_READS,
		BLOCK_DELAYED_READS * BLOCK_PAGE / 1024);
	row = strstr(run.text, start);
	if (!row || sscanf(row + strlen(start), "%lf\n", &average) != 1 || average < BLOCK_DELAY_MS ||
		!block_delayed_fits(average * BLOCK_DELAYED_READS, &w))
		fail_msg("%s", run.text);
	tool_free(&run);
}

static void test_wrong(void **state)
{
	static const char *const wrong[][2] = {{"-s", "nothing"}, {"-d", "none"}, {"-r", "0"}};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct tool_run run;

		tool_start(&run, BIOTOP, wrong[i][0], wrong[i][1]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		assert_string_equal(run.text, "");
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
