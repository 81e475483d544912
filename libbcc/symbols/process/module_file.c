/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the file of a mapping. The path may lead to another file by now, because the package was upgraded
 * while the process ran; then the names would be wrong, which is worse than having none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "module_file.h"
#include "process.h"
#include "process_directory.h"
#include "process_maps.h"
#include "libbcc/symbols/elf/zip_member.h"

#define PAGE 4096
#define MAX_VDSO (1 << 20)

static bool has_inode(int fd, uint64_t inode)
{
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_ino == inode;
}

/* Whether the file starts with the mapped bytes: the same headers and notes, hence the same build ID. Stacked
 * file systems may number their files differently in memory maps. */
static bool begins_as_mapped(int proc, const struct bcc_process_module *module, int fd)
{
	bcc_auto_fd int mem = module->head && proc >= 0 ? openat(proc, "mem", O_RDONLY | O_CLOEXEC) : -1;
	char mapped[PAGE], file[PAGE];
	ssize_t n;

	if (mem < 0 || fd < 0)
		return false;
	n = pread(fd, file, sizeof(file), 0);
	return n > 0 && pread(mem, mapped, n, (off_t)module->head) == n && !memcmp(mapped, file, n);
}

static int open_by_path(const struct bcc_process *p, int proc, const struct bcc_process_module *module)
{
	int fd = bcc_root_open_file(&p->root, module->path);

	if (fd < 0 || has_inode(fd, module->inode) || begins_as_mapped(proc, module, fd))
		return fd;
	close(fd);
	return -1;
}

static int module_file_open_mapped(int proc, const struct bcc_process_module *module)
{
	char path[BCC_MAP_FILE_SIZE];

	bcc_process_map_file(path, module->start, module->end);
	return bcc_open_below(proc, path);
}

static int open_program(int proc, const struct bcc_process_module *module)
{
	int fd = bcc_open_below(proc, "exe");

	if (fd < 0 || has_inode(fd, module->inode))
		return fd;
	close(fd);
	return -1;
}

/* A new descriptor, or -1. */
static int module_file_open(struct bcc_process *p, const struct bcc_process_module *module)
{
	bcc_auto_fd int proc = bcc_process_open_proc(p);
	int fd = open_by_path(p, proc, module);
	struct stat st;

	if (fd < 0)
		fd = module_file_open_mapped(proc, module);
	if (fd < 0)
		fd = open_program(proc, module);
	if (fd < 0 || (!fstat(fd, &st) && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -1;
}

static const struct bcc_elf_table *module_file_read_file(
	struct bcc_process *p, const struct bcc_process_module *module, unsigned flags)
{
	const struct bcc_elf_table *table = NULL;
	bcc_auto_fd int fd = module_file_open(p, module);

	if (fd < 0 || bcc_elf_table_get(NULL, fd, module->path, &p->root, flags, &table))
		return NULL;
	return table;
}

/* The vdso is a library without a file. */
static const struct bcc_elf_table *read_vdso(
	struct bcc_process *p, const struct bcc_process_module *module, unsigned flags)
{
	bcc_auto_fd int proc = bcc_process_open_proc(p);
	bcc_auto_fd int mem = proc < 0 ? -1 : openat(proc, "mem", O_RDONLY | O_CLOEXEC);
	size_t size = module->end - module->start;
	bcc_auto_free char *bytes = size <= MAX_VDSO ? malloc(size) : NULL;
	const struct bcc_elf_table *table = NULL;

	if (!bytes || mem < 0 || pread(mem, bytes, size, (off_t)module->start) != (ssize_t)size)
		return NULL;
	return bcc_elf_table_of_memory(NULL, bytes, size, flags, &table) ? NULL : table;
}

static unsigned module_file_flags(const struct bcc_process *p)
{
	return (p->common.opts.no_debug_files ? BCC_ELF_NO_DEBUG_FILES : 0) |
	       (p->common.opts.no_crc ? BCC_ELF_NO_CRC : 0) | (p->common.opts.data ? BCC_ELF_DATA : 0);
}

const struct bcc_elf_table *bcc_process_open_module(
	struct bcc_process *p, const struct bcc_process_module *module)
{
	unsigned flags = module_file_flags(p);

	if (!strcmp(module->path, "[vdso]"))
		return read_vdso(p, module, flags);
	return module->inode ? module_file_read_file(p, module, flags) : NULL;
}

/* The name of a member as the archive has it, after the path of that. */
static char *module_file_member_path(int fd, const char *archive, const struct bcc_zip_member *member)
{
	size_t length = strlen(archive) + strlen(BCC_ZIP_SEPARATOR), size = length + member->name_length + 1;
	char *path = member->name_length < 4096 ? malloc(size) : NULL;

	if (!path)
		return NULL;
	snprintf(path, size, "%s" BCC_ZIP_SEPARATOR, archive);
	path[size - 1] = '\0';
	if (pread(fd, path + length, member->name_length, (off_t)member->name) ==
		(ssize_t)member->name_length)
		return path;
	free(path);
	return NULL;
}

/* That of another mapping of the same library. */
static struct bcc_process_module *module_file_known_member(
	struct bcc_process *p, const struct bcc_process_module *archive, const char *path)
{
	struct bcc_process_module *m = p->map.modules;

	while (m && (m->inode != archive->inode || m->device_major != archive->device_major ||
			    m->device_minor != archive->device_minor || strcmp(m->path, path) != 0))
		m = m->next;
	return m;
}

struct bcc_process_module *bcc_process_open_member(
	struct bcc_process *p, const struct bcc_process_module *module, uint64_t *offset)
{
	bcc_auto_fd int fd = module_file_open(p, module);
	bcc_auto_fd int copy = -1;
	bcc_auto_free char *path = NULL;
	const struct bcc_elf_table *table = NULL;
	struct bcc_process_module *opened;
	struct bcc_zip_member member;

	if (fd < 0 || bcc_zip_member_find_at(fd, *offset, &member) || member.compression)
		return NULL;
	path = module_file_member_path(fd, module->path, &member);
	opened = path ? module_file_known_member(p, module, path) : NULL;
	if (opened) {
		*offset -= member.offset;
		return opened;
	}
	copy = path ? bcc_zip_member_copy(fd, &member) : -1;
	if (copy < 0 || bcc_elf_table_get(NULL, copy, path, &p->root, module_file_flags(p), &table))
		return NULL;
	opened = malloc(sizeof(*opened) + strlen(path) + 1);
	if (!opened) {
		bcc_elf_table_put(table);
		return NULL;
	}
	*opened = *module;
	opened->path = strcpy((char *)(opened + 1), path);
	opened->table = table;
	opened->tried = true;
	opened->next = p->map.modules;
	p->map.modules = opened;
	*offset -= member.offset;
	return opened;
}
