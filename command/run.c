/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles texts or opens objects, attaches their programs, and shows what they say. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "compile_options.h"
#include "event_view.h"
#include "globals.h"
#include "output.h"
#include "program_text.h"
#include "symbol.h"
#include "table_view.h"
#include "trace_view.h"
#include "verb.h"
#include "watch.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL
#define TRACE_WAIT_MS 100

/* A text that runs, and what is shown of it. */
struct run_text {
	struct program_text program;
	struct event_views *events;
	struct table_views *tables;
};

/* What an option can be given several times for. */
struct run_list {
	const char **items; /* ended by NULL */
	size_t count;
};

struct run {
	const char *name; /* "bpfcc run" */
	/* options */
	struct run_list paths, texts, wishes, events, tables;
	struct compile_options compile;
	uint64_t duration, interval; /* nanoseconds; 0: none */
	int pid;
	bool watch, help;
	char **command;
	struct global *globals;
	size_t global_count;
	/* what runs */
	struct run_text *running; /* first those of files, in their order */
	size_t count;
	struct child child;
	struct watch watched;
	int signals;
	bool reads_trace;
};

/* ---- options ---- */

static const struct argp_option run_options[] = {
	{NULL, 0, NULL, 0, "What is run:", 1},
	{"text", 'e', "TEXT", 0, "Run this text, which may have short forms: kprobe:vfs_read { … }", 1},
	COMPILE_OPTIONS(1),
	COMPILE_OPTION_BTF(1),
	{"set", 's', "NAME=VALUE", 0, "Set a global variable; --NAME VALUE is the same", 1},
	{"attach", 'a', "PROGRAM=TARGET", 0,
		"Attach a program that does not say where: to a device, a cgroup, uprobe:PATH:FUNCTION, profile:hz:99, …",
		1},
	{"pid", 'p', "PID", 0, "Only this process: sets the variable that the text compares with it", 1},
	{NULL, 0, NULL, 0, "How long:", 2},
	{"duration", 'd', "SECONDS", 0, "End after this time", 2},
	{"count", 'n', "COUNT", 0, "End after so many events", 2},
	{"watch", 'w', NULL, 0, "Compile a file again when it changes; it runs on until the new one does", 2},
	{NULL, 0, NULL, 0, "What is shown:", 3},
	{"interval", 'i', "SECONDS", 0, "Show tables so often, not only at the end", 3},
	{"table", 't', "TABLE", 0, "Show this table or variable too", 3},
	{"event", 'E', "TABLE=TYPE", 0,
		"The type of the events of a buffer, of those that the text submits to it", 3},
	{"json", 'j', NULL, 0, "JSON lines instead of tables", 3},
	{"help", 'h', NULL, 0, "Show this; with a file, its variables too", 4},
	{0},
};

static const char run_doc[] =
	"Compiles BPF programs, attaches them, and shows what they report: events, histograms, counters, stacks, and what they "
	"print. Each FILE is C in BCC's or in libbpf's dialect, an object (X.bpf.o), or a package of eunomia-bpf; - is standard input. With a COMMAND, that is run and its end is "
	"the end."
	"\vExamples:\n"
	"  bpfcc run opens.bpf.c                  until Ctrl-C\n"
	"  bpfcc run opens.bpf.c -h               which variables it has\n"
	"  bpfcc run opens.bpf.c --min_ms 10 -j   one of them set; JSON lines\n"
	"  bpfcc run opens.bpf.c -- ls /tmp       while a command runs\n"
	"  bpfcc run -e 'profile:hz:99 { bpf_trace_printk(\"here\"); }'\n"
	"  bpfcc run -d 5 -e 'BPF_HASH(n); kprobe:vfs_read { n.increment(0); }'\n"
	"  bpfcc run opens.bpf.o                  compiled before, by clang too\n"
	"  bpfcc run drop.bpf.c --attach drop=eth0\n";

static void run_add(struct run_list *list, const char *item)
{
	list->items = buffer_grow(list->items, (list->count + 2) * sizeof(*list->items));
	list->items[list->count++] = item;
	list->items[list->count] = NULL;
}

static const char *const *run_items(const struct run_list *list)
{
	static const char *const none[] = {NULL};

	return list->items ? list->items : none;
}

static uint64_t run_seconds(struct argp_state *state, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	/* a hundred years: more does not fit */
	if (end == text || *end || !(seconds > 0) || seconds > 3.2e9)
		argp_error(state, "%s: not a number of seconds", text);
	return seconds * NS_PER_S > 1 ? seconds * NS_PER_S : 1;
}

static uint64_t run_number(struct argp_state *state, const char *text, uint64_t most)
{
	char *end;
	uint64_t number;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !number || number > most)
		argp_error(state, "%s: not a number from 1 to %" PRIu64, text, most);
	return number;
}

static void run_set(struct run *r, struct argp_state *state, char *argument)
{
	char *equals = strchr(argument, '=');

	if (!equals) {
		argp_error(state, "--set %s: NAME=VALUE is expected", argument);
		return;
	}
	*equals = '\0';
	r->globals[r->global_count++] = (struct global){.name = argument, .value = equals + 1};
}

static error_t run_option(int key, char *argument, struct argp_state *state)
{
	struct run *r = state->input;

	switch (key) {
	case 'e':
		run_add(&r->texts, argument);
		break;
	case 's':
		run_set(r, state, argument);
		break;
	case 'a':
		if (!strchr(argument, '='))
			argp_error(state, "--attach %s: PROGRAM=TARGET is expected", argument);
		run_add(&r->wishes, argument);
		break;
	case 'p':
		r->pid = run_number(state, argument, INT_MAX);
		break;
	case 'd':
		r->duration = run_seconds(state, argument);
		break;
	case 'n':
		output.most = run_number(state, argument, UINT64_MAX);
		break;
	case 'w':
		r->watch = true;
		break;
	case 'i':
		r->interval = run_seconds(state, argument);
		break;
	case 't':
		run_add(&r->tables, argument);
		break;
	case 'E':
		if (!strchr(argument, '='))
			argp_error(state, "--event %s: TABLE=TYPE is expected", argument);
		run_add(&r->events, argument);
		break;
	case 'j':
		output.format = WRITER_JSON;
		break;
	case 'h':
		r->help = true;
		break;
	case ARGP_KEY_ARG:
		for (size_t i = 0; i < r->paths.count && !strcmp(argument, "-"); i++)
			if (!strcmp(r->paths.items[i], "-"))
				argp_error(state, "-: standard input can be read once");
		run_add(&r->paths, argument);
		break;
	default:
		return compile_option(&r->compile, key, argument);
	}
	return 0;
}

static const struct argp run_argp = {run_options, run_option,
	"FILE... [--NAME VALUE]... [-- COMMAND...]\n-e TEXT [-- COMMAND...]", run_doc, NULL, NULL, NULL};

/* ---- a text ---- */

static void run_text_close(struct run_text *t)
{
	event_views_close(t->events);
	table_views_close(t->tables);
	program_text_close(&t->program);
	*t = (struct run_text){0};
}

static int run_text_set(struct run *r, struct run_text *t)
{
	if (globals_set(&t->program, r->globals, r->global_count, r->name))
		return -EINVAL;
	if (!r->pid || globals_set_process(&t->program, r->pid) || t->program.forms.programs)
		return 0;
	fprintf(stderr,
		"%s: --pid: %s has no variable for a process: const volatile int target_pid = 0; and a comparison with it\n",
		r->name, t->program.name);
	return -EINVAL;
}

/* Opens the text number `index` and sets its variables, but creates nothing. */
static int run_text_compile(struct run *r, struct run_text *t, size_t index)
{
	bool is_file = index < r->paths.count;
	const struct bcc_open_opts opts = compile_options_open(&r->compile);

	return program_text_open(&t->program, is_file ? r->paths.items[index] : NULL,
		is_file ? NULL : r->texts.items[index - r->paths.count], &opts, r->pid, r->name);
}

static int run_text_start(struct run *r, struct run_text *t)
{
	int ret = bcc_create(t->program.b);

	if (ret) {
		program_text_say(&t->program, r->name);
		return ret;
	}
	t->events = event_views_open(t->program.b, run_items(&r->events), r->name);
	if (!t->events)
		return -EINVAL;
	t->tables = table_views_open(t->program.b, t->program.source, run_items(&r->tables),
		event_views_count(t->events) > 0, r->name);
	if (!t->tables)
		return -EINVAL;
	ret = program_text_attach(&t->program, run_items(&r->wishes), r->name);
	if (ret)
		return ret < 0 ? ret : 0;
	program_text_say(&t->program, r->name);
	if (bcc_program_count(t->program.b))
		fprintf(stderr, "--attach PROGRAM=TARGET says where a program goes.\n");
	return -ENOENT;
}

/* ---- the loop ---- */

static int run_catch_signals(struct run *r)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	r->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signals < 0 ? -errno : 0;
}

/* Whether one came that ends the program. */
static bool run_read_signals(struct run *r)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(r->signals, &info, sizeof(info)) == sizeof(info))
		end |= info.ssi_signo != SIGCHLD;
	return end || (r->command && child_has_ended(&r->child));
}

/* Takes the events that have arrived. Returns 0, or a negative errno. */
static int run_read_events(struct run *r, bool all)
{
	for (size_t i = 0; i < r->count; i++) {
		struct run_text *t = &r->running[i];
		int ret;

		if (!event_views_count(t->events))
			continue;
		ret = all ? bcc_consume(t->program.b) : bcc_poll(t->program.b, 0);
		if (output.most && output.rows >= output.most)
			return 0;
		if (ret < 0 && ret != -EINTR) {
			program_text_say(&t->program, r->name);
			return ret;
		}
	}
	return 0;
}

/* ---- names in options ---- */

static bool run_has_program(struct bcc *b, const char *name)
{
	return bcc_program_find(b, name);
}

static bool run_has_buffer(struct bcc *b, const char *name)
{
	struct bcc_table_info info = {.size = sizeof(info)};

	return !bcc_table_info(bcc_table_find(b, name), &info) &&
	       (info.type == BPF_MAP_TYPE_RINGBUF || info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY);
}

static bool run_has_table_or_variable(struct bcc *b, const char *name)
{
	return bcc_table_find(b, name) || bcc_variable_find(b, name);
}

/* Whether some text has what the words of an option name, up to '='. */
static bool run_check_option(struct run *r, struct run_list *words,
	bool (*has)(struct bcc *b, const char *name), const char *option, const char *what)
{
	for (const char *const *word = run_items(words); *word; word++) {
		char *name = strndup(*word, strcspn(*word, "="));
		bool found = false;

		if (!name)
			buffer_no_memory();
		for (size_t i = 0; i < r->count; i++)
			found |= has(r->running[i].program.b, name);
		free(name);
		if (found)
			continue;
		fprintf(stderr, "%s: %s %s: no text has this %s\n", r->name, option, *word, what);
		return false;
	}
	return true;
}

static bool run_check_names(struct run *r)
{
	return run_check_option(r, &r->wishes, run_has_program, "--attach", "program") &&
	       run_check_option(r, &r->events, run_has_buffer, "--event", "buffer of events") &&
	       run_check_option(r, &r->tables, run_has_table_or_variable, "--table", "table or variable");
}

/* The same for a text that is to take the place of another. */
static bool run_check_names_with(struct run *r, const struct run_text *fresh, size_t index)
{
	struct run_text old = r->running[index];
	bool good;

	r->running[index] = *fresh;
	good = run_check_names(r);
	r->running[index] = old;
	return good;
}

/* ---- what has come ---- */

static int run_show_tables(struct run *r)
{
	bool any = false;
	int ret = 0;

	for (size_t i = 0; i < r->count; i++)
		any |= table_views_count(r->running[i].tables) > 0;
	if (any && r->interval && output.format == WRITER_TABLE) {
		struct buffer time = {0};

		clock_add(&time, clock_now(), CLOCK_LOCAL);
		buffer_char(&time, '\0');
		output_line("");
		output_line(time.data);
		buffer_free(&time);
	}
	for (size_t i = 0; i < r->count && !ret; i++)
		ret = table_views_show(r->running[i].tables, r->name);
	return ret;
}

/* A file has changed: the new text takes the place of the old one once it runs. */
static void run_reload(void *ctx, size_t index)
{
	struct run *r = ctx;
	struct run_text fresh = {0};

	if (run_text_compile(r, &fresh, index) || run_text_set(r, &fresh) ||
		!run_check_names_with(r, &fresh, index) || run_text_start(r, &fresh)) {
		fprintf(stderr, "%s: %s runs on as it was\n", r->name, r->paths.items[index]);
		run_text_close(&fresh);
		return;
	}
	/* what the old programs have sent is shown, and then no more */
	if (event_views_count(r->running[index].events))
		bcc_consume(r->running[index].program.b);
	run_text_close(&r->running[index]);
	r->running[index] = fresh;
	fprintf(stderr, "%s: %s has changed and runs\n", r->name, r->paths.items[index]);
}

/* Until when to wait. */
static int run_timeout(const struct run *r, uint64_t now, uint64_t end, uint64_t next)
{
	uint64_t until = end && (!next || end < next) ? end : next, ms;

	if (!until)
		return -1;
	if (until <= now)
		return 0;
	ms = (until - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : ms;
}

/* Waits for something to do. Returns whether a signal or the command's end ends it, or a negative errno. */
static int run_wait(struct run *r, struct pollfd *fds, int timeout)
{
	size_t count = 0;
	int ret;

	fds[count++] = (struct pollfd){.fd = r->signals, .events = POLLIN};
	fds[count++] = (struct pollfd){.fd = r->watched.fd, .events = POLLIN};
	for (size_t i = 0; i < r->count; i++)
		if (event_views_count(r->running[i].events))
			fds[count++] = (struct pollfd){
				.fd = bcc_epoll_fd(r->running[i].program.b), .events = POLLIN};
	if (r->reads_trace) {
		ret = trace_view_read(r->running[0].program.b,
			timeout < 0 || timeout > TRACE_WAIT_MS ? TRACE_WAIT_MS : timeout);
		if (ret < 0) {
			program_text_say(&r->running[0].program, r->name);
			return ret;
		}
		timeout = 0;
	}
	if (poll(fds, count, timeout) < 0 && errno != EINTR)
		return -errno;
	if (fds[0].revents && run_read_signals(r))
		return 1;
	if (fds[1].revents)
		watch_read(&r->watched, run_reload, r);
	return 0;
}

static bool run_is_done(const struct run *r)
{
	(void)r;
	return output.closed || (output.most && output.rows >= output.most);
}

/* What remains when the end has come. */
static int run_finish(struct run *r)
{
	int ret = run_is_done(r) ? 0 : run_read_events(r, true);

	if (r->reads_trace && !run_is_done(r))
		trace_view_read(r->running[0].program.b, 0);
	if (!ret && !output.closed)
		ret = run_show_tables(r);
	fflush(stdout);
	for (size_t i = 0; i < r->count; i++)
		event_views_say_lost(r->running[i].events, r->name);
	return ret;
}

static int run_loop(struct run *r)
{
	uint64_t now = clock_now(), end = r->duration ? now + r->duration : 0;
	uint64_t next = r->interval ? now + r->interval : 0;
	/* signals, changed files, buffers */
	struct pollfd *fds = calloc(r->count + 2, sizeof(*fds));
	int ret = fds ? 0 : -ENOMEM;

	while (!ret && !run_is_done(r) && (!end || now < end)) {
		ret = run_wait(r, fds, run_timeout(r, now, end, next));
		if (!ret)
			ret = run_read_events(r, false);
		now = clock_now();
		if (!ret && next && now >= next && (!end || now < end)) {
			clock_update();
			ret = run_show_tables(r);
			next += ((now - next) / r->interval + 1) * r->interval;
		}
		if (fflush(stdout))
			output.closed = true;
	}
	free(fds);
	return ret < 0 ? ret : run_finish(r);
}

/* ---- the verb ---- */

static int run_compile_all(struct run *r)
{
	r->running = calloc(r->paths.count + r->texts.count, sizeof(*r->running));
	if (!r->running)
		buffer_no_memory();
	for (size_t i = 0; i < r->paths.count + r->texts.count; i++) {
		r->count++;
		if (run_text_compile(r, &r->running[i], i))
			return -1;
	}
	return 0;
}

static int run_set_all(struct run *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (run_text_set(r, &r->running[i]))
			return -1;
	for (size_t i = 0; i < r->global_count; i++) {
		if (r->globals[i].used)
			continue;
		fprintf(stderr,
			"%s: --%s is no option, and no text has a variable of this name that it uses; -h with the file lists them\n",
			r->name, r->globals[i].name);
		return -1;
	}
	return run_check_names(r) ? 0 : -1;
}

/* The pipe is for texts that say nothing in any other way. */
static int run_open_trace(struct run *r)
{
	bool prints = false, submits = false;

	for (size_t i = 0; i < r->count; i++) {
		prints |= r->running[i].program.prints;
		submits |= event_views_count(r->running[i].events) > 0;
	}
	r->reads_trace = prints && !submits;
	if (!r->reads_trace)
		return 0;
	if (trace_view_open(r->running[0].program.b)) {
		program_text_say(&r->running[0].program, r->name);
		return -1;
	}
	return 0;
}

static int run_start_all(struct run *r)
{
	int ret;

	for (size_t i = 0; i < r->count; i++)
		if (run_text_start(r, &r->running[i]))
			return -1;
	if (run_open_trace(r))
		return -1;
	ret = r->watch ? watch_open(&r->watched, r->paths.items, r->paths.count) : 0;
	if (ret) {
		fprintf(stderr, "%s: --watch: %s\n", r->name, strerror(-ret));
		return -1;
	}
	if (r->count == 1)
		event_views_headings(r->running[0].events);
	fflush(stdout);
	return 0;
}

static int run_help(struct run *r, char *name)
{
	argp_help(&run_argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK, name);
	if (!r->paths.count && !r->texts.count)
		return 0;
	if (run_compile_all(r))
		return 1;
	for (size_t i = 0; i < r->count; i++)
		globals_list(&r->running[i].program, stdout);
	return 0;
}

static int run_texts(struct run *r)
{
	int ret;

	if (r->command) {
		ret = child_prepare(&r->child, r->command, r->name);
		if (ret)
			return verb_fail(r->name, "cannot start %s: %s", r->command[0], strerror(-ret));
	}
	if (run_compile_all(r))
		return 1;
	if (run_set_all(r))
		return 2;
	ret = run_catch_signals(r);
	if (ret)
		return verb_fail(r->name, "signals cannot be read: %s", strerror(-ret));
	if (run_start_all(r))
		return 1;
	if (!child_start(&r->child))
		fprintf(stderr, "%s: %s has ended before it began\n", r->name, r->command[0]);
	ret = run_loop(r);
	if (output.closed && output.error && output.error != EPIPE)
		return verb_fail(r->name, "the output cannot be written: %s", strerror(output.error));
	return ret < 0 || r->child.failed;
}

static void run_free(struct run *r)
{
	child_end(&r->child);
	for (size_t i = 0; i < r->count; i++)
		run_text_close(&r->running[i]);
	free(r->running);
	watch_close(&r->watched);
	trace_view_close();
	symbol_close();
	compile_options_free(&r->compile);
	free(r->paths.items);
	free(r->texts.items);
	free(r->wishes.items);
	free(r->events.items);
	free(r->tables.items);
	free(r->globals);
	if (r->signals >= 0)
		close(r->signals);
}

/* Cuts the command off behind "--": argp would take its words for files. */
static void run_take_command(struct run *r, int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		r->command = argv[i + 1] ? argv + i + 1 : NULL;
		argv[i] = NULL;
		*argc = i;
	}
}

static int run_run(int argc, char **argv)
{
	struct run r = {.name = argv[0], .signals = -1, .child = CHILD_NONE, .watched.fd = -1};
	int status;

	r.globals = calloc(argc + 1, sizeof(*r.globals));
	if (!r.globals)
		buffer_no_memory();
	run_take_command(&r, &argc, argv);
	status = compile_options_take(&r.compile, &argc, argv, r.name);
	r.global_count = globals_take(&argc, argv, run_options, r.globals);
	clock_update();
	if (!status && argp_parse(&run_argp, argc, argv, ARGP_NO_HELP, NULL, &r))
		status = 2;
	if (status)
		; /* it has been said */
	else if (r.help)
		status = run_help(&r, argv[0]);
	else if (!r.paths.count && !r.texts.count)
		status = verb_usage(r.name, "a file, or a text with -e, is missing");
	else
		status = run_texts(&r);
	run_free(&r);
	return status;
}

const struct verb verb_run = {
	"run",
	"FILE...|-e TEXT [-- COMMAND]",
	"Compiles BPF programs, attaches them, and shows what they report",
	run_run,
};
