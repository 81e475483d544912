/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "file_system.h"

#define FUNCTIONS(read_, write_, open_, fsync_, getattr_)                                                    \
	{[FILE_SYSTEM_READ] = (read_),                                                                       \
		[FILE_SYSTEM_WRITE] = (write_),                                                              \
		[FILE_SYSTEM_OPEN] = (open_),                                                                \
		[FILE_SYSTEM_FSYNC] = (fsync_),                                                              \
		[FILE_SYSTEM_GETATTR] = (getattr_)}

static const struct file_system file_systems[] = {
	{"bcachefs", "bcachefs", {"bcachefs"},
		FUNCTIONS("bch2_read_iter", "bch2_write_iter", "bch2_open", "bch2_fsync", "bch2_getattr")},
	{"btrfs", "btrfs", {"btrfs"},
		FUNCTIONS("btrfs_file_read_iter", "btrfs_file_write_iter", "btrfs_file_open",
			"btrfs_sync_file", "btrfs_getattr")},
	/* which serves the older formats too */
	{"ext4", "ext4", {"ext4", "ext3", "ext2"},
		FUNCTIONS("ext4_file_read_iter", "ext4_file_write_iter", "ext4_file_open", "ext4_sync_file",
			"ext4_file_getattr")},
	{"f2fs", "f2fs", {"f2fs"},
		FUNCTIONS("f2fs_file_read_iter", "f2fs_file_write_iter", "f2fs_file_open", "f2fs_sync_file",
			"f2fs_getattr")},
	{"fuse", "fuse", {"fuse", "fuseblk"},
		FUNCTIONS("fuse_file_read_iter", "fuse_file_write_iter", "fuse_open", "fuse_fsync", NULL)},
	{"nfs", "NFS", {"nfs", "nfs4"},
		{[FILE_SYSTEM_READ] = "nfs_file_read",
			[FILE_SYSTEM_WRITE] = "nfs_file_write",
			[FILE_SYSTEM_OPEN] = "nfs_file_open",
			[FILE_SYSTEM_OPEN_TOO] = "nfs4_file_open",
			[FILE_SYSTEM_OPEN_BY_NAME] = "nfs_atomic_open",
			[FILE_SYSTEM_FSYNC] = "nfs_file_fsync",
			[FILE_SYSTEM_GETATTR] = "nfs_getattr"}},
	{"overlay", "overlay", {"overlay"},
		FUNCTIONS("ovl_read_iter", "ovl_write_iter", "ovl_open", "ovl_fsync", "ovl_getattr")},
	{"xfs", "XFS", {"xfs"},
		FUNCTIONS("xfs_file_read_iter", "xfs_file_write_iter", "xfs_file_open", "xfs_file_fsync",
			"xfs_vn_getattr")},
	{"zfs", "ZFS", {"zfs"}, FUNCTIONS("zpl_iter_read", "zpl_iter_write", "zpl_open", "zpl_fsync", NULL)},
};

const struct file_system *file_system_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(file_systems); i++)
		if (!strcmp(file_systems[i].name, name))
			return &file_systems[i];
	return NULL;
}

const char *file_system_names(void)
{
	static char names[16 * ARRAY_SIZE(file_systems)];
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(file_systems); i++)
		used += snprintf(
			names + used, sizeof(names) - used, "%s%s", used ? ", " : "", file_systems[i].name);
	return names;
}

static bool file_system_has_type(const struct file_system *fs, const char *type)
{
	for (size_t i = 0; i < FILE_SYSTEM_TYPES && fs->types[i]; i++)
		if (!strcmp(fs->types[i], type))
			return true;
	return false;
}

bool file_system_is_known(const struct file_system *fs)
{
	FILE *f = fopen("/proc/filesystems", "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	/* "nodev	proc", "	ext4" */
	while (f && !found && getline(&line, &room, f) > 0) {
		char *type = strchr(line, '\t');

		line[strcspn(line, "\n")] = '\0';
		found = type && file_system_has_type(fs, type + 1);
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}
