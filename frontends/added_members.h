/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in libbpf's dialect ask with bpf_core_field_exists(), bpf_core_type_exists() and
 * bpf_core_enum_value_exists() for members, types and enumerators that other kernels have. To be parsed,
 * these have to be somewhere: they are added to the running kernel's types, in which the loader then does
 * not find them.
 */
#ifndef FRONTENDS_ADDED_MEMBERS_H
#define FRONTENDS_ADDED_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "frontends/clang/clang.h"

struct bcc_added_members {
	struct bcc_added_member {
		char *tag, *member;
		/* a number, unless the text takes it for a struct or for a pointer to one of both */
		enum {
			BCC_ADDED_NUMBER,
			BCC_ADDED_STRUCT,
			BCC_ADDED_POINTER,
			BCC_ADDED_NUMBERS,
			BCC_ADDED_ADDRESS, /* of anything */
			BCC_ADDED_TEXT,
			BCC_ADDED_KERNEL_STRUCT, /* `type` */
			BCC_ADDED_KERNEL_UNION,
		} kind;
		char *type;
		unsigned dimensions; /* of an array of those */
		unsigned last;	     /* the largest index of an array with one of them; UINT_MAX: not known */
		/* the kernel's structs have a member of that name which is something else: this one is in
		 * its place, and `tag` is "" */
		bool replaces;
	} *list;
	size_t count;
	struct bcc_added_type {
		char *tag;
		bool is_union, is_typedef;
		bool has_size;	  /* the text needs one, which is made up */
		bool is_variable; /* of variables with functions, that the kernel has no use for */
	} *types;
	size_t type_count;
	struct bcc_added_enumerator {
		char *tag, *name;
	} *enumerators;
	size_t enumerator_count;
	size_t changes; /* how much more is known of them than at first */
};

/* The names of their types begin so, and go on with their numbers. */
#define BCC_ADDED_TYPE "__bcc_added_"

/* Notes one, once. What there is no memory for is not added. */
void bcc_added_members_note(struct bcc_added_members *added, const char *tag, const char *member);
/* A whole struct or union, whose members are then noted. */
void bcc_added_members_note_type(struct bcc_added_members *added, const char *tag, bool is_union);
/* The same if the text has more of it than pointers. */
void bcc_added_members_note_size(struct bcc_added_members *added, const char *tag, bool is_union);
/* The same if the text has a variable of it, for the kernel to call functions by. */
void bcc_added_members_note_variable(struct bcc_added_members *added, const char *tag, bool is_union);
/* A type of that name. */
void bcc_added_members_note_typedef(struct bcc_added_members *added, const char *name);
/* That the text uses a member as a struct, or as an array of structs with so many indexes, that the kernel
 * has as something else. */
void bcc_added_members_note_other_struct(
	struct bcc_added_members *added, const char *member, unsigned indexes);
/* One of an enum's. */
void bcc_added_members_note_enumerator(struct bcc_added_members *added, const char *tag, const char *name);
/* That the text uses one of them, by the name of its type, as a struct or as a pointer to one. */
void bcc_added_members_note_struct(struct bcc_added_members *added, const char *type, bool is_pointer);
/* That the text uses one of them as a pointer to a number. */
void bcc_added_members_note_pointer(struct bcc_added_members *added, const char *type);
/* That the text uses one of them as an address, as text, or as a struct or union of the kernel's, `tag`. */
void bcc_added_members_note_other_type(
	struct bcc_added_members *added, const char *type, enum bcc_needed_type needed, const char *tag);
/* That a member of that name has so many indexes, and what the last of them is (UINT_MAX: not known). */
void bcc_added_members_note_array(
	struct bcc_added_members *added, const char *member, unsigned dimensions, unsigned last);
/* Writes them into definitions of types in C, as btf_dump writes them. Returns a copy (malloc'ed), or NULL:
 * no memory. */
char *bcc_added_members_write(const struct bcc_added_members *added, const char *types);
void bcc_added_members_free(struct bcc_added_members *added);

#endif
