/* SPDX-License-Identifier: Apache-2.0 */
#include "virtiostat.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "settings.h"
#include "tool.h"

static bool with_time;
static struct virtiostat_queue wanted;

static void virtiostat_name(char to[VIRTIOSTAT_NAME], const char *name, const char *flag)
{
	if (!*name)
		tool_usage("the name is missing");
	/* the kernel's are cut too */
	memcpy(to, name, strnlen(name, VIRTIOSTAT_NAME - 1));
	tool_set_number(flag, true);
}

static void virtiostat_driver(const char *argument)
{
	virtiostat_name(wanted.driver, argument, "one_driver");
}

static void virtiostat_device(const char *argument)
{
	virtiostat_name(wanted.device, argument, "one_device");
}

static void virtiostat_line(struct buffer *out)
{
	if (!with_time)
		buffer_printf(out, "--------\n");
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &with_time),
	OPTION_CUSTOM('d', "driver", "DRIVER", virtiostat_driver, "only devices of this driver"),
	OPTION_CUSTOM('n', "devname", "DEVICE", virtiostat_device, "only this device, such as virtio0"),
	SETTINGS_OPTION_PRINT_TEXT('D'),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN("Driver", 14, queue.driver, "the driver"),
	COLUMN("Device", 8, queue.device, "the device"),
	COLUMN("VQ Name", 10, queue.name, "the device's queue", .json = "queue"),
	COLUMN("In SGs", 7, counts.in_lists, "lists of areas of memory that the device is to write",
		.json = "in_sgs"),
	COLUMN("Out SGs", 7, counts.out_lists, "lists of those that it is to read", .json = "out_sgs"),
	COLUMN("In BW", 14, counts.in_bytes, "bytes that there is room for in the first", .json = "in_bytes"),
	COLUMN("Out BW", 14, counts.out_bytes, "bytes in the others", .json = "out_bytes"),
	{0},
};

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing virtio devices statistics ... Hit Ctrl-C to end.",
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, counts),
	.counters = sizeof(struct virtiostat_counts) / sizeof(uint64_t),
	.above = virtiostat_line,
	.sort = "Driver,Device,VQ Name",
};

static void virtiostat_set_up(void)
{
	view.show_time = with_time;
	tool_set("wanted", &wanted, sizeof(wanted));
}

#define QUEUE(prefix)                                                                                        \
	prefix "virtqueue_add_sgs " prefix "virtqueue_add_outbuf " prefix "virtqueue_add_inbuf " prefix      \
	       "virtqueue_add_inbuf_ctx"
/* since Linux 6.14 */
#define PREMAPPED(prefix) prefix "virtqueue_add_outbuf_premapped " prefix "virtqueue_add_inbuf_premapped"

static const struct tool_source sources[] = {
	{.name = "fentry on virtqueue_add_… and their …_premapped",
		.programs = QUEUE("kfunc__vmlinux__") " " PREMAPPED("kfunc__vmlinux__")},
	{.name = "fentry on virtqueue_add_…", .programs = QUEUE("kfunc__vmlinux__")},
	{.name = "kprobes on virtqueue_add_… and their …_premapped",
		.programs = QUEUE("kprobe__") " " PREMAPPED("kprobe__")},
	{.name = "kprobes on virtqueue_add_…", .programs = QUEUE("kprobe__")},
	{0},
};

const struct tool tool = {
	.name = "virtiostat",
	.purpose =
		"Shows how much goes through the queues of virtio devices, by which virtual machines reach "
		"disks, networks and files of their host.",
	.details =
		"What is counted is what drivers offer a device: it need not fill all of an area that it is to "
		"write. Of a request, 1024 areas are looked at.",
	.examples = {{"", "every three seconds"},
		{"-T -d virtio_blk 1 10", "disks, ten times, every second"}},
	.options = options,
	.intervals = true,
	.interval = 3,
	.sources = sources,
	.view = &view,
	.set_up = virtiostat_set_up,
};
