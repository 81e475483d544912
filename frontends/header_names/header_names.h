/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a text takes from kernel headers that are not there: macros, inline functions, constants and types
 * that BTF does not hold. They come from tables that were made of headers when the library was built:
 * stand_ins.h, which is part of the library; uapi.names and kernel.names, files beside it, which may be
 * missing. A table is asked only for names that clang did not find anywhere else; what it has of them, with
 * all that this needs in turn, is put before the text, and the text is parsed once more.
 */
#ifndef FRONTENDS_HEADER_NAMES_HEADER_NAMES_H
#define FRONTENDS_HEADER_NAMES_HEADER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/dependency.h"
#include "common/error.h"
#include "names.h"

/* The file that it is for the compiler. */
#define BCC_HEADER_NAMES_FILE "bcc/header_names.h"

struct bcc_btf_bytes;
struct bcc_header_names;

/* For a kernel of this KERNEL_VERSION(), from the tables in `folder`; `dependencies` (may be NULL) is told
 * which they are. NULL: no memory. */
struct bcc_header_names *bcc_header_names_new(
	const char *folder, unsigned version, const struct bcc_dependencies *dependencies);
void bcc_header_names_free(struct bcc_header_names *header_names);

/* Takes no types of headers that only the kernel itself can include: another kernel's members would be read
 * where this one has others. */
void bcc_header_names_no_kernel_types(struct bcc_header_names *header_names);

/* The text includes this header ("linux/skbuff.h"): of names that have several definitions, those that come
 * with it are meant. */
void bcc_header_names_include(struct bcc_header_names *header_names, const char *header);

/* A condition of the text asks for `name`: if that is a macro of a header that the text includes, or of
 * those that BCC includes in all, or one that BCC's compiler predefines, it is taken. True: the text has to
 * be read again. */
bool bcc_header_names_ask_condition(struct bcc_header_names *header_names, const char *name);

/* The text uses a member that there is not: a macro of that name is taken (sk_v6_daddr of <net/sock.h>), and
 * nothing else. True: the text has to be parsed again. */
bool bcc_header_names_ask_member(struct bcc_header_names *header_names, const char *name);

/* Whether some kernel has the header ("linux/skbuff.h"). Without tables all are known. */
bool bcc_header_names_knows(const struct bcc_header_names *header_names, const char *header);

/* The text complains that `name` (of a tag, too, without "struct") is unknown; `known`: what it uses, and
 * what it and BTF define. True: parsing it again will tell more. */
bool bcc_header_names_ask(
	struct bcc_header_names *header_names, const struct bcc_names *known, const char *name);
/* The text defines `name`, and so does what was put before it: the text's is the one. True as above. */
bool bcc_header_names_give_way(struct bcc_header_names *header_names, const char *name);
/* Tells names of the two, before the kernel's types are written. */
int bcc_header_names_tell(const struct bcc_header_names *header_names, struct bcc_names *names);
/* Adds the types that the definitions need, and that neither the text nor the kernel has. True: there were
 * some. */
bool bcc_header_names_add_types(struct bcc_header_names *header_names, const struct bcc_names *known);

/* Whether a type or enumerator, as tables name it, is the same in all kernels: part of the interface for user
 * space, or what all headers that were read have in the same words (not a struct: its members can differ). */
bool bcc_header_names_is_stable(const struct bcc_header_names *header_names, const char *name);
/* The first of the definitions that were taken and that are not the same in all kernels: its name, and the
 * header that it is from. NULL: there is none. */
const char *bcc_header_names_unstable(const struct bcc_header_names *header_names, const char **header);

/* Sets *text (malloc'ed) to the definitions, NULL when there are none. -ENOMEM. */
int bcc_header_names_text(struct bcc_header_names *header_names, char **text);

/* The kernel's struct `tag` lacks `member`, which stands at `place` in the last such text. Where its value
 * has another name there, bcc_header_names_fit() gives it to the definition. */
void bcc_header_names_lack_member(struct bcc_header_names *header_names, const struct bcc_btf_bytes *kernel,
	const char *tag, const char *member, size_t place);
/* Whether definitions have changed. */
bool bcc_header_names_fit(struct bcc_header_names *header_names);

/* Says in diagnostics from which header a definition is that does not fit, and of names that are still
 * unknown what they are. */
void bcc_header_names_explain(struct bcc_header_names *header_names, struct bcc_err *err);

#endif
