/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "output.h"

struct output output;

static void output_check(void)
{
	if (!ferror(stdout))
		return;
	output.closed = true;
	output.error = errno;
}

void output_flush(struct writer *w)
{
	if (w->out.size && !output.closed)
		fwrite(w->out.data, 1, w->out.size, stdout);
	w->out.size = 0;
	output_check();
}

void output_header(struct writer *w)
{
	if (output.last == w || output.format == WRITER_JSON)
		return;
	if (output.last)
		buffer_char(&w->out, '\n');
	output.last = w;
	writer_header(w);
	output_flush(w);
}

void output_row(struct writer *w, const void *data, size_t size)
{
	output_header(w);
	writer_row(w, &(struct tool_row){.data = data, .size = size});
	output_flush(w);
}

void output_line(const char *text)
{
	if (output.format == WRITER_TABLE && !output.closed)
		fprintf(stdout, "%s\n", text);
	output_check();
}
