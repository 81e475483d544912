/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of one type of file system: the text defines operation_done(). */
#include "file_calls.bpf.h"
#include "file_functions.bpf.h"
#include "file_system_operations.h"

/* what the kernel calls it */
const volatile struct file_system_types file_system;

#define FILE_KIND 0170000 /* S_IFMT */
#define REGULAR_FILE 0100000

/* The functions are those of the file system's regular files: only system calls ask. */
static inline bool operation_is_wanted(struct file *file)
{
	u64 name[2];

	if ((file->f_inode->i_mode & FILE_KIND) != REGULAR_FILE)
		return false;
	file_system_of(file, name);
	for (int i = 0; i < FILE_SYSTEM_NAMES; i++)
		if (file_system.names[i][0] && file_system.names[i][0] == name[0] &&
			file_system.names[i][1] == name[1])
			return true;
	return false;
}
