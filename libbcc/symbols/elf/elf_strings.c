/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_strings.h"

#include <gelf.h>

#define MAX_SIZE (1UL << 30) /* a sparse file can claim a table larger than the machine's memory */

bool bcc_elf_strings_end(Elf *elf, size_t section)
{
	Elf_Scn *strings = elf_getscn(elf, section);
	GElf_Shdr header;
	Elf_Data *data;

	if (!strings || !gelf_getshdr(strings, &header) || header.sh_size > MAX_SIZE)
		return false;
	data = elf_rawdata(strings, NULL);
	return data && data->d_buf && data->d_size && !((const char *)data->d_buf)[data->d_size - 1];
}
