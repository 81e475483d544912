/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and writes of files and the bytes that they moved, by the system calls of the read(2) and write(2)
 * families. The text that includes it defines
 *
 *	struct file_bytes *bytes_of(struct file *file)
 *		where they are counted; 0: nowhere
 */
#define FILE_CALLS_READ_AND_WRITE_ONLY
#include "file_bytes.h"
#include "file_calls.bpf.h"

const volatile bool read_only, write_only;

static inline struct file_bytes *bytes_of(struct file *file);

static inline void operation_done(void *ctx, const struct operation *done, u64 end, s64 ret)
{
	bool is_read = done->what == OPERATION_READ;
	struct file_bytes *bytes;

	if (ret < 0 || (read_only && !is_read) || (write_only && is_read))
		return;
	bytes = bytes_of(done->file);
	if (!bytes)
		return;
	__sync_fetch_and_add(&bytes->calls, 1);
	__sync_fetch_and_add(is_read ? &bytes->reads : &bytes->writes, 1);
	__sync_fetch_and_add(is_read ? &bytes->read_bytes : &bytes->written_bytes, ret);
}
