/* SPDX-License-Identifier: Apache-2.0 */
/* Where the symbols of a stripped file are: in a separate debug file, or compressed in the file itself. */
#ifndef LIBBCC_SYMBOLS_ELF_DEBUG_FILE_H
#define LIBBCC_SYMBOLS_ELF_DEBUG_FILE_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libbcc/symbols/process/process_root.h"

struct bcc_debug_file {
	Elf *elf;
	int fd;	     /* -1: none */
	void *bytes; /* a symbol table that was compressed */
	/* To be added to its addresses: prelink moves a file, but not its debug file. */
	uint64_t moved;
};

struct bcc_debug_search {
	const char *path;	     /* of the file, below root; NULL: unknown */
	const struct bcc_root *root; /* searched before our own */
	const uint8_t *build_id;     /* of the file */
	size_t build_id_size;	     /* 0: none */
	bool no_crc;
};

/*
 * Searches at the same path below the folder that BCC_SYMFS names, if it is set; by build ID below
 * /usr/lib/debug, or the folder that BCC_DEBUGINFO_ROOT names; by the name in .gnu_debuglink (next to the
 * file, in .debug next to it, below that folder; with the checksum given there); and in .gnu_debugdata.
 * Returns false if none of these has symbols. Close it after use.
 */
bool bcc_debug_file_open(Elf *elf, const struct bcc_debug_search *search, struct bcc_debug_file *out);
void bcc_debug_file_close(struct bcc_debug_file *file);

/* Writes the path ".build-id/ab/cdef….debug" below the folder of debug files to buf. Returns false if the
 * build ID is too short. */
bool bcc_debug_file_path(const uint8_t *build_id, size_t size, const char *suffix, char *buf, size_t room);

#endif
