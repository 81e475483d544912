/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The archive is written by GNU tar through xz (kernel/gen_kheaders.sh): blocks of 512 bytes, each file a
 * header and its contents. Formats: "Basic Tar Format" in tar's manual, and pax(1) of POSIX for ustar.
 */
#include "kheaders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"

enum { BLOCK = 512 };

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], owner[32], group[32], device[16], prefix[155], unused[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

struct archive {
	FILE *file;
	lzma_stream xz;
	uint8_t packed[1 << 16];
	char path[PATH_MAX]; /* of the current entry */
	bool path_is_long;   /* it came in an entry of its own */
};

static void archive_close(struct archive *archive)
{
	lzma_end(&archive->xz);
	if (archive->file)
		fclose(archive->file);
}

static int archive_open(struct archive *archive, const char *path)
{
	archive->file = fopen(path, "re");
	if (!archive->file)
		return -errno;
	return lzma_stream_decoder(&archive->xz, UINT64_MAX, 0) == LZMA_OK ? 0 : -ENOMEM;
}

/* Unpacks until there are `size` bytes, or no more. */
static lzma_ret kheaders_decode(struct archive *archive, void *to, size_t size)
{
	lzma_stream *xz = &archive->xz;
	lzma_ret r = LZMA_OK;

	xz->next_out = to;
	xz->avail_out = size;
	while (xz->avail_out && r == LZMA_OK) {
		if (!xz->avail_in) {
			xz->next_in = archive->packed;
			xz->avail_in = fread(archive->packed, 1, sizeof(archive->packed), archive->file);
		}
		r = lzma_code(xz, xz->avail_in ? LZMA_RUN : LZMA_FINISH);
	}
	return r;
}

/* Reads exactly `size` bytes. */
static int read_bytes(struct archive *archive, void *to, size_t size)
{
	lzma_ret r = kheaders_decode(archive, to, size);

	if (r == LZMA_MEM_ERROR)
		return -ENOMEM;
	return archive->xz.avail_out ? -EBADMSG : 0;
}

/* Reads past the last file: only the end of the stream has the check of its integrity. */
static int read_end(struct archive *archive)
{
	char rest[BLOCK * 8];
	lzma_ret r;

	do {
		r = kheaders_decode(archive, rest, sizeof(rest));
	} while (r == LZMA_OK);
	return r == LZMA_STREAM_END ? 0 : r == LZMA_MEM_ERROR ? -ENOMEM : -EBADMSG;
}

static bool checksum_is_right(const struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	size_t at = offsetof(struct header, checksum);
	unsigned long sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= at && i < at + sizeof(header->checksum) ? ' ' : bytes[i];
	return strtoul(header->checksum, NULL, 8) == sum;
}

static void set_path(struct archive *archive, const struct header *header)
{
	bool is_ustar = !memcmp(header->magic, "ustar", sizeof(header->magic)); /* GNU's ends in a space */

	snprintf(archive->path, sizeof(archive->path), "%.*s%s%.*s",
		is_ustar ? (int)sizeof(header->prefix) : 0, header->prefix,
		is_ustar && *header->prefix ? "/" : "", (int)sizeof(header->name), header->name);
}

/* Returns 1 for a header whose contents come next, 0 if there are no more. */
static int next_header(struct archive *archive, struct header *header, uint64_t *size)
{
	static const struct header zero;
	char digits[sizeof(header->size) + 1] = "", *end;
	int ret = read_bytes(archive, header, sizeof(*header));

	if (ret || !memcmp(header, &zero, sizeof(zero)))
		return ret;
	memcpy(digits, header->size, sizeof(header->size));
	*size = strtoull(digits, &end, 8);
	if (!checksum_is_right(header) || (*end && *end != ' ') || *size > INT32_MAX)
		return -EBADMSG;
	if (!archive->path_is_long)
		set_path(archive, header);
	archive->path_is_long = false;
	return 1;
}

static int write_bytes(int file, const char *data, size_t size)
{
	ssize_t n = write(file, data, size);

	return n == (ssize_t)size ? 0 : n < 0 ? -errno : -ENOSPC;
}

/* Copies the contents of an entry to `file`, or nowhere: -1. */
static int copy_contents(struct archive *archive, uint64_t size, int file)
{
	char block[BLOCK * 8];
	int ret = 0;

	while (!ret && size) {
		size_t n = size < sizeof(block) ? size : sizeof(block);

		ret = read_bytes(archive, block, (n + BLOCK - 1) / BLOCK * BLOCK);
		if (!ret && file >= 0)
			ret = write_bytes(file, block, n);
		size -= n;
	}
	return ret;
}

/* GNU tar's entry of type L: the path of the next entry. */
static int read_long_path(struct archive *archive, uint64_t size)
{
	char rest[BLOCK];
	int ret;

	if (!size || size >= sizeof(archive->path))
		return -EBADMSG;
	ret = read_bytes(archive, archive->path, size);
	archive->path[size] = '\0';
	archive->path_is_long = true;
	return ret ? ret : read_bytes(archive, rest, (BLOCK - size % BLOCK) % BLOCK);
}

/* Whether the path stays inside the directory. */
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

/* Directories need not precede what is in them. */
static int make_folders(int folder, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		int ret;

		*slash = '\0';
		ret = *path && mkdirat(folder, path, 0700) && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (ret)
			return ret;
	}
	return 0;
}

static int create_file(int folder, const char *path)
{
	int file = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	return file < 0 ? -errno : file;
}

static int write_file(struct archive *archive, int folder, uint64_t size)
{
	bcc_auto_fd int file = create_file(folder, archive->path);
	int ret;

	if (file == -ENOENT) {
		ret = make_folders(folder, archive->path);
		if (ret)
			return ret;
		file = create_file(folder, archive->path);
	}
	return file < 0 ? file : copy_contents(archive, size, file);
}

/* In an archive of headers only plain files matter. */
static int write_files(struct archive *archive, int folder)
{
	struct header header;
	uint64_t size = 0;
	int ret;

	while ((ret = next_header(archive, &header, &size)) > 0) {
		if (header.type == 'L')
			ret = read_long_path(archive, size);
		else if ((header.type == '0' || !header.type) && stays_inside(archive->path))
			ret = write_file(archive, folder, size);
		else
			ret = copy_contents(archive, size, -1);
		if (ret)
			return ret;
	}
	return ret ? ret : read_end(archive);
}

static int unpack_into(struct archive *archive, const char *folder)
{
	bcc_auto_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : write_files(archive, fd);
}

static int kheaders_unpack(const char *path, const char *folder)
{
	__attribute__((cleanup(archive_close))) struct archive archive = {.xz = LZMA_STREAM_INIT};
	int ret = archive_open(&archive, path);

	return ret ? ret : unpack_into(&archive, folder);
}

/* ---- its directory ---- */

#define FOLDER "bcc-kheaders-"

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path) && errno != ENOENT ? -1 : 0;
}

static void folder_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A directory is locked while its owner lives, which the kernel ends with the process. Returns the descriptor
 * that holds the lock, or -EWOULDBLOCK if another process has it, or has removed the directory. */
static int folder_lock(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat locked, now;
	int ret;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &locked))
		ret = -errno;
	else if (lstat(folder, &now) || now.st_dev != locked.st_dev || now.st_ino != locked.st_ino)
		ret = -EWOULDBLOCK;
	else
		return fd;
	close(fd);
	return ret;
}

/* Removes what this user's processes left in `parent` when they were killed. */
static void folder_clean(const char *parent)
{
	bcc_auto_dir DIR *dir = opendir(parent);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		bcc_auto_free char *folder = NULL;
		bcc_auto_fd int lock = -1;
		struct stat st;

		if (strncmp(entry->d_name, FOLDER, strlen(FOLDER)) ||
			asprintf(&folder, "%s/%s", parent, entry->d_name) < 0)
			continue;
		lock = folder_lock(folder);
		if (lock >= 0 && !fstat(lock, &st) && st.st_uid == geteuid())
			folder_remove(folder);
	}
}

/* Makes one in `parent`. */
static int folder_make(const char *parent, struct bcc_kheaders *unpacked)
{
	int ret = 0;

	/* another process may take a new one for one that was left behind */
	for (int tries = 0; tries < 10; tries++) {
		if (asprintf(&unpacked->folder, "%s/" FOLDER "XXXXXX", parent) < 0) {
			unpacked->folder = NULL;
			return -ENOMEM;
		}
		ret = mkdtemp(unpacked->folder) ? 0 : -errno;
		if (!ret)
			unpacked->lock = folder_lock(unpacked->folder);
		/* where there are no locks, nobody removes it */
		if (!ret && unpacked->lock != -EWOULDBLOCK && unpacked->lock != -ENOENT)
			return 0;
		free(unpacked->folder);
		unpacked->folder = NULL;
		if (ret)
			break;
	}
	return ret ? ret : -EBUSY;
}

/* Unpacks into a new directory in `parent`. */
static int unpack_below(const char *path, const char *parent, struct bcc_kheaders *unpacked)
{
	int ret;

	folder_clean(parent);
	ret = folder_make(parent, unpacked);
	if (ret)
		return ret;
	ret = kheaders_unpack(path, unpacked->folder);
	if (ret)
		bcc_kheaders_remove(unpacked);
	return ret;
}

int bcc_kheaders_unpack(const char *path, struct bcc_kheaders *unpacked, struct bcc_err *err)
{
	const char *asked = secure_getenv("TMPDIR");
	/* some twenty thousand small files for a short time: in memory if there is room */
	const char *const parents[] = {asked && *asked == '/' ? asked : "/dev/shm", "/tmp"};
	int ret;

	*unpacked = (struct bcc_kheaders){.lock = -1};
	if (access(path, F_OK))
		return bcc_fail(err, -ENOENT, "%s does not exist", path);
	ret = unpack_below(path, parents[0], unpacked);
	if (ret && ret != -EBADMSG && ret != -ENOMEM)
		ret = unpack_below(path, parents[1], unpacked);
	return ret ? bcc_fail(err, ret, "the kernel's headers in %s cannot be unpacked: %s", path,
			     ret == -EBADMSG ? "the archive is damaged" : strerror(-ret))
		   : 0;
}

void bcc_kheaders_remove(struct bcc_kheaders *unpacked)
{
	if (!unpacked->folder)
		return;
	folder_remove(unpacked->folder);
	if (unpacked->lock >= 0)
		close(unpacked->lock);
	free(unpacked->folder);
	*unpacked = (struct bcc_kheaders){.lock = -1};
}
