/* SPDX-License-Identifier: Apache-2.0 */
#include "semaphore.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "../cleanup.h"

static bool in_probes(Elf *elf, uint64_t offset)
{
	Elf_Scn *section = NULL;
	size_t names;
	GElf_Shdr header;

	if (!elf || elf_getshdrstrndx(elf, &names))
		return false;
	while ((section = elf_nextscn(elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && !strcmp(name, ".probes") && offset >= header.sh_offset &&
			offset - header.sh_offset < header.sh_size)
			return true;
	}
	return false;
}

bool bcc_is_semaphore(const char *path, uint64_t offset)
{
	bcc_auto_fd int fd = -1;
	bool found;
	Elf *elf;

	if (!offset || !path || elf_version(EV_CURRENT) == EV_NONE)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	found = in_probes(elf, offset);
	elf_end(elf);
	return found;
}
