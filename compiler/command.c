/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/compile_request.h"
#include "common/error.h"
#include "common/kheaders.h"
#include "common/large_stack.h"
#include "common/printable.h"
#include "common/read_file.h"
#include "libbcc/kernel/btf_folder.h"
#include "libbcc/kernel/rdonly_cast.h"
#include "libbcc/kernel/tracefs.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);

static void usage(FILE *to)
{
	fputs("usage: bcc-compile [-o OBJECT] FILE [-- FLAG...]\n"
	      "Compiles a BPF C text for this machine's kernel; loads nothing.\n"
	      "  FILE       the text; -: standard input\n"
	      "  -o OBJECT  where the object goes; without it, the text is only checked\n"
	      "  FLAG       as for clang: -D, -U, -I, -include, -W...\n",
		to);
}

static void command_say(void *ctx, int level, const char *text)
{
	fputs(text, stderr);
}

static bool command_takes_cast(void *ctx, unsigned id)
{
	return bcc_kernel_takes_rdonly_cast(id);
}

static int command_unpack_headers(void *ctx, const char **folder, struct bcc_err *err)
{
	struct bcc_kheaders *unpacked = ctx;
	int ret = unpacked->folder ? 0 : bcc_kheaders_unpack(BCC_KHEADERS, unpacked, err);

	*folder = unpacked->folder;
	return ret;
}

__attribute__((format(printf, 1, 2))) static int command_fail(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	text = bcc_printable(text, false);
	fprintf(stderr, "%s\n", text ? text : "out of memory");
	free(text);
	return 1;
}

/* Files are read as by the library, and errors name the file as it was given. */
static int command_read(const char *file, char **text)
{
	bcc_auto_fd int fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
	size_t length;
	int ret = fd < 0 ? -errno : bcc_read_text(fd, text, &length);

	if (ret < 0 || !*text)
		return command_fail("%s cannot be read: %s", file, strerror(-ret));
	if (strlen(*text) != length)
		return command_fail(
			"%s is not a text file: it has a zero byte at offset %zu", file, strlen(*text));
	return 0;
}

static int command_write(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "we");
	bool is_written = file && fwrite(data, 1, size, file) == size;

	if (file && fclose(file))
		is_written = false;
	return is_written ? 0 : command_fail("%s cannot be written: %s", path, strerror(errno));
}

struct command_run {
	const struct bcc_compile_request *request;
	struct bcc_compile_result *result;
	int ret;
};

static bool command_run_compiler(void *ctx)
{
	struct command_run *run = ctx;

	run->ret = bcc_compile_1(run->request, run->result);
	return !run->result->stack_is_lost;
}

static int command_run(const struct bcc_compile_request *request, struct bcc_compile_result *result)
{
	struct command_run run = {request, result, 0};
	int ret = bcc_run_on_large_stack(command_run_compiler, &run);

	return ret ? ret : run.ret;
}

static int command_compile(const char *file, const char *object, const char *const *flags, size_t flag_count)
{
	struct bcc_kheaders unpacked = {0};
	const struct bcc_compile_host host = {command_takes_cast, command_unpack_headers, &unpacked};
	bcc_auto_free char *text = NULL;
	struct bcc_err tracefs = {0};
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.name = strcmp(file, "-") ? file : "stdin.c",
		.cflags = flags,
		.cflags_count = flag_count,
		.log = command_say,
		.host = &host};
	struct bcc_compile_result result = {0};
	int ret = command_read(file, &text);

	if (ret)
		return ret;
	request.text = text;
	request.tracefs_fd = strstr(text, "tracepoint") || strstr(text, "TRACEPOINT_PROBE")
				     ? bcc_tracefs_open(&tracefs)
				     : -1;
	request.tracefs_why = tracefs.text;
	request.btf_fd = bcc_btf_folder_open();
	ret = command_run(&request, &result);
	if (ret)
		fprintf(stderr, "%s\n", result.error ? result.error : strerror(-ret));
	else if (object)
		ret = command_write(object, result.elf, result.elf_size);
	bcc_kheaders_remove(&unpacked);
	return ret != 0;
}

int bcc_command(int argc, char **argv)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
	const char *object = NULL;
	int option;

	libbpf_set_print(NULL);
	while ((option = getopt_long(argc, argv, "+o:h", options, NULL)) != -1) {
		if (option == 'o') {
			object = optarg;
		} else {
			usage(option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	if (optind >= argc || (optind + 1 < argc && strcmp(argv[optind + 1], "--") != 0)) {
		usage(stderr);
		return 2;
	}
	return command_compile(argv[optind], object, (const char *const *)argv + optind + 2,
		optind + 2 < argc ? argc - optind - 2 : 0);
}
