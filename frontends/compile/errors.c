/* SPDX-License-Identifier: Apache-2.0 */
/* Errors at their place in the text. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "common/text_place.h"
#include "job.h"

/* The line behind the error, as clang shows it. */
static int show_place(struct job *job, const struct bcc_text_place *place)
{
	return bcc_fail(&job->err, job->err.code, "%s\n%5u | %.*s\n      | %*s^\n",
		job->err.text ? job->err.text : "", place->line, (int)place->length, place->start,
		(int)place->indent, "");
}

/* The text's asm statement, if it has one only. */
static bool only_assembly(const char *text, struct bcc_text_place *place)
{
	static const char *const words[] = {"asm", "__asm__", "__asm"};
	struct bcc_text_place other;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (bcc_text_find(text, words[i], place))
			return !bcc_text_find(place->start + place->column + 2, words[i], &other);
	return false;
}

/* The rewriter says "NAME:LINE:COLUMN: …", or without the column of a whole function. */
void job_show_line(struct job *job)
{
	size_t length = strlen(job->request->name);
	unsigned line = 0, column = 0;
	struct bcc_text_place place;
	const char *text = job->err.text;

	/* LLVM knows no line of the text for what it cannot assemble */
	if (text && !strncmp(text, "error: in asm()", 15) && only_assembly(job->request->text, &place)) {
		bcc_fail_prefix(&job->err, "%s:%u:%u", job->request->name, place.line, place.column);
		show_place(job, &place);
		return;
	}
	if (text && !strchr(text, '\n') && !strncmp(text, job->request->name, length) &&
		sscanf(text + length, ":%u:%u", &line, &column) >= 1 &&
		bcc_text_at(job->request->text, line, column, &place))
		show_place(job, &place);
}

int job_fail_tracepoint(struct job *job, const char *category_and_name)
{
	struct bcc_text_place place;
	char function[NAME_MAX];

	snprintf(function, sizeof(function), "tracepoint__%s", category_and_name);
	if (!bcc_text_find_function(job->request->text, function, &place))
		return job->err.code;
	bcc_fail(&job->err, job->err.code, "%s:%u:%u: error: %s", job->request->name, place.line,
		place.column, job->err.text ? job->err.text : "");
	return show_place(job, &place);
}

int job_fail_unstable(struct job *job, const char *name, const char *header)
{
	struct bcc_text_place place;

	if (!bcc_text_find(job->request->text, name, &place))
		return bcc_fail(&job->err, -EINVAL,
			"%s: error: the text needs %s of %s, which is not the same in all kernels, but the object is for all",
			job->request->name, name, header);
	bcc_fail(&job->err, -EINVAL,
		"%s:%u:%u: error: %s of %s is not the same in all kernels, but the object is for all",
		job->request->name, place.line, place.column, name, header);
	return show_place(job, &place);
}
