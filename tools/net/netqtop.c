/* SPDX-License-Identifier: Apache-2.0 */
#include "netqtop.h"

#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "buffer.h"
#include "settings.h"
#include "tool.h"
#include "writer.h"

enum { MOST_QUEUES = 4096, TOTAL = -1 };

struct entry {
	int32_t queue; /* TOTAL: all of them */
	uint32_t direction;
	struct netqtop_counts counts;
};

static const char *name;
static bool with_rates;

/* By direction. */
static struct queues {
	struct netqtop_counts now[MOST_QUEUES], before[MOST_QUEUES];
	unsigned count;
} directions[NETQTOP_DIRECTIONS];

/* ---- the device ---- */

/* Whether the sysfs that is mounted is about it, and not about one of the same name in another network
 * namespace. */
static bool netqtop_is_in_sysfs(void)
{
	unsigned number = 0;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", name);
	f = fopen(path, "re");
	if (f && fscanf(f, "%u", &number) != 1)
		number = 0;
	if (f)
		fclose(f);
	return number == if_nametoindex(name);
}

/* How many queues it has at least: of others, the kernel tells when packets come. */
static void netqtop_count_queues(void)
{
	char path[128];
	struct dirent *e;
	DIR *d;

	directions[NETQTOP_TX].count = directions[NETQTOP_RX].count = 1;
	if (!netqtop_is_in_sysfs())
		return;
	snprintf(path, sizeof(path), "/sys/class/net/%s/queues", name);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		unsigned number;
		char direction;

		if (sscanf(e->d_name, "%cx-%u", &direction, &number) == 2 && number < MOST_QUEUES) {
			struct queues *q = &directions[direction == 't' ? NETQTOP_TX : NETQTOP_RX];

			if (q->count <= number)
				q->count = number + 1;
		}
	}
	if (d)
		closedir(d);
}

static void netqtop_set_up(void)
{
	struct stat st;

	if (settings.describe || settings.dump_text)
		return;
	if (!name)
		tool_usage("which network device? -n NAME");
	if (strlen(name) >= IFNAMSIZ || !if_nametoindex(name))
		tool_usage("there is no network device '%s'", name);
	tool_set_number("device", if_nametoindex(name));
	if (!stat("/proc/self/ns/net", &st))
		tool_set_number("only_netns", st.st_ino);
	netqtop_count_queues();
}

/* ---- rows ---- */

static int netqtop_read(void *ctx, const void *key, const void *value)
{
	struct netqtop_queue queue;

	memcpy(&queue, key, sizeof(queue));
	if (queue.direction >= NETQTOP_DIRECTIONS || queue.number >= MOST_QUEUES)
		return 0;
	if (directions[queue.direction].count <= queue.number)
		directions[queue.direction].count = queue.number + 1;
	memcpy(&directions[queue.direction].now[queue.number], value, sizeof(struct netqtop_counts));
	return 0;
}

/* What was added to the counts, all of which are u64. */
static void netqtop_subtract(
	struct netqtop_counts *to, const struct netqtop_counts *now, const struct netqtop_counts *before)
{
	to->packets = now->packets - before->packets;
	to->bytes = now->bytes - before->bytes;
	for (int i = 0; i < NETQTOP_SIZES; i++)
		to->sizes[i] = now->sizes[i] - before->sizes[i];
}

static void netqtop_sum(struct netqtop_counts *to, const struct netqtop_counts *from)
{
	to->packets += from->packets;
	to->bytes += from->bytes;
	for (int i = 0; i < NETQTOP_SIZES; i++)
		to->sizes[i] += from->sizes[i];
}

static int netqtop_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	int ret = bcc_table_each(bcc_table_find(b, "counts"), netqtop_read, NULL);

	for (unsigned direction = 0; !ret && direction < NETQTOP_DIRECTIONS; direction++) {
		struct queues *q = &directions[direction];
		struct entry total = {.queue = TOTAL, .direction = direction};

		for (unsigned i = 0; i < q->count; i++) {
			struct entry entry = {.queue = (int)i, .direction = direction};

			netqtop_subtract(&entry.counts, &q->now[i], &q->before[i]);
			q->before[i] = q->now[i];
			netqtop_sum(&total.counts, &entry.counts);
			add(ctx, &entry);
		}
		if (settings.format == WRITER_TABLE)
			add(ctx, &total);
	}
	return ret;
}

static unsigned netqtop_block(const struct tool_row *row)
{
	return ((const struct entry *)row->data)->direction;
}

/* ---- columns ---- */

/* As BCC's tool does it: "12", "1.5K", "2.25M". */
static void netqtop_number(struct value *value, double number, char text[32])
{
	const char *unit = number > 1000000 ? "M" : number > 1000 ? "K" : "";
	double divisor = number > 1000000 ? 1048576 : number > 1000 ? 1024 : 1;
	char *point;

	snprintf(text, 32, "%.2f", number / divisor);
	/* at least one decimal, unless it is a whole number that is not divided */
	point = strchr(text, '.');
	if (point && point[2] == '0')
		point[point[1] == '0' && divisor == 1 ? 0 : 2] = '\0';
	strcat(text, unit);
	value_text(value, text, strlen(text));
}

static void netqtop_queue(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;
	static char text[16];

	if (e->queue == TOTAL)
		strcpy(text, " Total");
	else
		snprintf(text, sizeof(text), " %d", e->queue);
	value_text(value, text, strlen(text));
}

static void netqtop_direction(const struct tool_row *row, struct value *value)
{
	value_text(value, ((const struct entry *)row->data)->direction == NETQTOP_TX ? "TX" : "RX", 2);
}

static double netqtop_average(const struct netqtop_counts *c)
{
	return c->packets ? (double)c->bytes / c->packets : 0;
}

static void netqtop_size(const struct tool_row *row, struct value *value)
{
	static char text[32];

	netqtop_number(value, netqtop_average(&((const struct entry *)row->data)->counts), text);
}

static double netqtop_rate(uint64_t number)
{
	double seconds = tool_output_seconds();

	return seconds > 0 ? number / seconds : 0;
}

static void netqtop_bytes_rate(const struct tool_row *row, struct value *value)
{
	static char text[32];

	netqtop_number(value, netqtop_rate(((const struct entry *)row->data)->counts.bytes), text);
}

static void netqtop_packets_rate(const struct tool_row *row, struct value *value)
{
	static char text[32];

	netqtop_number(value, netqtop_rate(((const struct entry *)row->data)->counts.packets), text);
}

#define SIZE(number)                                                                                         \
	static void netqtop_size_##number(const struct tool_row *row, struct value *value)                   \
	{                                                                                                    \
		static char text[32];                                                                        \
                                                                                                             \
		netqtop_number(value, ((const struct entry *)row->data)->counts.sizes[number], text);        \
	}

SIZE(0)
SIZE(1)
SIZE(2)
SIZE(3)
SIZE(4)

#define SIZE_COLUMN(number, heading_, json_, help)                                                           \
	COLUMN_BY(heading_, -11, VALUE_TEXT, netqtop_size_##number, "packets " help, .tight = true,          \
		.not_in_json = true),                                                                        \
		COLUMN_OF(struct entry, json_, 10, counts.sizes[number], "the same as a number",             \
			.json = json_, .hidden = true, .in_json = true)

#define COLUMNS(heading_)                                                                                    \
	COLUMN_BY("DIRECTION", -2, VALUE_TEXT, netqtop_direction, "TX: sent; RX: received", .hidden = true,  \
		.in_json = true),                                                                            \
		COLUMN_OF(struct entry, "QUEUE", 5, queue, "the queue's number", .hidden = true,             \
			.in_json = true),                                                                    \
		COLUMN_BY("QueueID", -12, VALUE_TEXT, netqtop_queue, "the queue", .heading = (heading_),     \
			.tight = true, .not_in_json = true),                                                 \
		COLUMN_BY("avg_size", -11, VALUE_TEXT, netqtop_size, "average size of packets, in bytes",    \
			.tight = true, .not_in_json = true),                                                 \
		COLUMN_OF(struct entry, "PACKETS", 10, counts.packets, "packets", .hidden = true,            \
			.in_json = true),                                                                    \
		COLUMN_OF(struct entry, "BYTES", 10, counts.bytes, "their sizes", .hidden = true,            \
			.in_json = true),                                                                    \
		SIZE_COLUMN(0, "[0, 64)", "below_64", "below 64 bytes"),                                     \
		SIZE_COLUMN(1, "[64, 512)", "below_512", "from 64 bytes on"),                                \
		SIZE_COLUMN(2, "[512, 2K)", "below_2k", "from 512 bytes on"),                                \
		SIZE_COLUMN(3, "[2K, 16K)", "below_16k", "from 2048 bytes on"),                              \
		SIZE_COLUMN(4, "[16K, 64K)", "from_16k", "from 16384 bytes on"),                             \
		COLUMN_BY("BPS", -11, VALUE_TEXT, netqtop_bytes_rate, "bytes in a second", .tight = true,    \
			.hidden = true),                                                                     \
		COLUMN_BY("PPS", -11, VALUE_TEXT, netqtop_packets_rate, "packets in a second",               \
			.tight = true, .hidden = true)

static const struct tool_column tx_columns[] = {COLUMNS("TX\n QueueID    "), {0}};
static const struct tool_column rx_columns[] = {COLUMNS("RX\n QueueID    "), {0}};
static const struct tool_column *const block_columns[] = {rx_columns, NULL};

static void netqtop_date(struct buffer *out)
{
	time_t now = time(NULL);
	char text[64];
	struct tm tm;

	/* as ctime() has it */
	if (localtime_r(&now, &tm) && strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &tm))
		buffer_printf(out, "%s\n", text);
}

static void netqtop_line(struct buffer *out)
{
	buffer_fill(out, '-', with_rates ? 95 : 77);
	buffer_char(out, '\n');
}

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = tx_columns,
	.block_columns = block_columns,
	.block = netqtop_block,
	.bytes = sizeof(struct entry),
	.collect = netqtop_collect,
	.above = netqtop_date,
	.below = netqtop_line,
};

static const struct tool_option options[] = {
	OPTION_TEXT('n', "name", "DEVICE", "the network device, as `ip link` shows it; it has to be given",
		.value = &name),
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000, "how often it is printed (default 1)",
		.value = &settings.interval),
	OPTION_FLAG('t', "throughput", "columns with bytes and packets in a second", .value = &with_rates,
		.columns = "BPS PPS"),
	{0},
};

const struct tool tool = {
	.name = "netqtop",
	.purpose = "Shows how many packets the queues of a network device send and receive, by their sizes.",
	.details =
		"Sizes of packets that are sent include the header of the link (Ethernet), those of packets "
		"that are received do not. A packet may be larger than what goes over the wire, where the "
		"device, or the kernel for it, splits and joins them.",
	.examples = {{"-n eth0", "every second"}, {"-n eth0 -i 10 -t", "with rates, every ten seconds"}},
	.options = options,
	.interval = 1,
	.view = &view,
	.set_up = netqtop_set_up,
};
