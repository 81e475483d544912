/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_build_id.h"

#include <gelf.h>
#include <string.h>

#define MAX_NOTES (16UL << 20)

static size_t in_notes(Elf_Data *notes, uint8_t *build_id, size_t room)
{
	size_t at = 0, next, name, descriptor;
	GElf_Nhdr header;

	while (notes && (next = gelf_getnote(notes, at, &header, &name, &descriptor))) {
		if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof("GNU") && header.n_descsz &&
			!memcmp((char *)notes->d_buf + name, "GNU", sizeof("GNU"))) {
			if (header.n_descsz < room)
				room = header.n_descsz;
			memcpy(build_id, (char *)notes->d_buf + descriptor, room);
			return room;
		}
		at = next;
	}
	return 0;
}

size_t bcc_elf_build_id(Elf *elf, uint8_t *build_id, size_t room)
{
	Elf_Scn *section = NULL;
	size_t segments, size;
	GElf_Shdr header;
	GElf_Phdr segment;

	/* sections first: the segments of a debug file describe the file that it belongs to */
	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE ||
			header.sh_size > MAX_NOTES)
			continue;
		size = in_notes(elf_getdata(section, NULL), build_id, room);
		if (size)
			return size;
	}
	if (elf_getphdrnum(elf, &segments))
		return 0;
	for (size_t i = 0; i < segments; i++) {
		if (!gelf_getphdr(elf, i, &segment) || segment.p_type != PT_NOTE ||
			segment.p_filesz > MAX_NOTES)
			continue;
		size = in_notes(elf_getdata_rawchunk(elf, segment.p_offset, segment.p_filesz,
					segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
			build_id, room);
		if (size)
			return size;
	}
	return 0;
}
