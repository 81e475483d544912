/* SPDX-License-Identifier: Apache-2.0 */
#include "pin_layout.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/kernel/descriptor.h"
#include "buffer.h"
#include "pin_stage.h"
#include "text.h"
#include "verb.h"

static const struct {
	const char *word, *folder, *prefix, *descriptor;
} pin_kinds[PIN_KINDS] = {
	[PIN_PROGRAM] = {"program", NULL, "prog", "bpf-prog"},
	[PIN_TABLE] = {"table", "maps", "map", "bpf-map"},
	/* "bpf_link" and, in new kernels, more words */
	[PIN_LINK] = {"link", "links", "link", "link"},
};

bool pin_layout_is(const char *name, bool *android)
{
	*android = !strcmp(name, "android");
	return *android || !strcmp(name, "bpftool");
}

/* ---- names ---- */

/* The kernel keeps names with dots for itself. */
static int pin_name_check(const struct pin_place *place, const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isgraph((unsigned char)*c))
			return verb_fail(place->command,
				"a name of a pin has only letters, digits and signs; --name gives another");
	if (!*name || strchr(name, '.') || strchr(name, '/'))
		return verb_fail(place->command,
			"\"%s\" cannot be a name in a bpf file system: it has a dot, a slash, or no letter; --name gives another",
			name);
	if (!strncmp(name, PIN_STAGE_PREFIX, strlen(PIN_STAGE_PREFIX)) || strlen(name) > NAME_MAX)
		return verb_fail(place->command, "\"%s\" cannot be a name of a pin: it %s", name,
			strlen(name) > NAME_MAX ? "is too long" : "begins like those of unfinished ones");
	return 0;
}

int pins_new(struct pins *pins, const struct pin_place *place, const char *file, const char *name)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;

	*pins = (struct pins){.place = place};
	pins->name = name ? strdup(name) : strndup(base, strcspn(base, "."));
	if (!pins->name)
		buffer_no_memory();
	if (!name && !strcmp(file, "-"))
		return verb_fail(place->command, "what comes from standard input needs --name");
	return pin_name_check(place, pins->name);
}

void pins_free(struct pins *pins)
{
	for (size_t i = 0; i < pins->count; i++)
		free(pins->list[i].path);
	free(pins->list);
	free(pins->name);
	*pins = (struct pins){0};
}

/* Of the object, which can have any names: dots are replaced as libbpf does, slashes and the like of sections
 * as Android does. */
static char *pin_object_name(const char *name, bool section)
{
	char *copy = strdup(name + (section && *name == '?'));

	if (!copy)
		buffer_no_memory();
	for (char *c = copy; *c; c++)
		if (*c == '.' || (section && !isalnum((unsigned char)*c) && *c != '-'))
			*c = '_';
	return copy;
}

static bool pins_have(const struct pins *pins, const char *path)
{
	for (size_t i = 0; i < pins->count; i++)
		if (!strcmp(pins->list[i].path, path))
			return true;
	return false;
}

static int pins_check_new(const struct pins *pins, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (pin_name_check(pins->place, name))
		return 1;
	if (!pins_have(pins, path))
		return 0;
	return verb_fail(pins->place->command,
		"%s: two would be pinned there: the object has several of one %s", path,
		pins->place->android ? "section" : "name");
}

/* Takes the path. */
static int pins_add_one(struct pins *pins, enum pin_kind kind, void *object, char *path)
{
	/* of what may be there, each place counts once */
	bool again = pins->is_search && pins_have(pins, path);

	if (again || pins_check_new(pins, path)) {
		free(path);
		return !again;
	}
	pins->list = buffer_grow(pins->list, (pins->count + 1) * sizeof(*pins->list));
	pins->list[pins->count++] = (struct pin){.kind = kind, .object = object, .path = path};
	return 0;
}

/* `number`: of the links of one program, 1 is the first. */
static char *pin_path(const struct pins *pins, enum pin_kind kind, const char *name, unsigned number)
{
	const char *folder = pin_kinds[kind].folder;
	char end[16] = "", *path;
	int ret;

	if (number > 1)
		snprintf(end, sizeof(end), "-%u", number);
	if (pins->place->android)
		ret = asprintf(&path, "%s_%s_%s%s", pin_kinds[kind].prefix, pins->name, name, end);
	else
		ret = asprintf(
			&path, "%s/%s%s%s%s", pins->name, folder ? folder : "", folder ? "/" : "", name, end);
	if (ret < 0)
		buffer_no_memory();
	return path;
}

/* A name with a slash would be that of another folder. */
static int pins_check_slash(const struct pins *pins, const char *name)
{
	struct buffer text = {0};

	if (*name && !strchr(name, '/'))
		return 0;
	text_add_printable(&text, name, strlen(name));
	verb_fail(pins->place->command, "%s: the object has a name that cannot be one of a file: \"%.*s\"",
		pins->name, (int)text.size, text.data ? text.data : "");
	buffer_free(&text);
	return 1;
}

static int pins_check_program_name(const struct pins *pins, const char *name)
{
	bool folder = !pins->place->android;

	if (pins_check_slash(pins, name))
		return 1;
	for (int kind = 0; kind < PIN_KINDS && folder; kind++)
		if (pin_kinds[kind].folder && !strcmp(name, pin_kinds[kind].folder))
			return verb_fail(pins->place->command,
				"%s: a program called %s cannot be pinned in this layout, which has a folder of this name",
				pins->name, name);
	return 0;
}

/* The part of the path that tells a program; the caller frees it. */
static char *pins_program_name(const struct pins *pins, struct bcc_program *program)
{
	const char *section = bcc_program_section(program);
	bool by_section = pins->place->android && *section;

	return pin_object_name(by_section ? section : bcc_program_name(program), by_section);
}

static int pins_add_program(
	struct pins *pins, enum pin_kind kind, struct bcc_program *program, void *object, unsigned number)
{
	bcc_auto_free char *name = pins_program_name(pins, program);

	if (pins_check_program_name(pins, name))
		return 1;
	return pins_add_one(pins, kind, object, pin_path(pins, kind, name, number));
}

static int pins_add_table(struct pins *pins, struct bcc_table *table)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	bcc_auto_free char *name = NULL;

	if (bcc_table_info(table, &info))
		return 0;
	name = pin_object_name(info.name, false);
	if (pins_check_slash(pins, name))
		return 1;
	return pins_add_one(pins, PIN_TABLE, table, pin_path(pins, PIN_TABLE, name, 1));
}

static int pins_add_link(struct pins *pins, struct bcc *b, size_t index)
{
	struct bcc_link *link = bcc_link_at(b, index);
	struct bcc_program *program = bcc_link_program(link);
	unsigned number = 1;

	for (size_t i = 0; i < index; i++)
		number += bcc_link_program(bcc_link_at(b, i)) == program;
	return program ? pins_add_program(pins, PIN_LINK, program, link, number) : 0;
}

/* ---- what is there ---- */

/* What is pinned at a path; -1: not a pin, with the reason in errno. */
static int pin_kind_at(const char *path)
{
	struct stat st;
	int kind = PIN_KINDS;
	bcc_auto_fd int fd = -1;

	if (lstat(path, &st))
		return -1;
	fd = S_ISREG(st.st_mode) ? bpf_obj_get(path) : -1;
	if (fd >= 0)
		for (kind = 0; kind < PIN_KINDS && !bcc_descriptor_is(fd, pin_kinds[kind].descriptor); kind++)
			;
	errno = EINVAL;
	return kind < PIN_KINDS ? kind : -1;
}

int pins_check_file(const struct pins *pins, const char *path, enum pin_kind kind)
{
	bcc_auto_free char *full = NULL;
	int found;

	if (asprintf(&full, "%s/%s", pins->place->root, path) < 0)
		buffer_no_memory();
	found = pin_kind_at(full);
	if (found == (int)kind || (found < 0 && errno == ENOENT))
		return 0;
	return verb_fail(pins->place->command, "%s is not a pinned %s, but %s%s: it is left alone", full,
		pin_kinds[kind].word, found < 0 ? "something else" : "a ",
		found < 0 ? "" : pin_kinds[found].word);
}

static bool pins_is_there(const struct pins *pins, const char *path)
{
	bcc_auto_free char *full = NULL;

	if (asprintf(&full, "%s/%s", pins->place->root, path) < 0)
		buffer_no_memory();
	return !faccessat(AT_FDCWD, full, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* The links of a program, of which the object does not tell how many there are. */
static int pins_add_found_links(struct pins *pins, struct bcc_program *program)
{
	bcc_auto_free char *name = pins_program_name(pins, program);
	int ret = 0;

	for (unsigned number = 1; !ret; number++) {
		char *path = pin_path(pins, PIN_LINK, name, number);

		if (!pins_is_there(pins, path)) {
			free(path);
			break;
		}
		ret = pins_add_one(pins, PIN_LINK, NULL, path);
	}
	return ret;
}

/* Keeps those that are there, which must be of the right kind. */
static int pins_keep_found(struct pins *pins)
{
	size_t found = 0;
	int ret = 0;

	for (size_t i = 0; i < pins->count; i++) {
		struct pin *pin = &pins->list[i];

		if (!pins_is_there(pins, pin->path)) {
			free(pin->path);
			continue;
		}
		ret |= pins_check_file(pins, pin->path, pin->kind);
		pins->list[found++] = *pin;
	}
	pins->count = found;
	return ret;
}

/* ---- the list ---- */

int pins_add(struct pins *pins, struct bcc *b)
{
	int ret = 0;

	for (size_t i = 0; i < bcc_program_count(b) && !ret; i++) {
		struct bcc_program *program = bcc_program_at(b, i);

		if (pins->is_search || bcc_program_fd(program) >= 0)
			ret = pins_add_program(pins, PIN_PROGRAM, program, program, 1);
		if (!ret && pins->is_search)
			ret = pins_add_found_links(pins, program);
	}
	for (size_t i = 0; i < bcc_table_count(b) && !ret; i++)
		ret = pins_add_table(pins, bcc_table_at(b, i));
	for (size_t i = 0; i < bcc_link_count(b) && !ret; i++)
		ret = pins_add_link(pins, b, i);
	return ret || !pins->is_search ? ret : pins_keep_found(pins);
}

size_t pins_tops(const struct pins *pins, char **names)
{
	names[0] = pins->name;
	for (size_t i = 0; i < pins->count && pins->place->android; i++)
		names[i] = pins->list[i].path;
	return pins->place->android ? pins->count : 1;
}

/* ---- the folder of a layout ---- */

static int pins_check_inside(const struct pins *pins, const char *path, enum pin_kind kind);

static int pins_check_entry(const struct pins *pins, const char *folder, const char *name, enum pin_kind kind)
{
	bcc_auto_free char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		buffer_no_memory();
	for (int inner = 0; inner < PIN_KINDS && kind == PIN_PROGRAM; inner++)
		if (pin_kinds[inner].folder && !strcmp(name, pin_kinds[inner].folder))
			return pins_check_inside(pins, path, inner);
	return pins_check_file(pins, path, kind);
}

/* A folder that has pins of a kind, or with programs the folders of the others too. */
static int pins_check_inside(const struct pins *pins, const char *path, enum pin_kind kind)
{
	bcc_auto_free char *full = NULL;
	bcc_auto_dir DIR *folder = NULL;
	struct dirent *entry;
	struct stat st;
	int ret = 0;

	if (asprintf(&full, "%s/%s", pins->place->root, path) < 0)
		buffer_no_memory();
	if (!lstat(full, &st))
		folder = S_ISDIR(st.st_mode) ? opendir(full) : NULL;
	else if (errno == ENOENT)
		return 0;
	if (!folder)
		return verb_fail(pins->place->command, "%s is not a folder of pins: it is left alone", full);
	while (!ret && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			ret = pins_check_entry(pins, path, entry->d_name, kind);
	return ret;
}

int pins_check_folder(const struct pins *pins)
{
	return pins_check_inside(pins, pins->name, PIN_PROGRAM);
}

bool pins_have_folder(const struct pins *pins)
{
	return pins_is_there(pins, pins->name);
}
