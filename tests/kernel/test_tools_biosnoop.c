/* SPDX-License-Identifier: Apache-2.0 */
/* biosnoop shows each request of our process to a disk of our own, and how long it took at least. */
#include "block_run.h"

#define BIOSNOOP "tools/biosnoop"
#define HEADING "TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)"
#define FULL_HEADING                                                                                         \
	"TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   P FLAGS            QUE(ms) LAT(ms)"

enum { LARGE = 1 << 20, LARGE_AT = 2 << 20 };

/* The second read follows the first one. */
static void use_disk(void *ctx)
{
	const struct block_disk *disk = ctx;

	block_read(disk, 4096, 8192);
	block_read(disk, 16384, 12288);
	block_write(disk, 8192, 65536);
	block_flush(disk);
	block_discard(disk, 4096, 131072);
	block_read(disk, LARGE, LARGE_AT);
}

static const struct {
	const char *sector;
	const char *operation; /* with which the flags end */
	unsigned bytes;
	char letter, pattern;
} expected[] = {
	{"16", "Read", 4096, 'R', 'R'},
	{"24", "Read", 16384, 'R', 'S'},
	{"128", "Write", 8192, 'W', 'R'},
	{"-", "Flush", 0, 'F', 'R'},
	{"256", "Discard", 4096, 'D', 'R'},
};
enum { EXPECTED = sizeof(expected) / sizeof(expected[0]) };

struct fields {
	double time, queued, delay;
	char comm[32], disk[32], letter, sector[32], pattern, flags[128];
	int pid;
	unsigned bytes;
};

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && !strcmp(text + strlen(text) - strlen(end), end);
}

/* What is large is split, into parts that follow one another. */
static void check_large(const struct fields *f, unsigned *so_far)
{
	char sector[32];

	sprintf(sector, "%u", (LARGE_AT + *so_far) / 512);
	assert_int_equal(f->letter, 'R');
	assert_string_equal(f->sector, sector);
	*so_far += f->bytes;
}

static void check_rows(const struct tool_run *run, const struct block_disk *disk, pid_t pid)
{
	char *text = strdup(run->text), *at = text;
	unsigned large = 0;
	double last = 0;

	assert_string_equal(tool_next_line(&at), FULL_HEADING);
	for (int i = 0; *at; i++) {
		struct fields f = {0};
		char *line = tool_next_line(&at);
		int n = sscanf(line, "%lf %31s %d %31s %c %31s %u %c %127s %lf %lf", &f.time, f.comm, &f.pid,
			f.disk, &f.letter, f.sector, &f.bytes, &f.pattern, f.flags, &f.queued, &f.delay);

		/* no device gets the process's flush itself: the kernel sends one of its own */
		if (f.letter == 'F')
			n = sscanf(line, "%lf %31s %d %31s %c %31s %u %c %127s - %lf", &f.time, f.comm,
				    &f.pid, f.disk, &f.letter, f.sector, &f.bytes, &f.pattern, f.flags,
				    &f.delay) +
			    1;
		if (n != 11)
			fail_msg("line '%s'", line);
		assert_string_equal(f.comm, "diskuser");
		assert_int_equal(f.pid, pid);
		assert_string_equal(f.disk, disk->name);
		assert_true(f.time >= last && f.delay >= 0 && f.queued <= f.delay);
		last = f.time;
		if (i >= EXPECTED) {
			check_large(&f, &large);
			continue;
		}
		assert_int_equal(f.letter, expected[i].letter);
		assert_string_equal(f.sector, expected[i].sector);
		assert_int_equal(f.bytes, expected[i].bytes);
		assert_int_equal(f.pattern, expected[i].pattern);
		assert_true(ends_with(f.flags, expected[i].operation));
	}
	assert_int_equal(large, LARGE);
	free(text);
}

static void check_json(const struct tool_run *run, const struct block_disk *disk, pid_t pid)
{
	char *text = strdup(run->text), *at = text;

	assert_non_null(strstr(tool_next_line(&at), "\"tool\":\"biosnoop\""));
	for (int i = 0; i < EXPECTED; i++) {
		const char *row = strstr(tool_next_line(&at), "\"comm\":");
		char start[256], rest[64];

		assert_non_null(row);
		sprintf(start,
			"\"comm\":\"diskuser\",\"pid\":%d,\"disk\":\"%s\",\"t\":\"%c\",\"sector\":%s,\"bytes\":%u,\"lat_ns\":",
			pid, disk->name, expected[i].letter,
			*expected[i].sector == '-' ? "null" : expected[i].sector, expected[i].bytes);
		if (strncmp(row, start, strlen(start)))
			fail_msg("%s\nexpected %s", row, start);
		sprintf(rest, ",\"p\":\"%c\",\"flags\":\"", expected[i].pattern);
		assert_non_null(strstr(row, rest));
		assert_non_null(strstr(row, expected[i].letter == 'F' ? "\"que_ns\":null" : "\"que_ns\":"));
	}
	free(text);
}

static void test_rows(void **state)
{
	struct tool_run full, json, slow;
	struct block_disk disk;
	struct workload w;
	char pid[16];

	block_disk_open(&disk);
	workload_new(&w, "diskuser", use_disk, &disk);
	number_text(pid, w.pid);
	tool_start(&json, BIOSNOOP, "--json", "-p", pid);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	/* it is compiled once */
	tool_start(&full, BIOSNOOP, "-QPF", "-p", pid, "-d", disk.name);
	tool_start(&slow, BIOSNOOP, "-p", pid, "-m", "1h");
	tool_wait_line(&full, FULL_HEADING);
	tool_wait_line(&slow, HEADING);
	workload_go(&w);
	tool_stop(&full, SIGINT);
	tool_stop(&json, SIGTERM);
	tool_stop(&slow, SIGTERM);
	check_rows(&full, &disk, w.pid);
	check_json(&json, &disk, w.pid);
	tool_assert_output(&slow, HEADING "\n");
	tool_free(&full);
	tool_free(&json);
	tool_free(&slow);
	block_disk_close(&disk);
}

/* ---- a known delay ---- */

static void read_both(void *ctx)
{
	struct block_disk *disks = ctx;

	for (int i = 0; i < BLOCK_DELAYED_READS; i++)
		block_read(&disks[1], BLOCK_PAGE, BLOCK_PAGE * i);
	block_delayed_read(&disks[0]);
}

/* What takes less than the threshold is not shown. */
static void test_delay(void **state)
{
	struct block_disk disks[2];
	struct tool_run run;
	struct workload w;
	char pid[16], *at;
	double all = 0;
	int found = 0;

	block_delayed_open(&disks[0]);
	block_disk_open(&disks[1]);
	workload_new(&w, "slowreader", read_both, disks);
	tool_start(&run, BIOSNOOP, "-p", number_text(pid, w.pid), "-m", "20");
	tool_wait_line(&run, HEADING);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = run.text;
	assert_string_equal(tool_next_line(&at), HEADING);
	while (*at) {
		char *line = tool_next_line(&at), disk[32];
		double delay;
		int sector;

		if (sscanf(line, "%*f slowreader %*d %31s R %d 4096 %lf", disk, &sector, &delay) != 3)
			fail_msg("line '%s'", line);
		all += delay;
		assert_true(delay >= BLOCK_DELAY_MS && block_delayed_fits(all, &w));
		if (!strcmp(disk, disks[0].name))
			assert_int_equal(sector, BLOCK_PAGE / 512 * found++);
	}
	assert_int_equal(found, BLOCK_DELAYED_READS);
	tool_free(&run);
	block_delayed_close(&disks[0]);
	block_disk_close(&disks[1]);
}

static void test_wrong_disk(void **state)
{
	struct tool_run run;

	tool_start(&run, BIOSNOOP, "-d", "none");
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	assert_string_equal(run.text, "");
	assert_non_null(strstr(run.errors, "-d: no such disk 'none'"));
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_wrong_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
