/* SPDX-License-Identifier: Apache-2.0 */
/* javastat and its like are the same for one language: they define RUNTIME_TOOL and RUNTIME_LANGUAGE, and
 * include this. */
#include "ustat.h"

#include <bcc/usdt.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "common/array.h"
#include "mapped.h"
#include "process.h"
#include "runtime.h"
#include "settings.h"
#include "tool.h"

#ifndef RUNTIME_TOOL
#define RUNTIME_TOOL "ustat"
#define RUNTIME_LANGUAGE NULL
#endif

/* A row: a process, and what happened since the output before. */
struct event {
	uint32_t pid;
	char command[64];
	struct ustat_counts value;
};

static const char *language = RUNTIME_LANGUAGE;

/* ---- languages ---- */

struct ustat_probe {
	const char *program, *name;
};

static const struct ustat_language {
	const char *name, *provider;
	struct ustat_probe probes[12];
} languages[] = {
	{"java", "hotspot",
		{
			{"count_gc", "gc__begin"},
			{"count_gc", "mem__pool__gc__begin"},
			{"count_thread", "thread__start"},
			{"count_cload", "class__loaded"},
			{"count_objnew", "object__alloc"},
			{"count_method", "method__entry"},
		}},
	{"java", "hotspot_jni", {{"count_excp", "ExceptionOccurred__entry"}}},
	{"node", "node", {{"count_gc", "gc__start"}}},
	{"perl", "perl", {{"count_method", "sub__entry"}}},
	{"php", "php",
		{{"count_method", "function__entry"}, {"count_cload", "compile__file__entry"},
			{"count_excp", "exception__thrown"}}},
	{"python", "python", {{"count_method", "function__entry"}, {"count_gc", "gc__start"}}},
	{"ruby", "ruby",
		{{"count_method", "method__entry"}, {"count_method", "cmethod__entry"},
			{"count_gc", "gc__mark__begin"}, {"count_gc", "gc__sweep__begin"},
			{"count_objnew", "object__create"}, {"count_objnew", "hash__create"},
			{"count_objnew", "string__create"}, {"count_objnew", "array__create"},
			{"count_cload", "require__entry"}, {"count_cload", "load__entry"},
			{"count_excp", "raise"}}},
	{"tcl", "tcl", {{"count_method", "proc__entry"}, {"count_objnew", "obj__create"}}},
};

static bool ustat_is_wanted(const struct ustat_language *l)
{
	return !language || !strcmp(language, l->name);
}

static const struct ustat_language *ustat_language_of(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(languages); i++)
		if (!strcmp(languages[i].name, name) && ustat_is_wanted(&languages[i]))
			return &languages[i];
	return NULL;
}

static bool ustat_may_have_probes(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		if (ustat_is_wanted(&languages[i]) && runtime_has_file(languages[i].name, name))
			return true;
	return false;
}

/* ---- files with probes ---- */

/* Those that have been looked at. */
static struct ustat_file {
	dev_t device;
	ino_t inode;
} *files;
static size_t file_count;

static bool ustat_is_known_file(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return true; /* its process has ended */
	for (size_t i = 0; i < file_count; i++)
		if (files[i].device == st.st_dev && files[i].inode == st.st_ino)
			return true;
	files = buffer_grow(files, (file_count + 1) * sizeof(*files));
	files[file_count++] = (struct ustat_file){st.st_dev, st.st_ino};
	return false;
}

/* The probes of a file in all processes, also of those that are started later. */
static int ustat_file_found(void *ctx, const char *path, const char *origin)
{
	struct bcc *b = ctx;
	int count = 0;

	if (ustat_is_known_file(path))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		for (const struct ustat_probe *p = languages[i].probes;
			ustat_is_wanted(&languages[i]) && p->name; p++)
			count += !bcc_attach_usdt(
				b, p->program, path, languages[i].provider, p->name, NULL, NULL);
	if (tool_is_verbose())
		tool_warn("%s: %d probes", origin, count);
	return 0;
}

/* ---- processes ---- */

enum { MOST_LOOKS = 3 };

static struct ustat_process {
	pid_t pid;
	bool here;
	unsigned char looks;		       /* how often it was looked at since it runs this program */
	struct ustat_file program;	       /* that it runs */
	const struct ustat_language *language; /* NULL: none that is wanted */
	char command[64];
	struct ustat_counts last;
} *processes; /* by pid */
static size_t process_count;

static int ustat_compare_processes(const void *a, const void *b)
{
	const struct ustat_process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void ustat_read_command(struct ustat_process *p)
{
	char path[32];
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", p->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	size = fd < 0 ? 0 : read(fd, p->command, sizeof(p->command) - 1);
	if (fd >= 0)
		close(fd);
	if (size < 0)
		size = 0;
	for (ssize_t i = 0; i < size; i++)
		if (!p->command[i])
			p->command[i] = ' ';
	while (size && p->command[size - 1] == ' ')
		size--;
	p->command[size] = '\0';
}

/* Whether what the process runs may not be known yet: it is another program than before, or one that was just
 * started and may not have mapped its libraries. */
static bool ustat_is_new(struct ustat_process *p)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", p->pid);
	if (stat(path, &st))
		return false; /* a kernel thread, or one that has ended */
	if (st.st_ino != p->program.inode || st.st_dev != p->program.device) {
		p->program = (struct ustat_file){st.st_dev, st.st_ino};
		p->looks = 0;
		p->language = NULL;
	}
	return !p->language && p->looks < MOST_LOOKS;
}

/* Returns whether it is of a wanted language. */
static bool ustat_look_at(struct ustat_process *p)
{
	p->looks++;
	p->language = ustat_language_of(runtime_of(p->pid));
	if (p->language)
		ustat_read_command(p);
	return p->language;
}

static void ustat_add_process(pid_t pid, size_t known)
{
	struct ustat_process key = {.pid = pid};
	struct ustat_process *p =
		known ? bsearch(&key, processes, known, sizeof(*processes), ustat_compare_processes) : NULL;

	if (!p) {
		processes = buffer_grow(processes, (process_count + 1) * sizeof(*processes));
		p = &processes[process_count++];
		*p = key;
	}
	p->here = true;
}

/* Brings the list up to date. Those that have ended are left in it until their counts have been shown.
 * Returns whether there are new ones of a wanted language. */
static bool ustat_list_processes(void)
{
	size_t known = process_count, kept = 0;
	struct dirent *entry;
	DIR *folder = opendir("/proc");
	bool found = false;

	for (size_t i = 0; i < process_count; i++) {
		if (!processes[i].here)
			continue;
		processes[kept] = processes[i];
		processes[kept++].here = false;
	}
	known = process_count = kept;
	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			ustat_add_process((pid_t)strtol(entry->d_name, NULL, 10), known);
	if (folder)
		closedir(folder);
	if (process_count)
		qsort(processes, process_count, sizeof(*processes), ustat_compare_processes);
	for (size_t i = 0; i < process_count; i++)
		if (ustat_is_new(&processes[i]) && ustat_look_at(&processes[i]))
			found = true;
	return found;
}

static int ustat_update(struct bcc *b)
{
	if (ustat_list_processes())
		mapped_each(ustat_may_have_probes, ustat_file_found, b);
	return 0;
}

/* ---- rows ---- */

/* Of a process that will not be shown again. */
static int ustat_add_ended(void *ctx, const void *key, const void *value)
{
	struct buffer *ended = ctx;
	struct ustat_process search = {0}, *p;

	memcpy(&search.pid, key, sizeof(search.pid));
	p = process_count
		    ? bsearch(&search, processes, process_count, sizeof(*processes), ustat_compare_processes)
		    : NULL;
	if (p ? !p->here : process_has_ended(search.pid))
		buffer_add(ended, key, sizeof(search.pid));
	return 0;
}

/* Their counts would fill the table, and be taken for those of a process that gets the same number. */
static void ustat_forget_ended(struct bcc_table *table)
{
	struct buffer ended = {0};
	uint32_t count;

	bcc_table_each(table, ustat_add_ended, &ended);
	count = ended.size / sizeof(pid_t);
	if (count)
		bcc_table_delete_many(table, ended.data, &count);
	buffer_free(&ended);
}

static int ustat_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	struct bcc_table *table = bcc_table_find(b, "counts");

	ustat_update(b);
	for (size_t i = 0; i < process_count; i++) {
		struct ustat_process *p = &processes[i];
		struct event e = {.pid = p->pid};
		struct ustat_counts now = {0};
		uint32_t pid = p->pid;

		if (!p->language)
			continue;
		bcc_table_get(table, &pid, sizeof(pid), &now, sizeof(now));
		memcpy(e.command, p->command, sizeof(e.command));
		for (int kind = 0; kind < USTAT_KINDS; kind++)
			e.value.counts[kind] = now.counts[kind] - p->last.counts[kind];
		p->last = now;
		add(ctx, &e);
	}
	ustat_forget_ended(table);
	return 0;
}

static void ustat_rate(const struct tool_row *row, enum ustat_kind kind, struct value *value)
{
	const struct event *e = row->data;
	double seconds = tool_output_seconds();

	value_unsigned(value, seconds > 0 ? (uint64_t)(e->value.counts[kind] / seconds + 0.5) : 0);
}

#define USTAT_RATE(name, kind)                                                                               \
	static void ustat_##name(const struct tool_row *row, struct value *value)                            \
	{                                                                                                    \
		ustat_rate(row, kind, value);                                                                \
	}
USTAT_RATE(method, USTAT_METHOD)
USTAT_RATE(gc, USTAT_GC)
USTAT_RATE(objnew, USTAT_OBJNEW)
USTAT_RATE(cload, USTAT_CLOAD)
USTAT_RATE(excp, USTAT_EXCP)
USTAT_RATE(thread, USTAT_THREAD)

#define COUNTED(name_, kind, help_, json_)                                                                   \
	COLUMN(name_, 8, value.counts[kind], help_, .json = (json_), .hidden = true, .in_json = true)

static const struct tool_column columns[] = {
	COLUMN("PID", -6, pid, "process"),
	COLUMN("CMDLINE", -20, command, "its program and arguments", .cut = 20),
	COLUMN_BY("METHOD/s", -10, VALUE_UNSIGNED, ustat_method, "methods called in a second",
		.json = "method_rate"),
	COLUMN_BY("GC/s", -6, VALUE_UNSIGNED, ustat_gc, "garbage collections", .json = "gc_rate"),
	COLUMN_BY("OBJNEW/s", -10, VALUE_UNSIGNED, ustat_objnew, "objects allocated", .json = "objnew_rate"),
	COLUMN_BY("CLOAD/s", -8, VALUE_UNSIGNED, ustat_cload, "classes, or files, loaded",
		.json = "cload_rate"),
	COLUMN_BY("EXC/s", -6, VALUE_UNSIGNED, ustat_excp, "exceptions thrown", .json = "excp_rate"),
	COLUMN_BY("THR/s", -6, VALUE_UNSIGNED, ustat_thread, "threads started", .json = "thread_rate"),
	COUNTED("METHODS", USTAT_METHOD, "methods called in the interval", "methods"),
	COUNTED("GCS", USTAT_GC, "garbage collections in the interval", "gcs"),
	COUNTED("OBJECTS", USTAT_OBJNEW, "objects allocated in the interval", "objects"),
	COUNTED("CLASSES", USTAT_CLOAD, "classes, or files, loaded in the interval", "classes"),
	COUNTED("EXCEPTIONS", USTAT_EXCP, "exceptions thrown in the interval", "exceptions"),
	COUNTED("THREADS", USTAT_THREAD, "threads started in the interval", "threads"),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_sort_name sort_names[] = {{"method", "-METHODS,PID"}, {"gc", "-GCS,PID"},
	{"objnew", "-OBJECTS,PID"}, {"cload", "-CLASSES,PID"}, {"excp", "-EXCEPTIONS,PID"},
	{"thread", "-THREADS,PID"}, {0}};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct event),
	.collect = ustat_collect,
	.screen = &tool_screen,
	.above = tool_load_average,
	.sort = "PID",
	.sort_names = sort_names,
	.most_rows = 20,
};

/* ---- the tool ---- */

static void ustat_set_up(void)
{
	if (language && !ustat_language_of(language))
		tool_usage("there is no language '%s' here, but these: java node perl php python ruby tcl",
			language);
}

static void ustat_tear_down(void)
{
	free(files);
	free(processes);
}

static const struct tool_option options[] = {
	OPTION_TEXT('l', "language", "LANGUAGE", "only one of java, node, perl, php, python, ruby, tcl",
		.value = &language),
	OPTION_LETTER('S', "sort"),
	SETTINGS_OPTION_PRINT_TEXT('d'),
	{0},
};

const struct tool tool = {
	.name = RUNTIME_TOOL,
	.purpose =
		"Shows what runtimes of high-level languages do: methods, garbage collections, exceptions…",
	.details =
		"Known by static probes, which the runtimes have to be built with; processes of others are shown "
		"without any. Java tells of methods and objects if it was started with "
		"-XX:+ExtendedDTraceProbes, PHP of anything with USE_ZEND_DTRACE=1 in its environment. Processes "
		"that are started later are found at the next output.\n\n"
		"--sort takes the columns, and method, gc, objnew, cload, excp and thread, which begin with the "
		"greatest number.",
	.examples = {{"", "a screen, each second"}, {"-C 5 10", "ten outputs, each of five seconds"},
		{"-l java -S gc", "Java, by garbage collections"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.view = &view,
	.set_up = ustat_set_up,
	.attached = ustat_update,
	.tear_down = ustat_tear_down,
};
