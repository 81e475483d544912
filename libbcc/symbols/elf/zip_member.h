/* SPDX-License-Identifier: Apache-2.0 */
/* Files inside of zip archives, where Android's packages have libraries that processes map in place. The
 * archive is not trusted. */
#ifndef LIBBCC_SYMBOLS_ELF_ZIP_MEMBER_H
#define LIBBCC_SYMBOLS_ELF_ZIP_MEMBER_H

#include <stddef.h>
#include <stdint.h>

/* Between the path of an archive and the name of a file in it: "app.apk!/lib/libfoo.so" */
#define BCC_ZIP_SEPARATOR "!/"

struct bcc_zip_member {
	uint16_t compression;	    /* 0: none */
	uint64_t offset, size;	    /* of its bytes as they are stored in the archive */
	uint64_t name, name_length; /* where the archive has its name */
};

/* Find a file of the archive behind `fd` by its name, or by an offset among its bytes. Return -ENOENT if
 * there is none, -ENOEXEC if `fd` is not an archive, -ENOTSUP if the file is encrypted. */
int bcc_zip_member_find(int fd, const char *name, struct bcc_zip_member *out);
int bcc_zip_member_find_at(int fd, uint64_t offset, struct bcc_zip_member *out);

/* A new descriptor of a copy in memory, or a negative errno. */
int bcc_zip_member_copy(int fd, const struct bcc_zip_member *member);

#endif
