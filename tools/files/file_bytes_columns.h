/* SPDX-License-Identifier: Apache-2.0 */
/* What filetop and dirtop have in common. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "file_bytes.h"
#include "tool.h"

/* --sort, in BCC's words besides columns. */
static const struct tool_sort_name sort_names[] = {{"all", "-ALL"}, {"reads", "-READS"},
	{"writes", "-WRITES"}, {"rbytes", "-R_Kb"}, {"wbytes", "-W_Kb"}, {0}};

/* The device and number by which the kernel knows a directory. Returns 0, or a negative errno. The device of
 * stat(2) is another one on some file systems, such as that of a subvolume; that of the mount is right. */
static int file_bytes_folder(const char *path, uint64_t *inode, uint64_t *device)
{
	unsigned id, parent, major_number, minor_number;
	struct statx st;
	char *line = NULL;
	size_t room = 0;
	int ret = -ENODEV;
	FILE *f;

	if (statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_INO | STATX_MNT_ID, &st))
		return -errno;
	if (!S_ISDIR(st.stx_mode))
		return -ENOTDIR;
	*inode = st.stx_ino;
	f = fopen("/proc/self/mountinfo", "re");
	while (ret && f && getline(&line, &room, f) > 0)
		if (sscanf(line, "%u %u %u:%u ", &id, &parent, &major_number, &minor_number) == 4 &&
			id == st.stx_mnt_id) {
			*device = (uint64_t)major_number << 20 | minor_number;
			ret = 0;
		}
	free(line);
	if (f)
		fclose(f);
	return ret;
}

#define FILE_BYTES_VIEW                                                                                      \
	.kind = TOOL_ENTRIES, .counters = FILE_BYTES_COUNTERS, .screen = &tool_screen,                       \
	.above = tool_load_average, .sort = "-ALL", .sort_names = sort_names, .most_rows = 20

#define FILE_BYTES_DETAILS                                                                                     \
	"It sees the system calls of the read(2) and write(2) families, with the bytes that they moved. What " \
	"io_uring, sendfile(2) and the like do, and accesses to memory that is mapped, are not among them."

#define FILE_BYTES_OPTIONS                                                                                   \
	OPTION_FLAG(0, "read-only", "only reads", .variable = "read_only"),                                  \
		OPTION_FLAG(0, "write-only", "only writes", .variable = "write_only"),                       \
		OPTION_LETTER('s', "sort")
