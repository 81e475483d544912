/* SPDX-License-Identifier: Apache-2.0 */
/* virtiostat: a process reads and writes known blocks of the virtio disk that the virtual machines for tests
 * have (tests/vm/run), and nobody else does. */
#include <sys/uio.h>

#include "block_run.h"
#include "testlib.h"

#define VIRTIOSTAT "tools/virtiostat"
#define TITLE "Tracing virtio devices statistics ... Hit Ctrl-C to end."

/* A list of so many areas: in memory, each page is before the one that follows it on the disk. */
enum { WRITES = 10, WRITTEN = 64 << 10, READS = 7, READ = 8 << 10, AREAS = 200 };

/* A request has a header of 16 bytes, and ends with a byte for the device to say how it went. */
enum {
	REQUESTS = WRITES + READS + 1,
	IN_LISTS = REQUESTS + READS,
	OUT_LISTS = REQUESTS + WRITES + 1,
	IN_BYTES = REQUESTS + READS * READ,
	OUT_BYTES = REQUESTS * 16 + WRITES * WRITTEN + AREAS * BLOCK_PAGE,
};

static struct block_disk disk;
static char device[64]; /* "virtio2" */

/* By its serial number: no other disk is touched. */
static bool find_disk(void)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t length;

	if (system("PATH=$PATH:/usr/sbin:/sbin; modprobe -q virtio_blk"))
		return false;
	for (char letter = 'a'; letter <= 'z'; letter++) {
		char serial[32] = "";
		FILE *f;

		snprintf(disk.name, sizeof(disk.name), "vd%c", letter);
		snprintf(path, sizeof(path), "/sys/block/%s/serial", disk.name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (!fgets(serial, sizeof(serial), f))
			*serial = '\0';
		fclose(f);
		if (strcmp(serial, "libbcc-test"))
			continue;
		snprintf(path, sizeof(path), "/sys/block/%s/device", disk.name);
		length = readlink(path, link, sizeof(link) - 1);
		assert_true(length > 0);
		link[length] = '\0';
		snprintf(device, sizeof(device), "%s", strrchr(link, '/') + 1);
		return true;
	}
	return false;
}

static void use_disk(void *ctx)
{
	struct iovec areas[AREAS];

	for (int i = 0; i < WRITES; i++)
		block_write(&disk, WRITTEN, (off_t)i * WRITTEN);
	for (int i = 0; i < READS; i++)
		block_read(&disk, READ, (off_t)i * READ);
	for (int i = 0; i < AREAS; i++)
		areas[i] = (struct iovec){(char *)block_buffer() + (AREAS - 1 - i) * BLOCK_PAGE, BLOCK_PAGE};
	if (pwritev(disk.fd, areas, AREAS, 0) != AREAS * BLOCK_PAGE)
		_exit(2);
}

static void test_disk(void **state)
{
	struct tool_run table, json, other;
	char path[64], expected[512];
	struct workload w;
	char *at;

	if (!have_kprobes()) {
		tool_expect_end(1, "virtqueue_add", VIRTIOSTAT, "1", "1");
		test_missing("this kernel's functions cannot be probed");
	}
	if (!find_disk())
		test_missing("there is no virtio disk for tests");
	snprintf(path, sizeof(path), "/dev/%s", disk.name);
	disk.fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	assert_true(disk.fd >= 0);
	workload_new(&w, "uses", use_disk, NULL);
	tool_start(&table, VIRTIOSTAT, "-n", device, "3600");
	tool_wait_line(&table, TITLE);
	tool_start(&json, VIRTIOSTAT, "--json", "-d", "virtio_blk", "3600");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	tool_start(&other, VIRTIOSTAT, "-n", "virtio", "3600");
	tool_wait_line(&other, TITLE);
	workload_go(&w);
	tool_stop(&table, SIGINT);
	tool_stop(&json, SIGINT);
	tool_stop(&other, SIGINT);
	close(disk.fd);

	sprintf(expected,
		TITLE "\n\n--------\n"
		      "        Driver   Device    VQ Name  In SGs Out SGs          In BW         Out BW\n"
		      "    virtio_blk %8s      req.0 %7d %7d %14d %14d\n",
		device, IN_LISTS, OUT_LISTS, IN_BYTES, OUT_BYTES);
	tool_assert_output(&table, expected);
	at = strchr(json.text, '\n') + 1;
	at = strstr(at, "\"driver\"");
	assert_non_null(at);
	sprintf(expected,
		"\"driver\":\"virtio_blk\",\"device\":\"%s\",\"queue\":\"req.0\",\"in_sgs\":%d,\"out_sgs\":%d,"
		"\"in_bytes\":%d,\"out_bytes\":%d}\n",
		device, IN_LISTS, OUT_LISTS, IN_BYTES, OUT_BYTES);
	assert_string_equal(at, expected);
	/* nothing but headings */
	assert_null(strstr(other.text, "virtio_"));
	assert_null(strstr(other.text, "_virtio"));
	assert_string_equal(table.errors, "");
	assert_string_equal(json.errors, "");
	tool_free(&table);
	tool_free(&json);
	tool_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_disk)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
