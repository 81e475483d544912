/* SPDX-License-Identifier: Apache-2.0 */
#include "kheaders.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../libbcc/cleanup.h"

static void free_archive(struct archive **archive)
{
	archive_read_free(*archive);
}

/* A path that stays in the folder. */
static bool stays_inside(const char *path)
{
	if (!*path || *path == '/')
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
			return false;
	}
	return true;
}

/* Folders need not come before what is in them. */
static int make_folders(int folder, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = *path && mkdirat(folder, path, 0700) && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (r)
			return r;
	}
	return 0;
}

static int write_file(struct archive *archive, int folder, const char *path)
{
	bcc_auto_free char *copy = strdup(path);
	bcc_auto_fd int file = -1;
	int r = copy ? make_folders(folder, copy) : -ENOMEM;

	if (r)
		return r;
	file = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return -errno;
	return archive_read_data_into_fd(archive, file) == ARCHIVE_OK ? 0 : -EBADMSG;
}

/* Of an archive of headers, what is no plain file is of no use. */
static int write_files(struct archive *archive, int folder)
{
	struct archive_entry *entry;
	int r = 0, next = ARCHIVE_OK;

	while (!r && (next = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
		const char *path = archive_entry_pathname(entry);

		if (archive_entry_filetype(entry) == AE_IFREG && path && stays_inside(path))
			r = write_file(archive, folder, path);
	}
	return r || next == ARCHIVE_EOF ? r : -EBADMSG;
}

static int unpack_into(struct archive *archive, const char *folder)
{
	bcc_auto_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : write_files(archive, fd);
}

static int open_archive(struct archive *archive, const char *path)
{
	if (access(path, R_OK))
		return -errno;
	archive_read_support_format_tar(archive);
	archive_read_support_filter_xz(archive);
	return archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK ? 0 : -EBADMSG;
}

static char *new_folder(void)
{
	const char *parent = secure_getenv("TMPDIR");
	char *folder;

	if (asprintf(&folder, "%s/bcc-kheaders-XXXXXX", parent && *parent == '/' ? parent : "/tmp") < 0)
		return NULL;
	if (mkdtemp(folder))
		return folder;
	free(folder);
	return NULL;
}

int bcc_kheaders_unpack(const char *path, char **folder, struct bcc_err *err)
{
	__attribute__((cleanup(free_archive))) struct archive *archive = archive_read_new();
	int r = archive ? open_archive(archive, path) : -ENOMEM;

	*folder = NULL;
	if (r == -ENOENT)
		return bcc_fail(err, r, "there is no %s", path);
	if (!r) {
		*folder = new_folder();
		r = *folder ? unpack_into(archive, *folder) : -errno;
	}
	if (!r)
		return 0;
	bcc_fail(err, r, "the kernel's headers in %s cannot be unpacked%s%s: %s", path,
		*folder ? " into " : "", *folder ? *folder : "",
		r == -EBADMSG ? "the archive is damaged" : strerror(-r));
	if (*folder)
		bcc_kheaders_remove(*folder);
	free(*folder);
	*folder = NULL;
	return r;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path) && errno != ENOENT ? -1 : 0;
}

void bcc_kheaders_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
