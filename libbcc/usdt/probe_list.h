/* SPDX-License-Identifier: Apache-2.0 */
/* The static probes of one file, or of all files of a process, with the files kept open. */
#ifndef LIBBCC_USDT_PROBE_LIST_H
#define LIBBCC_USDT_PROBE_LIST_H

#include <bcc/usdt.h>

#include "libbcc/symbols/elf/library_path.h"
#include "notes.h"

struct bcc_usdt_file {
	struct bcc_binary binary;
	char *name; /* as seen by the process */
	struct bcc_usdt_notes notes;
};

struct bcc_usdt_list {
	struct bcc_err err;
	struct bcc_usdt_file *files;
	size_t file_count;
	struct bcc_usdt_info *infos;
	size_t *file_of; /* for each info: index in files */
	size_t count;
};

/* The file that location `index` is in. */
static inline const struct bcc_usdt_file *bcc_usdt_list_file(const struct bcc_usdt_list *list, size_t index)
{
	return &list->files[list->file_of[index]];
}

#endif
