/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows as a table for people, as JSON lines, or as CSV. The three differ in nothing that a tool has to know:
 * it has columns.
 */
#ifndef TOOLS_LIB_WRITER_H
#define TOOLS_LIB_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "clock.h"
#include "column.h"

enum writer_format { WRITER_TABLE, WRITER_JSON, WRITER_CSV };

/* The format called "table", "json" or "csv"; -1 if there is none. */
int writer_format_find(const char *name);

struct json_object;

struct writer {
	enum writer_format format;
	struct column_choice choice;
	int time_format;       /* enum clock_format, or -1: that of the format and column */
	uint64_t first, start; /* when the first event was, and when the tool attached; 0: not yet known */
	struct buffer out;     /* what has been written; the owner takes it */
	struct buffer scratch;
	struct json_member *members; /* of the record, in JSON */
	struct json_object *record;
};

/* Chooses the columns as column_choose() does, and returns what that returns. In JSON the time is a member
 * whether it is a column or not, unless `names` says which are. */
const char *writer_init(struct writer *w, enum writer_format format, const struct tool_column *columns,
	const char *changes, const char *names);
void writer_free(struct writer *w);

/* The headings: of tables and CSV. */
void writer_header(struct writer *w);

void writer_row(struct writer *w, const struct tool_row *row);

/* ---- for the formats' files ---- */

/* The first event's time is 0 in columns of COLUMN_SECONDS. */
int64_t writer_since(struct writer *w, const struct tool_column *column, uint64_t time);

/* A number as tables and CSV have it. */
void writer_number(struct writer *w, const struct tool_column *column, const struct value *value);

void writer_table_header(struct writer *w);
void writer_table_row(struct writer *w, const struct tool_row *row);
/* A field, in quotes if it needs them. */
void writer_csv_text(struct buffer *b, const char *text, size_t length);
void writer_csv_header(struct writer *w);
void writer_csv_row(struct writer *w, const struct tool_row *row);
void writer_json_init(struct writer *w, const struct tool_column *columns, bool named);
void writer_json_row(struct writer *w, const struct tool_row *row);
void writer_json_free(struct writer *w);

/* Records of JSON that are no rows. The first one: what follows. */
void writer_json_start(struct writer *w, const char *tool, const char *version, const char *kernel);
/* So many events ("lost") or processes ("lost_processes") were lost. */
void writer_json_lost(struct writer *w, const char *what, uint64_t count);

#endif
