/* SPDX-License-Identifier: Apache-2.0 */
#include "object_meta.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/read_file.h"
#include "libbcc/kernel/map_type.h"
#include "globals.h"
#include "json_text.h"
#include "packed_comment.h"

/* Begins an element of a list. */
static void object_meta_element(struct buffer *out)
{
	buffer_text(out, out->data[out->size - 1] == '[' ? "{" : ",{");
}

static void object_meta_programs(struct buffer *out, struct bcc *b)
{
	json_name(out, "programs");
	buffer_char(out, '[');
	for (size_t i = 0; i < bcc_program_count(b); i++) {
		object_meta_element(out);
		json_member_text(out, "name", bcc_program_name(bcc_program_at(b, i)));
		json_member_text(out, "section", bcc_program_section(bcc_program_at(b, i)));
		buffer_char(out, '}');
	}
	buffer_char(out, ']');
}

static void object_meta_tables(struct buffer *out, struct bcc *b)
{
	json_name(out, "tables");
	buffer_char(out, '[');
	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct bcc_table *table = bcc_table_at(b, i);
		struct bcc_table_info info = {.size = sizeof(info)};

		if (bcc_table_info(table, &info))
			continue;
		object_meta_element(out);
		json_member_text(out, "name", info.name);
		json_member_text(out, "type", bcc_map_type_name(info.type));
		json_member_text(out, "key", bcc_table_key_type(table));
		json_member_text(out, "value", bcc_table_value_type(table));
		json_member_unsigned(out, "key_bytes", info.key_size);
		json_member_unsigned(out, "value_bytes", info.value_size);
		json_member_unsigned(out, "max_entries", info.max_entries);
		json_member_unsigned(out, "flags", info.flags);
		buffer_char(out, '}');
	}
	buffer_char(out, ']');
}

static void object_meta_variables(struct buffer *out, const struct program_text *p)
{
	struct bcc *b = p->b;

	json_name(out, "variables");
	buffer_char(out, '[');
	for (size_t i = 0; i < bcc_variable_count(b); i++) {
		struct bcc_variable *variable = bcc_variable_at(b, i);
		struct bcc_variable_info info = {.size = sizeof(info)};
		bcc_auto_free char *comment = NULL;

		if (bcc_variable_info(variable, &info) || !globals_is_users(info.name))
			continue;
		comment = program_text_comment(p, info.name);
		object_meta_element(out);
		json_member_text(out, "name", info.name);
		json_member_text(out, "type", bcc_variable_type(variable));
		json_member_unsigned(out, "bytes", info.bytes);
		json_member_bool(out, "constant", info.is_constant);
		if (comment)
			json_member_text(out, "comment", comment);
		buffer_char(out, '}');
	}
	buffer_char(out, ']');
}

static void object_meta_events(struct buffer *out, struct bcc *b)
{
	json_name(out, "events");
	buffer_char(out, '[');
	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct bcc_table_info info = {.size = sizeof(info)};

		if (bcc_table_info(bcc_table_at(b, i), &info))
			continue;
		for (size_t j = 0; j < bcc_event_type_count(b, info.name); j++) {
			size_t bytes = 0;
			const char *type = bcc_event_type(b, info.name, j, &bytes);

			object_meta_element(out);
			json_member_text(out, "table", info.name);
			json_member_text(out, "type", type);
			json_member_unsigned(out, "bytes", bytes);
			buffer_char(out, '}');
		}
	}
	buffer_char(out, ']');
}

void object_meta_add(struct buffer *out, const struct program_text *p, const char *path)
{
	struct bcc *b = p->b;
	const char *slash = strrchr(path, '/');

	buffer_char(out, '{');
	json_member_text(out, "name", slash ? slash + 1 : path);
	object_meta_programs(out, b);
	object_meta_tables(out, b);
	object_meta_variables(out, p);
	object_meta_events(out, b);
	buffer_char(out, '}');
}

/* ---- the section ---- */

/* Appends to the names of sections. Returns where, 0: it is impossible. */
static size_t object_meta_name(Elf *elf)
{
	static char name[] = PACKED_COMMENTS_SECTION;
	Elf_Scn *section;
	Elf_Data *data;
	GElf_Shdr header;
	size_t index;

	if (elf_getshdrstrndx(elf, &index) || !(section = elf_getscn(elf, index)) ||
		!gelf_getshdr(section, &header) || !(data = elf_newdata(section)))
		return 0;
	data->d_buf = name;
	data->d_size = sizeof(name);
	data->d_align = 1;
	return header.sh_size;
}

static bool object_meta_add_section(Elf *elf, const char *text, size_t length)
{
	size_t name = object_meta_name(elf);
	Elf_Scn *section = name ? elf_newscn(elf) : NULL;
	Elf_Data *data = section ? elf_newdata(section) : NULL;
	GElf_Shdr header;

	if (!data || !gelf_getshdr(section, &header))
		return false;
	data->d_buf = (void *)text;
	data->d_size = length;
	data->d_align = 1;
	header.sh_name = name;
	header.sh_type = SHT_PROGBITS;
	return gelf_update_shdr(section, &header) && elf_update(elf, ELF_C_WRITE) > 0;
}

void *object_meta_put(
	const void *object, size_t size, const char *text, size_t length, size_t *new_size, const char **why)
{
	bcc_auto_fd int fd = memfd_create("bpfcc", MFD_CLOEXEC);
	char *bytes = NULL;
	Elf *elf;
	bool done;

	if (fd < 0 || write(fd, object, size) != (ssize_t)size || elf_version(EV_CURRENT) == EV_NONE) {
		*why = strerror(errno);
		return NULL;
	}
	elf = elf_begin(fd, ELF_C_RDWR, NULL);
	done = elf && object_meta_add_section(elf, text, length);
	*why = done ? "out of memory" : elf_errmsg(-1);
	elf_end(elf);
	if (!done || lseek(fd, 0, SEEK_SET) || bcc_read_text(fd, &bytes, new_size))
		return NULL;
	return bytes;
}
