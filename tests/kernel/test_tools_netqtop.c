/* SPDX-License-Identifier: Apache-2.0 */
/* netqtop: a process sends packets of known sizes over lo, and frames through both queues of a device. */
#include <linux/if_packet.h>
#include <net/ethernet.h>

#include "own_file_system.h"
#include "own_network.h"
#include "testlib.h"

#define NETQTOP "tools/netqtop"
#define HEADINGS                                                                                             \
	" QueueID    avg_size   [0, 64)    [64, 512)  [512, 2K)  [2K, 16K)  [16K, 64K) BPS        PPS        "
#define LINE "-----------------------------------------------------------------------------------------------"

/* Packets of UDP, and the headers of IPv4 and UDP, with that of Ethernet when they are sent. */
enum { SMALL = 10, SMALL_COUNT = 4, LARGE = 484, LARGE_COUNT = 2, HEADERS = 28, ETHERNET = 14 };
enum { COUNT = SMALL_COUNT + LARGE_COUNT };
enum { PAYLOAD = SMALL * SMALL_COUNT + LARGE * LARGE_COUNT };

enum { FRAME = 100, FRAMES_0 = 5, FRAMES_1 = 3 };

static int set_up(void **state)
{
	return own_network_enter() ? 0 : -1;
}

static void send_packets(void *ctx)
{
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, "127.0.0.1", 9);
	int sink = own_network_bind("127.0.0.1", 9, SOCK_DGRAM);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	static char data[LARGE];

	must(sink >= 0 && fd >= 0, "sockets");
	for (int i = 0; i < COUNT; i++)
		must(sendto(fd, data, i < SMALL_COUNT ? SMALL : LARGE, 0, (struct sockaddr *)&to, size) > 0,
			"sendto");
	/* all have arrived */
	for (int i = 0; i < COUNT; i++)
		must(recv(sink, data, sizeof(data), 0) > 0, "recv");
}

/* Adds up the rows of a direction, " 0" or " Total", in all outputs. */
static void add_rows(const char *text, const char *direction, const char *queue, long sums[5])
{
	char heading[160];

	sprintf(heading, "%s\n" HEADINGS "\n", direction);
	for (const char *at = text; (at = strstr(at, heading)); at++) {
		const char *row = at + strlen(heading);
		char average[16], expected[128];
		long sizes[5];

		while (strncmp(row, queue, strlen(queue)) != 0) {
			row = strchr(row, '\n') + 1;
			assert_int_equal(*row, ' ');
		}
		assert_int_equal(sscanf(row + strlen(queue), "%15s %ld %ld %ld %ld %ld", average, &sizes[0],
					 &sizes[1], &sizes[2], &sizes[3], &sizes[4]),
			6);
		sprintf(expected, "%-12s%-11s%-11ld%-11ld%-11ld%-11ld%-11ld", queue, average, sizes[0],
			sizes[1], sizes[2], sizes[3], sizes[4]);
		if (strncmp(row, expected, strlen(expected)) != 0)
			fail_msg("row:\n%s\nexpected:\n%s", row, expected);
		for (int i = 0; i < 5; i++)
			sums[i] += sizes[i];
	}
}

static void check_rows(const struct tool_run *run)
{
	for (int received = 0; received < 2; received++) {
		bool is_small = HEADERS + SMALL + (received ? 0 : ETHERNET) < 64;
		long queue[5] = {0}, total[5] = {0};

		add_rows(run->text, received ? "\n\nRX" : "TX", " 0", queue);
		add_rows(run->text, received ? "\n\nRX" : "TX", " Total", total);
		assert_int_equal(queue[0], is_small ? SMALL_COUNT : 0);
		assert_int_equal(queue[1], is_small ? 0 : SMALL_COUNT);
		assert_int_equal(queue[2], LARGE_COUNT);
		assert_int_equal(queue[3] + queue[4], 0);
		assert_memory_equal(total, queue, sizeof(total));
	}
}

static void test_sizes(void **state)
{
	struct tool_run run, json;
	struct workload w;
	char expected[256];

	workload_new(&w, "sends", send_packets, NULL);
	tool_start(&json, NETQTOP, "-n", "lo", "--json", "-i", "3600");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	tool_start(&run, NETQTOP, "--name", "lo", "-t");
	tool_wait_line(&run, LINE);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGINT);
	check_rows(&run);
	for (int received = 0; received < 2; received++) {
		int headers = HEADERS + (received ? 0 : ETHERNET);
		bool is_small = headers + SMALL < 64;

		sprintf(expected,
			"\"direction\":\"%s\",\"queue\":0,\"packets\":%d,\"bytes\":%d,\"below_64\":%d,"
			"\"below_512\":%d,\"below_2k\":%d,\"below_16k\":0,\"from_16k\":0}\n",
			received ? "RX" : "TX", COUNT, PAYLOAD + COUNT * headers, is_small ? SMALL_COUNT : 0,
			is_small ? 0 : SMALL_COUNT, LARGE_COUNT);
		if (!strstr(json.text, expected))
			fail_msg("output:\n%s\nexpected:\n%s", json.text, expected);
	}
	assert_string_equal(run.errors, "");
	assert_string_equal(json.errors, "");
	tool_free(&run);
	tool_free(&json);
}

/* ---- queues ---- */

/* Each CPU has a queue of its own. */
static void send_frames(void *ctx)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex("many0")};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	char frame[FRAME] = {0};

	frame[12] = 0x88;
	frame[13] = 0xb5; /* for experiments */
	must(fd >= 0, "socket");
	for (int cpu = 0; cpu < 2; cpu++) {
		cpu_set_t one;

		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		must(!sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
		for (int i = 0; i < (cpu ? FRAMES_1 : FRAMES_0); i++)
			must(sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)) == FRAME,
				"sendto");
	}
}

static void test_queues(void **state)
{
	struct tool_run run;
	struct workload w;
	char row[256];

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		test_missing("there is only one CPU");
	/* nothing but what we send */
	if (!own_command("modprobe -q veth; ip link add many0 numtxqueues 2 numrxqueues 2 type veth "
			 "peer name many1 numtxqueues 2 numrxqueues 2 && "
			 "for i in many0 many1; do ip link set $i arp off addrgenmode none up || exit; done"))
		test_missing("this kernel has no veth devices");
	/* that of this network namespace */
	own_mounts();
	assert_int_equal(mount("none", "/sys", "sysfs", 0, NULL), 0);
	if (!own_command("cd /sys/class/net/many0/queues && echo 1 >tx-0/xps_cpus && echo 2 >tx-1/xps_cpus"))
		test_missing("this kernel does not let CPUs choose queues");
	workload_new(&w, "sends", send_frames, NULL);
	tool_start(&run, NETQTOP, "-n", "many0", "--json", "-i", "3600");
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	for (int queue = 0; queue < 2; queue++) {
		int frames = queue ? FRAMES_1 : FRAMES_0;

		sprintf(row,
			"\"direction\":\"TX\",\"queue\":%d,\"packets\":%d,\"bytes\":%d,\"below_64\":0,\"below_512\":%d,",
			queue, frames, frames * FRAME, frames);
		if (!strstr(run.text, row))
			fail_msg("output:\n%s\nexpected:\n%s", run.text, row);
	}
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_devices(void **state)
{
	tool_expect_end(2, "which network device? -n NAME", NETQTOP, NULL, NULL);
	tool_expect_end(2, "there is no network device 'none0'", NETQTOP, "-n", "none0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_devices),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, NULL);
}
