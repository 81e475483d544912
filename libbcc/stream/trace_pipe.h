/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of trace_pipe: reading them whole, and taking them apart. */
#ifndef LIBBCC_STREAM_TRACE_PIPE_H
#define LIBBCC_STREAM_TRACE_PIPE_H

#include "libbcc/handle.h"

/* Pieces of a stream as they come from read(), put together to lines. */
struct bcc_lines {
	char *data;
	size_t begin, end, room;
};

/* Room to read() into, of *size bytes; NULL when memory is missing. bcc_lines_add() says how many were read.
 */
char *bcc_lines_room(struct bcc_lines *lines, size_t *size);
void bcc_lines_add(struct bcc_lines *lines, size_t size);
/* The next whole line, NUL-terminated without its newline, valid until the next call; NULL: none yet. Empty
 * lines are left out. */
char *bcc_lines_next(struct bcc_lines *lines);

/*
 * "TASK-PID [CPU] FLAGS TIMESTAMP: function: message" (kernel/trace/trace_output.c, trace_print_context());
 * "(TGID)" may stand after the PID, and the task's name may contain anything. False: the line is not of this
 * form.
 */
bool bcc_trace_parse(const char *line, struct bcc_trace_fields *fields);

/* Closes the handle's trace_pipe. */
void bcc_trace_free(struct bcc *b);

#endif
