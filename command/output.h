/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to stdout: rows of several kinds, of which tables have the headings above them. */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "writer.h"

struct output {
	enum writer_format format;
	const struct writer *last; /* whose rows were printed last: its headings are above them */
	uint64_t rows;		   /* of events */
	uint64_t most;		   /* of events; 0: no limit */
	bool closed;		   /* nobody reads it any more, or it cannot be written */
	int error;		   /* errno of that */
};

extern struct output output;

/* Prints a row, and the headings before it unless they are there. */
void output_row(struct writer *w, const void *data, size_t size);

/* Prints the headings, unless they are there. */
void output_header(struct writer *w);

/* Prints what the writer has, and forgets it. */
void output_flush(struct writer *w);

/* A line that is no row: only tables have it. */
void output_line(const char *text);

#endif
