/* SPDX-License-Identifier: Apache-2.0 */
/* fsslower and fsdist, under all of their names, show each thing that a process does to a file of a file
 * system. */
#include <sys/uio.h>

#include "own_file_system.h"
#include "slow_file.h"

#define HEADER "TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME"
#define HEADER_BTRFS "TIME     COMM           PID     T BYTES   OFF_KB   LAT(ms) FILENAME"
#define NAME "kn\x1bown"
#define NAME_SHOWN "kn\\x1bown"

static const char only_calls[] = "only reads, writes, opens and fsyncs that are system calls are shown: not "
				 "those of io_uring, and of the kernel itself\n";

static struct own_file_system fs;
static char folder[64];

static int tear_down(void **state)
{
	own_file_system_remove(&fs);
	return 0;
}

/* ---- what is done, and what is shown of it ---- */

static const struct {
	char what;
	long bytes, offset;
} done[] = {
	{'O', 0, 0},
	{'W', 10000, 0},
	{'W', 5000, 1 << 20},
	{'S', 0, 0},
	{'S', 0, 0},
	{'R', 4096, 8192},
	{'R', 2000, 1000},
	{'R', 0, 4 << 20},
	{'R', 16, 0},
};
enum { DONE = sizeof(done) / sizeof(done[0]) };

static void use_file(void *ctx)
{
	static char data[16384];
	struct iovec parts[2] = {{data, 1000}, {data, 1000}};
	int fd = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_PATH), file;

	file = openat(fd, NAME, O_RDWR | O_CREAT, 0600);
	if (write(file, data, 10000) != 10000 || pwrite(file, data, 5000, 1 << 20) != 5000 || fsync(file) ||
		fdatasync(file) || pread(file, data, 4096, 8192) != 4096 || lseek(file, 1000, SEEK_SET) < 0 ||
		readv(file, parts, 2) != 2000 || pread(file, data, 100, 4 << 20) != 0 ||
		preadv(file, (struct iovec[]){{data, 16}}, 1, 0) != 16)
		_exit(1);
	/* of another file system */
	close(open("/proc/self/stat", O_RDONLY));
	close(file);
	close(fd);
}

static void check_errors(const struct tool_run *run)
{
	const char *said = strstr(run->errors, only_calls);

	if (*run->errors && (!said || strcmp(said, only_calls) ||
				    strchr(run->errors, '\n') != strrchr(run->errors, '\n')))
		fail_msg("stderr:\n%s", run->errors);
}

static void run_tool(struct tool_run *run, struct workload *w, const char *tool, const char *option,
	const char *more, const char *header)
{
	char pid[16], path[64];

	snprintf(path, sizeof(path), "tools/%s", tool);
	workload_new(w, "a long thread name", use_file, NULL);
	tool_start(run, path, "-p", number_text(pid, w->pid), option, more);
	tool_wait_line(run, header);
	workload_go(w);
	tool_stop(run, SIGINT);
	check_errors(run);
}

/* The rows must be those of what was done. */
static void check_rows(struct tool_run *run, int pid, int pid_width)
{
	char *at = strchr(strchr(run->text, '\n') + 1, '\n') + 1;

	for (int i = 0; i < DONE; i++) {
		int hours, minutes, seconds, length = 0;
		char expected[256], *line = tool_next_line(&at);
		double delay;

		snprintf(expected, sizeof(expected), "%-14.14s %-*d %c %-7ld %-8ld ", "a long thread ",
			pid_width, pid, done[i].what, done[i].bytes, done[i].offset / 1024);
		if (sscanf(line, "%2d:%2d:%2d%n", &hours, &minutes, &seconds, &length) != 3 || length != 8 ||
			strncmp(line + 9, expected, strlen(expected)))
			fail_msg("line:\n%s\nexpected:\n         %s\nall:\n%s", line, expected, run->text);
		assert_int_equal(sscanf(line + 9 + strlen(expected), "%lf%n", &delay, &length), 1);
		assert_true(delay >= 0 && length >= 7);
		assert_string_equal(line + 9 + strlen(expected) + length, " " NAME_SHOWN);
	}
	if (at && *at)
		fail_msg("more than expected:\n%s", at);
}

static void check_slower(
	const char *tool, const char *label, const char *header, int pid_width, const char *type)
{
	char start[128];
	struct tool_run run;
	struct workload w;

	run_tool(&run, &w, tool, "0", type, header);
	snprintf(start, sizeof(start), "Tracing %s operations\n%s\n", label, header);
	assert_memory_equal(run.text, start, strlen(start));
	check_rows(&run, w.pid, pid_width);
	tool_free(&run);
}

/* How many operations the histogram after `section` has. */
static long count_of(const char *text, const char *section)
{
	char heading[128];
	const char *at, *line;
	long total = 0;

	snprintf(heading, sizeof(heading),
		"\noperation = %s\n     usecs               : count     distribution\n", section);
	for (at = text; (at = strstr(at, heading));) {
		long low, high, count;

		at += strlen(heading);
		for (line = at; sscanf(line, "%ld -> %ld : %ld |", &low, &high, &count) == 3;
			line = strchr(line, '\n') + 1)
			total += count;
	}
	return total;
}

static void check_dist(const char *tool, const char *label)
{
	char title[128];
	struct tool_run run;
	struct workload w;

	snprintf(title, sizeof(title), "Tracing %s operation latency... Hit Ctrl-C to end.", label);
	run_tool(&run, &w, tool, NULL, NULL, title);
	assert_int_equal(count_of(run.text, "read"), 4);
	assert_int_equal(count_of(run.text, "write"), 2);
	assert_int_equal(count_of(run.text, "open"), 1);
	assert_int_equal(count_of(run.text, "fsync"), 2);
	tool_free(&run);
}

static void make(const char *type, const char *options, unsigned megabytes)
{
	own_file_system_make(&fs, type, options, megabytes);
	snprintf(folder, sizeof(folder), "%s", fs.mounted);
}

/* ---- options ---- */

static void check_csv(void)
{
	struct tool_run run;
	struct workload w;
	char *at;

	run_tool(
		&run, &w, "ext4slower", "-j", "0", "ENDTIME_us,TASK,PID,TYPE,BYTES,OFFSET_b,LATENCY_us,FILE");
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < DONE; i++) {
		char expected[256], *line = tool_next_line(&at);
		long end, delay;
		int length = 0;

		snprintf(expected, sizeof(expected), ",a long thread n,%d,%c,%ld,%ld,", w.pid, done[i].what,
			done[i].bytes, done[i].offset);
		assert_int_equal(sscanf(line, "%ld%n", &end, &length), 1);
		line += length;
		if (strncmp(line, expected, strlen(expected)))
			fail_msg("line:\n%s\nexpected:\n%s", line, expected);
		assert_int_equal(sscanf(line + strlen(expected), "%ld%n", &delay, &length), 1);
		assert_string_equal(line + strlen(expected) + length, "," NAME);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

/* The time of day is there with an interval only, unless -T says otherwise. */
static void check_times(void)
{
	static const struct {
		const char *tool, *option;
		bool time;
	} runs[] = {{"tools/ext4dist", "-m", true}, {"tools/ext4dist", "-mT", false},
		{"tools/fsdist", "-mTtext4", true}};

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		static const char title[] = "Tracing ext4 operation latency... Hit Ctrl-C to end.\n\n";
		int hours, minutes, seconds, length = 0;
		struct tool_run run;
		char pid[16];

		tool_start(&run, runs[i].tool, runs[i].option, "-p", number_text(pid, getpid()), "1", "1");
		tool_end(&run, 60);
		assert_int_equal(run.status, 0);
		assert_memory_equal(run.text, title, strlen(title));
		assert_int_equal(sscanf(run.text + strlen(title), "%2d:%2d:%2d:%n", &hours, &minutes,
					 &seconds, &length),
			runs[i].time ? 3 : -1);
		assert_string_equal(run.text + strlen(title) + length, runs[i].time ? "\n" : "");
		tool_free(&run);
	}
}

/* ---- each file system ---- */

static void make_ext4(void)
{
	make("ext4", "-q -O ^has_journal", 16);
}

/* An image for all that is shown of ext4: it is slow to make one on a machine that is emulated. */
static void test_ext4(void **state)
{
	make_ext4();
	check_slower("ext4slower", "ext4", HEADER, 6, NULL);
	check_dist("ext4dist", "ext4");
	check_csv();
	check_times();
}

static void test_xfs(void **state)
{
	make("xfs", "-q", 320);
	check_slower("fsslower", "XFS", HEADER, 6, "-txfs");
}

static void test_btrfs(void **state)
{
	make("btrfs", "-q", 128);
	check_slower("btrfsslower", "btrfs", HEADER_BTRFS, 7, NULL);
}

static void test_f2fs(void **state)
{
	make("f2fs", "-q", 64);
	check_slower("fsslower", "f2fs", HEADER, 6, "-tf2fs");
}

/* One that has no row: by system calls. */
static void test_tmpfs(void **state)
{
	struct tool_run run;
	struct workload w;

	own_mounts();
	strcpy(folder, "/tmp");
	assert_int_equal(mount("none", "/tmp", "tmpfs", 0, NULL), 0);
	run_tool(&run, &w, "fsslower", "-ttmpfs", "0", HEADER);
	check_rows(&run, w.pid, 6);
	assert_int_equal(umount("/tmp"), 0);
	tool_free(&run);
}

/* ---- paths ---- */

static void open_paths(void *ctx)
{
	const char *const *names = ctx;
	char path[128];

	for (; *names; names++) {
		snprintf(path, sizeof(path), "%s/%s", folder, *names);
		close(open(path, O_RDONLY));
	}
}

/* Opens the names below the folder while the tool runs: it must show exactly their whole paths. */
static void check_paths(const char *type, const char *const *names)
{
	char pid[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "opener", open_paths, (void *)names);
	tool_start(&run, "tools/fsslower", "-t", type, "-F", "--json", "--columns", "T,PATH,ERR", "-p",
		number_text(pid, w.pid), "0");
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	check_errors(&run);
	at = strchr(run.text, '\n') + 1;
	for (; *names; names++) {
		char expected[256];

		snprintf(expected, sizeof(expected), "{\"type\":\"O\",\"path\":\"%s/%s\",\"err\":0}", folder,
			*names);
		assert_string_equal(tool_next_line(&at), expected);
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_paths(void **state)
{
	static const char *const names[] = {"mounted/d/e/file", "bound/e/file", NULL};
	static const char *const merged[] = {"merged/file", NULL};

	make_ext4();
	assert_true(own_command("cd %s && mkdir -p mounted/d/e mounted/upper mounted/work bound merged && "
				"touch mounted/d/e/file && mount --bind mounted/d bound",
		fs.folder));
	strcpy(folder, fs.folder);
	check_paths("ext4", names);
	if (!own_command("cd %s && mount -t overlay -o lowerdir=mounted/d/e,upperdir=mounted/upper,"
			 "workdir=mounted/work none merged",
		    fs.folder)) {
		own_command("umount %s/bound", fs.folder);
		print_message("SKIP: this kernel does not mount overlay\n");
		skip();
	}
	check_paths("overlay", merged);
	assert_true(own_command("cd %s && umount merged bound", fs.folder));
}

/* ---- a known delay ---- */

/* What takes less than the threshold is not shown. */
static void check_slow_rows(const struct slow_file *file)
{
	char pid[16], *at;
	struct tool_run run;
	struct workload w;
	double all = 0;
	int found = 0;

	workload_new(&w, "slowreader", slow_file_read, (void *)file);
	tool_start(&run, "tools/ext4slower", "-p", number_text(pid, w.pid), "20");
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strstr(run.text, HEADER "\n") + strlen(HEADER "\n");
	while (*at) {
		char *line = tool_next_line(&at), what, name[64];
		long bytes, kilobytes;
		double delay;

		if (sscanf(line, "%*s slowreader %*d %c %ld %ld %lf %63s", &what, &bytes, &kilobytes, &delay,
			    name) != 5)
			fail_msg("line '%s'", line);
		all += delay;
		assert_true(delay >= BLOCK_DELAY_MS && block_delayed_fits(all, &w));
		assert_string_equal(name, "slow");
		if (what == 'R' && bytes == BLOCK_PAGE)
			assert_int_equal(kilobytes, BLOCK_PAGE / 1024 * found++);
	}
	assert_int_equal(found, BLOCK_DELAYED_READS);
	tool_free(&run);
}

static void check_slow_dist(const struct slow_file *file)
{
	char pid[16], *reads, *next;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "slowreader", slow_file_read, (void *)file);
	tool_start(&run, "tools/ext4dist", "-m", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, "Tracing ext4 operation latency... Hit Ctrl-C to end.");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	reads = strstr(run.text, "operation = read\n");
	if (!reads)
		fail_msg("%s", run.text);
	next = strstr(reads, "\noperation");
	if (next)
		*next = '\0';
	assert_int_equal(block_delayed_sum(reads), BLOCK_DELAYED_READS);
	tool_free(&run);
}

static void test_delay(void **state)
{
	struct slow_file file = {.fast_reads = true};

	slow_file_make(&file);
	check_slow_rows(&file);
	file.fast_reads = false;
	check_slow_dist(&file);
	slow_file_remove(&file);
}

/* ---- what there is not ---- */

static void test_unknown(void **state)
{
	static const char *const tools[] = {"tools/zfsslower", "tools/zfsdist"};
	struct tool_run run;

	for (int i = 0; i < 2; i++) {
		if (own_command("grep -q zfs /proc/filesystems"))
			skip();
		tool_start(&run, tools[i]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 1);
		assert_string_equal(run.text, "");
		assert_string_equal(strchr(run.errors, ':'),
			": this kernel does not know the file system zfs: it is not built in, and its module is "
			"not loaded\n");
		tool_free(&run);
	}
}

static void test_usage(void **state)
{
	static const char *const wrong[][3] = {
		{"tools/fsslower", "0", "which file system? -t bcachefs, btrfs, ext4,"},
		{"tools/fsdist", "1", "which file system? -t bcachefs, btrfs, ext4,"},
		{"tools/fsslower", "-text5", "does not know the file system ext5"},
		{"tools/fsslower", "-tanamethatistoolong", "there is no file system 'anamethatistoolong'"},
		{"tools/ext4slower", "-1", "'1'"},
		{"tools/ext4slower", "x", "x"},
	};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, wrong[i][0], wrong[i][1]);
		tool_end(&run, 60);
		assert_int_equal(run.status, i == 2 ? 1 : 2);
		if (!strstr(run.errors, wrong[i][2]))
			fail_msg("%s %s: stderr:\n%s", wrong[i][0], wrong[i][1], run.errors);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_ext4, tear_down),
		cmocka_unit_test_teardown(test_xfs, tear_down),
		cmocka_unit_test_teardown(test_btrfs, tear_down),
		cmocka_unit_test_teardown(test_f2fs, tear_down),
		cmocka_unit_test_teardown(test_paths, tear_down),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_tmpfs),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
