/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_strings.h"

#include <stddef.h>

bool bcc_elf_strings_end(Elf *elf, size_t section)
{
	Elf_Scn *strings = elf_getscn(elf, section);
	Elf_Data *data = strings ? elf_rawdata(strings, NULL) : NULL;

	return data && data->d_buf && data->d_size && !((const char *)data->d_buf)[data->d_size - 1];
}
