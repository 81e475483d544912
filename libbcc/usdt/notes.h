/* SPDX-License-Identifier: Apache-2.0 */
/* The static probes of an ELF file: its section .note.stapsdt. The file is not trusted. */
#ifndef LIBBCC_USDT_NOTES_H
#define LIBBCC_USDT_NOTES_H

#include "common/error.h"
#include "argument.h"

/* A place in the code; a probe that is in several has several. */
struct bcc_usdt_note {
	const char *provider, *name, *arguments;
	uint64_t address, offset; /* of the instruction: as the file has it, and in the file */
	/* the counter that tells the program that someone listens: 0 none */
	uint64_t semaphore, semaphore_offset;
	char *text; /* owns the strings */
};

struct bcc_usdt_notes {
	enum bcc_usdt_arch arch;
	struct bcc_usdt_note *list;
	size_t count;
};

/*
 * Reads the notes of the file behind `fd`; `path` is for messages. Notes that make no sense (cut short, of code that the file
 * does not have) are left out. A file without any has count 0. -ENOEXEC not an ELF executable or library. Free with
 * bcc_usdt_notes_free(), on failure too.
 */
int bcc_usdt_notes_read(struct bcc_err *err, int fd, const char *path, struct bcc_usdt_notes *out);
void bcc_usdt_notes_free(struct bcc_usdt_notes *notes);

/* The address of the one symbol of that name, of code or data; -ENOENT none, -ENOTUNIQ several. */
int bcc_usdt_symbol_address(int fd, const char *name, size_t length, uint64_t *address);

#endif
