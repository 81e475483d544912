/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "events.h"
#include "tool.h"

/* Joins the texts into one, marked so that diagnostics name the file and line in the source tree. */
static char *text_join(const struct bcc_text *texts)
{
	char *joined = NULL;
	size_t size;
	FILE *f = open_memstream(&joined, &size);

	if (!f)
		return NULL;
	for (; texts->name; texts++)
		fprintf(f, "#line 1 \"%s\"\n%s", texts->name, texts->text);
	if (fclose(f)) {
		free(joined);
		return NULL;
	}
	return joined;
}

/* With an error, they are part of it or beside the point. */
static void text_show_warnings(const struct tool *t)
{
	const char *warnings = bcc_warnings(t->bcc);

	if (*warnings && !*bcc_error(t->bcc))
		fprintf(stderr, "%s: %s", t->name, warnings);
}

int tool_try_open(struct tool *t)
{
	char *text;
	int ret;

	tool_open_containers(t);
	text = text_join(t->texts);
	if (t->dump_text) {
		for (size_t i = 0; i < t->cflag_count; i++)
			printf("// %s\n", t->cflags[i]);
		fputs(text ? text : "", stdout);
		free(text);
		exit(tool_finish(t));
	}
	ret = -ENOMEM;
	if (text)
		ret = bcc_open_text(text,
			&BCC_OPTS(struct bcc_open_opts, .name = t->name,
				.cflags = (const char *const *)t->cflags, .cflags_count = t->cflag_count,
				.debug = t->debug),
			&t->bcc);
	free(text);
	text_show_warnings(t);
	if (!ret)
		ret = tool_set_containers(t);
	if (!ret)
		ret = bcc_attach_all(t->bcc);
	return ret < 0 ? ret : 0;
}

int tool_open(struct tool *t)
{
	int ret = tool_try_open(t);

	if (ret)
		tool_failed(t);
	return ret;
}

void tool_close(struct tool *t)
{
	bcc_close(t->bcc);
	t->bcc = NULL;
	tool_close_containers(t);
	tool_close_events(t);
	while (t->cflag_count)
		free(t->cflags[--t->cflag_count]);
}
