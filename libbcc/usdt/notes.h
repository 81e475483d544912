/* SPDX-License-Identifier: Apache-2.0 */
/* The static probes of an ELF file: its section .note.stapsdt. The file is not trusted. */
#ifndef LIBBCC_USDT_NOTES_H
#define LIBBCC_USDT_NOTES_H

#include "common/error.h"
#include "argument.h"

/* A location in the code; a probe can have several. */
struct bcc_usdt_note {
	const char *provider, *name, *arguments;
	uint64_t address, offset; /* of the instruction: address as given in the file, and file offset */
	/* the counter that tells the program whether someone is listening; 0: none */
	uint64_t semaphore, semaphore_offset;
	char *text; /* owns the strings */
};

struct bcc_usdt_notes {
	const struct bcc_arch *arch;
	struct bcc_usdt_note *list;
	size_t count;
};

/*
 * Reads the notes of the file behind `fd`; `path` is for messages. Invalid notes (truncated, or for code that
 * the file does not have) are left out. A file without any has count 0. Returns -ENOEXEC unless it is an ELF
 * executable or library. Free with bcc_usdt_notes_free(), on failure too.
 */
int bcc_usdt_notes_read(struct bcc_err *err, int fd, const char *path, struct bcc_usdt_notes *out);
void bcc_usdt_notes_free(struct bcc_usdt_notes *notes);

/* The address of the symbol of that name, code or data; -ENOENT if there is none, -ENOTUNIQ if there are
 * several. */
int bcc_usdt_symbol_address(int fd, const char *name, size_t length, uint64_t *address);

#endif
