/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/file_limit.h"

#define DEFAULT_LIMIT_MB 128
#define FILE_MAX (64 << 20) /* far more than any object has: limits what is read */
#define USED_STEP 3600	    /* precision in seconds of the time of last use, to save writes */

void bcc_cache_name(char *name, struct bcc_hash hash)
{
	snprintf(name, BCC_CACHE_NAME_SIZE, "%016llx%016llx.o", (unsigned long long)hash.high,
		(unsigned long long)hash.low);
}

/* Strips trailing slashes: with one, a symbolic link as last component is followed, whatever flags open()
 * gets. */
static int cache_directory_join(char *path, size_t size, const char *folder, const char *below)
{
	int length = snprintf(path, size, "%s%s", folder, below);

	if (length <= 0 || (size_t)length >= size)
		return -ENAMETOOLONG;
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	return 0;
}

int bcc_cache_path(char *path, size_t size)
{
	/* secure_getenv(): ignore what the caller of a set-user-ID program says */
	const char *off = secure_getenv("BCC_CACHE"), *named = secure_getenv("BCC_CACHE_DIR");
	const char *xdg = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");

	if (off && strcmp(off, "0") == 0)
		return -ENOENT;
	if (named && *named)
		return cache_directory_join(path, size, named, "");
	if (geteuid() == 0)
		return cache_directory_join(path, size, "/var/cache/bcc", "");
	/* the XDG specification says to ignore a relative one */
	if (xdg && *xdg == '/')
		return cache_directory_join(path, size, xdg, "/bcc");
	if (home && *home == '/')
		return cache_directory_join(path, size, home, "/.cache/bcc");
	return -ENOENT;
}

uint64_t bcc_cache_limit(void)
{
	const char *text = secure_getenv("BCC_CACHE_SIZE");
	char *end;
	unsigned long mb;

	if (!text || !*text)
		return (uint64_t)DEFAULT_LIMIT_MB << 20;
	errno = 0;
	mb = strtoul(text, &end, 10);
	if (errno || *end || mb > UINT32_MAX)
		mb = DEFAULT_LIMIT_MB;
	return (uint64_t)mb << 20;
}

static bool is_mine_alone(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

/* ~/.cache may be missing too; anything more is probably a typing error. */
static int cache_directory_make(const char *path)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];

	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || !slash || slash == path)
		return -errno;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	if (mkdir(parent, 0700) && errno != EEXIST)
		return -errno;
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

int bcc_cache_open(const char *path, bool create)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, fd = open(path, flags);
	struct stat st;

	if (fd < 0 && errno == ENOENT && create) {
		int ret = cache_directory_make(path);

		if (ret < 0)
			return ret;
		fd = open(path, flags);
	}
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && is_mine_alone(&st))
		return fd;
	close(fd);
	return -EPERM;
}

static int read_whole(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EIO; /* truncated meanwhile */
		done += n > 0 ? n : 0;
	}
	return 0;
}

/* The modification time is that of the last use: entries are removed by it. */
static void mark_used(int fd, const struct stat *st)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) == 0 &&
		llabs((long long)now.tv_sec - st->st_mtim.tv_sec) > USED_STEP)
		futimens(fd, NULL);
}

int bcc_cache_read(int directory, const char *name, void **out, size_t *size)
{
	/* O_NONBLOCK: opening a FIFO must not block */
	bcc_auto_fd int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bcc_auto_free char *data = NULL;
	struct stat st;
	int ret;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !is_mine_alone(&st))
		return -EPERM;
	if (st.st_size > FILE_MAX)
		return -EFBIG;
	data = malloc(st.st_size + 1);
	if (!data)
		return -ENOMEM;
	ret = read_whole(fd, data, st.st_size);
	if (ret < 0)
		return ret;
	mark_used(fd, &st);
	*out = data;
	*size = st.st_size;
	data = NULL;
	return 0;
}

static int write_whole(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			size -= n;
		}
	}
	return 0;
}

/* ---- what is there ---- */

struct file {
	char name[NAME_MAX + 1];
	uint64_t size;
	int64_t used;
};

struct files {
	struct file *list;
	size_t count, room;
	uint64_t bytes;
};

static void free_files(struct files *files)
{
	free(files->list);
}

/* Our entries, and what a process that died has left. */
static bool is_ours(const char *name)
{
	static const char temporary[] = ".new-";
	size_t digits;

	if (strncmp(name, temporary, strlen(temporary)) == 0)
		return true;
	digits = strspn(name, "0123456789abcdef");
	return digits == 32 && strcmp(name + digits, ".o") == 0;
}

static int cache_directory_add_file(struct files *files, const char *name, const struct stat *st)
{
	if (files->count == files->room) {
		size_t room = files->room ? 2 * files->room : 64;
		struct file *more = reallocarray(files->list, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		files->list = more;
		files->room = room;
	}
	snprintf(files->list[files->count].name, sizeof(files->list->name), "%s", name);
	files->list[files->count].size = st->st_size;
	files->list[files->count++].used = st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec;
	files->bytes += st->st_size;
	return 0;
}

static int list_files(int directory, struct files *files)
{
	/* a separate descriptor: reading changes its position */
	int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	bcc_auto_dir DIR *dir = own < 0 ? NULL : fdopendir(own);
	struct dirent *entry;
	struct stat st;

	if (!dir) {
		ret = -errno;
		if (own >= 0)
			close(own);
		return ret;
	}
	while (ret == 0 && (entry = readdir(dir))) {
		if (is_ours(entry->d_name) && fstatat(own, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			!S_ISDIR(st.st_mode))
			ret = cache_directory_add_file(files, entry->d_name, &st);
	}
	return ret;
}

static int by_use(const void *a, const void *b)
{
	const struct file *left = a, *right = b;

	return (left->used > right->used) - (left->used < right->used);
}

/* Never removes the file just written: others may have the same time, or one in the future. */
static void cache_directory_evict(int directory, uint64_t limit, const char *written)
{
	__attribute__((cleanup(free_files))) struct files files = {0};

	if (list_files(directory, &files) < 0 || files.bytes <= limit)
		return;
	qsort(files.list, files.count, sizeof(*files.list), by_use);
	/* remove more than necessary, so that this does not happen at each write */
	for (size_t i = 0; i < files.count && files.bytes > limit - limit / 8; i++)
		if (strcmp(files.list[i].name, written) != 0 &&
			unlinkat(directory, files.list[i].name, 0) == 0)
			files.bytes -= files.list[i].size;
}

/* Writing past what the process may would end it (SIGXFSZ). */
static bool fits_limit(size_t size)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) || size <= limit.rlim_cur;
}

int bcc_cache_write(int directory, const char *name, const void *data, size_t size, uint64_t limit)
{
	char temporary[64];
	uint64_t number;
	BCC_FILE_LIMIT_SCOPE;
	int fd, ret;

	if (size > FILE_MAX || size > limit || !fits_limit(size))
		return -EFBIG;
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -EIO;
	snprintf(temporary, sizeof(temporary), ".new-%016llx", (unsigned long long)number);
	fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_whole(fd, data, size);
	if (close(fd) && ret == 0)
		ret = -errno;
	if (ret == 0 && renameat(directory, temporary, directory, name))
		ret = -errno;
	if (ret < 0)
		unlinkat(directory, temporary, 0);
	else
		cache_directory_evict(directory, limit, name);
	return ret;
}

int bcc_cache_count(int directory, struct bcc_cache_usage *usage)
{
	__attribute__((cleanup(free_files))) struct files files = {0};
	int ret = list_files(directory, &files);

	*usage = (struct bcc_cache_usage){.files = files.count, .bytes = files.bytes};
	return ret;
}

int bcc_cache_remove_all(int directory)
{
	__attribute__((cleanup(free_files))) struct files files = {0};
	int ret = list_files(directory, &files), removed = 0;

	for (size_t i = 0; i < files.count; i++) {
		if (unlinkat(directory, files.list[i].name, 0) == 0)
			removed++;
		else if (errno != ENOENT && ret == 0)
			ret = -errno;
	}
	return ret < 0 ? ret : removed;
}
