/* SPDX-License-Identifier: Apache-2.0 */
/* softirqslower shows each soft interrupt for a packet of ours: how long it waited, and how long it ran. */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tool_run.h"

#define SOFTIRQSLOWER "tools/softirqslower"
#define HEADING "TIME     STAGE                SOFTIRQ  LAT(us)        CPU    COMM  "

enum { PACKETS = 100 };

/* Packets of a network that nobody else has: each raises a soft interrupt, which runs before sendto()
 * returns. */
static void send_packets(void *ctx)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	cpu_set_t first;
	int fd;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first) || unshare(CLONE_NEWNET) ||
		(fd = socket(AF_INET, SOCK_DGRAM, 0)) < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		_exit(1);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < PACKETS; i++)
		sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
}

static int count_texts(const char *text, const char *wanted)
{
	int count = 0;

	for (const char *at = text; (at = strstr(at, wanted)); at++)
		count++;
	return count;
}

static void check_rows(const struct tool_run *run)
{
	const char *at = strstr(run->text, HEADING "\n") + strlen(HEADING "\n");
	int rows = 0;

	for (; *at; at = strchr(at, '\n') + 1, rows++) {
		int hours, minutes, seconds, used = 0, cpu;
		char name[16], comm[16];
		double us;

		assert_int_equal(sscanf(at, "%2d:%2d:%2d %n", &hours, &minutes, &seconds, &used), 3);
		at += used;
		assert_true(!strncmp(at, "softirq runtime      ", 21) ||
			    !strncmp(at, "irq(hard) to softirq ", 21));
		assert_int_equal(sscanf(at + 21, "%15s %lf %d %15[^\n]", name, &us, &cpu, comm), 4);
		assert_int_equal(cpu, 0);
	}
	assert_true(rows >= 2 * PACKETS);
}

/* A packet that arrives while ksoftirqd is about to run waits for it, and several may be received at once: so
 * fewer than all are certain. */
static void test_packets(void **state)
{
	struct tool_run table, json, none;
	struct workload w;

	workload_new(&w, "packets", send_packets, NULL);
	tool_start(&table, SOFTIRQSLOWER, "-c0", "0");
	tool_wait_line(&table, HEADING);
	tool_start(&json, SOFTIRQSLOWER, "--json", "0", "--filter", "softirq == net_rx && comm == packets");
	tool_start(&none, SOFTIRQSLOWER, "--comm", "x");
	tool_end(&none, 60);
	/* soft interrupts belong to no process */
	assert_int_equal(none.status, 2);
	tool_free(&none);
	tool_start(&none, SOFTIRQSLOWER, "60s");
	tool_wait_line(&none, HEADING);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&table, SIGINT);
	tool_stop(&json, SIGINT);
	tool_stop(&none, SIGINT);

	assert_memory_equal(
		table.text, "Tracing softirq latency higher than 0 us... Hit Ctrl-C to end.\n\n", 64);
	check_rows(&table);
	assert_true(
		count_texts(json.text, "\"stage\":\"softirq runtime\",\"softirq\":\"net_rx\",\"lat_ns\":") >=
		PACKETS / 2);
	assert_true(count_texts(json.text,
			    "\"stage\":\"irq(hard) to softirq\",\"softirq\":\"net_rx\",\"lat_ns\":") >=
		    PACKETS / 2);
	assert_string_equal(none.text,
		"Tracing softirq latency higher than 60000000 us... Hit Ctrl-C to end.\n\n" HEADING "\n");
	tool_free(&table);
	tool_free(&json);
	tool_free(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_packets)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
