/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of names that kernel headers define, as generate.py writes it: a file that is looked at where it
 * is mapped. Little-endian words of 32 bits:
 *
 * "BCCNAMES", the format's version, the file's size, and of each part where it is and how many elements it
 * has; then a license notice, and the parts: editions, headers, names, definitions, lists of definitions,
 * lists of needs, lists of includes, strings.
 *
 * Headers and names are in the order of their bytes. A file may be damaged: nothing in it is believed
 * before it is checked.
 */
#ifndef FRONTENDS_HEADER_NAMES_TABLE_H
#define FRONTENDS_HEADER_NAMES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BCC_HEADER_EDITIONS 2

/* More than any has: a file in which there are more is damaged, and would take long to look at. generate.py
 * has the same numbers. */
#define BCC_HEADER_MOST_DEFINITIONS 256 /* of a name */
#define BCC_HEADER_MOST_NEEDS 1024	/* of a definition */

/* A kernel whose headers were read. */
struct bcc_header_edition {
	uint32_t series;  /* "6.12" */
	uint32_t version; /* KERNEL_VERSION() of it */
};

struct bcc_header_file {
	uint32_t path;		    /* "include/linux/skbuff.h" */
	uint32_t include, includes; /* what it includes: numbers of headers */
};

struct bcc_header_name {
	uint32_t text;
	uint32_t definition, definitions; /* in the list of definitions, the preferred first */
};

/* How a name is defined; generate.py has the same numbers. */
enum bcc_header_kind {
	BCC_HEADER_OBJECT = 1,	    /* a macro */
	BCC_HEADER_CALL = 2,	    /* a macro with parameters */
	BCC_HEADER_FUNCTION = 3,    /* static */
	BCC_HEADER_DECLARATION = 4, /* of a function or a variable of the kernel */
	BCC_HEADER_TYPE =
		/* struct, union, enum or typedef: names are tags with a "#" before them, enumerators,
		 * typedefs */
	5,
	BCC_HEADER_MACHINE = 6, /* takes instructions of the machine: not here */
};

struct bcc_header_definition {
	uint32_t text, length;
	uint32_t header, line;
	uint32_t need; /* names that it uses, as strings: the list of needs */
	uint16_t needs;
	uint8_t kind;
	uint8_t editions;		     /* a bit for each that has it */
	uint32_t order[BCC_HEADER_EDITIONS]; /* in each, what comes first has the lower number */
};

struct bcc_header_table {
	const char *data;
	size_t size;
	bool is_mapped;
	const struct bcc_header_edition *editions;
	const struct bcc_header_file *headers;
	const struct bcc_header_name *names;
	const struct bcc_header_definition *definitions;
	const uint32_t *lists, *needs, *includes;
	const char *strings;
	uint32_t edition_count, header_count, name_count, definition_count, list_count, need_count,
		include_count, string_size;
};

/* Maps the file. -ENOENT and the like of opening it; -EBADMSG: it is damaged, or of another version.
 * bcc_header_table_close() in any case. */
int bcc_header_table_open(struct bcc_header_table *table, const char *path);
/* The same of one in memory, which has to stay; aligned as a word. */
int bcc_header_table_of(struct bcc_header_table *table, const void *data, size_t size);
void bcc_header_table_close(struct bcc_header_table *table);

/* NULL: the table has no such name; of a tag, with its "#". */
const struct bcc_header_name *bcc_header_table_find(const struct bcc_header_table *table, const char *name);
/* The i-th of a name's definitions; NULL when the table is damaged. */
const struct bcc_header_definition *bcc_header_table_definition(
	const struct bcc_header_table *table, const struct bcc_header_name *name, uint32_t i);
/* "" when the table is damaged. */
const char *bcc_header_table_string(const struct bcc_header_table *table, uint32_t string);
/* The i-th name that a definition uses. */
const char *bcc_header_table_need(
	const struct bcc_header_table *table, const struct bcc_header_definition *definition, uint32_t i);
/* "include/linux/skbuff.h" */
const char *bcc_header_table_header(const struct bcc_header_table *table, uint32_t header);
/* The number of the header, or -1. */
long bcc_header_table_find_header(const struct bcc_header_table *table, const char *path);

/* The table of stand_ins.h, which is part of the library. */
extern const uint32_t bcc_stand_ins[];
extern const size_t bcc_stand_ins_size;

#endif
