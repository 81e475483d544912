/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of programs: what a section or a function's name says about how a program is loaded, what the
 * verifier knows about its context, and what attaches it. The compiler and the run time read the same table.
 *
 * A new kind takes
 *  1. its row in program_kind_list.h, with the name of its attach function;
 *  2. the attach function, in a file of libbcc/attach/ (attach.h tells what it gets);
 *  3. if it has a call of its own, that call in include/bcc/bcc.h;
 *  4. its section in the table "Sections" of docs/language.md;
 *  5. a test tests/kernel/test_attach_KIND.c.
 *
 * A context that the verifier translates (struct xdp_md) also needs a row in program_kind.c.
 */
#ifndef COMMON_PROGRAM_KIND_H
#define COMMON_PROGRAM_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What TARGET of SEC("KIND/TARGET") must name in the kernel's BTF. */
enum bcc_target {
	BCC_TARGET_NONE, /* nothing */
	BCC_TARGET_FUNCTION,
	BCC_TARGET_TRACEPOINT,
	BCC_TARGET_HOOK, /* of LSMs */
	BCC_TARGET_ITERATOR,
	BCC_TARGETS
};

enum bcc_trait {
	/* SEC("KIND.s") is the same with BPF_F_SLEEPABLE */
	BCC_TRAIT_SLEEPABLE = 1 << 0,
	/* the verifier knows the types of the context's members from the kernel's BTF */
	BCC_TRAIT_TYPED = 1 << 1,
	/* PREFIX__C__N is SEC("KIND/C/N") */
	BCC_TRAIT_CATEGORY = 1 << 3,
	/* PREFIX__M__F is F of the module M, or of vmlinux */
	BCC_TRAIT_MODULE = 1 << 4,
};

struct bcc_program_kind {
	/* "kprobe" of SEC("kprobe") and SEC("kprobe/TARGET") */
	const char *section;
	size_t section_length;
	int type;	     /* enum bpf_prog_type */
	int attach_type;     /* enum bpf_attach_type, 0: the default */
	uint32_t prog_flags; /* BPF_F_… of BPF_PROG_LOAD */
	unsigned traits;     /* enum bcc_trait */
	enum bcc_target target;
	/* prefix of the names of functions that need no section, "kprobe__"; NULL: none */
	const char *function;
	size_t function_length;
	bool automatic; /* what follows the prefix is where bcc_attach_all() attaches it */
};

enum bcc_kind {
#define KIND(id, ...) BCC_KIND_##id,
#define AUTO(id, ...) BCC_KIND_##id,
#include "program_kind_list.h"
#undef KIND
#undef AUTO
	BCC_KINDS
};

extern const struct bcc_program_kind bcc_program_kinds[BCC_KINDS]; /* by enum bcc_kind */

/* A parsed section. */
struct bcc_program_section {
	const struct bcc_program_kind *kind;
	const char *target;  /* what follows KIND/ in the section; "": nothing */
	uint32_t prog_flags; /* the kind's, plus BPF_F_SLEEPABLE for KIND.s */
};

/* A '?' before the kind, of programs that are used when they are asked for, does not count. Returns false if
 * the section does not tell the kind of its program. Of two kinds that match, the longer wins. */
bool bcc_program_section_parse(const char *section, struct bcc_program_section *out);

/* "; did you mean A or B?" of what a section can begin with; "": nothing is similar. Returns buf. */
const char *bcc_program_section_near(const char *section, char *buf, size_t size);

/* The kind whose prefix the function's name has, and the rest of the name; NULL: none. */
const struct bcc_program_kind *bcc_program_kind_of_function(const char *name, const char **rest);

/*
 * The meaning of that rest, written as in a section: "sched/sched_switch" for "sched__sched_switch".
 * `is_module` tells whether a name is that of a module; NULL: no name is. Returns buf.
 */
const char *bcc_program_kind_target(const struct bcc_program_kind *kind, const char *rest,
	bool (*is_module)(const char *name, size_t length), char *buf, size_t size);

/* The kind with this type and attach type, or NULL. */
const struct bcc_program_kind *bcc_program_kind_of_type(int type, int attach_type);

/* A struct that is the context of programs. */
struct bcc_program_context {
	const char *name;
	/* of a program about which nothing else is known; 0: there are several */
	int type;
	/* its members are not kernel memory: the verifier replaces their loads */
	bool translated;
};

/* Looks a struct up by name, which need not be terminated; NULL: not in the list, and thus plain memory. */
const struct bcc_program_context *bcc_program_context_find(const char *name, size_t length);

#endif
