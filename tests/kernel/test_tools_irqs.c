/* SPDX-License-Identifier: Apache-2.0 */
/* hardirqs and softirqs count what the kernel itself counts in /proc/interrupts and /proc/softirqs. */
#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tool_run.h"

#define HARDIRQS "tools/hardirqs"
#define SOFTIRQS "tools/softirqs"

enum { MAX_CPUS = 64, MAX_NAMES = 256, PACKETS = 200, WRITES = 20 };

/* ---- the kernel's counts ---- */

struct counts {
	struct {
		char name[64];
		long cpu[MAX_CPUS];
		bool shared; /* several devices: it is not known which of them */
	} names[MAX_NAMES];
	int count;
	int cpus[MAX_CPUS], cpu_count; /* of the columns */
};

static int counts_find(struct counts *c, const char *name)
{
	int i = 0;

	while (i < c->count && strcmp(c->names[i].name, name) != 0)
		i++;
	if (i == c->count) {
		assert_true(c->count < MAX_NAMES);
		snprintf(c->names[c->count++].name, sizeof(c->names[i].name), "%s", name);
	}
	return i;
}

/* "NET_RX:  1 2"; or " 24:  1 2  CHIP  5-edge  name", and "LOC:  1 2  words" that are no devices. */
static void counts_add(struct counts *c, char *line, bool hard)
{
	long values[MAX_CPUS] = {0};
	char *colon = strchr(line, ':'), *at, *name, *end;
	int index;

	if (!colon)
		return;
	at = colon + 1;
	for (int i = 0; i < c->cpu_count; i++)
		values[i] = strtol(at, &at, 10);
	name = line + strspn(line, " ");
	*colon = '\0';
	if (hard) {
		if (!isdigit((unsigned char)*name))
			return;
		end = at + strlen(at);
		while (end > at && isspace((unsigned char)end[-1]))
			*--end = '\0';
		name = at;
		for (char *gap = at; (gap = strstr(gap, "  ")); gap += 2)
			name = gap + 2;
		name += strspn(name, " ");
	} else {
		for (char *letter = name; *letter; letter++)
			*letter = tolower((unsigned char)*letter);
	}
	index = counts_find(c, name);
	c->names[index].shared |= strchr(name, ',') || strlen(name) > 31;
	for (int i = 0; i < c->cpu_count; i++)
		c->names[index].cpu[c->cpus[i]] += values[i];
}

static struct counts *counts_read(bool hard)
{
	struct counts *c = calloc(1, sizeof(*c));
	FILE *f = fopen(hard ? "/proc/interrupts" : "/proc/softirqs", "re");
	char line[8192], *at = line;
	int used;

	assert_non_null(c);
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	for (; sscanf(at, " CPU%d%n", &c->cpus[c->cpu_count], &used) == 1; at += used)
		assert_true(c->cpus[c->cpu_count++] < MAX_CPUS);
	while (fgets(line, sizeof(line), f))
		counts_add(c, line, hard);
	fclose(f);
	return c;
}

/* How many came between two looks. */
static long counts_between(struct counts *from, struct counts *to, const char *name, int cpu)
{
	long sum = 0;
	int a = counts_find(from, name), b = counts_find(to, name);

	for (int i = 0; i < MAX_CPUS; i++)
		if (cpu < 0 || cpu == i)
			sum += to->names[b].cpu[i] - from->names[a].cpu[i];
	return sum;
}

/* ---- work ---- */

/* Packets of a network that nobody else has. */
static void send_packets(void *ctx)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET) || (fd = socket(AF_INET, SOCK_DGRAM, 0)) < 0 ||
		ioctl(fd, SIOCSIFFLAGS, &lo))
		_exit(1);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < PACKETS; i++)
		sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

/* Writes that a disk has to confirm. */
static void write_file(void *ctx)
{
	char path[] = "/var/tmp/irqs-XXXXXX", block[4096] = "";
	int fd = mkstemp(path);

	if (fd < 0)
		_exit(1);
	unlink(path);
	for (int i = 0; i < WRITES; i++)
		if (write(fd, block, sizeof(block)) != sizeof(block) || fsync(fd))
			_exit(1);
	close(fd);
}

static void work(bool hard)
{
	struct workload w;

	workload_new(&w, "worker", hard ? write_file : send_packets, NULL);
	workload_go(&w);
}

/* ---- tests ---- */

/* The kernel counted at least `inner` while the tool did, and at most `outer`. A busy kernel sometimes skips
 * programs on tracepoints, and few interrupts make a small sample. */
static void check_count(const char *name, long counted, long inner, long outer)
{
	long least = getenv("BCC_TEST_NO_SKIP") ? inner : inner / 2 - 10;

	if (counted < least || counted > outer)
		fail_msg("%s: %ld, not between %ld and %ld", name, counted, least, outer);
}

/* Each row against the kernel's counts, by CPU. */
static void check_counts(bool hard)
{
	const char *member = hard ? ",\"hardirq\":\"" : ",\"softirq\":\"";
	struct counts *before = counts_read(hard), *attached, *done, *after;
	struct tool_run run;
	int checked = 0;

	tool_start(&run, hard ? HARDIRQS : SOFTIRQS, "-C", "--per-cpu", "--json");
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	attached = counts_read(hard);
	work(hard);
	done = counts_read(hard);
	tool_stop(&run, SIGINT);
	after = counts_read(hard);
	for (const char *row = strchr(run.text, '\n') + 1; *row; row = strchr(row, '\n') + 1) {
		const char *at = strstr(row, member);
		char name[64];
		int cpu, end = 0;
		long count;

		assert_non_null(at);
		assert_int_equal(sscanf(at + strlen(member), "%63[^\"]\",\"cpu\":%d,\"count\":%ld}%n", name,
					 &cpu, &count, &end),
			3);
		assert_int_equal(at[strlen(member) + end], '\n');
		if (after->names[counts_find(after, name)].shared)
			continue;
		check_count(name, count, counts_between(attached, done, name, cpu),
			counts_between(before, after, name, cpu));
		checked++;
	}
	if (hard && !checked) {
		print_message("skipped: no device interrupted this machine\n");
		skip();
	}
	assert_true(checked);
	if (!hard)
		assert_non_null(strstr(run.text, "\"net_rx\""));
	assert_string_equal(run.errors, "");
	tool_free(&run);
	free(before);
	free(attached);
	free(done);
	free(after);
}

static void test_soft_counts(void **state)
{
	check_counts(false);
}

static void test_hard_counts(void **state)
{
	check_counts(true);
}

/* The rows: the least time first, together no more than there was. */
static void check_times(bool hard, const char *option, const char *unit, double units_in_second)
{
	double begin = tool_now(), end;
	long sum = 0, before = 0, rows = 0;
	struct tool_run run;
	char expected[256];
	const char *row;

	tool_start(&run, hard ? HARDIRQS : SOFTIRQS, option);
	sprintf(expected, "Tracing %s irq event time... Hit Ctrl-C to end.", hard ? "hard" : "soft");
	tool_wait_line(&run, expected);
	work(hard);
	tool_stop(&run, SIGINT);
	end = tool_now();
	add(expected, "\n\n%-*s TOTAL_%s\n", hard ? 26 : 16, hard ? "HARDIRQ" : "SOFTIRQ", unit);
	if (strncmp(run.text, expected, strlen(expected)))
		fail_msg("output:\n%s\nexpected to begin with:\n%s", run.text, expected);
	for (row = run.text + strlen(expected); *row; row = strchr(row, '\n') + 1, rows++) {
		char line[128];
		long total = strtol(row + (hard ? 26 : 16), NULL, 10);

		snprintf(line, sizeof(line), "%.*s %11ld\n", hard ? 26 : 16, row, total);
		assert_memory_equal(row, line, strlen(line));
		assert_true(total >= before);
		before = total;
		sum += total;
	}
	/* some interrupts came, rounded to no time at worst */
	if (!hard)
		assert_true(rows > 0);
	assert_true(sum <= (end - begin) * units_in_second * sysconf(_SC_NPROCESSORS_ONLN));
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_times(void **state)
{
	check_times(false, NULL, "usecs", 1e6);
	check_times(false, "-N", "nsecs", 1e9);
	check_times(true, NULL, "usecs", 1e6);
}

/* The section of the packets; its heading, and the sum of its counts. */
static void test_histogram(void **state)
{
	struct counts *before = counts_read(false), *attached, *done, *after;
	struct tool_run run;
	long sum = 0;
	const char *at;

	tool_start(&run, SOFTIRQS, "-d");
	tool_wait_line(&run, "Tracing soft irq event time... Hit Ctrl-C to end.");
	attached = counts_read(false);
	work(false);
	done = counts_read(false);
	tool_stop(&run, SIGINT);
	after = counts_read(false);
	at = strstr(run.text, "\nsoftirq = net_rx\n     usecs               : count     distribution\n");
	assert_non_null(at);
	at = strchr(strchr(at + 1, '\n') + 1, '\n') + 1;
	for (; *at && *at != '\n'; at = strchr(at, '\n') + 1) {
		long low, high, count;

		assert_int_equal(sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count), 3);
		sum += count;
	}
	check_count("net_rx", sum, counts_between(attached, done, "net_rx", -1),
		counts_between(before, after, "net_rx", -1));
	tool_free(&run);
	free(before);
	free(attached);
	free(done);
	free(after);
}

/* Each interval has its own counts; only those of one CPU, the most frequent first. */
static void test_intervals(void **state)
{
	struct counts *before = counts_read(false), *after;
	long sum = 0, last = 0;
	struct tool_run run;
	int outputs = 0;
	char *save = NULL;

	tool_start(&run, SOFTIRQS, "-CT", "-c", "0", "--sort", "-count", "1", "2");
	tool_wait_line(&run, "Tracing soft irqs... Hit Ctrl-C to end.");
	work(false);
	tool_end(&run, 60);
	after = counts_read(false);
	assert_int_equal(run.status, 0);
	strtok_r(run.text, "\n", &save);
	for (char *line; (line = strtok_r(NULL, "\n", &save));) {
		int hours, minutes, seconds, end = 0;
		long count;

		if (sscanf(line, "%2d:%2d:%2d%n", &hours, &minutes, &seconds, &end) == 3 && !line[end]) {
			outputs++;
			last = LONG_MAX;
			line = strtok_r(NULL, "\n", &save);
			assert_string_equal(line, "SOFTIRQ          TOTAL_count");
			continue;
		}
		assert_int_equal(sscanf(line, "%*s %ld", &count), 1);
		assert_true(count > 0 && count <= last);
		last = count;
		if (!strncmp(line, "timer ", 6))
			sum += count;
	}
	assert_int_equal(outputs, 2);
	check_count("timer", sum, 0, counts_between(before, after, "timer", 0));
	tool_free(&run);
	free(before);
	free(after);
}

static void test_refused(void **state)
{
	static const char *const wrong[][2] = {{"-Cd", NULL}, {"-CN", NULL}, {"-c", "99999"}, {"-c", "x"}};
	struct tool_run run;

	for (size_t i = 0; i < 2 * sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, i & 1 ? HARDIRQS : SOFTIRQS, wrong[i / 2][0], wrong[i / 2][1]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_soft_counts),
		cmocka_unit_test(test_hard_counts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
