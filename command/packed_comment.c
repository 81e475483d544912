/* SPDX-License-Identifier: Apache-2.0 */
#include "packed_comment.h"

#include <gelf.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* More than a package has; an object comes from anywhere. */
enum { PACKED_COMMENT_MAX = 1 << 20 };

static char *packed_comment_find(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name =
			gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
		Elf_Data *data;

		if (!name || strcmp(name, PACKED_COMMENTS_SECTION) != 0 || header.sh_type == SHT_NOBITS)
			continue;
		data = elf_rawdata(section, NULL);
		return data && data->d_buf && data->d_size <= PACKED_COMMENT_MAX
			       ? strndup(data->d_buf, data->d_size)
			       : NULL;
	}
	return NULL;
}

char *packed_comments_get(const void *object, size_t size)
{
	Elf *elf = elf_version(EV_CURRENT) != EV_NONE ? elf_memory((char *)object, size) : NULL;
	char *text = elf ? packed_comment_find(elf) : NULL;

	elf_end(elf);
	return text;
}

static const char *packed_comment_string(json_object *object, const char *name)
{
	json_object *value;

	return json_object_object_get_ex(object, name, &value) && json_object_is_type(value, json_type_string)
		       ? json_object_get_string(value)
		       : NULL;
}

char *packed_comment(const char *meta, const char *variable)
{
	json_object *object = json_tokener_parse(meta), *variables;
	char *found = NULL;

	if (json_object_is_type(object, json_type_object) &&
		json_object_object_get_ex(object, "variables", &variables) &&
		json_object_is_type(variables, json_type_array))
		for (size_t i = 0; !found && i < json_object_array_length(variables); i++) {
			json_object *v = json_object_array_get_idx(variables, i);
			const char *name = packed_comment_string(v, "name");
			const char *comment = packed_comment_string(v, "comment");

			if (name && comment && !strcmp(name, variable))
				found = strdup(comment);
		}
	json_object_put(object);
	return found;
}
