/* SPDX-License-Identifier: Apache-2.0 */
#include "trace_pipe.h"

#include "libbcc/kernel/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Since 6.1 the kernel wakes pollers of trace_pipe only when the trace buffer is half full (buffer_percent, a
 * setting of the whole machine), so waiting is done in steps of this length. */
#define STEP_MS 20
#define READ_BYTES 4096
#define LINE_MAX_BYTES (64 * 1024) /* longer ones are split */

struct bcc_trace {
	int fd;
	struct bcc_lines lines;
};

/* ---- lines ---- */

char *bcc_lines_room(struct bcc_lines *lines, size_t *size)
{
	if (lines->begin) {
		memmove(lines->data, lines->data + lines->begin, lines->end - lines->begin);
		lines->end -= lines->begin;
		lines->begin = 0;
	}
	if (lines->room - lines->end < READ_BYTES) {
		size_t room = lines->room ? 2 * lines->room : 2 * READ_BYTES;
		char *more = realloc(lines->data, room);

		if (!more)
			return NULL;
		lines->data = more;
		lines->room = room;
	}
	*size = READ_BYTES;
	return lines->data + lines->end;
}

void bcc_lines_add(struct bcc_lines *lines, size_t size)
{
	lines->end += size;
}

char *bcc_lines_next(struct bcc_lines *lines)
{
	while (lines->begin < lines->end) {
		char *line = lines->data + lines->begin;
		size_t there = lines->end - lines->begin;
		char *newline = memchr(line, '\n', there);

		if (!newline && there < LINE_MAX_BYTES)
			return NULL;
		if (!newline)
			newline = line + LINE_MAX_BYTES - 1;
		*newline = '\0';
		lines->begin += newline + 1 - line;
		if (newline != line)
			return line;
	}
	return NULL;
}

/* ---- fields ---- */

/* Each of these moves *at past what it finds, or leaves it unchanged and returns false. */
static bool take_number(const char **at, unsigned long long *number, int *digits)
{
	const char *p = *at;

	for (*number = 0; *p >= '0' && *p <= '9'; p++)
		*number = *number * 10 + (*p - '0');
	*digits = p - *at;
	if (!*digits || *digits > 19)
		return false;
	*at = p;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

static void skip_spaces(const char **at)
{
	while (**at == ' ' || **at == '\t')
		++*at;
}

/* "(  1234) " or "(-------) ": with the option record-tgid. */
static void skip_tgid(const char **at)
{
	const char *p = *at;

	if (!take_char(&p, '('))
		return;
	p += strspn(p, " -0123456789");
	if (!take_char(&p, ')'))
		return;
	skip_spaces(&p);
	*at = p;
}

static bool take_flags(const char **at, struct bcc_trace_fields *fields)
{
	size_t len = strcspn(*at, " ");

	/* one letter each, such as "d..31"; without flags, the time follows directly */
	if (len < 3 || len >= sizeof(fields->flags) || memchr(*at, ':', len))
		return false;
	memcpy(fields->flags, *at, len);
	fields->flags[len] = '\0';
	*at += len;
	skip_spaces(at);
	return true;
}

/* Seconds with a fraction, or a plain number for trace clocks that do not count in seconds. */
static bool take_time(const char **at, double *seconds)
{
	unsigned long long whole, fraction;
	int digits;

	if (!take_number(at, &whole, &digits))
		return false;
	*seconds = whole;
	if (take_char(at, '.')) {
		double scale = 1;

		if (!take_number(at, &fraction, &digits))
			return false;
		while (digits--)
			scale *= 10;
		*seconds += fraction / scale;
	}
	return take_char(at, ':') && take_char(at, ' ');
}

/* "bpf_trace_printk: ", or "0x1: " before 5.9: the function that wrote the line. */
static const char *skip_function(const char *at)
{
	size_t len = strcspn(at, ": ");

	return len && at[len] == ':' && at[len + 1] == ' ' ? at + len + 2 : at;
}

/* What follows the dash between task and PID. */
static bool parse_rest(const char *at, struct bcc_trace_fields *fields)
{
	unsigned long long number;
	int digits;

	if (!take_number(&at, &number, &digits) || digits > 9)
		return false;
	fields->pid = number;
	skip_spaces(&at);
	skip_tgid(&at);
	if (!take_char(&at, '[') || !take_number(&at, &number, &digits) || digits > 9)
		return false;
	fields->cpu = number;
	if (!take_char(&at, ']'))
		return false;
	skip_spaces(&at);
	fields->flags[0] = '\0';
	take_flags(&at, fields);
	if (!take_time(&at, &fields->timestamp))
		return false;
	snprintf(fields->message, sizeof(fields->message), "%s", skip_function(at));
	return true;
}

#define TASK_WIDTH 16 /* the kernel right-aligns the task's name in this many bytes */

bool bcc_trace_parse(const char *line, struct bcc_trace_fields *fields)
{
	size_t len = strlen(line), dash = TASK_WIDTH;
	const char *task = line;

	/* The name itself may look like the fields after it, so the column where the kernel puts the dash
	 * decides. Only a line without a dash there, such as one after a newline in a name, is searched. */
	if (len > dash + 1 && line[dash] == '-' && line[dash + 1] >= '0' && line[dash + 1] <= '9') {
		if (!parse_rest(line + dash + 1, fields))
			return false;
	} else {
		for (dash = 0; dash < len; dash++)
			if (line[dash] == '-' && parse_rest(line + dash + 1, fields))
				break;
		if (dash == len)
			return false;
	}
	while (task < line + dash && *task == ' ')
		task++;
	snprintf(fields->task, sizeof(fields->task), "%.*s", (int)(line + dash - task), task);
	return true;
}

/* ---- pipe ---- */

static int trace_open(struct bcc *b)
{
	struct bcc_trace *trace;

	if (b->trace)
		return 0;
	if (b->tracefs_fd < 0) {
		int fd = bcc_tracefs_open(&b->err);

		if (fd < 0)
			return fd;
		b->tracefs_fd = fd;
	}
	trace = calloc(1, sizeof(*trace));
	if (!trace)
		return bcc_fail(&b->err, -ENOMEM, "out of memory to read trace_pipe");
	trace->fd = openat(b->tracefs_fd, "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace->fd < 0) {
		int ret = -errno;

		free(trace);
		if (ret == -EBUSY)
			return bcc_fail(&b->err, ret,
				"another reader has trace_pipe open, and this kernel allows only one; end it, or use a buffer of your own "
				"(BPF_PERF_OUTPUT, BPF_RINGBUF_OUTPUT)");
		return bcc_fail(&b->err, ret, "tracefs' trace_pipe cannot be opened: %s", strerror(-ret));
	}
	b->trace = trace;
	return 0;
}

void bcc_trace_free(struct bcc *b)
{
	if (!b->trace)
		return;
	close(b->trace->fd);
	free(b->trace->lines.data);
	free(b->trace);
	b->trace = NULL;
}

static int64_t stream_trace_pipe_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Reads what is there now: returns 1 for something, 0 for nothing. */
static int read_more(struct bcc *b, struct bcc_trace *trace)
{
	size_t size;
	char *room = bcc_lines_room(&trace->lines, &size);
	ssize_t n;

	if (!room)
		return bcc_fail(&b->err, -ENOMEM, "out of memory for a line of trace_pipe");
	n = read(trace->fd, room, size);
	if (n > 0) {
		bcc_lines_add(&trace->lines, n);
		return 1;
	}
	if (n == 0 || errno == EAGAIN)
		return 0;
	return bcc_fail(&b->err, -errno, "trace_pipe cannot be read: %s", strerror(errno));
}

/* Sets *line to the next one: returns 1, 0 when `deadline` (-1: none) has passed, or a negative errno. */
static int next_line(struct bcc *b, int64_t deadline, char **line)
{
	struct bcc_trace *trace = b->trace;

	for (;;) {
		struct pollfd wait = {.fd = trace->fd, .events = POLLIN};
		int64_t left = deadline < 0 ? STEP_MS : deadline - stream_trace_pipe_now_ms();
		int got;

		*line = bcc_lines_next(&trace->lines);
		if (*line)
			return 1;
		got = read_more(b, trace);
		if (got < 0)
			return got;
		if (got)
			continue;
		if (left <= 0)
			return 0;
		if (poll(&wait, 1, left < STEP_MS ? left : STEP_MS) < 0)
			return bcc_fail(&b->err, -errno,
				errno == EINTR
					? "interrupted by a signal while waiting for a line of trace_pipe"
					: "cannot wait for trace_pipe");
	}
}

static int64_t deadline_of(int timeout_ms)
{
	return timeout_ms < 0 ? -1 : stream_trace_pipe_now_ms() + timeout_ms;
}

int bcc_trace_line(struct bcc *b, char *buf, size_t size, int timeout_ms)
{
	char *line;
	int ret;

	if (!b)
		return -EINVAL;
	if (!buf || !size)
		return bcc_fail(&b->err, -EINVAL, "the buffer for a line of trace_pipe is missing");
	ret = trace_open(b);
	if (ret)
		return ret;
	ret = next_line(b, deadline_of(timeout_ms), &line);
	if (ret <= 0)
		return ret;
	ret = snprintf(buf, size, "%s", line);
	return ret < (int)size ? ret : (int)size - 1;
}

int bcc_trace_fields(struct bcc *b, struct bcc_trace_fields *fields, int timeout_ms)
{
	struct bcc_trace_fields all = {};
	int64_t deadline = deadline_of(timeout_ms);
	size_t size;
	char *line;
	int ret;

	if (!b)
		return -EINVAL;
	if (!fields || fields->size < sizeof(fields->size))
		return bcc_fail(&b->err, -EINVAL, "the fields are missing, or their size is not set");
	ret = trace_open(b);
	if (ret)
		return ret;
	do
		ret = next_line(b, deadline, &line);
	while (ret > 0 && !bcc_trace_parse(line, &all));
	if (ret <= 0)
		return ret;
	/* copy as much as the caller's struct has, which may be of an older or newer version */
	size = fields->size;
	memset(fields, 0, size);
	all.size = size;
	memcpy(fields, &all, size < sizeof(all) ? size : sizeof(all));
	return 1;
}
