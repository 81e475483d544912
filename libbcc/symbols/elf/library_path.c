/* SPDX-License-Identifier: Apache-2.0 */
#include "library_path.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arch/arch.h"
#include "common/array.h"
#include "common/cleanup.h"
#include "libbcc/symbols/process/process_maps.h"
#include "libbcc/symbols/process/process_root.h"
#include "elf_symbols.h"
#include "zip_member.h"

/* Takes ownership of fd. Uses the plain path if it leads to the same file from here, otherwise one through
 * the descriptor. */
static int binary_set(struct bcc_binary *out, int fd, const char *path)
{
	struct stat by_fd, by_path;
	char link[64];

	if (fstat(fd, &by_fd) || !S_ISREG(by_fd.st_mode)) {
		close(fd);
		return -ENOEXEC;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (stat(path, &by_path) || !bcc_same_file(&by_fd, &by_path))
		path = link;
	*out = (struct bcc_binary){.path = strdup(path), .fd = fd, .archive = -1};
	if (out->path)
		return 0;
	close(fd);
	return -ENOMEM;
}

void bcc_binary_close(struct bcc_binary *binary)
{
	if (binary->fd >= 0)
		close(binary->fd);
	if (binary->archive >= 0)
		close(binary->archive);
	free(binary->path);
	free(binary->member);
}

bool bcc_library_matches(const char *file, const char *name)
{
	size_t length;

	if (!strcmp(file, name))
		return true;
	if (strncmp(file, "lib", 3))
		return false;
	/* "libc" for "c" */
	if (!strncmp(name, "lib", 3) && name[3] && !strstr(name, ".so"))
		name += 3;
	length = strlen(name);
	if (strncmp(file + 3, name, length))
		return false;
	file += 3 + length;
	if (strstr(name, ".so"))
		return !*file || *file == '.';
	/* "-2.31.so", as glibc named its files before 2.34 */
	if (file[0] == '-' && isdigit((unsigned char)file[1]))
		file += strspn(file + 1, "0123456789.");
	return !strncmp(file, ".so", 3) && (!file[3] || file[3] == '.');
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- libraries that a process has mapped ---- */

struct mapped {
	const struct bcc_root *root;
	const char *name;
	struct bcc_binary *out;
};

/* Returns 1 if it is the file, or a negative errno that ends the search. */
static int take_mapped(void *ctx, const struct bcc_process_mapping *mapping)
{
	const struct mapped *m = ctx;
	char below[BCC_MAP_FILE_SIZE], path[BCC_MAP_FILE_SIZE + 32];
	int fd, ret;

	if (*mapping->path != '/' || !bcc_library_matches(base_name(mapping->path), m->name))
		return 0;
	bcc_process_map_file(below, mapping->start, mapping->end);
	snprintf(path, sizeof(path), "/proc/%d/%s", m->root->pid, below);
	fd = bcc_open_below(AT_FDCWD, path);
	if (fd < 0)
		fd = bcc_root_open_file(m->root, mapping->path);
	if (fd < 0)
		return 0;
	ret = binary_set(m->out, fd, mapping->path);
	return ret ? ret : 1;
}

static int find_mapped(const struct bcc_root *root, const char *name, struct bcc_binary *out)
{
	struct mapped m = {root, name, out};
	bcc_auto_file FILE *maps = NULL;
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/proc/%d/maps", root->pid);
	maps = fopen(path, "re");
	ret = maps ? bcc_process_maps_each(maps, take_mapped, &m) : 0;
	return ret == 1 ? 0 : ret ? ret : -ENOENT;
}

/* ---- libraries that the dynamic loader would find ---- */

/*
 * /etc/ld.so.cache (glibc, sysdeps/generic/dl-cache.h): since glibc 2.32 only the second form below; before
 * that often both, the second after the first and aligned to 8 bytes. Strings are at offsets from the start
 * of the form's header.
 */
#define OLD_MAGIC "ld.so-1.7.0"
#define NEW_MAGIC "glibc-ld.so.cache1.1"

struct old_header {
	char magic[12];
	uint32_t count; /* of entries of 12 bytes */
};

struct new_header {
	char magic[20];
	uint32_t count;
	uint32_t strings_size;
	uint32_t unused[5];
};

struct new_entry {
	int32_t flags;
	uint32_t key, value; /* file name, path */
	uint32_t os_version;
	uint64_t hwcap;
};

/* Strings longer than a path are useless, and a container's file can have all its entries point into one very
 * long string. */
static const char *library_path_string_at(const char *cache, size_t size, uint32_t offset)
{
	size_t room = offset < size ? size - offset : 0;

	return room && memchr(cache + offset, 0, room < PATH_MAX ? room : PATH_MAX) ? cache + offset : NULL;
}

const char *bcc_ld_cache_find(const char *cache, size_t size, const char *name,
	bool (*accept)(void *ctx, const char *path), void *ctx)
{
	struct old_header old;
	struct new_header header;

	if (size >= sizeof(old) && !memcmp(cache, OLD_MAGIC, sizeof(OLD_MAGIC) - 1)) {
		uint64_t skip;

		memcpy(&old, cache, sizeof(old));
		skip = (sizeof(old) + 12ULL * old.count + 7) & ~7ULL;
		if (skip > size)
			return NULL;
		cache += skip;
		size -= skip;
	}
	if (size < sizeof(header) || memcmp(cache, NEW_MAGIC, sizeof(NEW_MAGIC) - 1))
		return NULL;
	memcpy(&header, cache, sizeof(header));
	if (header.count > (size - sizeof(header)) / sizeof(struct new_entry))
		return NULL;
	for (uint32_t i = 0; i < header.count; i++) {
		struct new_entry entry;
		const char *key, *value;

		memcpy(&entry, cache + sizeof(header) + i * sizeof(entry), sizeof(entry));
		key = library_path_string_at(cache, size, entry.key);
		value = library_path_string_at(cache, size, entry.value);
		if (key && value && bcc_library_matches(key, name) && (!accept || accept(ctx, value)))
			return value;
	}
	return NULL;
}

/* A search that ends at the first ELF file for this machine. */
struct search {
	const struct bcc_root *root;
	struct bcc_binary *out;
	bool found;
	int limit; /* -EMFILE, -ENFILE or -ENOMEM: not everything could be looked at */
};

/* Returns it. */
static int library_path_note(struct search *s, int ret)
{
	if (ret == -EMFILE || ret == -ENFILE || ret == -ENOMEM)
		s->limit = ret;
	return ret;
}

static bool take_native(void *ctx, const char *path)
{
	struct search *s = ctx;
	int fd = library_path_note(s, bcc_root_open_file(s->root, path));

	if (fd < 0)
		return false;
	if (!bcc_elf_is_native(fd)) { /* for another architecture, or a linker script */
		close(fd);
		return false;
	}
	s->found = !library_path_note(s, binary_set(s->out, fd, path));
	return s->found;
}

static bool find_in_cache(struct search *s, const char *name)
{
	bcc_auto_fd int fd = library_path_note(s, bcc_root_open_file(s->root, "/etc/ld.so.cache"));
	bcc_auto_free char *cache = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0 || st.st_size > 64 << 20)
		return false;
	cache = malloc(st.st_size);
	n = cache ? pread(fd, cache, st.st_size, 0) : -1;
	if (n > 0)
		bcc_ld_cache_find(cache, n, name, take_native, s);
	return s->found;
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	return versionsort(b, a);
}

/* Looks for libraries of that name in a directory, highest version first. */
static bool find_in_directory(struct search *s, const char *directory, const char *name)
{
	bcc_auto_fd int fd = *directory ? library_path_note(s, bcc_root_open_file(s->root, directory)) : -1;
	struct dirent **entries = NULL;
	int count = fd < 0 ? 0 : scandirat(fd, ".", &entries, NULL, newest_first);

	if (count < 0)
		library_path_note(s, -errno);
	for (int i = 0; i < count; i++) {
		char path[4096];

		if (!s->found && bcc_library_matches(entries[i]->d_name, name) &&
			(size_t)snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name) <
				sizeof(path))
			take_native(s, path);
		free(entries[i]);
	}
	free(entries);
	return s->found;
}

static const char *const library_directories[] = {
	"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"};
static const char *const architecture_directories[] = {"/lib", "/usr/lib"};

static bool library_path_find_in_directories(struct search *s, const char *name)
{
	char directory[64];

	for (size_t i = 0; i < ARRAY_SIZE(architecture_directories); i++) {
		snprintf(directory, sizeof(directory), "%s/%s", architecture_directories[i],
			bcc_arch_host->triple);
		if (find_in_directory(s, directory, name))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(library_directories); i++)
		if (find_in_directory(s, library_directories[i], name))
			return true;
	return false;
}

static bool library_path_find_library(struct search *s, const char *name)
{
	bcc_auto_free char *path = strdup(getenv("LD_LIBRARY_PATH") ?: "");
	char *rest = path, *directory;

	while (path && (directory = strsep(&rest, ":;")))
		if (find_in_directory(s, directory, name))
			return true;
	return find_in_cache(s, name) || library_path_find_in_directories(s, name);
}

static bool find_program(struct search *s, const char *name)
{
	bcc_auto_free char *path =
		strdup(getenv("PATH") ?: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	char *rest = path, *directory, file[4096];

	while (path && (directory = strsep(&rest, ":")))
		if (*directory == '/' &&
			(size_t)snprintf(file, sizeof(file), "%s/%s", directory, name) < sizeof(file) &&
			take_native(s, file))
			return true;
	return false;
}

/* In place of an archive, the file in it. */
static int take_member(struct bcc_err *err, const char *path, const char *name, struct bcc_binary *archive)
{
	struct bcc_zip_member member;
	int ret = bcc_zip_member_find(archive->fd, name, &member), fd;

	if (ret == -ENOENT)
		return bcc_fail(err, ret, "%s: there is no %s in the archive", path, name);
	if (!ret && member.compression)
		return bcc_fail(err, -EOPNOTSUPP,
			"%s is compressed in the archive, so that no process can have mapped it from there",
			path);
	fd = ret ? ret : bcc_zip_member_copy(archive->fd, &member);
	if (fd < 0)
		return bcc_fail(err, fd, "%s cannot be read: %s", path,
			fd == -ENOEXEC ? "the file before \"!/\" is not a sound zip archive" : strerror(-fd));
	archive->archive = archive->fd;
	archive->fd = fd;
	archive->start = member.offset;
	archive->member = strdup(name);
	return archive->member ? 0 : -ENOMEM;
}

static int open_member(struct bcc_err *err, const struct bcc_root *root, const char *path,
	const char *separator, struct bcc_binary *out)
{
	bcc_auto_free char *archive = strndup(path, (size_t)(separator - path));
	int fd = archive ? bcc_root_open_file(root, archive) : -ENOMEM;
	int ret = fd < 0 ? fd : binary_set(out, fd, archive);

	if (ret)
		return bcc_fail(
			err, ret, "%s cannot be opened: %s", archive ? archive : path, strerror(-ret));
	ret = take_member(err, path, separator + strlen(BCC_ZIP_SEPARATOR), out);
	if (ret)
		bcc_binary_close(out);
	return ret;
}

static int open_path(
	struct bcc_err *err, const struct bcc_root *root, const char *path, struct bcc_binary *out)
{
	int fd = bcc_root_open_file(root, path);
	int ret = fd < 0 ? fd : binary_set(out, fd, path);
	const char *separator = strstr(path, BCC_ZIP_SEPARATOR);

	if (separator && (ret == -ENOENT || ret == -ENOTDIR))
		return open_member(err, root, path, separator, out);
	if (ret == -ENOEXEC)
		return bcc_fail(err, ret, "%s is not a regular file", path);
	if (ret)
		return bcc_fail(err, ret, "%s cannot be opened: %s", path, strerror(-ret));
	return 0;
}

int bcc_binary_open(struct bcc_err *err, const char *name, int pid, struct bcc_binary *out)
{
	struct bcc_root root;
	struct search s = {.root = &root, .out = out};
	int ret = bcc_root_open(pid, &root);

	if (ret)
		return bcc_fail_process(err, pid, ret);
	if (strchr(name, '/')) {
		ret = open_path(err, &root, name, out);
	} else if ((!pid || find_mapped(&root, name, out)) && !library_path_find_library(&s, name) &&
		   !find_program(&s, name)) {
		if (s.limit)
			ret = bcc_fail(err, s.limit, "library or program \"%s\" cannot be looked for: %s",
				name, strerror(-s.limit));
		else
			ret = bcc_fail(err, -ENOENT,
				"library or program \"%s\" not found%s in the loader's cache and directories, or "
				"in $PATH: give its path",
				name, pid ? " in the process's memory map," : "");
	}
	bcc_root_close(&root);
	return ret;
}
