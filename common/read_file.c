/* SPDX-License-Identifier: Apache-2.0 */
#include "read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

#define FIRST_ROOM 65536

int bcc_read_text(int fd, char **out, size_t *length)
{
	bcc_auto_free char *text = NULL;
	size_t used = 0, room = 0;
	ssize_t n;

	for (;;) {
		if (used + 1 >= room) {
			char *more = realloc(text, room = room ? 2 * room : FIRST_ROOM);

			if (!more)
				return -ENOMEM;
			text = more;
		}
		n = read(fd, text + used, room - used - 1);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		used += n > 0 ? n : 0;
	}
	text[used] = '\0';
	*length = used;
	*out = text;
	text = NULL;
	return 0;
}

/* Whether this process may do more than who started it: it is set-user-ID, or its file has capabilities. */
static bool has_borrowed_rights(void)
{
	return getauxval(AT_SECURE) || getuid() != geteuid() || getgid() != getegid();
}

static int regular_file_open(const char *path, struct stat *st)
{
	bool borrowed = has_borrowed_rights();
	int fd, ret = 0;

	/* opening alone can block, or do something, with what is no regular file */
	if (stat(path, st))
		return -errno;
	if (!S_ISREG(st->st_mode))
		return S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
	/* access() asks for the real user */
	if (borrowed && access(path, R_OK))
		return -errno;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, st))
		ret = -errno;
	else if (!S_ISREG(st->st_mode))
		ret = -EINVAL;
	/* it may be another file by now; kernels before 5.8 cannot be asked */
	else if (borrowed && syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH) && errno != ENOSYS)
		ret = -errno;
	if (ret == 0)
		return fd;
	close(fd);
	return ret;
}

int bcc_read_regular_file(const char *path, size_t most, char **out, size_t *size)
{
	bcc_auto_free char *data = NULL;
	struct stat st;
	bcc_auto_fd int fd = regular_file_open(path, &st);
	size_t done = 0;
	ssize_t n = 1;

	if (fd < 0)
		return fd;
	if ((uint64_t)st.st_size > most)
		return -EFBIG;
	data = malloc(st.st_size + 1);
	if (!data)
		return -ENOMEM;
	/* not more than it says: what the kernel makes up as it is read says 0, and may have no end */
	while (done < (size_t)st.st_size && n) {
		n = read(fd, data + done, st.st_size - done);
		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? n : 0;
	}
	data[done] = '\0';
	*size = done;
	*out = data;
	data = NULL;
	return 0;
}
