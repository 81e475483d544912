/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of other compilers, and of this library's on other kernels. */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "common/array.h"
#include "elf.h"
#include "object.h"

/* What is behind the header of .BTF.ext that this library knows is not 0 only if a later compiler has put
 * more into it. */
static bool origin_has_unknown_records(const struct bcc_section *ext)
{
	enum { LENGTH_AT = 4, KNOWN = 32 };
	uint32_t length;

	if (ext->size < KNOWN)
		return false;
	memcpy(&length, ext->data + LENGTH_AT, sizeof(length));
	for (uint32_t i = KNOWN; i < length && i < ext->size; i++)
		if (ext->data[i])
			return true;
	return false;
}

static int origin_check(const struct bcc_elf *elf, struct bcc_err *err)
{
	static const struct {
		const char *section, *why;
	} refused[] = {
		{"maps",
			"it defines its tables in section maps, as before libbpf 1.0: compile it with SEC(\".maps\")"},
		{".bcc.kfuncs", "it was compiled for one kernel only"},
	};
	const struct bcc_section *ext = bcc_elf_section(elf, ".BTF.ext"),
				 *types = bcc_elf_section(elf, ".BTF");

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (bcc_elf_section(elf, refused[i].section))
			return bcc_fail(err, -EINVAL, "the object cannot be loaded: %s", refused[i].why);
	if (ext && ext->data && (!types || !types->data))
		return bcc_fail(err, -EINVAL,
			"the object is damaged: its types (.BTF) are gone, and what it says about them (.BTF.ext) is not");
	if (ext && ext->data && origin_has_unknown_records(ext))
		return bcc_fail(err, -EINVAL,
			"the object cannot be loaded: .BTF.ext has records of a kind that this library does not know");
	return 0;
}

int bcc_object_check_origin(const void *object, size_t size, struct bcc_err *err)
{
	struct bcc_elf elf;
	int ret = bcc_elf_parse(&elf, object, size, err);

	if (ret == 0)
		ret = origin_check(&elf, err);
	bcc_elf_free(&elf);
	return ret;
}
