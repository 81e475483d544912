/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hist_picture.h"

/* pixels */
enum { WIDTH = 1000, LEFT = 190, RIGHT = 90, ROW = 14, SECTION_TOP = 44, SECTION_BOTTOM = 26, TOP = 40 };
enum { PLOT = WIDTH - LEFT - RIGHT, MOST_ROWS = 128 };

struct picture_cell {
	uint32_t column;
	uint32_t slot;
	uint64_t count;
};

struct picture_section {
	char *name;
	struct picture_cell *cells; /* by column, then by slot */
	size_t count, room;
};

struct hist_picture {
	const struct tool_view *view;
	struct picture_section sections[HIST_PICTURE_SECTIONS + 1]; /* the last one: all others */
	size_t count;
	uint64_t outputs; /* so far */
	uint64_t each;	  /* outputs in a column */
	uint64_t first, last;
};

struct hist_picture *hist_picture_new(const struct tool_view *view)
{
	struct hist_picture *p = calloc(1, sizeof(*p));

	if (!p)
		buffer_no_memory();
	p->view = view;
	p->each = 1;
	return p;
}

void hist_picture_free(struct hist_picture *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->sections[i].name);
		free(p->sections[i].cells);
	}
	free(p);
}

/* ---- what is kept ---- */

static int hist_picture_compare(const void *a, const void *b)
{
	const struct picture_cell *x = a, *y = b;

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Makes one column of each two. */
static void hist_picture_halve(struct picture_section *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++)
		s->cells[i].column /= 2;
	qsort(s->cells, s->count, sizeof(*s->cells), hist_picture_compare);
	for (size_t i = 0; i < s->count; i++)
		if (kept && !hist_picture_compare(&s->cells[kept - 1], &s->cells[i]))
			s->cells[kept - 1].count += s->cells[i].count;
		else
			s->cells[kept++] = s->cells[i];
	s->count = kept;
}

void hist_picture_begin(struct hist_picture *p, uint64_t time)
{
	if (!p->outputs++)
		p->first = time;
	p->last = time;
	if ((p->outputs - 1) / p->each < HIST_PICTURE_COLUMNS)
		return;
	for (size_t i = 0; i < p->count; i++)
		hist_picture_halve(&p->sections[i]);
	p->each *= 2;
}

static struct picture_section *hist_picture_find(struct hist_picture *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->sections[i].name, name))
			return &p->sections[i];
	if (p->count == HIST_PICTURE_SECTIONS)
		name = "all others";
	if (p->count > HIST_PICTURE_SECTIONS)
		return &p->sections[HIST_PICTURE_SECTIONS];
	p->sections[p->count].name = strdup(name);
	if (!p->sections[p->count].name)
		buffer_no_memory();
	return &p->sections[p->count++];
}

/* Several outputs, or sections, may add to the same cell. */
static void hist_picture_count(struct picture_section *s, uint32_t column, uint32_t slot, uint64_t count)
{
	for (size_t i = s->count; i > 0 && s->cells[i - 1].column == column; i--)
		if (s->cells[i - 1].slot == slot) {
			s->cells[i - 1].count += count;
			return;
		}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->cells = buffer_grow(s->cells, s->room * sizeof(*s->cells));
	}
	s->cells[s->count++] = (struct picture_cell){.column = column, .slot = slot, .count = count};
}

void hist_picture_add(struct hist_picture *p, struct writer *w, const struct hist_section *s)
{
	struct picture_section *section;
	size_t from = w->out.size;

	/* the writer's buffer serves to make the name */
	if (s->view->section)
		hist_section_write(w, s);
	buffer_char(&w->out, '\0');
	section = hist_picture_find(p, w->out.data + from);
	w->out.size = from;
	for (uint64_t slot = 0; slot <= s->last; slot++)
		if (s->slots[slot])
			hist_picture_count(section, (p->outputs - 1) / p->each, slot, s->slots[slot]);
}

/* ---- SVG ---- */

/* The text is printable already. */
static void hist_picture_text(struct buffer *b, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			buffer_text(b, "&amp;");
			break;
		case '<':
			buffer_text(b, "&lt;");
			break;
		case '>':
			buffer_text(b, "&gt;");
			break;
		default:
			buffer_char(b, *text);
		}
}

/* What is drawn of a section. */
struct picture_rows {
	uint64_t first, last; /* slots */
	uint64_t each;	      /* slots in a row */
	uint64_t rows;
	uint64_t columns;
	uint64_t max;	  /* of a cell */
	uint64_t *counts; /* by row, then by column */
};

static uint64_t *hist_picture_cell(const struct picture_rows *r, uint64_t row, uint64_t column)
{
	return &r->counts[row * r->columns + column];
}

static struct picture_rows hist_picture_rows(const struct hist_picture *p, const struct picture_section *s)
{
	struct picture_rows r = {.first = UINT64_MAX, .columns = (p->outputs + p->each - 1) / p->each};

	for (size_t i = 0; i < s->count; i++) {
		if (s->cells[i].slot < r.first)
			r.first = s->cells[i].slot;
		if (s->cells[i].slot > r.last)
			r.last = s->cells[i].slot;
	}
	r.each = (r.last - r.first + MOST_ROWS) / MOST_ROWS;
	r.rows = (r.last - r.first) / r.each + 1;
	r.counts = calloc(r.rows * r.columns, sizeof(*r.counts));
	if (!r.counts)
		buffer_no_memory();
	for (size_t i = 0; i < s->count; i++) {
		uint64_t *count =
			hist_picture_cell(&r, (s->cells[i].slot - r.first) / r.each, s->cells[i].column);

		*count += s->cells[i].count;
		if (*count > r.max)
			r.max = *count;
	}
	return r;
}

static void hist_picture_range(
	struct buffer *b, const struct hist_picture *p, const struct picture_rows *r, uint64_t row)
{
	uint64_t from = r->first + row * r->each, low, high, unused;

	hist_section_range(p->view, from, &low, &unused);
	hist_section_range(p->view, from + r->each - 1, &unused, &high);
	buffer_printf(b, "%" PRIu64, low);
	if (high != low)
		buffer_printf(b, " - %" PRIu64, high);
}

static void hist_picture_time(struct buffer *b, uint64_t time)
{
	clock_add(b, time, CLOCK_LOCAL);
}

/* Bars, with their counts. */
static void hist_picture_bar(struct buffer *b, const struct picture_rows *r, uint64_t row, double y)
{
	uint64_t count = *hist_picture_cell(r, row, 0);
	double width = (double)count / r->max * PLOT;

	buffer_printf(b, "<rect x=\"%d\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" fill=\"#c0392b\"/>\n", LEFT,
		y + 1, width, ROW - 2);
	buffer_printf(
		b, "<text x=\"%.1f\" y=\"%.0f\">%" PRIu64 "</text>\n", LEFT + width + 5, y + ROW - 3, count);
}

/* The binary logarithm, near enough for colours. */
static double hist_picture_log(uint64_t number)
{
	int bit = 63 - __builtin_clzll(number);

	return bit + (double)number / (1ULL << bit) - 1;
}

/* From light yellow to dark red, by the logarithm: few slow ones are what people look for. */
static void hist_picture_color(struct buffer *b, uint64_t count, uint64_t max)
{
	double part = max > 1 ? hist_picture_log(count) / hist_picture_log(max) : 1;

	buffer_printf(b, "#%02x%02x%02x", (int)(255 - 115 * part), (int)(235 - 235 * part),
		(int)(160 - 140 * part));
}

static void hist_picture_row(
	struct buffer *b, const struct hist_picture *p, const struct picture_rows *r, uint64_t row, double y)
{
	double width = (double)PLOT / r->columns;

	for (uint64_t column = 0; column < r->columns; column++) {
		uint64_t count = *hist_picture_cell(r, row, column);
		/* time passes evenly */
		uint64_t span = r->columns > 1 ? (p->last - p->first) / (r->columns - 1) : 0;

		if (!count)
			continue;
		buffer_printf(b, "<rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" fill=\"",
			LEFT + column * width, y, width, ROW);
		hist_picture_color(b, count, r->max);
		buffer_text(b, "\"><title>");
		hist_picture_time(b, p->first + column * span);
		buffer_text(b, ", ");
		hist_picture_range(b, p, r, row);
		buffer_printf(b, " %s: %" PRIu64 "</title></rect>\n", p->view->unit, count);
	}
}

/* Returns where the next one may begin. */
static double hist_picture_section(
	struct buffer *b, const struct hist_picture *p, const struct picture_section *s, double y)
{
	struct picture_rows r = hist_picture_rows(p, s);
	double top = y + SECTION_TOP, bottom = top + r.rows * ROW;

	buffer_printf(b, "<text x=\"%d\" y=\"%.0f\" font-weight=\"bold\">", LEFT, top - 10);
	hist_picture_text(b, s->name);
	buffer_printf(b, "</text>\n<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%s</text>\n", LEFT - 8,
		top - 10, p->view->unit);
	for (uint64_t row = 0; row < r.rows; row++) {
		/* the greatest values above */
		double at = bottom - (row + 1) * ROW;

		buffer_printf(b, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">", LEFT - 8, at + ROW - 3);
		hist_picture_range(b, p, &r, row);
		buffer_text(b, "</text>\n");
		if (p->outputs == 1)
			hist_picture_bar(b, &r, row, at);
		else
			hist_picture_row(b, p, &r, row, at);
	}
	buffer_printf(b,
		"<rect x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"%.0f\" fill=\"none\" stroke=\"#888\"/>\n"
		"<text x=\"%d\" y=\"%.0f\">",
		LEFT, top, PLOT, bottom - top, LEFT, bottom + 15);
	hist_picture_time(b, p->first);
	if (p->outputs > 1) {
		buffer_printf(b, "</text>\n<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">", LEFT + PLOT,
			bottom + 15);
		hist_picture_time(b, p->last);
	}
	buffer_text(b, "</text>\n");
	free(r.counts);
	return bottom + SECTION_BOTTOM;
}

void hist_picture_write(const struct hist_picture *p, const char *title, struct buffer *out)
{
	struct buffer body = {0};
	double y = TOP;

	for (size_t i = 0; i < p->count; i++)
		y = hist_picture_section(&body, p, &p->sections[i], y);
	buffer_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
		"font-family=\"sans-serif\" font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"20\" y=\"26\" font-size=\"16\">",
		WIDTH, y + 10, WIDTH, y + 10);
	hist_picture_text(out, title);
	buffer_text(out, "</text>\n");
	if (p->count)
		buffer_add(out, body.data, body.size);
	else
		buffer_printf(out, "<text x=\"%d\" y=\"%d\">nothing was counted</text>\n", LEFT, TOP);
	buffer_text(out, "</svg>\n");
	buffer_free(&body);
}
