/* SPDX-License-Identifier: Apache-2.0 */
/* biolatency and bitesize count each request of our process to a disk of our own, in the right section. */
#include "block_run.h"

#define BIOLATENCY "tools/biolatency"
#define BITESIZE "tools/bitesize"
#define BIOPATTERN "tools/biopattern"
#define LATENCY_TITLE "Tracing block device I/O... Hit Ctrl-C to end."
#define SIZE_TITLE "Tracing block I/O... Hit Ctrl-C to end."
#define PATTERN_HEADING "TIME      DISK     %RND  %SEQ    COUNT     KBYTES"

/* Sizes of exactly one slot each: of 4 KB, 16 KB, and 128 KB. */
enum { SMALL = 40, MEDIUM = 20, LARGE = 10, WRITES = 30, READS = SMALL + MEDIUM + LARGE };

/* Small reads follow one another; medium ones begin anew each time. */
static void use_disk(void *ctx)
{
	const struct block_disk *disk = ctx;

	for (int i = 0; i < SMALL; i++)
		block_read(disk, 4096, 4096 * i);
	for (int i = 0; i < MEDIUM; i++)
		block_read(disk, 16384, 1 << 20);
	for (int i = 0; i < LARGE; i++)
		block_read(disk, 131072, 2 << 20);
	for (int i = 0; i < WRITES; i++)
		block_write(disk, 4096, 3 << 20);
}

/* The sum of all rows between `from` and the next section. */
static long sum(const char *from)
{
	const char *end = strstr(from, " = ");
	long total = 0, count;

	for (const char *at = from; at && (!end || at < end); at = strchr(at, '\n')) {
		at += *at == '\n';
		if (sscanf(at, "%*d -> %*d : %ld |", &count) == 1)
			total += count;
		if (!*at)
			break;
	}
	return total;
}

static const char *after(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (!at)
		fail_msg("no '%s' in\n%s", line, text);
	return at + strlen(line);
}

static int count_of(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void check_sum(const char *text, const char *unit)
{
	long avg, total, count;
	char format[128];

	sprintf(format, "avg = %%ld %s, total: %%ld %s, count: %%ld", unit, unit);
	assert_int_equal(sscanf(strstr(text, "avg = "), format, &avg, &total, &count), 3);
	assert_int_equal(count, READS + WRITES);
	assert_int_equal(avg, total / count);
}

static long json_sum(const char *line)
{
	long total = 0;

	for (const char *at = line; (at = strstr(at, "\"count\":")); at++)
		total += strtol(at + strlen("\"count\":"), NULL, 10);
	return total;
}

static void check_json(struct tool_run *run, const struct block_disk *disk)
{
	char *at = run->text, *line, start[128];

	assert_non_null(strstr(tool_next_line(&at), "\"tool\":\"biolatency\""));
	sprintf(start, "\"val_type\":\"msecs\",\"disk\":\"%s\",\"flags\":\"", disk->name);
	line = tool_next_line(&at);
	assert_non_null(strstr(line, start));
	assert_non_null(strstr(line, "Read\",\"data\":["));
	assert_int_equal(json_sum(line), READS);
	assert_non_null(strstr(line, "\"percentiles\":{\"50\":"));
	line = tool_next_line(&at);
	assert_non_null(strstr(line, "Write\",\"data\":["));
	assert_int_equal(json_sum(line), WRITES);
	assert_string_equal(at, "");
}

static void check_size(const char *text, int from, int to, int count)
{
	char row[64];

	sprintf(row, "%10d -> %-10d : %-8d |", from, to, count);
	if (!strstr(text, row))
		fail_msg("no '%s' in\n%s", row, text);
}

static void check_pattern(const struct tool_run *run, const struct block_disk *disk)
{
	int random, sequential, count, end = 0;
	char name[32];
	long kbytes;

	assert_memory_equal(run->text, PATTERN_HEADING "\n", strlen(PATTERN_HEADING) + 1);
	if (sscanf(run->text + strlen(PATTERN_HEADING) + 1, "%*d:%*d:%*d %31s %d %d %d %ld\n%n", name,
		    &random, &sequential, &count, &kbytes, &end) != 5)
		fail_msg("%s", run->text);
	assert_string_equal(name, disk->name);
	assert_int_equal(count, READS + WRITES);
	/* the first one follows nothing */
	assert_int_equal(sequential, (SMALL - 1) * 100 / (READS + WRITES));
	assert_int_equal(random, 100 - sequential);
	assert_int_equal(kbytes, SMALL * 4 + MEDIUM * 16 + LARGE * 128 + WRITES * 4);
	assert_int_equal(run->text[strlen(PATTERN_HEADING) + 1 + end], '\0');
}

/* All at the same time. */
static void test_counts(void **state)
{
	struct tool_run disks, plain, json, sizes, pattern;
	struct block_disk disk;
	struct workload w;
	char pid[16], line[64];

	block_disk_open(&disk);
	workload_new(&w, "diskuser", use_disk, &disk);
	number_text(pid, w.pid);
	tool_start(&json, BIOLATENCY, "-jDFm", "--percentiles", "50", "-p", pid);
	tool_start(&sizes, BITESIZE, "-d", disk.name, "-c", "diskuser");
	tool_start(&pattern, BIOPATTERN, "-p", pid);
	tool_wait_line(&sizes, SIZE_TITLE);
	tool_wait_line(&pattern, PATTERN_HEADING);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	tool_start(&disks, BIOLATENCY, "-De", "-p", pid);
	tool_start(&plain, BIOLATENCY, "-meTQ", "-p", pid, "-d", disk.name);
	tool_wait_line(&disks, LATENCY_TITLE);
	tool_wait_line(&plain, LATENCY_TITLE);
	workload_go(&w);
	tool_stop(&disks, SIGINT);
	tool_stop(&plain, SIGINT);
	tool_stop(&json, SIGTERM);
	tool_stop(&sizes, SIGINT);
	tool_stop(&pattern, SIGINT);
	block_disk_close(&disk);

	sprintf(line, "\ndisk = %s\n", disk.name);
	assert_int_equal(sum(after(disks.text, line)), READS + WRITES);
	assert_int_equal(count_of(disks.text, " = "), 2);
	check_sum(disks.text, "usecs");
	assert_int_equal(sum(after(plain.text, LATENCY_TITLE "\n\n")), READS + WRITES);
	check_sum(plain.text, "msecs");
	check_json(&json, &disk);
	assert_non_null(strstr(sizes.text, "\nProcess Name = diskuser\n     Kbytes "));
	check_size(sizes.text, 4, 7, SMALL + WRITES);
	check_size(sizes.text, 16, 31, MEDIUM);
	check_size(sizes.text, 128, 255, LARGE);
	assert_int_equal(sum(sizes.text), 0);
	assert_int_equal(sum(after(sizes.text, "diskuser\n")), READS + WRITES);
	check_pattern(&pattern, &disk);
	tool_free(&disks);
	tool_free(&plain);
	tool_free(&json);
	tool_free(&sizes);
	tool_free(&pattern);
}

static void test_delay(void **state)
{
	struct block_disk disk;
	struct tool_run run;
	struct workload w;
	char pid[16];
	long average, count;

	block_delayed_open(&disk);
	workload_new(&w, "slowreader", block_delayed_read, &disk);
	tool_start(&run, BIOLATENCY, "-me", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, LATENCY_TITLE);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	block_delayed_close(&disk);
	assert_int_equal(block_delayed_sum(run.text), BLOCK_DELAYED_READS);
	assert_int_equal(sscanf(after(run.text, "\navg = "), "%ld msecs, total: %*d msecs, count: %ld",
				 &average, &count),
		2);
	assert_true(average >= BLOCK_DELAY_MS && block_delayed_fits(average * count, &w));
	assert_int_equal(count, BLOCK_DELAYED_READS);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
