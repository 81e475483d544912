/* SPDX-License-Identifier: Apache-2.0 */
/* The types of modules that are not loaded, from their files in /lib/modules/RELEASE. */
#ifndef FRONTENDS_BTF_MODULE_FILES_H
#define FRONTENDS_BTF_MODULE_FILES_H

#include <limits.h>
#include <stddef.h>

#include <bpf/btf.h>

#include "append.h"

enum { BCC_MODULE_FILES = 12 };

/* Files that are worth looking into, the most likely first. */
struct bcc_module_files {
	char *paths[BCC_MODULE_FILES];
	size_t count;
};
void bcc_module_files_free(struct bcc_module_files *files);

/* Which of the modules in `folder` (/lib/modules/RELEASE) may define struct `tag`: a module's name begins
 * like those of its types, or those of its functions do, or it is needed by such modules. -ENOENT: no
 * modules.dep; -ENOMEM. */
int bcc_module_files_likely(const char *folder, const char *tag, struct bcc_module_files *files);

/* A module's file. */
struct bcc_module_file {
	char *data;
	struct bcc_btf_more own; /* its types, in `data` */
	struct btf *all;	 /* the kernel's and these */
};

/* -ENOENT: the file has no types, or those of another kernel; -ENOMEM. In either case it is to be closed. */
int bcc_module_file_open(struct bcc_module_file *file, const char *path, const struct btf *kernel);
void bcc_module_file_close(struct bcc_module_file *file);

#endif
