/* SPDX-License-Identifier: Apache-2.0 */
/* swapin: a process has a known number of its pages written to a swap area of the test's, and reads them. */
#include <sys/mman.h>
#include <sys/swap.h>

#include "own_file_system.h"
#include "testlib.h"

#define SWAPIN "tools/swapin"
#define TITLE "Counting swap ins. Ctrl-C to end."

enum { PAGES = 40, PAGE = 4096 };

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

/* Compressed memory: what is written to it is out of the swap cache at once, and no pages are read ahead. */
static int zram = -1; /* the device's number */

static void write_number(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail_msg("%s cannot be written to %s: %s", text, path, strerror(errno));
	close(fd);
}

static bool make_swap(void)
{
	char path[64], size[16];
	FILE *f;

	if (!own_command("modprobe -q zram"))
		return false;
	f = fopen("/sys/class/zram-control/hot_add", "re");
	if (!f)
		return false;
	if (fscanf(f, "%d", &zram) != 1)
		zram = -1;
	fclose(f);
	assert_true(zram >= 0);
	sprintf(path, "/sys/block/zram%d/disksize", zram);
	write_number(path, number_text(size, 8 << 20));
	if (!own_command("mkswap /dev/zram%d", zram))
		fail_msg("mkswap failed");
	sprintf(path, "/dev/zram%d", zram);
	/* before all others */
	assert_int_equal(swapon(path, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK), 0);
	return true;
}

static int tear_down(void **state)
{
	char path[64], number[16];

	if (zram < 0)
		return 0;
	sprintf(path, "/dev/zram%d", zram);
	swapoff(path);
	write_number("/sys/class/zram-control/hot_remove", number_text(number, zram));
	return 0;
}

static void swap_in(void *ctx)
{
	volatile char *memory =
		mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char in_memory[PAGES];

	/* pages of their own */
	if (memory == MAP_FAILED || madvise((void *)memory, PAGES * PAGE, MADV_NOHUGEPAGE))
		_exit(1);
	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE] = i + 1;
	for (int try = 0, left = PAGES; left; try++) {
		left = 0;
		if (try == 10000 || madvise((void *)memory, PAGES * PAGE, MADV_PAGEOUT) ||
			mincore((void *)memory, PAGES * PAGE, in_memory))
			_exit(2);
		for (int i = 0; i < PAGES; i++)
			left += in_memory[i] & 1;
		usleep(left ? 10000 : 0);
	}
	for (int i = 0; i < PAGES; i++)
		if (memory[i * PAGE] != i + 1)
			_exit(3);
}

static void test_pages(void **state)
{
	char pid[16], expected[128], *at;
	struct tool_run run, json;
	struct workload w;

	if (!have_kprobes()) {
		tool_expect_end(1, "swapin: ", SWAPIN, "1", "1");
		test_missing("this kernel's functions cannot be probed");
	}
	/* a matter of the whole machine: only where functions can be probed, in virtual machines */
	if (!make_swap())
		test_missing("this kernel has no zram");
	workload_new(&w, "swaps", swap_in, NULL);
	number_text(pid, w.pid);
	tool_start(&run, SWAPIN, "-p", pid, "-T", "3600");
	tool_wait_line(&run, TITLE);
	tool_start(&json, SWAPIN, "-p", pid, "--json", "3600");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGINT);
	sprintf(expected, TITLE "\n\nCOMM             PID     COUNT\n%-16s %-7d %d\n", "swaps", w.pid, PAGES);
	tool_assert_output(&run, expected);
	at = strstr(json.text, "\"comm\":\"swaps\"");
	assert_non_null(at);
	sprintf(expected, "\"comm\":\"swaps\",\"pid\":%d,\"count\":%d}\n", w.pid, PAGES);
	assert_string_equal(at, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
	tool_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
