/* SPDX-License-Identifier: Apache-2.0 */
/* Where the programs, tables and links of an object are pinned, and what of it is pinned already. */
#ifndef COMMAND_PIN_LAYOUT_H
#define COMMAND_PIN_LAYOUT_H

#include <bcc/bcc.h>
#include <stdbool.h>
#include <stddef.h>

/* What "bpfcc pin" and "bpfcc unpin" have in common of their command lines. */
struct pin_place {
	const char *command; /* for messages */
	const char *root;    /* a folder of a bpf file system */
	bool android;	     /* the layout is that of Android's loader, otherwise that of bpftool */
};

enum pin_kind { PIN_PROGRAM, PIN_TABLE, PIN_LINK, PIN_KINDS };

struct pin {
	enum pin_kind kind;
	void *object; /* struct bcc_program, bcc_table or bcc_link */
	char *path;   /* in the root */
};

struct pins {
	const struct pin_place *place;
	char *name;	/* of the object */
	bool is_search; /* for what is pinned of it; set before pins_add() */
	struct pin *list;
	size_t count;
};

/* Reads the name of a layout. Returns false if there is no such. */
bool pin_layout_is(const char *name, bool *android);

/* Begins the list of what is pinned of a file; `name` NULL: it is called as the file is, up to the first dot.
 * Messages, as those of all calls here, go to stderr after the command. Returns 0 or 1; pins_free() in both
 * cases. */
int pins_new(struct pins *pins, const struct pin_place *place, const char *file, const char *name);
void pins_free(struct pins *pins);

/* Adds all tables, the loaded programs, and the links. Of a search, adds what is pinned of the object, which
 * must be of the right kinds. Returns 0 or 1: two have one place, or a kind is wrong. */
int pins_add(struct pins *pins, struct bcc *b);

/* What is to be published, or withdrawn: the files, or their folder. `names` has room for pins->count + 1.
 * Returns how many. */
size_t pins_tops(const struct pins *pins, char **names);

/* Whether what is there, if anything, is what the layout has there. Returns 0, or 1 if it is something else,
 * which nobody may remove for a pin of this name. */
int pins_check_folder(const struct pins *pins);
bool pins_have_folder(const struct pins *pins);
int pins_check_file(const struct pins *pins, const char *path, enum pin_kind kind);

#endif
