/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes of files of any file system that take long. */
#define FILE_CALLS_READ_AND_WRITE_ONLY
#include "file_calls.bpf.h"
#include "slow_file.bpf.h"

#define FILE_KIND 0170000 /* S_IFMT */
#define REGULAR_FILE 0100000

const volatile bool all_files; /* sockets, pipes, terminals and so on too */

static inline bool operation_is_wanted(struct file *file)
{
	return all_files || (file->f_inode->i_mode & FILE_KIND) == REGULAR_FILE;
}
