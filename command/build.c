/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles texts to an object for this kernel and others. */
#include <argp.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/read_file.h"
#include "compile_options.h"
#include "object_meta.h"
#include "packed_comment.h"
#include "program_text.h"
#include "verb.h"

struct build {
	const char *name;   /* "bpfcc build" */
	const char **paths; /* of texts, and of objects that they are linked with */
	size_t path_count;
	const char *output;
	struct compile_options compile;
	bool package;
};

static const struct argp_option build_options[] = {
	{"output", 'o', "FILE", 0, "Write the object there; - is standard output", 0},
	{"package", 'p', NULL, 0, "Add what the object has, as JSON, in a section " PACKED_COMMENTS_SECTION,
		0},
	COMPILE_OPTIONS(0),
	{0},
};

static error_t build_option(int key, char *argument, struct argp_state *state)
{
	struct build *build = state->input;

	switch (key) {
	case 'o':
		build->output = strcmp(argument, "-") != 0 ? argument : "/dev/stdout";
		return 0;
	case 'p':
		build->package = true;
		return 0;
	case ARGP_KEY_ARG:
		build->paths = buffer_grow(build->paths, (build->path_count + 1) * sizeof(*build->paths));
		build->paths[build->path_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!build->path_count)
			argp_error(state, "a file is missing");
		else if (!build->output)
			argp_error(state, "-o FILE, where the object goes, is missing");
		return 0;
	default:
		return compile_option(&build->compile, key, argument);
	}
}

static const struct argp build_argp = {
	build_options,
	build_option,
	"FILE...",
	"Compiles a text, in BCC's or in libbpf's dialect, to an object that is right on other kernels too: where fields are is "
	"looked up when it is loaded, by this library, libbpf or bpftool. What cannot be right is an error at its line. "
	"Several texts in libbpf's dialect, and objects, are linked: one may declare what another defines."
	"\v"
	"Examples:\n"
	"  bpfcc build opens.c -o opens.bpf.o\n"
	"  bpfcc build main.bpf.c lib.bpf.c -o all.bpf.o\n"
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

/* A file gets its name when it is complete; what is no regular file (/dev/stdout, a pipe, a symbolic link) is
 * written to. */
static int build_write(const struct build *build, const void *object, size_t size)
{
	bcc_auto_free char *path = NULL;
	struct stat status;
	bool is_file = lstat(build->output, &status) || S_ISREG(status.st_mode), written;
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	if (asprintf(&path, "%s%s", build->output, is_file ? ".XXXXXX" : "") < 0)
		buffer_no_memory();
	fd = is_file ? mkostemp(path, O_CLOEXEC) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
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

static int build_write_package(const struct build *build, const struct program_text *p, const char *path,
	const void *object, size_t size)
{
	bcc_auto_free void *package = NULL;
	struct buffer meta = {0};
	const char *why;
	int status;

	object_meta_add(&meta, p, path);
	package = object_meta_put(object, size, meta.data, meta.size, &size, &why);
	if (package)
		status = build_write(build, package, size);
	else
		status = verb_fail(build->name,
			"%s: the section " PACKED_COMMENTS_SECTION " cannot be added: %s", path, why);
	buffer_free(&meta);
	return status;
}

/* The last that libbpf complained of, on a line. */
static char build_linker_says[512];

static int build_keep_message(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(build_linker_says, sizeof(build_linker_says), format, args);
	build_linker_says[strcspn(build_linker_says, "\n")] = '\0';
	return 0;
}

static int build_open(const struct build *build, const char *path, struct program_text *text)
{
	struct bcc_open_opts opts = compile_options_open(&build->compile);

	opts.portable = true;
	if (program_text_open(text, path, NULL, &opts, 0, build->name))
		return 1;
	if (text->forms.count)
		return verb_fail(build->name,
			"%s: an object cannot say where short forms such as %s go: write functions", path,
			text->forms.targets[0].target);
	return 0;
}

static int build_memory(const char *name, char *path, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	snprintf(path, size, "/proc/self/fd/%d", fd);
	return fd;
}

/* Marks the types of what is the kernel's: in sections .ksyms and .kconfig. */
static bool *build_kernels(const struct btf *btf)
{
	uint32_t count = btf__type_cnt(btf);
	bool *kernels = calloc(count, sizeof(*kernels));

	if (!kernels)
		buffer_no_memory();
	for (uint32_t id = 1; id < count; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *section = btf_is_datasec(t) ? btf__name_by_offset(btf, t->name_off) : "";

		if (strcmp(section, ".ksyms") != 0 && strcmp(section, ".kconfig") != 0)
			continue;
		for (int i = 0; i < btf_vlen(t); i++)
			if (btf_var_secinfos(t)[i].type < count)
				kernels[btf_var_secinfos(t)[i].type] = true;
	}
	return kernels;
}

static bool build_is_extern(const struct btf_type *t)
{
	return btf_is_var(t) ? btf_var(t)->linkage == BTF_VAR_GLOBAL_EXTERN
			     : btf_is_func(t) && btf_vlen(t) == BTF_FUNC_EXTERN;
}

/* The library says where it is used. */
static int build_say_undefined(const struct build *build, const void *object, size_t size, const char *name)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true);
	struct bcc *b;
	int ret = bcc_open_object(object, size, &opts, &b) ?: bcc_create(b);

	if (ret)
		verb_fail(build->name, "%s", bcc_error(b));
	else
		verb_fail(build->name,
			"%s is declared, and not defined, nor is it said to be the kernel's (__ksym)", name);
	bcc_close(b);
	return 1;
}

/* What is declared, and nobody defines, is an error here: no loader could do anything about it. */
static int build_check_defined(const struct build *build, const void *object, size_t size)
{
	char path[64];
	bcc_auto_fd int fd = build_memory("object", path, sizeof(path));
	bcc_auto_free bool *kernels = NULL;
	struct btf *btf;
	int status = 0;

	if (fd < 0 || !build_write_all(fd, object, size))
		return verb_fail(build->name, "memory for the object: %s", strerror(errno));
	btf = btf__parse_elf(path, NULL);
	kernels = btf ? build_kernels(btf) : NULL;
	for (uint32_t id = 1; btf && !status && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (build_is_extern(t) && !kernels[id])
			status = build_say_undefined(
				build, object, size, btf__name_by_offset(btf, t->name_off));
	}
	btf__free(btf);
	return status;
}

static int build_one(const struct build *build)
{
	const char *path = build->paths[0];
	struct program_text text;
	const void *object;
	size_t size;
	int status = build_open(build, path, &text);

	if (!status) {
		object = bcc_object(text.b, &size);
		if (!text.source)
			status = verb_fail(build->name, "%s is an object already", path);
		else if (build_check_defined(build, object, size))
			status = 1;
		else if (build->package)
			status = build_write_package(build, &text, path, object, size);
		else
			status = build_write(build, object, size);
	}
	program_text_close(&text);
	return status;
}

/* ---- several ---- */

/* libbpf's linker takes files. */
static int build_add(const struct build *build, const char *path, struct bpf_linker *linker)
{
	struct program_text text;
	int status = build_open(build, path, &text), ret;
	bcc_auto_fd int fd = -1;
	const void *object;
	char file[64];
	size_t size;

	if (!status) {
		object = bcc_object(text.b, &size);
		fd = build_memory(path, file, sizeof(file));
		if (fd < 0 || !build_write_all(fd, object, size))
			status = verb_fail(build->name, "%s: %s", path, strerror(errno));
	}
	if (!status) {
		ret = bpf_linker__add_file(linker, file, NULL);
		if (ret)
			status = verb_fail(build->name, "%s cannot be linked with the others: %s%s%s", path,
				strerror(-ret), *build_linker_says ? ": " : "", build_linker_says);
	}
	program_text_close(&text);
	return status;
}

/* What has been linked is opened as any object, which says what is still missing. */
static int build_write_linked(const struct build *build, const char *linked)
{
	struct program_text text;
	bcc_auto_free char *bytes = NULL;
	size_t size;
	int ret = bcc_read_regular_file(linked, UINT32_MAX, &bytes, &size), status;

	if (ret)
		return verb_fail(build->name, "what was linked cannot be read: %s", strerror(-ret));
	if (build_check_defined(build, bytes, size))
		return 1;
	status = build_open(build, linked, &text);
	if (!status)
		status = build->package ? build_write_package(build, &text, build->output, bytes, size)
					: build_write(build, bytes, size);
	program_text_close(&text);
	return status;
}

static int build_several(const struct build *build)
{
	char linked[64];
	bcc_auto_fd int fd = build_memory("linked.bpf.o", linked, sizeof(linked));
	struct bpf_linker *linker;
	int status = 0, ret;

	if (fd < 0)
		return verb_fail(build->name, "memory for the object: %s", strerror(errno));
	libbpf_set_print(build_keep_message);
	linker = bpf_linker__new(linked, NULL);
	if (!linker)
		return verb_fail(build->name, "the linker cannot be started: %s", strerror(errno));
	for (size_t i = 0; i < build->path_count && !status; i++)
		status = build_add(build, build->paths[i], linker);
	if (!status) {
		ret = bpf_linker__finalize(linker);
		if (ret)
			status = verb_fail(build->name, "the objects cannot be linked: %s%s%s",
				strerror(-ret), *build_linker_says ? ": " : "", build_linker_says);
	}
	bpf_linker__free(linker);
	return status ? status : build_write_linked(build, linked);
}

static int build_run(int argc, char **argv)
{
	struct build build = {.name = argv[0]};
	int status = compile_options_take(&build.compile, &argc, argv, argv[0]);

	if (!status && argp_parse(&build_argp, argc, argv, 0, NULL, &build))
		status = 2;
	else if (!status)
		status = build.path_count == 1 ? build_one(&build) : build_several(&build);
	free(build.paths);
	compile_options_free(&build.compile);
	return status;
}

const struct verb verb_build = {
	"build",
	"FILE... -o OBJECT",
	"Compiles texts to an object for this kernel and others",
	build_run,
};
