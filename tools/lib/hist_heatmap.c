/* SPDX-License-Identifier: Apache-2.0 */
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include "common/array.h"
#include "common/printable.h"
#include "hist_heatmap.h"

/* Always as many, so that the lines of all intervals fit together: slots of 1 to 2^39, or 0 to 39; the last
 * one has what is beyond it too. */
enum { CELLS = 40, TICK = 10, NAME_WIDTH = 20 };
/* The next shade stands for so many times as much. */
#define FACTOR 4

static const char *const plain_shades[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
static const char *const block_shades[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

static const char *const *heatmap_shades; /* NULL: not yet known */

void hist_heatmap_set_utf8(bool utf8)
{
	heatmap_shades = utf8 ? block_shades : plain_shades;
}

static const char *hist_heatmap_shade(uint64_t count)
{
	uint64_t least = 1;
	size_t shade = 0;

	if (!heatmap_shades) {
		locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);

		hist_heatmap_set_utf8(locale && !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8"));
		if (locale)
			freelocale(locale);
	}
	for (; count >= least && shade + 1 < ARRAY_SIZE(plain_shades); least *= FACTOR)
		shade++;
	return heatmap_shades[shade];
}

static void hist_heatmap_write_time(struct writer *w, uint64_t time)
{
	clock_add(&w->out, time, w->time_format < 0 ? CLOCK_LOCAL : (enum clock_format)w->time_format);
	buffer_char(&w->out, ' ');
}

/* How many columns of a terminal a printable text takes, if none of its characters is wide. */
static size_t hist_heatmap_width(const char *text, size_t size)
{
	size_t width = 0;
	unsigned code_point;

	for (size_t at = 0, length; at < size; at += length, width++) {
		length = bcc_utf8(text + at, size - at, &code_point);
		if (!length)
			length = 1;
	}
	return width;
}

static void hist_heatmap_pad(struct writer *w, size_t from, size_t width)
{
	size_t have = hist_heatmap_width(w->out.data + from, w->out.size - from);

	if (have < width)
		buffer_fill(&w->out, ' ', width - have);
}

void hist_heatmap_write_scale(struct writer *w, const struct tool_view *view)
{
	static const char *const powers[] = {"1", "1K", "1M", "1G"};
	size_t from = w->out.size;
	uint64_t least = 1;

	buffer_text(&w->out, view->unit);
	buffer_text(&w->out, "; counts from");
	for (size_t i = 1; i < ARRAY_SIZE(plain_shades); i++, least *= FACTOR)
		buffer_printf(&w->out, " %llu: %s", (unsigned long long)least, hist_heatmap_shade(least));
	buffer_char(&w->out, '\n');
	/* as wide as a time */
	from = w->out.size;
	hist_heatmap_write_time(w, 0);
	memset(w->out.data + from, ' ', w->out.size - from);
	if (view->section) {
		from = w->out.size;
		buffer_text(&w->out, view->section->name);
		hist_heatmap_pad(w, from, NAME_WIDTH);
	}
	buffer_char(&w->out, ' ');
	for (size_t i = 0; i < ARRAY_SIZE(powers); i++) {
		from = w->out.size;
		if (view->linear)
			buffer_unsigned(&w->out, i * TICK * (view->step ? view->step : 1));
		else
			buffer_text(&w->out, powers[i]);
		if (i + 1 < ARRAY_SIZE(powers))
			hist_heatmap_pad(w, from, TICK);
	}
	buffer_char(&w->out, '\n');
}

void hist_heatmap_write(struct writer *w, const struct hist_section *s)
{
	uint64_t first = s->view->linear ? 0 : 1, cells[CELLS] = {0};

	hist_heatmap_write_time(w, s->time);
	if (s->view->section) {
		size_t from = w->out.size;

		hist_section_write_values(w, s);
		hist_heatmap_pad(w, from, NAME_WIDTH);
	}
	for (uint64_t i = first; s->count && i <= s->last; i++)
		cells[i - first < CELLS ? i - first : CELLS - 1] += s->slots[i];
	buffer_char(&w->out, '|');
	for (size_t i = 0; i < CELLS; i++)
		buffer_text(&w->out, hist_heatmap_shade(cells[i]));
	buffer_printf(&w->out, "| %llu\n", (unsigned long long)s->count);
}
