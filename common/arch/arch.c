/* SPDX-License-Identifier: Apache-2.0 */
#include "arch.h"

#include <string.h>

#define ARCH_ADDRESS(name) &bcc_arch_##name,
const struct bcc_arch *const bcc_arches[] = {BCC_ARCHES(ARCH_ADDRESS) NULL};

const struct bcc_arch *bcc_arch_of_elf(unsigned machine)
{
	for (const struct bcc_arch *const *arch = bcc_arches; *arch; arch++)
		if (machine && ((*arch)->elf_machine == machine || (*arch)->elf_machine_32 == machine))
			return *arch;
	return NULL;
}

unsigned bcc_arch_argument_count(const struct bcc_arch *arch)
{
	unsigned count = 0;

	while (arch->arguments[count])
		count++;
	return count;
}

/* Of a register that the architecture has. */
static unsigned arch_offset(const struct bcc_arch *arch, const char *name)
{
	const struct bcc_register *r = arch->registers;

	while (strcmp(r->name, name) != 0)
		r++;
	return r->offset;
}

unsigned bcc_arch_argument_offset(const struct bcc_arch *arch, unsigned index)
{
	return arch_offset(arch, arch->arguments[index]);
}

unsigned bcc_arch_system_call_offset(const struct bcc_arch *arch, unsigned index)
{
	return arch_offset(arch, arch->system_call_arguments[index]);
}

unsigned bcc_arch_instruction_pointer_offset(const struct bcc_arch *arch)
{
	return arch_offset(arch, arch->instruction_pointer);
}

static bool arch_is(const char *text, size_t length, const char *written)
{
	return written && strlen(written) == length && !memcmp(text, written, length);
}

bool bcc_arch_register_find(
	const struct bcc_arch *arch, const char *text, size_t length, struct bcc_register_part *out)
{
	for (const struct bcc_register *r = arch->registers; r < arch->registers + arch->register_count;
		r++) {
		*out = (struct bcc_register_part){.name = r->name, .pt_regs = r->offset};
		if (arch_is(text, length, r->bytes8))
			out->bytes = 8;
		else if (arch_is(text, length, r->bytes4))
			out->bytes = 4;
		else if (arch_is(text, length, r->bytes2))
			out->bytes = 2;
		else if (arch_is(text, length, r->bytes1) || arch_is(text, length, r->second_byte))
			out->bytes = 1;
		else
			continue;
		out->first_byte = arch_is(text, length, r->second_byte);
		return true;
	}
	return false;
}

static const char *arch_after(const char *function, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(function, prefix, length) ? NULL : function + length;
}

const char *bcc_arch_system_call_of(const char *function)
{
	const char *name = arch_after(function, "sys_");

	for (const struct bcc_arch *const *arch = bcc_arches; *arch && !name; arch++)
		name = arch_after(function, (*arch)->system_call_prefix);
	return name;
}
