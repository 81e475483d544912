/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 8: files inside of zip archives, as Android's packages have their libraries. What
 * is encrypted or larger than 4 GB is not found. */
#ifndef LIBBCC_ZIP_H
#define LIBBCC_ZIP_H

#include <stdint.h>

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_zip_archive; /* an open archive */

/* Pointers are valid until the archive is closed. */
struct bcc_zip_entry {
	uint16_t compression; /* 0: none, 8: deflate */
	const char *name;     /* not terminated */
	uint16_t name_length; /* in bytes */
	const void *data;     /* as it is stored */
	uint32_t data_length; /* in bytes */
	uint32_t data_offset; /* from the archive's start */
};

/* Returns NULL, with errno set, if the file cannot be read or is not an archive. */
BCC_API struct bcc_zip_archive *bcc_zip_archive_open(const char *path);
BCC_API void bcc_zip_archive_close(struct bcc_zip_archive *archive);

/* Both return 0, or -1 with errno set (ENOENT: there is none). The second finds the entry whose data is at
 * `offset` of the archive. */
BCC_API int bcc_zip_archive_find_entry(
	struct bcc_zip_archive *archive, const char *name, struct bcc_zip_entry *out);
BCC_API int bcc_zip_archive_find_entry_at_offset(
	struct bcc_zip_archive *archive, uint32_t offset, struct bcc_zip_entry *out);

/* Opens the archive of a path like "app.apk!/lib/libfoo.so", and finds the entry. Returns NULL, with errno
 * set, if one of them is missing. */
BCC_API struct bcc_zip_archive *bcc_zip_archive_open_and_find(const char *path, struct bcc_zip_entry *out);

#ifdef __cplusplus
}
#endif

#endif
