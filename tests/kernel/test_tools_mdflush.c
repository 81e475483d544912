/* SPDX-License-Identifier: Apache-2.0 */
/* mdflush shows each flush that our process asks an md device of our own for. */
#include "block_run.h"

#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <sys/sysmacros.h>

#define MDFLUSH "tools/mdflush"
#define TITLE "Tracing md flush requests... Hit Ctrl-C to end."
#define HEADING "TIME     PID     COMM             DEVICE"

enum { FLUSHES = 5, MINOR = 91, TIME_WIDTH = 9 };

/* A mirror over two disks, in memory only. Returns -1 where the kernel has no md. */
static int md_open(const struct block_disk disks[2])
{
	static const char path[] = "/tmp/bcc-md-test";
	mdu_array_info_t array = {.level = 1,
		.size = BLOCK_DISK_BYTES / 1024,
		.nr_disks = 2,
		.raid_disks = 2,
		.not_persistent = 1,
		.state = 1 << MD_SB_CLEAN};
	int md;

	system("modprobe md_mod 2>/dev/null; modprobe raid1 2>/dev/null");
	if (mknod(path, S_IFBLK | 0600, makedev(MD_MAJOR, MINOR)))
		return -1;
	md = open(path, O_RDWR | O_CLOEXEC);
	unlink(path);
	if (md < 0)
		return -1;
	assert_int_equal(ioctl(md, SET_ARRAY_INFO, &array), 0);
	for (int i = 0; i < 2; i++) {
		mdu_disk_info_t disk = {.number = i,
			.major = LOOP_MAJOR,
			.minor = strtol(disks[i].name + strlen("loop"), NULL, 10),
			.raid_disk = i,
			.state = 1 << MD_DISK_ACTIVE | 1 << MD_DISK_SYNC};

		assert_int_equal(ioctl(md, ADD_NEW_DISK, &disk), 0);
	}
	assert_int_equal(ioctl(md, RUN_ARRAY, NULL), 0);
	return md;
}

static void flush(void *ctx)
{
	int md = *(int *)ctx;

	for (int i = 0; i < FLUSHES; i++)
		if (md < 0 || fsync(md))
			_exit(1);
}

static void test_rows(void **state)
{
	struct block_disk disks[2];
	struct tool_run run, json, other;
	char expected[1024], pid[16];
	struct workload w;
	char *at;
	int md;

	block_disk_open(&disks[0]);
	block_disk_open(&disks[1]);
	md = md_open(disks);
	if (md < 0) {
		print_message("this machine has no md devices\n");
		skip();
	}
	workload_new(&w, "flusher", flush, &md);
	number_text(pid, w.pid);
	tool_start(&run, MDFLUSH, "--disk", "md91", "-p", pid);
	tool_wait_line(&run, HEADING);
	tool_start(&json, MDFLUSH, "--json", "-p", pid);
	tool_start(&other, MDFLUSH, "--disk", "9:90", "-p", pid);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	tool_wait_line(&other, HEADING);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGTERM);
	tool_stop(&other, SIGTERM);
	ioctl(md, STOP_ARRAY, NULL);
	close(md);
	block_disk_close(&disks[0]);
	block_disk_close(&disks[1]);

	assert_memory_equal(run.text, TITLE "\n" HEADING "\n", strlen(TITLE "\n" HEADING "\n"));
	memmove(run.text, strchr(run.text, '\n') + 1, strlen(strchr(run.text, '\n') + 1) + 1);
	tool_cut_times(&run, TIME_WIDTH);
	sprintf(expected, "%s\n", HEADING + TIME_WIDTH);
	for (int i = 0; i < FLUSHES; i++)
		add(expected, "%-7d flusher          md91\n", w.pid);
	tool_assert_output(&run, expected);
	at = json.text;
	tool_next_line(&at);
	sprintf(expected, "\"pid\":%d,\"comm\":\"flusher\",\"device\":\"md91\",\"bytes\":0}", w.pid);
	for (int i = 0; i < FLUSHES; i++)
		assert_non_null(strstr(tool_next_line(&at), expected));
	assert_string_equal(at, "");
	tool_assert_output(&other, TITLE "\n" HEADING "\n");
	tool_free(&run);
	tool_free(&json);
	tool_free(&other);
}

/* Flushes of other devices are none of md. */
static void flush_disk(void *ctx)
{
	block_flush(ctx);
}

static void test_others(void **state)
{
	struct block_disk disk;
	struct tool_run run;
	struct workload w;
	char pid[16];

	block_disk_open(&disk);
	workload_new(&w, "flusher", flush_disk, &disk);
	tool_start(&run, MDFLUSH, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADING);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_assert_output(&run, TITLE "\n" HEADING "\n");
	tool_free(&run);
	block_disk_close(&disk);
	tool_start(&run, MDFLUSH, "--disk", "none");
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
