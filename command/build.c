/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles a text to an object for this kernel and others. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "object_meta.h"
#include "packed_comment.h"
#include "program_text.h"
#include "verb.h"

struct build {
	const char *name; /* "bpfcc build" */
	const char *path, *output;
	const char **flags;
	size_t flag_count;
	bool package;
};

static const struct argp_option build_options[] = {
	{"output", 'o', "FILE", 0, "Write the object there", 0},
	{"package", 'p', NULL, 0, "Add what the object has, as JSON, in a section " PACKED_COMMENTS_SECTION,
		0},
	{"include", 'I', "DIR", 0, "Look for headers there", 0},
	{"define", 'D', "NAME[=VALUE]", 0, "Define a macro", 0},
	{0},
};

static void build_add_flag(struct build *build, char letter, const char *argument)
{
	char *flag;

	if (asprintf(&flag, "-%c%s", letter, argument) < 0)
		buffer_no_memory();
	build->flags = buffer_grow(build->flags, (build->flag_count + 1) * sizeof(*build->flags));
	build->flags[build->flag_count++] = flag;
}

static error_t build_option(int key, char *argument, struct argp_state *state)
{
	struct build *build = state->input;

	switch (key) {
	case 'o':
		build->output = argument;
		return 0;
	case 'p':
		build->package = true;
		return 0;
	case 'I':
	case 'D':
		build_add_flag(build, (char)key, argument);
		return 0;
	case ARGP_KEY_ARG:
		if (build->path)
			argp_error(state, "%s: one text makes one object", argument);
		build->path = argument;
		return 0;
	case ARGP_KEY_END:
		if (!build->path)
			argp_error(state, "a file is missing");
		else if (!build->output)
			argp_error(state, "-o FILE, where the object goes, is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp build_argp = {
	build_options,
	build_option,
	"FILE",
	"Compiles a text, in BCC's or in libbpf's dialect, to an object that is right on other kernels too: where fields are is "
	"looked up when it is loaded, by this library, libbpf or bpftool. What cannot be right is an error at its line."
	"\v"
	"Examples:\n"
	"  bpfcc build opens.c -o opens.bpf.o\n"
	"  bpfcc run opens.bpf.o\n"
	"  bpftool prog loadall opens.bpf.o /sys/fs/bpf/opens\n",
	NULL,
	NULL,
	NULL,
};

static bool build_write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

/* A file gets its name when it is complete; what is no regular file (/dev/stdout, a pipe) is written to. */
static int build_write(const struct build *build, const void *object, size_t size)
{
	bcc_auto_free char *path = NULL;
	struct stat status;
	bool is_file = stat(build->output, &status) || S_ISREG(status.st_mode), written;
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	if (asprintf(&path, "%s%s", build->output, is_file ? ".XXXXXX" : "") < 0)
		buffer_no_memory();
	fd = is_file ? mkostemp(path, O_CLOEXEC) : open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return verb_fail(build->name, "%s: %s", build->output, strerror(errno));
	written = build_write_all(fd, object, size) && (!is_file || !fchmod(fd, 0666 & ~mask));
	written = !close(fd) && written;
	if (written && (!is_file || !rename(path, build->output)))
		return 0;
	verb_fail(build->name, "%s: %s", build->output, strerror(errno));
	if (is_file)
		unlink(path);
	return 1;
}

static int build_write_package(
	const struct build *build, const struct program_text *p, const void *object, size_t size)
{
	bcc_auto_free void *package = NULL;
	struct buffer meta = {0};
	const char *why;
	int status;

	object_meta_add(&meta, p, build->path);
	package = object_meta_put(object, size, meta.data, meta.size, &size, &why);
	if (package)
		status = build_write(build, package, size);
	else
		status = verb_fail(build->name,
			"%s: the section " PACKED_COMMENTS_SECTION " cannot be added: %s", build->path, why);
	buffer_free(&meta);
	return status;
}

static int build_object(const struct build *build)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .cflags = build->flags,
		.cflags_count = build->flag_count, .portable = true);
	struct program_text text;
	const void *object;
	size_t size;
	int status = 1;

	if (!program_text_open(&text, build->path, NULL, &opts, 0, build->name)) {
		object = bcc_object(text.b, &size);
		if (!text.source)
			verb_fail(build->name, "%s is an object already", build->path);
		else if (text.forms.count)
			verb_fail(build->name,
				"%s: an object cannot say where short forms such as %s go: write functions",
				build->path, text.forms.targets[0].target);
		else if (build->package)
			status = build_write_package(build, &text, object, size);
		else
			status = build_write(build, object, size);
	}
	program_text_close(&text);
	return status;
}

static int build_run(int argc, char **argv)
{
	struct build build = {.name = argv[0]};
	int status = 2;

	if (!argp_parse(&build_argp, argc, argv, 0, NULL, &build))
		status = build_object(&build);
	for (size_t i = 0; i < build.flag_count; i++)
		free((char *)build.flags[i]);
	free(build.flags);
	return status;
}

const struct verb verb_build = {
	"build",
	"FILE -o OBJECT",
	"Compiles a text to an object for this kernel and others",
	build_run,
};
