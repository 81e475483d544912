/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/symbols.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "clock.h"
#include "common/array.h"
#include "debug_info.h"
#include "entries.h"
#include "expression.h"
#include "filter.h"
#include "flame.h"
#include "pprof.h"
#include "settings.h"
#include "sort.h"
#include "stack_snapshots.h"
#include "stack_store.h"
#include "stack_view.h"
#include "symbol.h"
#include "text.h"
#include "writer.h"

/* What ends well above nearly all stacks, and what a machine can copy a thousand times a second. */
enum { STACK_VIEW_DWARF_BYTES = 16384 };

struct stack_style stack_style;

static struct {
	const struct tool_view *view;
	struct writer *w;
	const struct expression *filter;
	struct sort *sort;
	struct entries entries;
	bool printed;
} shown;
static const struct stack_layout *layout; /* the view's */
static struct stack_path path;
static struct buffer frame_name, frame_names;
static struct buffer value_texts[2][2];
static struct flame *flame;
static struct pprof *pprof;
static uint64_t begun; /* clock_now() */

/* ---- options ---- */

void stack_storage_option(const char *argument)
{
	tool_set_entries("stacks", argument_number(argument, 1, 1 << 22));
}

static char whom[128] = "all threads";

void stack_pid_option(const char *argument)
{
	filter_pid_option(argument);
	snprintf(whom, sizeof(whom), "PID %s", argument);
}

void stack_tid_option(const char *argument)
{
	filter_tid_option(argument);
	snprintf(whom, sizeof(whom), "TID %s", argument);
}

const char *stack_whom(void)
{
	return whom;
}

const char *stack_sides(void)
{
	if (stack_style.no_user && stack_style.no_kernel)
		tool_usage("stacks of programs only and of the kernel only cannot be combined");
	if (stack_style.no_user)
		return "kernel";
	return stack_style.no_kernel ? "user" : "user + kernel";
}

const char *stack_until(void)
{
	static char until[64] = "... Hit Ctrl-C to end.";

	if (settings.duration)
		snprintf(until, sizeof(until), " for %g secs.", settings.duration / 1e9);
	return until;
}

const struct tool_option stack_duration_argument[] = {
	OPTION_CUSTOM(0, "DURATION", "SECONDS", argument_run_time, "end after this time"),
	{0},
};

/* ---- frames ---- */

/* How a stack begins that a program on a tracepoint has taken: with itself, and what has called it. */
static bool stack_is_tracing(const char *name)
{
	static const char *const beginnings[] = {"bpf_prog_", "bpf_trace_run", "__bpf_trace_", "__traceiter_",
		"bpf_get_stack", "__bpf_get_stack"};

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (!strncmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

static const struct symbol_owner *stack_owner_of(const struct stack_key *key, bool user)
{
	static const struct symbol_owner kernel;
	static struct symbol_owner owner;

	if (!user)
		return &kernel;
	owner = (struct symbol_owner){
		.pid = key->owner.pid, .start = key->owner.start, .exec = key->owner.exec};
	return &owner;
}

/* The name of a frame, which is valid until the next call, without NUL. */
static void stack_name(const struct stack_key *key, bool user, uint64_t address, unsigned flags)
{
	frame_name.size = 0;
	symbol_add_known(&frame_name, stack_owner_of(key, user), address, flags);
}

struct stack_frames {
	const uint64_t *addresses;
	size_t count;
	const char *missed; /* instead of them; NULL: nothing */
};

static struct stack_frames stack_frames_of(const struct stack_key *key, bool user)
{
	int64_t number = user ? key->user : key->kernel;
	const struct stack_record *record = number ? stack_store_find(number) : NULL;
	struct stack_frames frames = {0};
	size_t first = 0;

	if (!number)
		return frames;
	if (!record) {
		frames.missed = user ? "[Missed User Stack]" : "[Missed Kernel Stack]";
		return frames;
	}
	for (size_t i = 0; !user && i < record->count && i < 10; i++) {
		stack_name(key, user, record->frames[i], 0);
		buffer_char(&frame_name, '\0');
		if (stack_is_tracing(frame_name.data))
			first = i + 1;
	}
	frames.addresses = record->frames + first;
	frames.count = record->count - first;
	if (user)
		frames.count = symbol_stack_frames(stack_owner_of(key, true), frames.addresses, frames.count);
	return frames;
}

static unsigned stack_flags(void)
{
	return (stack_style.offsets ? BCC_SYMBOL_OFFSET : 0) | (stack_style.modules ? BCC_SYMBOL_MODULE : 0);
}

static void stack_add_inlined(const char *name)
{
	buffer_text(&frame_names, name);
	buffer_text(&frame_names, " [inlined]");
	buffer_char(&frame_names, '\0');
}

/*
 * Begins the names of a frame: of the functions that are inlined there, and of the function that they are
 * in. `outside` adds that one. All but the innermost frame are where a call returns to, which may be behind
 * the function that it is of. The names end with an empty one, and are valid until the next call.
 */
static const char *stack_frame_names(const struct stack_key *key, bool user,
	const struct stack_frames *frames, size_t index, bool outermost_first,
	void (*outside)(const struct symbol_owner *owner, uint64_t address))
{
	const struct symbol_owner *owner = stack_owner_of(key, user);
	uint64_t address = frames->addresses[index];
	const char *inlined = NULL;
	unsigned count = 0;

	frame_names.size = 0;
	if (user && stack_style.inlined)
		inlined = debug_info_inlined(owner, address - (index > 0), &count);
	if (outermost_first)
		outside(owner, address);
	for (unsigned i = 0; i < count; i++) {
		const char *name = inlined;

		/* the innermost comes first */
		for (unsigned next = outermost_first ? count - 1 - i : i; next; next--)
			name += strlen(name) + 1;
		stack_add_inlined(name);
	}
	if (!outermost_first)
		outside(owner, address);
	buffer_char(&frame_names, '\0');
	return frame_names.data;
}

/* Names as the options want them, of the kernel's with a mark. */
static void stack_add_name(const struct symbol_owner *owner, uint64_t address, unsigned flags)
{
	size_t before = frame_names.size;

	symbol_add_known(&frame_names, owner, address, flags);
	/* it would be the end */
	if (frame_names.size == before)
		buffer_text(&frame_names, "[unknown]");
	if (!owner->pid && stack_style.annotated)
		buffer_text(&frame_names, "_[k]");
	buffer_char(&frame_names, '\0');
}

static void stack_add_text_name(const struct symbol_owner *owner, uint64_t address)
{
	stack_add_name(owner, address, stack_flags());
}

static void stack_add_path_name(const struct symbol_owner *owner, uint64_t address)
{
	stack_add_name(owner, address, stack_flags() & BCC_SYMBOL_OFFSET);
}

static void stack_add_value_name(const struct symbol_owner *owner, uint64_t address)
{
	symbol_add(&frame_names, owner, address, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE);
	buffer_char(&frame_names, '\0');
}

/* ---- columns ---- */

void stack_key_value(const struct stack_key *key, bool user, int which, struct value *value)
{
	struct stack_frames frames = stack_frames_of(key, user);
	struct buffer *b = &value_texts[which][user];

	b->size = 0;
	for (size_t i = 0; i < frames.count; i++) {
		stack_frame_names(key, user, &frames, i, false, stack_add_value_name);
		buffer_add(b, frame_names.data, frame_names.size - 1);
	}
	value_text(value, b->size ? b->data : "", b->size);
	value->kind = frames.missed ? VALUE_NONE : VALUE_LIST;
}

void stack_user_value(const struct tool_row *row, struct value *value)
{
	stack_key_value(row->data, true, 0, value);
}

void stack_kernel_value(const struct tool_row *row, struct value *value)
{
	stack_key_value(row->data, false, 0, value);
}

/* ---- text ---- */

static void stack_text_line(struct buffer *out, const char *indent, const char *text, size_t size)
{
	buffer_text(out, indent);
	text_add_printable(out, text, size);
	buffer_char(out, '\n');
}

/* Whether there is something to set apart. */
static bool stack_has_both(const struct stack_key *key)
{
	return stack_style.delimited && stack_frames_of(key, true).count && stack_frames_of(key, false).count;
}

static void stack_text_frame(struct buffer *out, const char *indent, uint64_t address, const char *name)
{
	static const char *const formats[] = {[STACK_ADDRESSES_PLAIN] = "%-16llx ",
		[STACK_ADDRESSES_ZEROS] = "%016llx ",
		[STACK_ADDRESSES_TABBED] = "0x%016llx\t"};

	buffer_text(out, indent);
	if (stack_style.addresses)
		buffer_printf(out, formats[layout->addresses], (unsigned long long)address);
	text_add_printable(out, name, strlen(name));
	buffer_char(out, '\n');
}

static void stack_text_side(
	struct buffer *out, const char *indent, const struct stack_key *key, bool user, bool reversed)
{
	struct stack_frames frames = stack_frames_of(key, user);

	if (frames.missed)
		stack_text_line(out, indent, frames.missed, strlen(frames.missed));
	for (size_t i = 0; i < frames.count; i++) {
		size_t index = reversed ? frames.count - 1 - i : i;
		const char *name =
			stack_frame_names(key, user, &frames, index, reversed, stack_add_text_name);

		for (; *name; name += strlen(name) + 1)
			stack_text_frame(out, indent, frames.addresses[index], name);
	}
}

static void stack_text_sides(
	struct buffer *out, const char *indent, const struct stack_key *key, bool reversed)
{
	const char *delimiter = layout->delimiter ? layout->delimiter : "--";

	stack_text_side(out, indent, key, reversed, reversed);
	if (stack_has_both(key))
		stack_text_line(out, indent, delimiter, strlen(delimiter));
	stack_text_side(out, indent, key, !reversed, reversed);
}

void stack_text_frames(struct buffer *out, const char *indent, const struct stack_key *key)
{
	stack_text_sides(out, indent, key, false);
}

void stack_text_frames_reversed(struct buffer *out, const char *indent, const struct stack_key *key)
{
	stack_text_sides(out, indent, key, true);
}

uint64_t stack_weight(const struct tool_row *row)
{
	uint64_t number;

	memcpy(&number, (const char *)row->data + row->size - sizeof(number), sizeof(number));
	return layout->unit_weight ? number / layout->unit_weight : number;
}

void stack_text_entry(struct buffer *out, const struct tool_row *row)
{
	const struct stack_key *key = row->data;

	stack_text_frames(out, "    ", key);
	buffer_printf(out, "    %-16s ", "-");
	text_add_printable(out, key->comm, strnlen(key->comm, sizeof(key->comm)));
	buffer_printf(out, " (%u)\n        %llu\n\n", layout->by_thread ? key->tid : key->pid,
		(unsigned long long)stack_weight(row));
}

/* ---- paths ---- */

void stack_path_comm(struct stack_path *to, const struct stack_key *key)
{
	stack_path_add(to, STACK_PATH_OTHER, key->comm, strnlen(key->comm, sizeof(key->comm)));
}

static void stack_path_side(struct stack_path *to, const struct stack_key *key, bool user, bool reversed)
{
	struct stack_frames frames = stack_frames_of(key, user);

	if (frames.missed)
		stack_path_add(to, STACK_PATH_OTHER, frames.missed, strlen(frames.missed));
	for (size_t i = 0; i < frames.count; i++) {
		const char *name = stack_frame_names(key, user, &frames, reversed ? i : frames.count - 1 - i,
			!reversed, stack_add_path_name);

		for (; *name; name += strlen(name) + 1)
			stack_path_add(to, user ? STACK_PATH_USER : STACK_PATH_KERNEL, name, strlen(name));
	}
}

void stack_path_frames(struct stack_path *to, const struct stack_key *key, bool reversed)
{
	stack_path_side(to, key, !reversed, reversed);
	if (stack_has_both(key))
		stack_path_add(to, STACK_PATH_OTHER, "-", 1);
	stack_path_side(to, key, reversed, reversed);
}

void stack_path_entry(struct stack_path *to, const struct tool_row *row)
{
	stack_path_comm(to, row->data);
	stack_path_frames(to, row->data, false);
}

/* ---- the view ---- */

int stack_compare(const struct tool_row *a, const struct tool_row *b)
{
	uint64_t x = stack_weight(a), y = stack_weight(b);

	return (x > y) - (x < y);
}

void stack_view_choose(const struct tool_view *view, struct writer *w, const struct expression *filter)
{
	char why[256];

	shown.view = view;
	shown.w = w;
	shown.filter = filter;
	layout = view->stacks;
	if ((stack_style.baseline || stack_style.icicle) && !stack_style.flamegraph)
		tool_usage("--baseline and --icicle are about the picture of --flamegraph, which is missing");
	/* before anything else is open that the process would share */
	if ((stack_style.inlined || stack_style.dwarf) && !settings.dump_text)
		debug_info_open();
	if (stack_style.dwarf && stack_style.no_user)
		tool_usage("--dwarf is about stacks of programs, which are not wanted");
	if (stack_style.dwarf)
		stack_snapshots_choose(
			stack_style.dwarf_stack ? stack_style.dwarf_stack : STACK_VIEW_DWARF_BYTES);
	if (settings.sort)
		shown.sort = sort_new(view->columns, settings.sort, why, sizeof(why));
	if (settings.sort && !shown.sort)
		tool_usage("--sort: %s", why);
}

static int stack_view_check(const char *file, int ret)
{
	if (ret)
		tool_warn("cannot write %s: %s", file, strerror(-ret));
	return ret;
}

/* At the end it would be too late to hear that a file cannot be written. It is kept as it is until then. */
static int stack_view_try(const char *file)
{
	struct stat st;
	FILE *f;

	/* a pipe's reader would take this for the end */
	if (!file || (!stat(file, &st) && S_ISFIFO(st.st_mode)))
		return 0;
	f = fopen(file, "ae");
	if (!f)
		return stack_view_check(file, -errno);
	fclose(f);
	return 0;
}

/* Returns 0, or a negative errno after it has said why. */
static int stack_view_compare(struct flame *with)
{
	FILE *f = fopen(stack_style.baseline, "re");
	uint64_t line = 0;
	int ret = f ? flame_compare(with, f, &line) : -errno;

	if (f)
		fclose(f);
	if (ret == -EINVAL)
		tool_warn("%s: line %" PRIu64 " is not a stack as --folded prints them", stack_style.baseline,
			line);
	else if (ret)
		tool_warn("cannot read %s: %s", stack_style.baseline, strerror(-ret));
	return ret;
}

/* A new flame graph; NULL after it has said why there is none. */
static struct flame *stack_view_new_flame(void)
{
	struct flame *f = flame_new();

	if (stack_style.icicle)
		flame_set_icicle(f);
	if (!stack_style.baseline || !stack_view_compare(f))
		return f;
	flame_free(f);
	return NULL;
}

static void stack_view_begin_files(void)
{
	flame_free(flame);
	if (pprof)
		layout->pprof->free(pprof);
	flame = stack_style.flamegraph ? stack_view_new_flame() : NULL;
	pprof = stack_style.pprof ? layout->pprof->new() : NULL;
}

int stack_view_try_files(void)
{
	int ret = stack_view_try(stack_style.flamegraph);

	/* at the end it would be too late for this too */
	if (!ret && stack_style.flamegraph) {
		flame = stack_view_new_flame();
		ret = flame ? 0 : -EINVAL;
	}
	return ret ? ret : stack_view_try(stack_style.pprof);
}

int stack_view_open(struct bcc *b)
{
	int ret;

	begun = clock_now();
	stack_view_begin_files();
	ret = stack_store_open(b);
	if (!ret && stack_style.dwarf)
		ret = stack_snapshots_open(b, shown.view->table);
	return ret;
}

/* Whether anything is printed: not if only a file is asked for. */
static bool stack_view_prints(void)
{
	return shown.w->format != WRITER_TABLE || stack_style.folded || !(flame || pprof);
}

bool stack_view_has_titles(void)
{
	return shown.w->format == WRITER_TABLE && !stack_style.folded;
}

static bool stack_view_has_columns(void)
{
	return shown.w->format != WRITER_TABLE || settings.columns;
}

static void stack_view_begin_text(struct buffer *out, uint64_t time)
{
	buffer_char(out, '\n');
	if (!shown.view->show_time)
		return;
	clock_add(
		out, time, settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_char(out, '\n');
}

static void stack_view_begin(uint64_t time)
{
	if (!settings.no_header && !shown.printed && stack_view_has_columns() && stack_view_prints())
		writer_header(shown.w);
	else if (stack_view_has_titles() && !layout->begin)
		stack_view_begin_text(&shown.w->out, time);
	else if (stack_view_has_titles() && stack_view_prints())
		layout->begin(&shown.w->out, time);
	shown.printed = true;
}

static void stack_view_row(const struct tool_row *row)
{
	stack_path_clear(&path);
	if (stack_style.folded || flame || pprof)
		(layout->path ? layout->path : stack_path_entry)(&path, row);
	if (flame)
		flame_add(flame, &path, stack_weight(row));
	if (pprof)
		layout->pprof->add(pprof, &path, stack_weight(row));
	if (!stack_view_prints())
		return;
	if (stack_view_has_columns())
		writer_row(shown.w, row);
	else if (stack_style.folded)
		stack_path_fold(&path, stack_weight(row), &shown.w->out);
	else
		(layout->text ? layout->text : stack_text_entry)(&shown.w->out, row);
}

static bool stack_view_wants(const struct tool_row *row)
{
	if (shown.view->wanted && !shown.view->wanted(row))
		return false;
	return !shown.filter || expression_matches(shown.filter, row);
}

int stack_view_print(struct bcc *b, uint64_t time)
{
	int ret = entries_read(&shown.entries, b, shown.view, shown.sort);
	uint64_t rows = 0;

	/* after the keys: they name stacks that are there already */
	if (!ret)
		ret = stack_store_read(b);
	if (ret)
		return ret;
	/* counts are those since the beginning, unless the view wants what has been added */
	if (!shown.view->counters)
		stack_view_begin_files();
	stack_view_begin(time);
	for (size_t i = 0; i < shown.entries.count && !(settings.rows && rows >= settings.rows); i++)
		if (stack_view_wants(&shown.entries.rows[i])) {
			stack_view_row(&shown.entries.rows[i]);
			rows++;
		}
	return 0;
}

void stack_view_say_missed(struct bcc *b)
{
	stack_store_say_missed(b);
	stack_snapshots_say_missed();
}

static int stack_view_write_flamegraph(void)
{
	FILE *f = fopen(stack_style.flamegraph, "we");
	int ret;

	if (!f)
		return -errno;
	ret = flame_write(flame, f, tool.name, layout->unit);
	if (fclose(f) && !ret)
		ret = -errno;
	return ret;
}

static int stack_view_write_pprof(void)
{
	uint64_t duration = clock_now() - begun;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return layout->pprof->write(pprof, stack_style.pprof, layout->type ? layout->type : layout->unit,
		layout->unit, now.tv_sec * 1000000000LL + now.tv_nsec - (int64_t)duration, (int64_t)duration);
}

int stack_view_finish(void)
{
	int ret = 0;

	if (flame)
		ret = stack_view_check(stack_style.flamegraph, stack_view_write_flamegraph());
	if (pprof && !ret)
		ret = stack_view_check(stack_style.pprof, stack_view_write_pprof());
	return ret;
}

void stack_view_close(void)
{
	stack_store_close();
	stack_snapshots_close();
	entries_free(&shown.entries);
	sort_free(shown.sort);
	symbol_close();
	debug_info_close();
	stack_path_free(&path);
	flame_free(flame);
	if (pprof)
		layout->pprof->free(pprof);
	buffer_free(&frame_name);
	buffer_free(&frame_names);
	for (int i = 0; i < 4; i++)
		buffer_free(&value_texts[i / 2][i % 2]);
	flame = NULL;
	pprof = NULL;
}
