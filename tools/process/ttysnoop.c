/* SPDX-License-Identifier: Apache-2.0 */
#include "ttysnoop.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "settings.h"
#include "tool.h"
#include "writer.h"

enum { MOST = TTYSNOOP_CHUNK * TTYSNOOP_CHUNKS };

static bool no_clear;
static const char *device;
static uint64_t data_size, data_count; /* 0: not said */
static uint64_t missing;	       /* bytes */

/* /dev/console and /dev/tty0 stand for other terminals: the kernel says for which. */
static void ttysnoop_resolve(char *name, size_t size)
{
	/* console is tty0, which is tty1: not more */
	for (int i = 0; i < 4; i++) {
		char path[160], line[256] = "", *last;
		FILE *f;

		snprintf(path, sizeof(path), "/sys/class/tty/%s/active", name);
		f = fopen(path, "re");
		if (!f)
			return;
		if (!fgets(line, sizeof(line), f))
			*line = '\0';
		fclose(f);
		line[strcspn(line, "\n")] = '\0';
		/* of several, the last one is it */
		last = strrchr(line, ' ');
		last = last ? last + 1 : line;
		if (!*last)
			return;
		snprintf(name, size, "%s", last);
	}
}

static dev_t ttysnoop_number(void)
{
	char path[128], name[112];
	struct stat st;

	if (!device)
		tool_usage("which terminal? Its path, or N of /dev/pts/N");
	if (device[strspn(device, "0123456789")])
		snprintf(path, sizeof(path), "%s", device);
	else
		snprintf(path, sizeof(path), "/dev/pts/%s", device);
	if (stat(path, &st))
		tool_usage("%s: %s", path, strerror(errno));
	if (!S_ISCHR(st.st_mode))
		tool_usage("%s is not a terminal", path);
	if (st.st_rdev == makedev(5, 0))
		tool_usage("/dev/tty is another terminal for each process: name one, as tty(1) says it");
	if (!strncmp(path, "/dev/", 5) && !strchr(path + 5, '/')) {
		snprintf(name, sizeof(name), "%.100s", path + 5);
		ttysnoop_resolve(name, sizeof(name));
		snprintf(path, sizeof(path), "/dev/%s", name);
		if (stat(path, &st))
			tool_usage("%s: %s", path, strerror(errno));
	}
	return st.st_rdev;
}

static void ttysnoop_set_up(void)
{
	dev_t number;

	if (settings.describe || settings.dump_text)
		return;
	number = ttysnoop_number();
	tool_set_number("device", major(number) << 20 | minor(number));
	if (data_size || data_count) {
		uint64_t most = (data_size ? data_size : 256) * (data_count ? data_count : 16);

		tool_set_number("most", most < MOST ? most : MOST);
	}
}

static bool ttysnoop_is_raw(void)
{
	return settings.format == WRITER_TABLE && !settings.columns;
}

static int ttysnoop_attached(struct bcc *b)
{
	if (ttysnoop_is_raw() && !no_clear && isatty(STDOUT_FILENO)) {
		fputs("\033[H\033[2J", stdout);
		fflush(stdout);
	}
	return 0;
}

/* The bytes as they are, unless columns or another format are asked for. */
static bool ttysnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	if (e->size > TTYSNOOP_CHUNK || row->size - offsetof(struct event, data) < e->size)
		return false;
	missing += e->missing;
	if (!ttysnoop_is_raw())
		return true;
	if (fwrite(e->data, 1, e->size, stdout) != e->size || fflush(stdout))
		tool_end(errno != EPIPE);
	return false;
}

static void ttysnoop_tear_down(void)
{
	if (missing)
		tool_warn(
			"%" PRIu64 " bytes are not shown: -s and -c say how much of each write is", missing);
}

static void ttysnoop_data(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->data, e->size);
	value->more = e->missing;
}

static const struct tool_option options[] = {
	OPTION_FLAG('C', "noclear", "don't clear the screen before", .value = &no_clear),
	OPTION_NUMBER('s', "datasize", "BYTES", 1, 65536,
		"only so many bytes of each write, times COUNT (with -c: default 256)", .value = &data_size),
	OPTION_NUMBER('c', "datacount", "COUNT", 1, 65536, "how many times BYTES (with -s: default 16)",
		.value = &data_count),
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_TEXT(0, "DEVICE", "DEVICE", "the terminal: its path, or N of /dev/pts/N", .value = &device),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it had been written"),
	COLUMN("PID", -7, task.pid, "process that wrote it"),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN("SIZE", -6, size, "how many bytes"),
	COLUMN_BY("DATA", 0, VALUE_TEXT, ttysnoop_data, "the bytes"),
	{0},
};

static const struct tool_view view = {
	.no_headings = true,
	.columns = columns,
	.bytes = offsetof(struct event, data),
	.wanted = ttysnoop_wanted,
};

const struct tool tool = {
	.name = "ttysnoop",
	.purpose = "Shows what processes write to a terminal, as it appears there.",
	.details =
		"The bytes are written as they are, with all that they do to a terminal; --json and --columns "
		"show who wrote them, and escape them. What the kernel itself writes is not seen, such as the echo of "
		"what is typed at programs that do not do that themselves, nor what sendfile(2) and io_uring "
		"write.",
	.examples = {{"2", "/dev/pts/2"}, {"/dev/console", "the console"},
		{"--columns time,pid,comm,data 2", "who writes what"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = ttysnoop_set_up,
	.attached = ttysnoop_attached,
	.tear_down = ttysnoop_tear_down,
};
