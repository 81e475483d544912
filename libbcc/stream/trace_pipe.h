/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of trace_pipe: reads them whole, and parses them. */
#ifndef LIBBCC_STREAM_TRACE_PIPE_H
#define LIBBCC_STREAM_TRACE_PIPE_H

#include "libbcc/handle.h"

/* Assembles lines from pieces as they come from read(). */
struct bcc_lines {
	char *data;
	size_t begin, end, room;
};

/* A buffer of *size bytes to read() into; NULL when out of memory. Tell bcc_lines_add() how many bytes were
 * read. */
char *bcc_lines_room(struct bcc_lines *lines, size_t *size);
void bcc_lines_add(struct bcc_lines *lines, size_t size);
/* The next complete line, NUL-terminated without its newline, valid until the next call; NULL: none yet.
 * Empty lines are skipped. */
char *bcc_lines_next(struct bcc_lines *lines);

/*
 * Parses "TASK-PID [CPU] FLAGS TIMESTAMP: function: message" (kernel/trace/trace_output.c,
 * trace_print_context()); "(TGID)" may follow the PID, and the task's name may contain anything. Returns
 * false if the line is not of this form.
 */
bool bcc_trace_parse(const char *line, struct bcc_trace_fields *fields);

/* Closes the handle's trace_pipe. */
void bcc_trace_free(struct bcc *b);

#endif
