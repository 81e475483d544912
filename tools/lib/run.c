/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "events.h"
#include "expression.h"
#include "filter.h"
#include "hist.h"
#include "hist_heatmap.h"
#include "hist_picture.h"
#include "output.h"
#include "report.h"
#include "rows.h"
#include "same_rows.h"
#include "run.h"
#include "settings.h"
#include "stack_view.h"
#include "writer.h"

enum { SIGNAL, OUTPUT, WATCH, EVENTS, KEYS, PROCESSES, FDS };
#define SECOND 1000000000ULL
#define NEVER UINT64_MAX
/* tables are read for it */
#define FORGOTTEN_AFTER (10 * SECOND)
/* the longest wait of poll(), which takes an int */
#define LONG_WAIT_MS 3600000

static struct {
	const struct tool_view *view;
	struct writer writer;
	struct hist *hist;
	struct hist_picture *picture; /* of the histograms; NULL: none */
	FILE *picture_file;
	uint64_t output_time; /* of the entries or histograms that are printed */
	struct expression *filter;
	struct pollfd fds[FDS];
	void (*watch_ready)(void);
	uint64_t rows; /* so far */
	bool has_screen;
	uint64_t losses_said_at, left_out_at, forgotten_at;
	struct events_losses losses; /* not yet said */
	bool output_now;	     /* before the interval ends */
	bool stop;
	bool failed; /* which has been said */
} run;

void tool_output_now(void)
{
	run.output_now = true;
}

void tool_forgot(void)
{
	run.losses.forgotten++;
}

void tool_end(bool failed)
{
	run.stop = true;
	run.failed |= failed;
}

void tool_watch(int fd, void (*ready)(void))
{
	run.fds[WATCH] = (struct pollfd){.fd = fd, .events = POLLIN};
	run.watch_ready = ready;
}

int run_catch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	/* writing fails instead */
	signal(SIGPIPE, SIG_IGN);
	/* blocked, so that none is lost between looking at a flag and the wait that follows */
	if (sigprocmask(SIG_BLOCK, &set, NULL) || (fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0) {
		tool_warn("cannot wait for signals: %s", strerror(errno));
		return -errno;
	}
	run.fds[SIGNAL] = (struct pollfd){.fd = fd, .events = POLLIN};
	return 0;
}

/* ---- output ---- */

/* Passes on what has been written. */
static void run_flush(void)
{
	struct buffer *out = &run.writer.out;

	if (out->size && fwrite(out->data, 1, out->size, stdout) != out->size)
		run.stop = true;
	out->size = 0;
	if (fflush(stdout))
		run.stop = true;
}

static bool run_has_headings(void)
{
	if (run.writer.format == WRITER_TABLE && run.view->no_headings && !settings.columns)
		return false;
	return !settings.no_header;
}

static void run_write_title(void)
{
	struct buffer *out = &run.writer.out;

	if (run.writer.format != WRITER_TABLE || settings.no_header || run.has_screen)
		return;
	if (run.view->kind == TOOL_STACKS && !stack_view_has_titles())
		return;
	if (run.view->title)
		buffer_printf(out, "%s\n", run.view->title);
	else if (run.view->screen)
		buffer_printf(out, "Tracing... Output every %" PRIu64 " secs. Hit Ctrl-C to end\n",
			settings.interval);
}

/* Whether tables are lines of shades. */
static bool run_shows_heatmap(void)
{
	return settings.heatmap && run.view->kind == TOOL_HISTOGRAM && run.writer.format == WRITER_TABLE;
}

/* What comes before all rows. */
static void run_write_beginning(void)
{
	struct writer *w = &run.writer;
	struct utsname kernel;

	uname(&kernel);
	if (w->format == WRITER_JSON)
		writer_json_start(w, tool.name, bcc_version(), kernel.release);
	run_write_title();
	if (run.view->kind == TOOL_EVENTS && run_has_headings())
		writer_header(w);
	if (settings.count_same && run_has_headings())
		same_rows_head(w);
	if (run.view->kind == TOOL_HISTOGRAM && !settings.no_header)
		hist_write_header(w, run.view);
	if (run.view->kind == TOOL_ENTRIES)
		rows_begin();
	if (run_shows_heatmap() && !settings.no_header)
		hist_heatmap_write_scale(w, run.view);
	run_flush();
}

/* Opens the output file, if there is one. A new one begins as the first did. */
static int run_begin_file(bool again)
{
	bool is_new;
	int ret;

	run_flush();
	ret = output_open(again, &is_new);
	if (!ret && (is_new || !again))
		run_write_beginning();
	return ret;
}

/* ---- waiting ---- */

/* A process is taken off its CPU, and what it began is counted, shortly after its end is known. */
static void run_await_last(void)
{
	static const struct timespec hold = {.tv_nsec = EVENTS_HOLD_NS};

	nanosleep(&hold, NULL);
	run.stop = true;
}

static void run_read_signals(void)
{
	struct signalfd_siginfo signal;

	while (read(run.fds[SIGNAL].fd, &signal, sizeof(signal)) == sizeof(signal)) {
		if (signal.ssi_signo == SIGWINCH) {
			if (run.has_screen)
				rows_resize();
		} else if (signal.ssi_signo == SIGHUP && settings.output_file)
			run_begin_file(true);
		else if (signal.ssi_signo != SIGCHLD)
			run.stop = true;
		else if (command_has_ended())
			run_await_last();
	}
}

static void run_read_keys(void)
{
	bool more;

	if (rows_read_keys(&more) || run.fds[KEYS].revents & (POLLHUP | POLLERR))
		run.stop = true;
	/* readable, and nothing there: it has ended */
	if (!more)
		run.fds[KEYS].fd = -1;
}

/* Waits until `end` of clock_now(), or until something happens; for events only if `events`. */
static void run_wait(uint64_t end, bool events)
{
	uint64_t now = clock_now(), left = end > now ? end - now : 0;
	int ms = end == NEVER || left / 1000000 >= LONG_WAIT_MS ? LONG_WAIT_MS
								: (int)((left + 999999) / 1000000);
	int fd = run.fds[EVENTS].fd;

	if (!events)
		run.fds[EVENTS].fd = -1;
	if (poll(run.fds, FDS, ms) <= 0)
		for (int i = 0; i < FDS; i++)
			run.fds[i].revents = 0;
	run.fds[EVENTS].fd = fd;
	if (run.fds[SIGNAL].revents)
		run_read_signals();
	if (run.fds[OUTPUT].revents & POLLNVAL)
		run.fds[OUTPUT].fd = -1;
	else if (run.fds[OUTPUT].revents & POLLERR)
		run.stop = true;
	if (run.fds[KEYS].revents)
		run_read_keys();
	if (run.fds[WATCH].revents && run.watch_ready)
		run.watch_ready();
	if (run.fds[PROCESSES].revents && filter_has_ended(tool.outlives)) {
		run.fds[PROCESSES].fd = -1;
		if (!tool.outlives)
			run_await_last();
	}
}

static void run_prepare(int events_fd, int processes)
{
	run.fds[PROCESSES] = (struct pollfd){.fd = processes, .events = POLLIN};

	/* POLLERR is always reported: the other end of a pipe was closed */
	run.fds[OUTPUT] = (struct pollfd){.fd = STDOUT_FILENO};
	run.fds[EVENTS] = (struct pollfd){.fd = events_fd, .events = POLLIN};
	run.fds[KEYS] = (struct pollfd){
		.fd = run.has_screen && isatty(STDIN_FILENO) ? STDIN_FILENO : -1, .events = POLLIN};
	if (!run.watch_ready)
		run.fds[WATCH].fd = -1;
}

/* ---- losses ---- */

/* Losses, once a second at most, and at the end. */
static void run_say_losses(uint64_t now)
{
	struct events_losses *l = &run.losses;
	uint64_t returns, events;

	events_take_lost(l);
	if (tool.calls && now - run.left_out_at >= SECOND) {
		events_take_left_out(l);
		run.left_out_at = now == NEVER ? 0 : now;
	}
	if (now - run.forgotten_at >= FORGOTTEN_AFTER) {
		events_take_forgotten(l);
		run.forgotten_at = now == NEVER ? 0 : now;
	}
	/* the return of a call that the kernel left out is one that was not seen, too */
	returns = l->returns > l->left_out ? l->returns : l->left_out;
	events = l->lost + l->missed + l->ends + returns;
	if ((!events && !l->processes && !l->forgotten) || now - run.losses_said_at < SECOND)
		return;
	run.losses_said_at = now == NEVER ? 0 : now;
	if (run.writer.format == WRITER_JSON && events)
		writer_json_lost(&run.writer, "lost", events);
	if (run.writer.format == WRITER_JSON && l->processes)
		writer_json_lost(&run.writer, "lost_processes", l->processes);
	run_flush();
	/* the words that scripts look for */
	if (l->lost)
		fprintf(stderr, "Possibly lost %" PRIu64 " samples\n", l->lost);
	if (l->missed)
		tool_warn("%" PRIu64 " events were not recorded: a table was full", l->missed);
	if (l->returns)
		tool_warn("%" PRIu64 " calls are not shown: their returns were missed", l->returns);
	if (l->ends)
		tool_warn("%" PRIu64 " requests are not shown: their ends were missed", l->ends);
	if (l->processes)
		tool_warn("%" PRIu64
			  " processes of the command, and those that they start, are not followed: there "
			  "were too many at once",
			l->processes);
	if (l->forgotten)
		tool_warn("rows may be missing: %" PRIu64
			  " that had begun were forgotten, since there were too many at once",
			l->forgotten);
	if (l->left_out)
		tool_warn(
			"%" PRIu64
			" calls or returns, of any process, were missed by the kernel: too many at once, or "
			"during another program",
			l->left_out);
	*l = (struct events_losses){0};
}

/* ---- events ---- */

static bool run_wants(const struct tool_row *row)
{
	if (run.view->wanted && !run.view->wanted(row))
		return false;
	return !run.filter || expression_matches(run.filter, row);
}

static int run_event(const void *data, size_t size)
{
	struct tool_row row = {.data = data, .size = size};

	if (size < run.view->bytes || !run_wants(&row))
		return 0;
	if (settings.count_same)
		same_rows_add(&run.writer, &row);
	else
		writer_row(&run.writer, &row);
	if (run.view->shown)
		run.view->shown(&row);
	if (run.writer.out.size > 1 << 16)
		run_flush();
	if (settings.rows && ++run.rows >= settings.rows)
		run.stop = true;
	return run.stop ? -ECANCELED : 0;
}

static uint64_t run_sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Takes what is there and passes on what is due. Returns how many events arrived, or a negative errno. */
static int run_look(struct bcc *b)
{
	uint64_t now = clock_now();
	int ret = events_read(b);

	if (ret < 0)
		return ret;
	if (events_are_held() && run.watch_ready)
		run.watch_ready();
	events_deliver(now, run_event);
	run_flush();
	run_say_losses(now);
	return ret;
}

/* Sleeps until events arrive. As long as they do, looks for more by itself. */
static int run_events(struct bcc *b, uint64_t end)
{
	bool busy = false, last_look = false;

	while (!run.stop && clock_now() < end) {
		uint64_t now = clock_now(), look = NEVER;
		int arrived;

		if (busy || last_look)
			look = now + events_sleep();
		else if (events_are_held())
			look = now + EVENTS_HOLD_NS;
		run_wait(run_sooner(end, look), !busy);
		arrived = run_look(b);
		if (arrived < 0)
			return arrived;
		last_look = false;
		if (!busy && arrived) {
			busy = true;
			events_set_polled(true);
		} else if (busy && !arrived && events_sleep() == EVENTS_MOST_SLEEP_NS) {
			busy = false;
			events_set_polled(false);
			/* what was on its way while the programs did not wake the reader, is found by one
			 * more look */
			last_look = true;
		}
	}
	return 0;
}

static int run_events_view(struct bcc *b, uint64_t end)
{
	int ret = run_events(b, end);

	if (ret >= 0 && !(settings.rows && run.rows >= settings.rows)) {
		run.stop = false;
		ret = events_read(b);
		events_deliver(NEVER, run_event);
	}
	if (settings.count_same)
		same_rows_write(&run.writer);
	return ret < 0 ? ret : 0;
}

/* ---- intervals ---- */

/* What histograms have before each output, if they are for people. */
static void run_begin_hist(void)
{
	if (run.writer.format != WRITER_TABLE || run_shows_heatmap())
		return;
	buffer_char(&run.writer.out, '\n');
	if (!run.view->show_time)
		return;
	buffer_text(&run.writer.out, run.view->time_begin ? run.view->time_begin : "");
	clock_add(&run.writer.out, run.output_time,
		settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_text(&run.writer.out, run.view->time_end ? run.view->time_end : "");
	buffer_char(&run.writer.out, '\n');
}

void tool_output_time(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_TIME;
	value->number = run.output_time;
}

static int run_print_entries(struct bcc *b)
{
	int ret = rows_read(b, run.output_time);

	if (!ret)
		rows_show();
	return ret;
}

static int run_print_stacks(struct bcc *b)
{
	int ret = stack_view_print(b, run.output_time);

	run_flush();
	stack_view_say_missed(b);
	return ret;
}

static int run_print_hist(struct bcc *b)
{
	int ret = hist_read(run.hist, b, run.view);

	run_begin_hist();
	if (!ret)
		hist_write(run.hist, &run.writer, run.view, run.output_time);
	return ret;
}

static int run_print(struct bcc *b)
{
	int ret;

	clock_update();
	run.output_time = clock_now();
	if (run.view->kind == TOOL_HISTOGRAM)
		ret = run_print_hist(b);
	else if (run.view->kind == TOOL_STACKS)
		ret = run_print_stacks(b);
	else
		ret = run_print_entries(b);
	run_flush();
	run_say_losses(clock_now());
	return ret;
}

/* Waits until the end of an interval. Meanwhile processes are looked at that stacks are of. */
static int run_wait_interval(struct bcc *b, uint64_t until)
{
	bool stacks = run.view->kind == TOOL_STACKS;
	int ret = 0;

	while (!run.stop && !run.output_now && clock_now() < until && ret >= 0) {
		run_wait(until, stacks);
		if (stacks)
			ret = bcc_consume(b);
	}
	run.output_now = false;
	return ret < 0 ? ret : 0;
}

static int run_intervals(struct bcc *b, uint64_t end)
{
	uint64_t interval = settings.interval * SECOND, next = clock_now() + interval, left = settings.count;
	bool ended = false;
	int ret = 0;

	while (!run.stop && !ret) {
		uint64_t until = run_sooner(end, interval ? next : NEVER);

		ret = run_wait_interval(b, until);
		/* it goes away with all that would be shown */
		if (run.stop && run.has_screen)
			break;
		if (!ret && run.view->last && (run.stop || left == 1 || clock_now() >= end)) {
			ret = run.view->last(b);
			ended = true;
		}
		if (!ret)
			ret = run_print(b);
		/* intervals that were missed are not made up for */
		while (interval && next <= clock_now())
			next += interval;
		if (ended || (settings.count && !--left) || clock_now() >= end)
			break;
	}
	if (!ret && run.view->kind == TOOL_STACKS && stack_view_finish())
		run.failed = true;
	return ret;
}

/* ---- the whole ---- */

static int run_open_hist(struct bcc *b)
{
	run.hist = hist_open(b, run.view);
	if (settings.percentiles.count)
		hist_show_percentiles(run.hist, &settings.percentiles);
	if (settings.heatmap)
		hist_show_heatmap(run.hist);
	if (!settings.picture)
		return 0;
	/* at the end it would be too late to hear that it cannot be written */
	run.picture_file = fopen(settings.picture, "we");
	if (!run.picture_file) {
		tool_warn("cannot write to %s: %s", settings.picture, strerror(errno));
		return EXIT_FAILURE;
	}
	run.picture = hist_picture_new(run.view);
	hist_draw(run.hist, run.picture);
	return 0;
}

/* Returns 0, or an exit status after it has said why. */
static int run_write_picture(void)
{
	struct buffer out = {0};
	bool failed;

	hist_picture_write(run.picture, tool.name, &out);
	failed = fwrite(out.data, 1, out.size, run.picture_file) != out.size;
	if (fclose(run.picture_file) || failed) {
		tool_warn("cannot write to %s: %s", settings.picture, strerror(errno));
		failed = true;
	}
	buffer_free(&out);
	return failed ? EXIT_FAILURE : 0;
}

static int run_begin(struct bcc *b, int processes)
{
	events_watch_losses(b);
	if (run.view->kind == TOOL_EVENTS && events_open(b))
		return report_failure(b);
	if (run.view->kind == TOOL_HISTOGRAM && run_open_hist(b))
		return EXIT_FAILURE;
	if (run.view->kind == TOOL_STACKS && stack_view_try_files())
		return EXIT_FAILURE;
	if (run.view->kind == TOOL_STACKS && stack_view_open(b))
		return report_failure(b);
	run.writer.start = clock_now();
	clock_update();
	if (run.view->kind == TOOL_ENTRIES)
		run.has_screen = rows_open_screen();
	run_prepare(run.view->kind == TOOL_EVENTS || run.view->kind == TOOL_STACKS ? bcc_epoll_fd(b) : -1,
		processes);
	return run_begin_file(false) ? EXIT_FAILURE : 0;
}

void run_choose(const struct tool_view *view)
{
	static const struct tool_column none[] = {{0}};
	char why[256];
	const char *wrong = writer_init(&run.writer, settings.format, view->columns ? view->columns : none,
		view->columns ? settings.column_changes : NULL, settings.columns);

	run.view = view;
	run.writer.time_format = settings.time_format;
	if (settings.time_format < 0 && settings.format == WRITER_TABLE)
		run.writer.time_format = settings.table_time_format;
	if (wrong)
		tool_usage(
			"--columns: there is no column '%.*s'; see --help", (int)strcspn(wrong, ", "), wrong);
	if (settings.filter)
		run.filter = expression_new(
			view->columns ? view->columns : none, settings.filter, why, sizeof(why));
	if (settings.filter && !run.filter)
		tool_usage("--filter: %s", why);
	if (settings.sort && view->kind != TOOL_ENTRIES && view->kind != TOOL_STACKS)
		tool_usage("--sort: these rows are printed in the order of their times");
	if (view->kind == TOOL_ENTRIES)
		rows_choose(view, &run.writer, run.filter);
	if (settings.heatmap && !settings.interval)
		settings.interval = 1;
	if (view->kind == TOOL_STACKS)
		stack_view_choose(view, &run.writer, run.filter);
}

int run_view(struct bcc *b, int processes)
{
	uint64_t end = settings.duration ? clock_now() + settings.duration : NEVER;
	int ret, status = run_begin(b, processes);

	if (!status) {
		command_start();
		ret = run.view->kind == TOOL_EVENTS ? run_events_view(b, end) : run_intervals(b, end);
		run_flush();
		run_say_losses(NEVER);
		rows_close_screen();
		status = ret ? report_failure(b) : report_output();
		if (run.failed || command_has_failed() || (run.picture && run_write_picture()))
			status = EXIT_FAILURE;
	}
	hist_picture_free(run.picture);
	writer_free(&run.writer);
	hist_free(run.hist);
	rows_free();
	stack_view_close();
	expression_free(run.filter);
	events_close();
	close(run.fds[SIGNAL].fd);
	return status;
}

int run_list(void)
{
	int ret;

	clock_update();
	if (run_begin_file(false))
		return EXIT_FAILURE;
	ret = tool.list(run_event);
	run_flush();
	writer_free(&run.writer);
	expression_free(run.filter);
	return ret && ret != -ECANCELED ? EXIT_FAILURE : report_output();
}
