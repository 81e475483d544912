/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/read_file.h"
#include "package.h"
#include "packed_comment.h"
#include "program_text.h"
#include "trace_view.h"
#include "variable_comment.h"

static void program_text_log(void *ctx, enum bcc_log_level level, const char *text)
{
	const struct program_text *p = ctx;

	if (level == BCC_LOG_WARN && !p->is_attaching)
		fputs(text, stderr);
}

static int program_text_read(const char *path, char **bytes, size_t *size, const char *name)
{
	int fd, ret;

	fd = strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC)
				    : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	ret = fd < 0 ? -errno : bcc_read_text(fd, bytes, size);
	if (fd >= 0)
		close(fd);
	if (ret)
		fprintf(stderr, "%s: %s: %s\n", name, path, strerror(-ret));
	return ret;
}

static int program_text_open_object(struct program_text *p, const void *object, size_t size,
	const struct bcc_open_opts *opts, const char *name)
{
	int ret = bcc_open_object(object, size, opts, &p->b);

	if (ret)
		fprintf(stderr, "%s: %s\n", name, bcc_error(p->b));
	else
		p->prints = trace_view_is_used_by_object(object, size);
	p->meta = ret ? NULL : packed_comments_get(object, size);
	return ret;
}

static int program_text_open_package(
	struct program_text *p, const char *text, const struct bcc_open_opts *opts, const char *name)
{
	bcc_auto_free void *object = NULL;
	size_t size;
	int ret = package_object(text, &object, &size);

	if (ret == -EINVAL)
		fprintf(stderr,
			"%s: %s is JSON, but not a package, or damaged: that has \"bpf_object\", an object that zlib compressed, in "
			"base64, and \"bpf_object_size\", its bytes before\n",
			name, p->path);
	else if (ret)
		fprintf(stderr, "%s: %s: %s\n", name, p->path, strerror(-ret));
	return ret ? ret : program_text_open_object(p, object, size, opts, name);
}

static int program_text_compile(
	struct program_text *p, const struct bcc_open_opts *opts, int pid, const char *name)
{
	int ret = short_forms_expand(&p->forms, p->source, pid);

	if (ret) {
		fprintf(stderr, "%s: %s:%s\n", name, p->name, p->forms.error);
		return ret;
	}
	p->prints = trace_view_is_used(p->source);
	ret = bcc_open_text(p->forms.text, opts, &p->b);
	if (ret)
		fprintf(stderr, "%s: %s\n", name, bcc_error(p->b));
	return ret;
}

static int program_text_open_file(
	struct program_text *p, const struct bcc_open_opts *opts, int pid, const char *name)
{
	bcc_auto_free char *bytes = NULL;
	size_t size = 0;
	int ret = program_text_read(p->path, &bytes, &size, name);

	if (ret || !bytes)
		return ret;
	if (size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG))
		return program_text_open_object(p, bytes, size, opts, name);
	if (strlen(bytes) != size) {
		fprintf(stderr, "%s: %s is neither a text nor an object: it has a zero byte at offset %zu\n",
			name, p->path, strlen(bytes));
		return -EINVAL;
	}
	if (package_is(bytes))
		return program_text_open_package(p, bytes, opts, name);
	p->source = bytes;
	bytes = NULL;
	return program_text_compile(p, opts, pid, name);
}

int program_text_open(struct program_text *p, const char *path, const char *text,
	const struct bcc_open_opts *opts, int pid, const char *name)
{
	struct bcc_open_opts o = *opts;

	*p = (struct program_text){.path = path, .name = path ? path : "text"};
	o.name = p->name;
	o.deferred = true;
	o.log = program_text_log;
	o.log_ctx = p;
	if (path)
		return program_text_open_file(p, &o, pid, name);
	p->source = strdup(text);
	if (!p->source) {
		fprintf(stderr, "%s: %s\n", name, strerror(ENOMEM));
		return -ENOMEM;
	}
	return program_text_compile(p, &o, pid, name);
}

void program_text_say(const struct program_text *p, const char *name)
{
	const char *why = bcc_error(p->b);
	size_t length = strlen(p->name);

	/* unless it begins with a place in the text */
	if (!strncmp(why, p->name, length) && why[length] == ':')
		fprintf(stderr, "%s: %s\n", name, why);
	else
		fprintf(stderr, "%s: %s: %s\n", name, p->name, why);
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
		program_text_say(p, name);
	return count;
}

char *program_text_comment(const struct program_text *p, const char *variable)
{
	if (p->source)
		return variable_comment(p->source, variable);
	return p->meta ? packed_comment(p->meta, variable) : NULL;
}

void program_text_close(struct program_text *p)
{
	bcc_close(p->b);
	short_forms_free(&p->forms);
	free(p->source);
	free(p->meta);
	*p = (struct program_text){0};
}
