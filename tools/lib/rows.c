/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "entries.h"
#include "report.h"
#include "rows.h"
#include "settings.h"
#include "sort.h"

enum { ROWS_BLOCKS = 4, ROWS_MOST_SAID = 1 << 16 };

static struct {
	const struct tool_view *view;
	struct writer *w;
	const struct expression *filter;
	struct sort *sort;
	struct entries entries;
	uint64_t time, seconds_from; /* of this output, and of the one before */
	unsigned printed;
	struct column_choice blocks[ROWS_BLOCKS]; /* from the second on; owned */
	unsigned block_count;
	const struct tool_screen *screen; /* that is open; NULL: none */
	struct buffer said;		  /* to stderr, once it is closed */
	size_t last_said;		  /* where its last line begins */
} rows;

double tool_output_seconds(void)
{
	return (rows.time - rows.seconds_from) / 1e9;
}

const char *tool_sort_column(bool *greatest_first)
{
	const struct tool_column *column = sort_first(rows.sort, greatest_first);

	return column ? column->name : "-";
}

void tool_load_average(struct buffer *out)
{
	FILE *f = fopen("/proc/loadavg", "re");
	char line[128] = "";

	if (f && !fgets(line, sizeof(line), f))
		*line = '\0';
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = '\0';
	clock_add(out, rows.time,
		settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_printf(out, " loadavg: %s\n\n", line);
}

/* ---- the order ---- */

static const char *rows_sort_text(void)
{
	const struct tool_sort_name *name = rows.view->sort_names;

	if (!settings.sort)
		return rows.view->sort;
	for (; name && name->name; name++)
		if (!strcasecmp(name->name, settings.sort))
			return name->sort;
	return settings.sort;
}

void rows_choose(const struct tool_view *view, struct writer *w, const struct expression *filter)
{
	const char *text;
	char why[256];

	rows.view = view;
	rows.w = w;
	rows.filter = filter;
	text = rows_sort_text();
	if (text)
		rows.sort = sort_new(view->columns, text, why, sizeof(why));
	if (text && !rows.sort)
		tool_usage("--sort: %s", why);
	rows.block_count = 1;
	for (const struct tool_column *const *columns = view->block_columns; columns && *columns; columns++) {
		if (rows.block_count == ROWS_BLOCKS)
			abort(); /* a view has a fixed number of blocks */
		/* a name that only another block has is none of this one's */
		column_choose(&rows.blocks[rows.block_count++], *columns, settings.column_changes,
			settings.columns);
	}
}

/* Another column of those that are shown, `step` to the right. */
static void rows_sort_by(int step)
{
	const struct column_choice *choice = &rows.w->choice;
	const struct tool_column *column;
	bool greatest_first;
	size_t i = 0;

	column = sort_first(rows.sort, &greatest_first);
	while (i < choice->count && choice->columns[i] != column)
		i++;
	if (i == choice->count)
		i = 0; /* it is not shown, or there was no order */
	else if (step < 0 ? i > 0 : i + 1 < choice->count)
		i += step;
	sort_free(rows.sort);
	rows.sort = sort_by(choice->columns[i], greatest_first);
}

static void rows_reverse(void)
{
	const struct tool_column *column;
	bool greatest_first;

	column = sort_first(rows.sort, &greatest_first);
	if (!column)
		return;
	sort_free(rows.sort);
	rows.sort = sort_by(column, !greatest_first);
}

/* ---- lines ---- */

/* Moves the lines that have been written to the screen, if there is one. */
static void rows_put(bool are_headings)
{
	struct buffer *out = &rows.w->out;
	const char *at = out->data, *end = at + out->size, *stop;

	if (!rows.screen)
		return;
	for (; at < end; at = stop + 1) {
		stop = memchr(at, '\n', end - at);
		if (!stop)
			stop = end;
		rows.screen->line(at, stop - at, are_headings);
	}
	out->size = 0;
}

/* Whether tables have them at all; and whether they are due. */
static bool rows_wants_headings(void)
{
	return !settings.no_header && (!rows.view->no_headings || settings.columns);
}

static bool rows_has_headings(void)
{
	if (rows.w->format != WRITER_TABLE)
		return !settings.no_header && !rows.printed;
	return rows_wants_headings() && (!rows.view->headings_once || rows.screen);
}

static void rows_put_above(void)
{
	struct buffer *out = &rows.w->out;

	if (rows.w->format != WRITER_TABLE)
		return;
	if (!rows.screen && !rows.view->headings_once)
		buffer_char(out, '\n');
	if (rows.view->show_time) {
		clock_add(out, rows.time,
			settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
		buffer_char(out, '\n');
	}
	if (rows.view->above && !settings.no_header)
		rows.view->above(out);
	rows_put(false);
}

/* 0: all */
static uint64_t rows_most(void)
{
	if (!settings.rows && rows.w->format == WRITER_TABLE && !rows.screen)
		return rows.view->most_rows;
	return settings.rows;
}

static bool rows_has_room(uint64_t shown)
{
	uint64_t most = rows_most();

	return (!most || shown < most) && (!rows.screen || rows.screen->room());
}

static bool rows_wants(const struct tool_row *row)
{
	if (rows.view->wanted && !rows.view->wanted(row))
		return false;
	return !rows.filter || expression_matches(rows.filter, row);
}

/* Leaves out the first ones, so that there is room for the last ones. */
static void rows_keep_last(void)
{
	uint64_t most = rows_most();
	size_t kept = rows.entries.count;

	if (!most)
		return;
	for (size_t i = rows.entries.count; i-- && rows.entries.count - kept < most;)
		if (rows_wants(&rows.entries.rows[i]))
			rows.entries.rows[--kept] = rows.entries.rows[i];
	rows.entries.count -= kept;
	memmove(rows.entries.rows, rows.entries.rows + kept, rows.entries.count * sizeof(*rows.entries.rows));
}

static void rows_put_headings(bool after_others)
{
	if (after_others)
		buffer_char(&rows.w->out, '\n');
	rows_put(false);
	writer_header(rows.w);
	rows_put(true);
}

/* Those of a block; all if `block` is negative. Returns how many rows have been written, with those of other
 * blocks. */
static uint64_t rows_put_block(int block, uint64_t shown, bool headings)
{
	for (size_t i = 0; i < rows.entries.count && rows_has_room(shown); i++) {
		const struct tool_row *row = &rows.entries.rows[i];

		if ((block >= 0 && (int)rows.view->block(row) != block) || !rows_wants(row))
			continue;
		if (headings) {
			rows_put_headings(shown);
			headings = false;
			if (!rows_has_room(shown))
				break;
		}
		writer_row(rows.w, row);
		rows_put(false);
		shown++;
	}
	return shown;
}

static void rows_put_blocks(void)
{
	struct column_choice first = rows.w->choice;
	uint64_t shown = 0;

	for (unsigned block = 0; block < rows.block_count; block++) {
		if (block)
			rows.w->choice = rows.blocks[block];
		shown = rows_put_block(block, shown, rows_has_headings());
	}
	rows.w->choice = first;
}

static void rows_put_footer(void)
{
	bool greatest_first;
	const char *column = tool_sort_column(&greatest_first);
	char text[512];

	if (rows.said.size)
		snprintf(text, sizeof(text), "%.*s", (int)(rows.said.size - rows.last_said - 1),
			rows.said.data + rows.last_said);
	else
		snprintf(text, sizeof(text), "q quits   < > order by: %s   r reverses: %s", column,
			greatest_first ? "greatest first" : "least first");
	rows.screen->end(text);
}

void rows_begin(void)
{
	rows.time = rows.w->start;
	if (rows.w->format == WRITER_TABLE && rows.view->headings_once && rows_wants_headings() &&
		!rows.screen)
		writer_header(rows.w);
	if (rows.screen)
		rows_show();
}

void rows_show(void)
{
	if (rows.screen)
		rows.screen->begin();
	rows_put_above();
	if (rows.block_count > 1 && rows.w->format == WRITER_TABLE) {
		rows_put_blocks();
	} else {
		if (rows_has_headings())
			rows_put_headings(false);
		rows_put_block(-1, 0, false);
	}
	if (rows.view->below && rows.w->format == WRITER_TABLE && !settings.no_header) {
		rows.view->below(&rows.w->out);
		rows_put(false);
	}
	rows.printed++;
	if (rows.screen)
		rows_put_footer();
}

int rows_read(struct bcc *b, uint64_t time)
{
	int ret;

	rows.seconds_from = rows.time;
	rows.time = time;
	ret = entries_read(&rows.entries, b, rows.view, rows.sort);
	if (!ret && rows.entries.most)
		tool_warn("rows may be missing, and counts too low: %zu rows at once, of at most %u",
			rows.entries.count, rows.entries.most);
	if (!ret && rows.view->last_rows && !settings.sort)
		rows_keep_last();
	return ret;
}

void rows_free(void)
{
	rows_close_screen();
	entries_free(&rows.entries);
	sort_free(rows.sort);
	for (unsigned i = 1; i < rows.block_count; i++)
		column_choice_free(&rows.blocks[i]);
}

/* ---- the screen ---- */

/* What would be written across the screen is shown at its foot, and on stderr at the end. */
static void rows_say(const char *line)
{
	size_t length = strlen(line);

	if (rows.said.size + length >= ROWS_MOST_SAID)
		return;
	rows.last_said = rows.said.size;
	buffer_add(&rows.said, line, length);
	buffer_char(&rows.said, '\n');
}

bool rows_open_screen(void)
{
	const struct tool_screen *screen = rows.view->screen;

	/* a command has the terminal for itself */
	if (!screen || settings.no_clear || settings.output_file || settings.command ||
		rows.w->format != WRITER_TABLE || !screen->open())
		return false;
	rows.screen = screen;
	if (isatty(STDERR_FILENO))
		report_divert(rows_say);
	return true;
}

void rows_close_screen(void)
{
	if (!rows.screen)
		return;
	rows.screen->close();
	rows.screen = NULL;
	report_divert(NULL);
	fwrite(rows.said.data, 1, rows.said.size, stderr);
	buffer_free(&rows.said);
}

static void rows_show_again(void)
{
	entries_sort(&rows.entries, rows.view, rows.sort);
	rows_show();
}

bool rows_read_keys(bool *more)
{
	enum screen_key key = rows.screen->key();

	*more = key != SCREEN_NO_KEY;
	for (; key != SCREEN_NO_KEY; key = rows.screen->key()) {
		if (key == SCREEN_QUIT)
			return true;
		if (key == SCREEN_BEFORE || key == SCREEN_AFTER)
			rows_sort_by(key == SCREEN_AFTER ? 1 : -1);
		else if (key == SCREEN_REVERSE)
			rows_reverse();
		if (key != SCREEN_OTHER_KEY)
			rows_show_again();
	}
	return false;
}

void rows_resize(void)
{
	rows.screen->resize();
	rows_show_again();
}
