/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder has
 *   new/NAME   what will be published as NAME
 *   old/NAME   what was there before, or is withdrawn
 *   done/      new or old, renamed: from then on nothing is undone
 */
#include "pin_stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "buffer.h"
#include "verb.h"

#define PIN_STAGE_NEW "new"
#define PIN_STAGE_OLD "old"
#define PIN_STAGE_DONE "done"
/* where something goes for a moment, to be renamed over what it replaces */
#define PIN_STAGE_NEXT "next"

/* ---- undoing ---- */

static int pin_stage_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

typedef bool pin_stage_fn(int folder, const char *name, int root);

/* Calls `fn` for all that is in a folder; false: a call returned that. What is not there is empty. */
static bool pin_stage_each(int at, const char *name, pin_stage_fn *fn, int root)
{
	int fd = pin_stage_folder(at, name);
	bcc_auto_dir DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool good = true;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return fd < 0 && errno == ENOENT;
	}
	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			good = fn(fd, entry->d_name, root) && good;
	return good;
}

static bool pin_stage_remove(int at, const char *name, int root)
{
	if (!unlinkat(at, name, 0) || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	pin_stage_each(at, name, pin_stage_remove, root);
	return !unlinkat(at, name, AT_REMOVEDIR) || errno == ENOENT;
}

static bool pin_stage_is_same(const struct stat *a, int at, const char *name)
{
	struct stat b;

	return !fstatat(at, name, &b, AT_SYMLINK_NOFOLLOW) && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/* Takes a name off what this folder has published. */
static bool pin_stage_unpublish(int folder, const char *name, int root)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || S_ISDIR(st.st_mode) ||
		!pin_stage_is_same(&st, root, name))
		return true;
	return !unlinkat(root, name, 0) || errno == ENOENT;
}

static bool pin_stage_give_back(int folder, const char *name, int root)
{
	return !renameat2(folder, name, root, name, RENAME_NOREPLACE) || errno == EEXIST || errno == ENOENT;
}

static bool pin_stage_undo(int root, const char *name)
{
	bcc_auto_fd int folder = pin_stage_folder(root, name);
	bool good = true;

	if (folder < 0)
		return errno == ENOENT;
	if (faccessat(folder, PIN_STAGE_DONE, F_OK, 0)) {
		good = pin_stage_each(folder, PIN_STAGE_NEW, pin_stage_unpublish, root);
		good = pin_stage_each(folder, PIN_STAGE_OLD, pin_stage_give_back, root) && good;
	}
	/* what could not be given back stays where it is, to be found */
	return good && pin_stage_remove(root, name, root);
}

/* Undoes what others have left, who were killed together with their guardians. */
static bool pin_stage_undo_left(int at, const char *name, int root)
{
	bcc_auto_fd int folder = -1;

	if (strncmp(name, PIN_STAGE_PREFIX, strlen(PIN_STAGE_PREFIX)) != 0)
		return true;
	folder = pin_stage_folder(at, name);
	if (folder >= 0 && !flock(folder, LOCK_EX | LOCK_NB))
		pin_stage_undo(root, name);
	return true;
}

/* ---- the guardian ---- */

static void pin_stage_guard(const struct pin_stage *s, int pipe)
{
	/* what the caller has, programs and links above all, goes when the caller ends */
	enum { ROOT = 3, PIPE = 4 };
	int root = fcntl(s->root, F_DUPFD, PIPE + 1), end = fcntl(pipe, F_DUPFD, PIPE + 1);
	int null = fcntl(open("/dev/null", O_RDWR), F_DUPFD, PIPE + 1);
	char byte;

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (null < 0 || dup2(root, ROOT) < 0 || dup2(end, PIPE) < 0)
		_exit(1);
	for (int fd = 0; fd < ROOT; fd++)
		dup2(null, fd);
	closefrom(PIPE + 1);
	while (read(PIPE, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(!pin_stage_undo(ROOT, s->name));
}

static int pin_stage_start_guardian(struct pin_stage *s)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	s->guardian = fork();
	if (!s->guardian)
		pin_stage_guard(s, ends[0]);
	close(ends[0]);
	s->alive = ends[1];
	return s->guardian < 0 ? -errno : 0;
}

/* ---- opening and closing ---- */

/* Makes the folder and locks it, before somebody takes it for one that was left. */
static int pin_stage_make(struct pin_stage *s)
{
	struct stat st;

	for (;;) {
		if (mkdirat(s->root, s->name, 0700))
			return -errno;
		s->folder = pin_stage_folder(s->root, s->name);
		if (s->folder < 0 && errno != ENOENT)
			return -errno;
		if (s->folder >= 0 && (flock(s->folder, LOCK_EX) || fstat(s->folder, &st)))
			return -errno;
		if (s->folder >= 0 && st.st_nlink)
			break;
		if (s->folder >= 0)
			close(s->folder);
		s->folder = -1;
	}
	return mkdirat(s->folder, PIN_STAGE_NEW, 0700) || mkdirat(s->folder, PIN_STAGE_OLD, 0700) ? -errno
												  : 0;
}

static int pin_stage_open_root(struct pin_stage *s)
{
	struct statfs fs;

	s->root = open(s->root_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root < 0)
		return verb_fail(s->command, "%s: %s", s->root_path, strerror(errno));
	if (!fstatfs(s->root, &fs) && fs.f_type == BPF_FS_MAGIC)
		return 0;
	return verb_fail(s->command,
		"%s is not a folder of a bpf file system (is one mounted there? mount -t bpf bpf /sys/fs/bpf)",
		s->root_path);
}

int pin_stage_open(struct pin_stage *s, const char *root_path, const char *command)
{
	uint64_t random;
	int ret;

	*s = (struct pin_stage){
		.command = command, .root_path = root_path, .root = -1, .folder = -1, .alive = -1};
	if (pin_stage_open_root(s) || s->root < 0)
		return 1;
	pin_stage_each(s->root, ".", pin_stage_undo_left, s->root);
	ret = getrandom(&random, sizeof(random), 0) == sizeof(random) ? 0 : -errno;
	snprintf(s->name, sizeof(s->name), PIN_STAGE_PREFIX "%016lx", random);
	if (!ret)
		ret = pin_stage_start_guardian(s);
	if (!ret)
		ret = pin_stage_make(s);
	return ret ? verb_fail(command, "%s: no folder can be made there: %s", root_path, strerror(-ret)) : 0;
}

int pin_stage_close(struct pin_stage *s)
{
	int status = 0;

	if (s->alive >= 0)
		close(s->alive);
	if (s->guardian > 0)
		while (waitpid(s->guardian, &status, 0) < 0 && errno == EINTR)
			;
	if (s->folder >= 0)
		close(s->folder);
	if (s->root >= 0)
		close(s->root);
	if (!status)
		return 0;
	return verb_fail(s->command, "%s/%s could not be removed", s->root_path, s->name);
}

/* ---- between the two ---- */

char *pin_stage_path(const struct pin_stage *s, const char *path)
{
	char *full;

	if (asprintf(&full, "%s/%s/" PIN_STAGE_NEW "/%s", s->root_path, s->name, path) < 0)
		buffer_no_memory();
	return full;
}

int pin_stage_make_folder(struct pin_stage *s, const char *path)
{
	bcc_auto_free char *full = NULL;

	if (asprintf(&full, PIN_STAGE_NEW "/%s", path) < 0)
		buffer_no_memory();
	if (!mkdirat(s->folder, full, 0700))
		return 0;
	return verb_fail(
		s->command, "%s/%s: no such folder can be made: %s", s->root_path, path, strerror(errno));
}

static int pin_stage_done(struct pin_stage *s, const char *name)
{
	return renameat(s->folder, name, s->folder, PIN_STAGE_DONE) ? -errno : 0;
}

/* A folder is published in one step, which is the last one if it is the only name. */
static int pin_stage_publish_folder(int new, const char *name, int root, bool replace)
{
	if (replace && !renameat2(new, name, root, name, RENAME_EXCHANGE))
		return 0;
	if (replace && errno != ENOENT)
		return -errno;
	return renameat2(new, name, root, name, RENAME_NOREPLACE) ? -errno : 0;
}

static int pin_stage_publish_file(struct pin_stage *s, int new, const char *name, bool replace)
{
	bcc_auto_fd int old = -1;

	if (!linkat(new, name, s->root, name, 0))
		return 0;
	if (!replace || errno != EEXIST)
		return -errno;
	old = pin_stage_folder(s->folder, PIN_STAGE_OLD);
	if (old < 0 || linkat(s->root, name, old, name, 0) ||
		linkat(new, name, s->folder, PIN_STAGE_NEXT, 0) ||
		renameat(s->folder, PIN_STAGE_NEXT, s->root, name))
		return -errno;
	return 0;
}

static int pin_stage_publish_one(struct pin_stage *s, int new, const char *name, bool replace)
{
	struct stat st;

	if (fstatat(new, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	return S_ISDIR(st.st_mode) ? pin_stage_publish_folder(new, name, s->root, replace)
				   : pin_stage_publish_file(s, new, name, replace);
}

int pin_stage_publish(struct pin_stage *s, char *const *names, size_t count, bool replace)
{
	bcc_auto_fd int new = pin_stage_folder(s->folder, PIN_STAGE_NEW);
	int ret = new < 0 ? -errno : 0;

	for (size_t i = 0; i < count && !ret; i++) {
		ret = pin_stage_publish_one(s, new, names[i], replace);
		if (ret == -EEXIST)
			verb_fail(s->command, "%s/%s: there is something already, which --replace replaces",
				s->root_path, names[i]);
		else if (ret == -EINVAL && replace)
			verb_fail(s->command,
				"%s/%s cannot be replaced: this kernel does not exchange folders (Linux 5.17 does); remove it with "
				"bpfcc unpin",
				s->root_path, names[i]);
		else if (ret)
			verb_fail(s->command, "%s/%s: %s", s->root_path, names[i], strerror(-ret));
	}
	if (ret)
		return 1;
	ret = pin_stage_done(s, PIN_STAGE_NEW);
	return ret ? verb_fail(s->command, "%s/%s: %s", s->root_path, s->name, strerror(-ret)) : 0;
}

int pin_stage_withdraw(struct pin_stage *s, char *const *names, size_t count)
{
	bcc_auto_fd int old = pin_stage_folder(s->folder, PIN_STAGE_OLD);
	int ret = old < 0 ? -errno : 0;
	size_t i;

	for (i = 0; i < count && !ret; i++)
		if (renameat2(s->root, names[i], old, names[i], RENAME_NOREPLACE))
			ret = -errno;
	if (!ret)
		ret = pin_stage_done(s, PIN_STAGE_OLD);
	if (ret)
		verb_fail(s->command, "%s/%s: %s", s->root_path, i ? names[i - 1] : s->name, strerror(-ret));
	return !!ret;
}
