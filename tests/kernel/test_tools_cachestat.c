/* SPDX-License-Identifier: Apache-2.0 */
/* cachestat and cachetop count the pages of a file that a process drops from the cache, reads twice, and
 * writes to. The process has all its memory beforehand, so that it does not fault in pages of programs. */
#include <linux/magic.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "tool_run.h"

#define CACHESTAT "tools/cachestat"
#define CACHETOP "tools/cachetop"

enum { READ_PAGES = 500, NEW_PAGES = 64, PAGES = READ_PAGES + 1 };

static size_t page;
static char directory[] = "/var/tmp/cachestat-XXXXXX";
static char *data;

/* ---- file systems whose pages are in the cache ---- */

/* XFS has large folios since Linux 5.18, ext4 since 6.16. */
static struct place {
	const char *type, *make;
	off_t size; /* no less will do */
	bool is_mounted;
	char path[64], old[80], new[80], image[80];
} places[] = {
	{.type = "ext4", .make = "mkfs.ext4 -q -b 4096", .size = 32 << 20},
	/* as its own tests do, to whom it does not say that it wants ten times as much */
	{.type = "xfs", .make = "TEST_DIR=x TEST_DEV=x QA_CHECK_FS=x mkfs.xfs -q", .size = 32 << 20},
	{.type = "here"},
};
enum { PLACES = sizeof(places) / sizeof(places[0]) };
static int place_count; /* of those that there are */

static bool has_cache(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_SUPER_MAGIC ||
					     fs.f_type == BTRFS_SUPER_MAGIC);
}

static bool place_mount(struct place *p)
{
	char command[512];
	int fd;

	snprintf(p->path, sizeof(p->path), "%s/%s", directory, p->type);
	if (mkdir(p->path, 0700))
		return false;
	if (!p->make)
		return has_cache(p->path);
	snprintf(p->image, sizeof(p->image), "%s/%s.image", directory, p->type);
	fd = open(p->image, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, p->size))
		return false;
	close(fd);
	snprintf(command, sizeof(command),
		"exec </dev/null >/dev/null 2>&1; modprobe -a loop %s; %s %s && mount -t %s -o loop %s %s",
		p->type, p->make, p->image, p->type, p->image, p->path);
	p->is_mounted = !system(command);
	return p->is_mounted;
}

static bool place_fill(struct place *p)
{
	int fd;

	snprintf(p->old, sizeof(p->old), "%s/old", p->path);
	snprintf(p->new, sizeof(p->new), "%s/new", p->path);
	fd = open(p->old, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	if (write(fd, data, READ_PAGES * page) != (ssize_t)(READ_PAGES * page) || fsync(fd))
		return false;
	close(fd);
	return true;
}

static int set_up(void **state)
{
	page = sysconf(_SC_PAGESIZE);
	data = calloc(PAGES, page);
	if (!data || !mkdtemp(directory))
		return -1;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	for (struct place *p = places; p < places + PLACES; p++) {
		if (!place_mount(p))
			continue;
		if (!place_fill(p))
			return -1;
		print_message("%s\n", p->type);
		place_count++;
	}
	return 0;
}

static int tear_down(void **state)
{
	for (struct place *p = places; p < places + PLACES; p++) {
		unlink(p->old);
		unlink(p->new);
		if (p->is_mounted)
			umount2(p->path, 0);
		unlink(p->image);
		rmdir(p->path);
	}
	rmdir(directory);
	free(data);
	return 0;
}

static void need_files(void)
{
	if (place_count)
		return;
	print_message("skipped: no file system\n");
	skip();
}

/* ---- reading and writing ---- */

static void read_all(int fd, size_t size)
{
	for (size_t at = 0;; at += size) {
		ssize_t n = pread(fd, data, size, at);

		if (n < 0)
			_exit(1);
		if (!n)
			break;
	}
}

static void drop(int fd)
{
	unsigned char in_cache[PAGES];
	char *map = mmap(NULL, READ_PAGES * page, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) ||
		mincore(map, READ_PAGES * page, in_cache))
		_exit(1);
	for (int i = 0; i < READ_PAGES; i++)
		if (in_cache[i] & 1)
			_exit(2);
	munmap(map, READ_PAGES * page);
}

/* Pages of each file system that are hit and missed: the file's, in reads of one page, of several, and of
 * more than there is. */
enum { MISSES = 2 * READ_PAGES, HITS = 2 * READ_PAGES, DIRTIES = 2 * NEW_PAGES };

static void use_files(int old, int new)
{
	drop(old);
	read_all(old, page);
	read_all(old, 40 * page);
	drop(old);
	read_all(old, PAGES * page);
	read_all(old, page);
	for (int i = 0; i < 2; i++)
		if (pwrite(new, data, NEW_PAGES * page, 0) != (ssize_t)(NEW_PAGES * page) || fsync(new))
			_exit(1);
}

struct user {
	pid_t pid;
	int go;
};

static void user_new(struct user *u)
{
	int go[2], ready[2];
	char c;

	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	u->pid = fork();
	assert_true(u->pid >= 0);
	if (!u->pid) {
		int old[PLACES], new[PLACES];

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "uses-files");
		close(go[1]);
		for (int i = 0; i < PLACES; i++) {
			old[i] = open(places[i].old, O_RDONLY | O_CLOEXEC);
			new[i] = open(places[i].new, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
			if (*places[i].old && (old[i] < 0 || new[i] < 0))
				_exit(1);
		}
		if (mlockall(MCL_CURRENT) || write(ready[1], "r", 1) != 1)
			_exit(1);
		if (read(go[0], &c, 1) == 1)
			for (int i = 0; i < PLACES; i++)
				if (old[i] >= 0 && new[i] >= 0)
					use_files(old[i], new[i]);
		_exit(0);
	}
	close(go[0]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	u->go = go[1];
}

static void user_go(struct user *u)
{
	int status;

	assert_int_equal(write(u->go, "g", 1), 1);
	close(u->go);
	assert_int_equal(waitpid(u->pid, &status, 0), u->pid);
	assert_int_equal(status, 0);
}

static void run_tool(
	struct tool_run *run, pid_t *pid, const char *name, const char *option, const char *interval)
{
	struct user u;
	char text[16];

	user_new(&u);
	*pid = u.pid;
	tool_start(run, name, "-p", number_text(text, u.pid), option, interval);
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	user_go(&u);
	tool_stop(run, SIGINT);
}

/* ---- tests ---- */

static long member(const char *at, const char *name)
{
	char look[32];

	snprintf(look, sizeof(look), "\"%s\":", name);
	at = strstr(at, look);
	assert_non_null(at);
	return strtol(at + strlen(look), NULL, 10);
}

static void test_counts(void **state)
{
	struct tool_run run;
	pid_t pid;

	need_files();
	run_tool(&run, &pid, CACHESTAT, "--json", "3600");
	assert_int_equal(tool_count_lines(&run), 2);
	tool_assert_count(member(run.text, "hits"), place_count * HITS);
	tool_assert_count(member(run.text, "misses"), place_count * MISSES);
	tool_assert_count(member(run.text, "dirties"), place_count * DIRTIES);
	tool_assert_count(member(run.text, "hitratio"), 50);
	tool_free(&run);
}

/* Headings once, and a line for each interval, also if there was nothing. */
static void test_lines(void **state)
{
	static const char heading[] =
		"TIME         HITS   MISSES  DIRTIES HITRATIO   BUFFERS_MB  CACHED_MB\n";
	int numbers[3], buffers, cached, lines = 0, end;
	long hits = 0, misses = 0, dirties = 0, some[3];
	struct tool_run run;
	double ratio;
	pid_t pid;

	need_files();
	run_tool(&run, &pid, CACHESTAT, "-T", "1");
	assert_memory_equal(run.text, heading, strlen(heading));
	for (const char *at = run.text + strlen(heading); *at; at += end, lines++) {
		assert_int_equal(sscanf(at, "%2d:%2d:%2d %8ld %8ld %8ld %7lf%% %12d %10d\n%n", &numbers[0],
					 &numbers[1], &numbers[2], &some[0], &some[1], &some[2], &ratio,
					 &buffers, &cached, &end),
			9);
		assert_int_equal(end, strlen(heading));
		hits += some[0];
		misses += some[1];
		dirties += some[2];
	}
	assert_true(lines >= 1);
	tool_assert_count(hits + misses, place_count * (HITS + MISSES));
	tool_assert_count(dirties, place_count * DIRTIES);
	tool_free(&run);
}

static void test_top(void **state)
{
	char expected[256], *at;
	struct tool_run run;
	int numbers[3], mb[2], end = 0;
	pid_t pid;

	need_files();
	run_tool(&run, &pid, CACHETOP, "-C", "3600");
	at = run.text;
	assert_string_equal(tool_next_line(&at), "Tracing... Output every 3600 secs. Hit Ctrl-C to end");
	assert_string_equal(tool_next_line(&at), "");
	assert_int_equal(sscanf(at, "%2d:%2d:%2d Buffers MB: %d / Cached MB: %d%n", &numbers[0], &numbers[1],
				 &numbers[2], &mb[0], &mb[1], &end),
		5);
	sprintf(expected,
		" / Sort: HITS / Order: descending\n"
		"PID      UID      CMD              HITS     MISSES   DIRTIES  READ_HIT%%  WRITE_HIT%%\n"
		"%8d %-8.8s uses-files       %8d %8d %8d      50.0%%      50.0%%\n",
		pid, getpwuid(getuid()) ? getpwuid(getuid())->pw_name : "UNKNOWN", place_count * HITS,
		place_count * MISSES, place_count * DIRTIES);
	/* what comes after the numbers of this machine */
	memmove(run.text, at + end, strlen(at + end) + 1);
	tool_assert_counts(&run, expected);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[][3] = {{CACHESTAT, "0", NULL}, {CACHESTAT, "1", "0"},
		{CACHETOP, "-s", "HITS,"}, {CACHETOP, "-r", "x"}};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		tool_expect_end(2, "", wrong[i][0], wrong[i][1], wrong[i][2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
