/* SPDX-License-Identifier: Apache-2.0 */
#include "child_program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/array.h"
#include "common/error.h"
#include "own_file.h"

#define PROGRAM "bcc-compile"

/* Next to this library (in a build tree), and where it is installed. */
static const char *const places[] = {PROGRAM, BCC_LIBEXEC_FROM_LIB "/" PROGRAM};

/* Set once. */
static struct {
	int fd; /* -1: not found when the library was loaded */
	dev_t device;
	ino_t inode;
	char path[PATH_MAX];
} program = {.fd = -1};
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int child_program_open_place(size_t i, char *path)
{
	int fd;

	if (!bcc_own_file_neighbour(places[i], path, PATH_MAX))
		return -ENOENT;
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void child_program_keep(void)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(places) && program.fd < 0; i++)
		program.fd = child_program_open_place(i, program.path);
	if (program.fd < 0) {
		program.fd = -1;
		snprintf(program.path, sizeof(program.path), "%s", PROGRAM);
	} else if (fstat(program.fd, &st) == 0) {
		program.device = st.st_dev;
		program.inode = st.st_ino;
	}
}

void bcc_child_program_keep(void)
{
	pthread_once(&once, child_program_keep);
}

const char *bcc_child_program_path(void)
{
	bcc_child_program_keep();
	return program.path;
}

/* A program that closes all descriptors closes this one too, and its number may belong to another file
 * then. */
static int child_program_duplicate(void)
{
	int fd = program.fd < 0 ? -1 : fcntl(program.fd, F_DUPFD_CLOEXEC, 0);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && st.st_dev == program.device && st.st_ino == program.inode)
		return fd;
	close(fd);
	return -1;
}

int bcc_child_program_open(struct bcc_err *err)
{
	char path[ARRAY_SIZE(places)][PATH_MAX] = {"", ""};
	int fd, code[ARRAY_SIZE(places)];

	bcc_child_program_keep();
	fd = child_program_duplicate();
	if (fd >= 0)
		return fd;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		code[i] = child_program_open_place(i, path[i]);
		if (code[i] >= 0)
			return code[i];
		if (code[i] == -EMFILE || code[i] == -ENFILE)
			return bcc_fail(err, code[i], "the compiler, %s, cannot be opened: %s", path[i],
				strerror(-code[i]));
	}
	return bcc_fail(err, -ELIBACC,
		"the compiler, the program " PROGRAM
		", which comes with this library, cannot be opened: %s: %s; %s: %s",
		path[0], strerror(-code[0]), path[1], strerror(-code[1]));
}
