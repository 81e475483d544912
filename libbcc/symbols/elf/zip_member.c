/* SPDX-License-Identifier: Apache-2.0 */
#include "zip_member.h"

#include <errno.h>
#include <minizip/unzip.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"

/* more than any library has, and not so much that an archive of others could take all memory */
#define MAX_COPY (512ull << 20)

/* ---- minizip's view of a descriptor; it reads single bytes ---- */

struct stream {
	int fd;
	uint64_t at, size;
	uint64_t start; /* of the bytes in `buffer` */
	size_t length;
	char buffer[4096];
};

static voidpf zip_stream_open(voidpf opaque, const void *name, int mode)
{
	return opaque;
}

static uLong zip_stream_read(voidpf opaque, voidpf stream, void *buffer, uLong size)
{
	struct stream *s = stream;
	uLong done = 0;

	while (done < size) {
		size_t chunk;

		if (s->at < s->start || s->at >= s->start + s->length) {
			ssize_t n = pread(s->fd, s->buffer, sizeof(s->buffer), (off_t)s->at);

			s->start = s->at;
			s->length = n > 0 ? (size_t)n : 0;
			if (n <= 0)
				break;
		}
		chunk = s->start + s->length - s->at;
		if (chunk > size - done)
			chunk = size - done;
		memcpy((char *)buffer + done, s->buffer + (s->at - s->start), chunk);
		s->at += chunk;
		done += chunk;
	}
	return done;
}

static uLong zip_stream_write(voidpf opaque, voidpf stream, const void *buffer, uLong size)
{
	return 0;
}

static ZPOS64_T zip_stream_tell(voidpf opaque, voidpf stream)
{
	return ((struct stream *)stream)->at;
}

static long zip_stream_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct stream *s = stream;
	uint64_t from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
			: origin == ZLIB_FILEFUNC_SEEK_CUR ? s->at
							   : s->size;

	/* offsets of an archive can be anything */
	if (__builtin_add_overflow(from, offset, &from) || from > s->size)
		return -1;
	s->at = from;
	return 0;
}

static int zip_stream_close(voidpf opaque, voidpf stream)
{
	return 0;
}

static int zip_stream_error(voidpf opaque, voidpf stream)
{
	return 0;
}

static int zip_member_open(int fd, struct stream *s, unzFile *out)
{
	zlib_filefunc64_def functions = {zip_stream_open, zip_stream_read, zip_stream_write, zip_stream_tell,
		zip_stream_seek, zip_stream_close, zip_stream_error, s};
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	s->fd = fd;
	s->at = 0;
	s->start = 0;
	s->length = 0;
	s->size = (uint64_t)st.st_size;
	*out = S_ISREG(st.st_mode) ? unzOpen2_64("", &functions) : NULL;
	return *out ? 0 : -ENOEXEC;
}

/* ---- members ---- */

/* The one that `zip` is at. */
static int zip_member_current(unzFile zip, const struct stream *s, struct bcc_zip_member *out)
{
	unz_file_info64 info;
	int method, level, extra;

	if (unzGetCurrentFileInfo64(zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
		return -ENOEXEC;
	if (info.flag & 1) /* encrypted */
		return -ENOTSUP;
	if (unzOpenCurrentFile2(zip, &method, &level, 1) != UNZ_OK)
		return -ENOEXEC;
	/* the local header: its name, the extra field, then the bytes */
	extra = unzGetLocalExtrafield(zip, NULL, 0);
	out->offset = unzGetCurrentFileZStreamPos64(zip);
	out->size = info.compressed_size;
	out->compression = (uint16_t)info.compression_method;
	out->name_length = info.size_filename;
	unzCloseCurrentFile(zip);
	if (extra < 0 || out->offset > s->size || out->size > s->size - out->offset ||
		out->offset < (uint64_t)extra + out->name_length)
		return -ENOEXEC;
	out->name = out->offset - (uint64_t)extra - out->name_length;
	return 0;
}

int bcc_zip_member_find(int fd, const char *name, struct bcc_zip_member *out)
{
	bcc_auto_free struct stream *s = malloc(sizeof(*s));
	unzFile zip;
	int ret = s ? zip_member_open(fd, s, &zip) : -ENOMEM;

	if (ret)
		return ret;
	ret = unzLocateFile(zip, name, 1) == UNZ_OK ? zip_member_current(zip, s, out) : -ENOENT;
	unzClose(zip);
	return ret;
}

int bcc_zip_member_find_at(int fd, uint64_t offset, struct bcc_zip_member *out)
{
	bcc_auto_free struct stream *s = malloc(sizeof(*s));
	unzFile zip;
	int ret = s ? zip_member_open(fd, s, &zip) : -ENOMEM;
	bool found = false;

	if (ret)
		return ret;
	for (ret = unzGoToFirstFile(zip); ret == UNZ_OK && !found; ret = found ? ret : unzGoToNextFile(zip))
		found = !zip_member_current(zip, s, out) && offset >= out->offset &&
			offset - out->offset < out->size;
	unzClose(zip);
	return found ? 0 : -ENOENT;
}

int bcc_zip_member_copy(int fd, const struct bcc_zip_member *member)
{
	bcc_auto_fd int copy = -1;
	off_t at = (off_t)member->offset;
	uint64_t left = member->size;
	int ret;

	if (left > MAX_COPY)
		return -EFBIG;
	copy = memfd_create("zip member", MFD_CLOEXEC);
	if (copy < 0)
		return -errno;
	while (left) {
		ssize_t n = sendfile(copy, fd, &at, left);

		if (n <= 0)
			return n < 0 ? -errno : -ENOEXEC;
		left -= (uint64_t)n;
	}
	ret = copy;
	copy = -1;
	return ret;
}
