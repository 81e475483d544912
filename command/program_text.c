/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/read_file.h"
#include "program_text.h"

static void program_text_log(void *ctx, enum bcc_log_level level, const char *text)
{
	const struct program_text *p = ctx;

	if (level == BCC_LOG_WARN && !p->is_attaching)
		fputs(text, stderr);
}

static int program_text_read(struct program_text *p, const char *text, const char *name)
{
	int fd, ret;

	if (!p->path) {
		p->source = strdup(text);
		return p->source ? 0 : -ENOMEM;
	}
	fd = strcmp(p->path, "-") != 0 ? open(p->path, O_RDONLY | O_CLOEXEC)
				       : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	ret = fd < 0 ? -errno : bcc_read_text(fd, &p->source, &(size_t){0});
	if (fd >= 0)
		close(fd);
	if (ret)
		fprintf(stderr, "%s: %s: %s\n", name, p->path, strerror(-ret));
	return ret;
}

int program_text_open(struct program_text *p, const char *path, const char *text, const char *const *flags,
	size_t flag_count, int pid, const char *name)
{
	struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .cflags = flags,
		.cflags_count = flag_count, .deferred = true, .log = program_text_log, .log_ctx = p);
	int ret;

	*p = (struct program_text){.path = path, .name = path ? path : "text"};
	ret = program_text_read(p, text, name);
	if (ret)
		return ret;
	ret = short_forms_expand(&p->forms, p->source, pid);
	if (ret) {
		fprintf(stderr, "%s: %s:%s\n", name, p->name, p->forms.error);
		return ret;
	}
	opts.name = p->name;
	ret = bcc_open_text(p->forms.text, &opts, &p->b);
	if (ret)
		fprintf(stderr, "%s: %s\n", name, bcc_error(p->b));
	return ret;
}

/* "PROG=TARGET" of the user's, if the program is one of this text. Returns how many were attached. */
static int program_text_attach_named(struct program_text *p, const char *wish)
{
	size_t length = strcspn(wish, "=");
	char *prog = strndup(wish, length);
	int ret = -ENOMEM;

	if (!prog)
		return ret;
	ret = 0;
	if (wish[length] && bcc_program_find(p->b, prog))
		ret = bcc_attach_target(p->b, prog, wish + length + 1, NULL) ?: 1;
	free(prog);
	return ret;
}

int program_text_attach(struct program_text *p, const char *const *wishes, const char *name)
{
	int count, ret;

	/* that no name says where its program goes matters only if nothing else does, and the caller knows */
	p->is_attaching = true;
	count = bcc_attach_all(p->b);
	p->is_attaching = false;
	for (size_t i = 0; i < p->forms.count && count >= 0; i++) {
		ret = bcc_attach_target(p->b, p->forms.targets[i].program, p->forms.targets[i].target, NULL);
		count = ret < 0 ? ret : count + 1;
	}
	for (; *wishes && count >= 0; wishes++) {
		ret = program_text_attach_named(p, *wishes);
		count = ret < 0 ? ret : count + ret;
	}
	if (count < 0)
		fprintf(stderr, "%s: %s: %s\n", name, p->name, bcc_error(p->b));
	return count;
}

void program_text_close(struct program_text *p)
{
	bcc_close(p->b);
	short_forms_free(&p->forms);
	free(p->source);
	*p = (struct program_text){0};
}
