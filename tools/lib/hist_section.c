/* SPDX-License-Identifier: Apache-2.0 */
#include "hist_section.h"
#include "text.h"

void hist_section_range(const struct tool_view *view, uint64_t slot, uint64_t *low, uint64_t *high)
{
	if (view->linear) {
		uint64_t step = view->step ? view->step : 1;

		*low = slot * step;
		*high = *low + step - 1;
		return;
	}
	*low = slot > 1 ? 1ULL << (slot - 1) : 0;
	*high = slot < 64 ? (1ULL << slot) - 1 : UINT64_MAX;
}

void hist_section_get(const struct hist_section *s, const struct tool_column *column, struct value *value)
{
	column_get(column, &(struct tool_row){.data = s->key, .size = s->key_size}, value);
}

/* `before` a value, if there is one. */
static void hist_section_write_value(
	struct writer *w, const struct hist_section *s, const struct tool_column *column, const char *before)
{
	struct value value;

	hist_section_get(s, column, &value);
	if (value.kind == VALUE_NONE)
		return;
	buffer_text(&w->out, before);
	if (value.kind == VALUE_TEXT)
		text_add_printable(&w->out, value.text, value.length);
	else
		writer_number(w, column, &value);
}

void hist_section_write_values(struct writer *w, const struct hist_section *s)
{
	hist_section_write_value(w, s, s->view->section, "");
	if (s->view->section_name)
		hist_section_write_value(w, s, s->view->section_name, " ");
}

void hist_section_write(struct writer *w, const struct hist_section *s)
{
	buffer_text(&w->out, s->view->section->name);
	buffer_text(&w->out, " = ");
	hist_section_write_values(w, s);
}
