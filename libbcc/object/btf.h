/* SPDX-License-Identifier: Apache-2.0 */
/* The object's types (.BTF) and what they say about its code (.BTF.ext). */
#ifndef LIBBCC_OBJECT_BTF_H
#define LIBBCC_OBJECT_BTF_H

#include "libbcc/handle.h"
#include "elf.h"

/* Reads the contents of a .BTF section. Returns -EINVAL with an error message unless each string, type and
 * count in it is in range: libbpf itself does not check them. */
int bcc_btf_parse(const void *data, size_t size, struct btf **out, struct bcc_err *err);

/* Completes what LLVM leaves open and the kernel requires: sizes and offsets in data sections, extern
 * functions. Ids stay the same. */
int bcc_btf_complete(struct btf *btf, const struct bcc_elf *elf, struct bcc_err *err);

/* Loads the types into the kernel, replacing kinds that an older kernel does not know. Returns a descriptor,
 * or a negative errno: programs and tables work without types, only less is known about them. */
int bcc_btf_load(struct bcc *b, const struct btf *btf);

/* Follows typedefs and qualifiers to the type that they stand for; NULL on an endless chain. Sets `*resolved`
 * unless it is NULL. The first takes types from `type_at`, which returns NULL for those that do not exist. */
typedef const struct btf_type *(*bcc_btf_type_fn)(const void *types, uint32_t id);
const struct btf_type *bcc_btf_skip_modifiers_of(
	bcc_btf_type_fn type_at, const void *types, uint32_t id, uint32_t *resolved);
const struct btf_type *bcc_btf_skip_modifiers(const struct btf *btf, uint32_t id, uint32_t *resolved);

/* .BTF.ext: records of one kind, in blocks, one for each section. Offsets ascend. */
struct bcc_btf_ext_block {
	const char *section;
	const uint8_t *records; /* each starts with a u32: byte offset into the section */
	uint32_t count;
};

struct bcc_btf_ext_info {
	struct bcc_btf_ext_block *blocks;
	size_t block_count;
	uint32_t record_size;
	struct bcc_name_index sections; /* of the blocks */
	uint8_t *sorted;		/* a copy of all records, if the object does not have them in order */
};

struct bcc_btf_ext {
	struct bcc_btf_ext_info functions, lines;
	struct bcc_btf_ext_info relocations; /* core/core.h */
};

/* Points into `data`. Returns -EINVAL with an error message if it is damaged. Call bcc_btf_ext_free() in
 * either case. */
int bcc_btf_ext_parse(
	struct bcc_btf_ext *ext, const void *data, size_t size, const struct btf *btf, struct bcc_err *err);
void bcc_btf_ext_free(struct bcc_btf_ext *ext);
/* The records of a section; NULL: none. */
const struct bcc_btf_ext_block *bcc_btf_ext_find(const struct bcc_btf_ext_info *info, const char *section);
/* Byte offset of record `i`, and the first record at or after `offset`. */
uint32_t bcc_btf_ext_offset(
	const struct bcc_btf_ext_info *info, const struct bcc_btf_ext_block *block, uint32_t i);
uint32_t bcc_btf_ext_from(
	const struct bcc_btf_ext_info *info, const struct bcc_btf_ext_block *block, uint64_t offset);

#endif
