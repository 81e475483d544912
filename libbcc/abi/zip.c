/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives, mapped into memory for those who read the files in them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bcc/bcc_zip.h>

#include "common/cleanup.h"
#include "libbcc/symbols/elf/zip_member.h"
#include "abi.h"

struct bcc_zip_archive {
	int fd;
	char *bytes;
	size_t size;
};

void bcc_zip_archive_close(struct bcc_zip_archive *archive)
{
	if (!archive)
		return;
	munmap(archive->bytes, archive->size);
	close(archive->fd);
	free(archive);
}

static int abi_zip_open(const char *path, struct bcc_zip_archive **out)
{
	bcc_auto_fd int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	bcc_auto_free struct bcc_zip_archive *archive = malloc(sizeof(*archive));
	struct bcc_zip_member member;
	struct stat st;

	if (!path || !archive)
		return path ? -ENOMEM : -EINVAL;
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return -ENOEXEC;
	if (bcc_zip_member_find(fd, "", &member) == -ENOEXEC)
		return -ENOEXEC;
	archive->size = (size_t)st.st_size;
	archive->bytes = mmap(NULL, archive->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (archive->bytes == MAP_FAILED)
		return -errno;
	archive->fd = fd;
	fd = -1;
	*out = archive;
	archive = NULL;
	return 0;
}

struct bcc_zip_archive *bcc_zip_archive_open(const char *path)
{
	struct bcc_zip_archive *archive = NULL;

	bcc_abi_result(abi_zip_open(path, &archive));
	return archive;
}

/* Beyond the bytes that were mapped is nothing: the file may have grown since then. */
static int abi_zip_entry(const struct bcc_zip_archive *archive, int ret, const struct bcc_zip_member *member,
	struct bcc_zip_entry *out)
{
	if (ret)
		return bcc_abi_result(ret);
	if (member->offset > archive->size || member->size > archive->size - member->offset ||
		member->offset > UINT32_MAX || member->size > UINT32_MAX || member->name_length > UINT16_MAX)
		return bcc_abi_result(-ENOENT);
	*out = (struct bcc_zip_entry){.compression = member->compression,
		.name = archive->bytes + member->name,
		.name_length = (uint16_t)member->name_length,
		.data = archive->bytes + member->offset,
		.data_length = (uint32_t)member->size,
		.data_offset = (uint32_t)member->offset};
	return 0;
}

int bcc_zip_archive_find_entry(struct bcc_zip_archive *archive, const char *name, struct bcc_zip_entry *out)
{
	struct bcc_zip_member member;

	if (!archive || !name || !out)
		return bcc_abi_result(-EINVAL);
	return abi_zip_entry(archive, bcc_zip_member_find(archive->fd, name, &member), &member, out);
}

int bcc_zip_archive_find_entry_at_offset(
	struct bcc_zip_archive *archive, uint32_t offset, struct bcc_zip_entry *out)
{
	struct bcc_zip_member member;

	if (!archive || !out)
		return bcc_abi_result(-EINVAL);
	return abi_zip_entry(archive, bcc_zip_member_find_at(archive->fd, offset, &member), &member, out);
}

struct bcc_zip_archive *bcc_zip_archive_open_and_find(const char *path, struct bcc_zip_entry *out)
{
	const char *separator = path ? strstr(path, BCC_ZIP_SEPARATOR) : NULL;
	bcc_auto_free char *file = separator ? strndup(path, (size_t)(separator - path)) : NULL;
	struct bcc_zip_archive *archive;

	if (!file) {
		errno = separator ? ENOMEM : EINVAL;
		return NULL;
	}
	archive = bcc_zip_archive_open(file);
	if (!archive || !bcc_zip_archive_find_entry(archive, separator + strlen(BCC_ZIP_SEPARATOR), out))
		return archive;
	bcc_zip_archive_close(archive);
	return NULL;
}
