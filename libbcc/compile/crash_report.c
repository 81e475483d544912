/* SPDX-License-Identifier: Apache-2.0 */
#include "crash_report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libbcc/file_limit.h"

/* Writes the flags as comments, so that the file is a valid text. */
static bool crash_report_write(FILE *file, const struct bcc_compile_request *request)
{
	fputs(request->text, file);
	fprintf(file, "\n// %s, compiled by libbcc " BCC_VERSION "\n", request->name);
	for (size_t i = 0; i < request->cflags_count; i++)
		fprintf(file, "// flag: %s\n", request->cflags[i]);
	return !ferror(file);
}

void bcc_crash_report(const struct bcc_compile_request *request, struct bcc_err *err)
{
	const char *folder = secure_getenv("BCC_CRASH_DIR");
	char path[PATH_MAX];
	BCC_FILE_LIMIT_SCOPE;
	bool is_written;
	FILE *file;
	int fd;

	if (!folder || !*folder) {
		bcc_fail(err, err->code,
			"%s; set BCC_CRASH_DIR in the environment to a directory in which text and flags will be kept",
			err->text);
		return;
	}
	snprintf(path, sizeof(path), "%s/bcc-crash-XXXXXX.c", folder);
	fd = mkostemps(path, strlen(".c"), O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	is_written = file && crash_report_write(file, request);
	if (file && fclose(file))
		is_written = false;
	if (is_written)
		bcc_fail(err, err->code, "%s; text and flags are kept in %s", err->text, path);
	else
		bcc_fail(err, err->code, "%s; text and flags cannot be kept in %s: %s", err->text, folder,
			strerror(errno));
}
