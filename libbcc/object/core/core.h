/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Compile once, run everywhere": the object says which fields, types and enumerators its instructions are
 * about, and here they are looked up in the running kernel's BTF. The kernel's
 * Documentation/bpf/llvm_reloc.rst, "CO-RE Relocations", has the format. Types that are written for other
 * kernels have names like task_struct___old: what follows the three underscores, the flavor, does not count.
 *
 * relocate.c is the entrance. Neither the object's types nor its records are trusted.
 */
#ifndef LIBBCC_OBJECT_CORE_CORE_H
#define LIBBCC_OBJECT_CORE_CORE_H

#include <bpf/btf.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/raw_btf.h"
#include "libbcc/object/build.h"

/* ---- types.c ---- */

/* The object's types, a module's, or the kernel's. Of the kernel's 130,000, a few hundred are looked at: too
 * few for libbpf's copy and index of all. */
struct core_types {
	const struct btf *btf; /* of the object or a module; NULL: `raw` */
	const struct bcc_btf_bytes *raw;
};

/* NULL: there is no such type. */
const struct btf_type *core_type(const struct core_types *types, uint32_t id);
/* "" if there is no such string. */
const char *core_string(const struct core_types *types, uint32_t offset);
/* Including type 0, void. */
uint32_t core_type_count(const struct core_types *types);
/* Follows typedefs and qualifiers; NULL on an endless chain. Sets `*resolved` unless it is NULL. */
const struct btf_type *core_skip_modifiers(const struct core_types *types, uint32_t id, uint32_t *resolved);
/* In bytes; -1: it has none, or one that no type has. */
int64_t core_size(const struct core_types *types, uint32_t id);

/* ---- names.c ---- */

/* Longer than any name in a kernel. */
enum { CORE_NAME_MAX = 512 };

/* Without its flavor; of a name that is longer than CORE_NAME_MAX, one more than that. */
size_t core_name_length(const char *name);
bool core_same_name(const char *a, const char *b);
const char *core_name(const struct core_types *types, const struct btf_type *t);

/* ---- compare.c ---- */

/* Takes what something costs off `work`. False: nothing is left, and it may not be done. */
bool core_take_work(uint32_t *work, uint32_t amount);

/* Equal kinds; enums of 32 and of 64 bits are one. */
bool core_same_kind(const struct btf_type *a, const struct btf_type *b);
/* Whether a member of the one type can be read as one of the other: their sizes may differ. */
bool core_members_are_compatible(const struct core_types *local, uint32_t local_id,
	const struct core_types *kernel, uint32_t kernel_id);
/* Whether they are built in the same way, whatever structs contain: bpf_core_type_exists(). Takes what it
 * compares off `work`, and answers no when nothing is left of that: few types that contain each other often
 * can keep it busy for years. */
bool core_types_are_compatible(const struct core_types *local, uint32_t local_id,
	const struct core_types *kernel, uint32_t kernel_id, uint32_t *work);
/* Whether the kernel's has all that the local one has: bpf_core_type_matches(). `work` likewise. */
bool core_types_match(const struct core_types *local, uint32_t local_id, const struct core_types *kernel,
	uint32_t kernel_id, uint32_t *work);

/* ---- path.c ---- */

enum { CORE_STEPS_MAX = 64 };

/* From a type to what is accessed in it. */
struct core_path {
	const struct core_types *types;
	uint32_t root;
	struct {
		/* struct, union or enum of a member or enumerator; type of an array's elements */
		uint32_t type;
		uint32_t index;	  /* of the member, element or enumerator */
		const char *name; /* NULL: an element */
	} steps[CORE_STEPS_MAX];
	unsigned count;
	uint64_t bit_offset; /* of what is accessed, from the root */
};

/* Reads the path that a record describes, "0:2:1" for t[0].third.second. False: it leads nowhere. */
bool core_path_parse(struct core_path *path, const struct core_types *types, uint32_t root, const char *text,
	enum bpf_core_relo_kind kind);
/* The same by names in another type. False: that lacks something on the way, or nothing is left of `work`. */
bool core_path_match(const struct core_path *local, const struct core_types *types, uint32_t root,
	enum bpf_core_relo_kind kind, uint32_t *work, struct core_path *path);

/* "task_struct.mm.pgd": malloc'ed, or NULL. */
char *core_path_name(const struct core_path *path);

/* ---- candidates.c ---- */

struct core_candidate {
	const struct core_types *types;
	uint32_t id;
};

/* The kernel's types with the name of one of the object's. */
struct core_candidates {
	uint32_t local;
	const char *name;
	size_t name_length; /* without the flavor */
	bool in_kernel;	    /* modules are not asked */
	struct core_candidate *at;
	size_t count;
};

struct core_module {
	struct core_module *next;
	struct btf *btf;
	struct core_types types;
};

struct core_search {
	struct core_candidates *lists; /* sorted by name */
	size_t list_count;
	uint32_t *list_of; /* by the object's types: number in `lists` + 1, 0: none */
	size_t type_count;
	struct core_types local, kernel;
	struct bcc_btf_bytes raw;    /* the kernel's, or those of bcc_open_opts.btf_path */
	struct core_module *modules; /* that had to be looked at */
	uint32_t work;		     /* names that may still be compared */
};

/* Finds them for each of the `count` types, of which some may be equal. */
int core_search(struct bcc *b, struct core_search *search, const uint32_t *locals, size_t count);
const struct core_candidates *core_search_of(const struct core_search *search, uint32_t local);
void core_search_free(struct core_search *search);

#endif
