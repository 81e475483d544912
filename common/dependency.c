/* SPDX-License-Identifier: Apache-2.0 */
#include "dependency.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"

#define SECOND 1000000000LL
/* File times advance in steps: a few milliseconds, on some file systems two seconds. */
#define SETTLED (2 * SECOND)

static int64_t dependency_nanoseconds(struct timespec t)
{
	return t.tv_sec * SECOND + t.tv_nsec;
}

static bool is_of_kernel(const char *path)
{
	return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0 ||
	       strncmp(path, "/dev/", 5) == 0;
}

static bool dependency_is_known(struct bcc_file_identity identity)
{
	return identity.inode != 0;
}

static bool same_identity(struct bcc_file_identity a, struct bcc_file_identity b)
{
	return a.inode == b.inode && a.size == b.size && a.modified == b.modified && a.changed == b.changed;
}

static struct bcc_file_identity identity_in(const struct stat *st)
{
	return (struct bcc_file_identity){.inode = st->st_ino,
		.size = st->st_size,
		.modified = dependency_nanoseconds(st->st_mtim),
		.changed = dependency_nanoseconds(st->st_ctim)};
}

static int read_identity(const char *path, struct bcc_file_identity *out)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	*out = identity_in(&st);
	return 0;
}

struct bcc_file_identity bcc_identity_of(const char *path)
{
	struct bcc_file_identity identity = {0};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (is_of_kernel(path) || read_identity(path, &identity) < 0 ||
		identity.changed > dependency_nanoseconds(now) - SETTLED ||
		identity.modified > dependency_nanoseconds(now) - SETTLED)
		return (struct bcc_file_identity){0};
	return identity;
}

static void dependency_add(const struct bcc_dependencies *to, struct bcc_dependency dependency)
{
	if (to)
		to->add(to->ctx, &dependency);
}

void bcc_depend_contents(const struct bcc_dependencies *to, enum bcc_dependency_kind kind, const char *path,
	struct bcc_file_identity identity, const void *data, size_t size)
{
	if (to)
		dependency_add(to, (struct bcc_dependency){kind, path, identity, bcc_hash(data, size)});
}

/* Names come from the compiler, and a text may have taken that over: a device or a pipe may have no end. */
static int hash_file(int folder, const char *path, struct bcc_hash *hash)
{
	bcc_auto_fd int fd = -1;
	struct stat st;

	if (fstatat(folder, path, &st, 0))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	return S_ISREG(st.st_mode) ? bcc_hash_fd(fd, hash) : -EINVAL;
}

void bcc_depend_path(const struct bcc_dependencies *to, const char *path)
{
	struct bcc_dependency dependency = {.kind = BCC_DEPENDS_FILE, .name = path};

	if (!to)
		return;
	dependency.identity = bcc_identity_of(path);
	if (hash_file(AT_FDCWD, path, &dependency.hash) < 0)
		bcc_depend_presence(to, path, false);
	else
		dependency_add(to, dependency);
}

void bcc_depend_presence(const struct bcc_dependencies *to, const char *path, bool present)
{
	dependency_add(to, (struct bcc_dependency){
				   .kind = present ? BCC_DEPENDS_PRESENT : BCC_DEPENDS_ABSENT, .name = path});
}

void bcc_depend_library(const struct bcc_dependencies *to, const char *path)
{
	struct bcc_dependency dependency = {.kind = BCC_DEPENDS_LIBRARY, .name = path};

	if (!to)
		return;
	if (read_identity(path, &dependency.identity) < 0)
		bcc_depend_other(to, path);
	else
		dependency_add(to, dependency);
}

void bcc_depend_open_library(const struct bcc_dependencies *to, const char *path, int fd)
{
	struct bcc_dependency dependency = {.kind = BCC_DEPENDS_LIBRARY, .name = path};
	struct stat st;

	if (!to)
		return;
	if (fstat(fd, &st)) {
		bcc_depend_other(to, path);
		return;
	}
	dependency.identity = identity_in(&st);
	dependency_add(to, dependency);
}

static int hash_resolved(const char *path, struct bcc_hash *hash)
{
	bcc_auto_free char *resolved = realpath(path, NULL);

	if (!resolved)
		return -errno;
	*hash = bcc_hash(resolved, strlen(resolved));
	return 0;
}

void bcc_depend_resolved(const struct bcc_dependencies *to, const char *path)
{
	struct bcc_dependency dependency = {.kind = BCC_DEPENDS_RESOLVED, .name = path};

	if (!to)
		return;
	if (hash_resolved(path, &dependency.hash) < 0)
		bcc_depend_presence(to, path, false);
	else
		dependency_add(to, dependency);
}

void bcc_depend_other(const struct bcc_dependencies *to, const char *what)
{
	dependency_add(to, (struct bcc_dependency){.kind = BCC_DEPENDS_OTHER, .name = what});
}

void bcc_put_dependency(struct bcc_bytes *out, const struct bcc_dependency *dependency)
{
	bcc_bytes_put_number(out, dependency->kind);
	bcc_bytes_put(out, &dependency->identity, sizeof(dependency->identity));
	bcc_bytes_put(out, &dependency->hash, sizeof(dependency->hash));
	bcc_bytes_put_string(out, dependency->name);
}

bool bcc_read_dependency(struct bcc_reader *reader, struct bcc_dependency *out)
{
	out->kind = bcc_read_number(reader);
	bcc_read(reader, &out->identity, sizeof(out->identity));
	bcc_read(reader, &out->hash, sizeof(out->hash));
	out->name = bcc_read_string(reader);
	return !reader->failed;
}

static bool same_contents(const struct bcc_dependency *d, int folder)
{
	struct bcc_hash hash;

	return hash_file(folder, d->name, &hash) == 0 && bcc_hash_equal(hash, d->hash);
}

bool bcc_dependency_holds(const struct bcc_dependency *d, int (*tracefs)(void *ctx), void *ctx)
{
	struct bcc_file_identity now;
	struct bcc_hash hash;
	int fd;

	switch (d->kind) {
	case BCC_DEPENDS_FILE:
		if (dependency_is_known(d->identity) && read_identity(d->name, &now) == 0 &&
			same_identity(now, d->identity))
			return true;
		return same_contents(d, AT_FDCWD);
	case BCC_DEPENDS_PRESENT:
		return access(d->name, F_OK) == 0;
	case BCC_DEPENDS_ABSENT:
		return access(d->name, R_OK) != 0;
	case BCC_DEPENDS_TRACEFS:
		fd = tracefs(ctx);
		return fd >= 0 && same_contents(d, fd);
	case BCC_DEPENDS_LIBRARY:
		return read_identity(d->name, &now) == 0 && same_identity(now, d->identity);
	case BCC_DEPENDS_RESOLVED:
		return hash_resolved(d->name, &hash) == 0 && bcc_hash_equal(hash, d->hash);
	default:
		return false;
	}
}
