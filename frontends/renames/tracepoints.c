/* SPDX-License-Identifier: Apache-2.0 */
#include "tracepoints.h"

#include <stdio.h>
#include <string.h>

#include "embedded_text.h"

extern const struct bcc_text bcc_renamed_tracepoints[];

struct row {
	char category[64], event[64], old[BCC_RENAMED_FIELD_SIZE], new[BCC_RENAMED_FIELD_SIZE], since[16];
	const char *rest; /* what became of it, up to the line's end */
};

/* False at the end of the file. */
static bool tracepoints_next_row(const char **at, struct row *row)
{
	while (**at) {
		const char *line = *at;
		int rest = 0;

		*at += strcspn(line, "\n");
		*at += **at == '\n';
		if (*line != '#' && sscanf(line, "%63[^:\n]:%63s %63s %63s %15s%n", row->category, row->event,
					    row->old, row->new, row->since, &rest) == 5) {
			row->rest = line + rest + strspn(line + rest, " \t");
			return true;
		}
	}
	return false;
}

static bool tracepoints_is_about(const struct row *row, const char *event)
{
	size_t category = strlen(row->category), name = strcspn(row->event, "*");

	if (strncmp(event, row->category, category) != 0 || strncmp(event + category, "__", 2) != 0)
		return false;
	event += category + 2;
	return row->event[name] ? !strncmp(event, row->event, name) : !strcmp(event, row->event);
}

bool bcc_renamed_field(const char *event, const char *field, char other[BCC_RENAMED_FIELD_SIZE])
{
	const char *at = bcc_renamed_tracepoints[0].text;
	struct row row;

	while (tracepoints_next_row(&at, &row)) {
		bool is_old = !strcmp(row.old, field);

		if (!strcmp(row.new, "-") || (!is_old && strcmp(row.new, field) != 0) ||
			!tracepoints_is_about(&row, event))
			continue;
		memcpy(other, is_old ? row.new : row.old, BCC_RENAMED_FIELD_SIZE);
		return true;
	}
	return false;
}

void bcc_tracepoint_became(const char *event, const char *field, char *text, size_t size)
{
	const char *at = bcc_renamed_tracepoints[0].text;
	struct row row;

	*text = '\0';
	while (tracepoints_next_row(&at, &row)) {
		const char *since = strcmp(row.since, "-") ? row.since : NULL;

		if (strcmp(row.new, "-") != 0 || strcmp(row.old, field ? field : "-") != 0 ||
			!tracepoints_is_about(&row, event))
			continue;
		snprintf(text, size, "%s%s: %.*s", since ? " since Linux " : "", since ? since : "",
			(int)strcspn(row.rest, "\n"), row.rest);
		return;
	}
}
