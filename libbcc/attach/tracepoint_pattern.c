/* SPDX-License-Identifier: Apache-2.0 */
/* Tracepoints whose names a pattern matches. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/kernel/tracefs.h"
#include "bulk.h"
#include "tracepoint.h"
#include "tracepoint_id.h"

struct tracepoints {
	const char *category, *glob;
	struct dirent **names; /* of scandirat(): whether they match is asked later */
	int count;
};

static int tracepoint_pattern_attach_one(struct bcc_multi *m, size_t first, size_t count)
{
	const struct tracepoints *t = m->places;
	int event = bcc_tracepoint_open(m->p->owner, t->category, t->names[first]->d_name);

	return event < 0 ? event : bcc_attach_perf_fd(m->p, event);
}

static int tracepoint_pattern_one_by_one(struct bcc_multi *m)
{
	const struct tracepoints *t = m->places;
	int ret = bcc_attach_load(m->p, BCC_KIND_TRACEPOINT, NULL);

	m->count = t->count;
	return ret ? ret : bcc_multi_attach(m, tracepoint_pattern_attach_one, 1);
}

/* Keeps the events of the category that match, and no files beside them. */
static void tracepoint_pattern_choose(struct tracepoints *t)
{
	int kept = 0;

	for (int i = 0; i < t->count; i++) {
		struct dirent *entry = t->names[i];

		if (entry->d_type == DT_DIR && *entry->d_name != '.' && !fnmatch(t->glob, entry->d_name, 0))
			t->names[kept++] = entry;
		else
			free(entry);
	}
	t->count = kept;
}

int bcc_tracepoint_attach_pattern(
	struct bcc_program *p, const char *category, const char *glob, struct bcc_link **link)
{
	struct tracepoints t = {.category = category, .glob = glob};
	struct bcc_multi m = {.p = p, .places = &t};
	struct bcc *b = p->owner;
	bcc_auto_free char *what = NULL, *folder = NULL;
	int ret;

	if (!bcc_is_tracepoint_name(category, glob))
		return bcc_fail(
			&b->err, -EINVAL, "\"%s:%s\" is not of the form CATEGORY:NAME", category, glob);
	if (asprintf(&what, "%s:%s", category, glob) < 0 || asprintf(&folder, "events/%s", category) < 0)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	if (b->tracefs_fd < 0)
		b->tracefs_fd = bcc_tracefs_open(&b->err);
	if (b->tracefs_fd < 0)
		return b->tracefs_fd;
	t.count = scandirat(b->tracefs_fd, folder, &t.names, NULL, alphasort);
	if (t.count < 0)
		t.count = 0;
	tracepoint_pattern_choose(&t);
	ret = t.count ? bcc_multi_run(&m, 0, true, NULL, tracepoint_pattern_one_by_one, what, link)
		      : bcc_fail(&b->err, -ENOENT, "no tracepoint of this kernel matches %s", what);
	while (t.count > 0)
		free(t.names[--t.count]);
	free(t.names);
	return ret < 0 ? ret : 0;
}
